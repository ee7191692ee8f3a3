"""Imports point one way: engine <- models <- program (STYLE: layering checked by a script).

Usage: check_layering.py SOURCE_DIR. Prints every include that breaks a rule and fails.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

TOP_LEVEL = {"engine", "models", "inputs", "scripts", "tests", "results"}


def sources(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix in {".cpp", ".hpp"})


def includes(path: Path) -> list[str]:
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


def broken_rules(root: Path) -> list[str]:
    faults: list[str] = []

    def report(path: Path, what: str) -> None:
        faults.append(f"{path.relative_to(root)}: {what}")

    for path in sources(root / "engine"):
        for name in includes(path):
            if name.startswith(("models/", "tests/")):
                report(path, f"includes {name} (engine knows no model): move the code up")
            if name == "mpi.h" and path.parent.name != "ranks":
                report(path, "includes mpi.h (only engine/ranks talks to MPI): use Communicator")
            about_hdf5 = name.startswith("hdf5") or name.endswith("/hdf5_types.hpp")
            if about_hdf5 and not path.name.startswith("hdf5_"):
                report(path, f"includes {name} (HDF5 stays in engine/files/hdf5_*): "
                             "use hdf5_file.hpp")
            if name == "zlib.h" and path.name not in ("unpacked_file.cpp", "checksum.cpp"):
                report(path, "includes zlib.h: use unpacked_file.hpp or checksum.hpp")
            if name.startswith("toml++") and path.parent.name != "scenario":
                report(path, f"includes {name} (TOML stays in engine/scenario): use Document")
    for path in sources(root / "models"):
        program = "program" in path.relative_to(root / "models").parts
        for name in includes(path):
            if name.startswith("models/program/") and not program:
                report(path, f"includes {name} (models know no program): move the code down")
            if name.startswith(("mpi.h", "hdf5", "toml++", "omp.h", "zlib.h")):
                report(path, f"includes {name} (the engine's business): use its headers")
        if "#pragma omp" in path.read_text(encoding="utf-8"):
            report(path, "has an OpenMP pragma (models are plain): use parallel_pieces")
    for path in root.iterdir():
        hidden = path.name.startswith(".")
        if path.is_dir() and not hidden and path.name not in TOP_LEVEL | {"shared"}:
            if not path.name.startswith("build"):
                report(path, "is a new folder at the top (the house is settled)")
    for folder in TOP_LEVEL:
        if not (root / folder / "README.md").is_file():
            faults.append(f"{folder}/README.md is missing (each folder has its guide)")
    return faults


def main() -> int:
    faults = broken_rules(Path(sys.argv[1]).resolve())
    for fault in faults:
        print(fault)
    print(f"{len(faults)} broken rules")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
