"""Inputs made to do harm: refused in seconds, with a message, in little memory."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from conftest import FLAT, Annelid

LINKED = """\
[population]
kind = "graph"

[network]
kind = "file"
file = "g"

[worm]
preset = "sir"

[worm.vector.contact]
kind = "contact"
time = "1 h"
"""
HUGE = 10**18
# The address sanitizer needs terabytes of address space.
LIMITED = () if "ASAN_OPTIONS" in os.environ else ("prlimit", f"--as={2 << 30}")


def refuses(annelid: Annelid, *arguments: str) -> str:
    """What it says with 2 GB of memory, within the seconds that any mistake is given."""
    return annelid.refuses(*arguments, through=LIMITED)


SCENARIOS = {
    "nested lists": ("a = " + "[" * 100_000, 1, "nested too deep"),
    "nested tables": ("a = " + "{a = " * 100_000, 1, "nested too deep"),
    "nested headers": ("[" * 100_000, 1, "nested too deep"),
    "a key of many parts": (".".join("a" * 100_000) + " = 1", 1, "nested too deep"),
    "one long key": ("a" * 10_000_000 + " = 1", None, "unknown key"),
    "one long text": ('title = "' + "a" * 10_000_000, 1, "not valid TOML"),
    "a long integer": ("seed = " + "9" * 1_000_000, 1, "not valid TOML"),
    "a zero byte": ("seed\0 = 1", 1, "not valid TOML"),
    "a zero byte escaped": (FLAT.replace('preset = "si"', r'preset = "si\u0000"'), 14,
                            "is not known here"),
    "not a number": (FLAT.replace("seed = 1", "seed = nan"), 1, "it must be finite"),
    "infinite": (FLAT.replace("seed = 1", "seed = inf"), 1, "it must be finite"),
    "beyond a double": (FLAT.replace('"1 h"', '"1e400 h"'), 4, "does not fit"),
    "beyond an integer": (FLAT.replace("10_000\n", "18446744073709551616\n"), 8, "not valid TOML"),
    "too many worms": ('[[worm]]\nname = "a"\n' * 400_000, 1, "too many entries"),
    "too many keys": ("".join(f"k{i} = 1\n" for i in range(300_000)), None, "too many entries"),
    "a long list": ("a = [" + "1, " * 1_000_000 + "]", 1, "too many entries"),
    "too many vectors": (FLAT + "".join(f"[worm.vector.v{i}]\n" for i in range(100_000)), None,
                         "too many entries"),
    "as many vectors as may be": (FLAT + "".join(f"[worm.vector.v{i}]\n" for i in range(9_000)),
                                  None, "vector"),
    "as many defences as may be": (FLAT + "".join(
        f'[defence.d{i}]\nkind = "patching"\n[trigger.d{i}]\nkind = "x"\n' for i in range(9_000)), None, "kind"),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario(annelid: Annelid, name: str):
    text, line, why = SCENARIOS[name]
    annelid.write(text)
    told = refuses(annelid, "check", "x.toml")
    assert why in told
    if line is not None:
        assert told.startswith(f"x.toml:{line}: "), told[:200]


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf" + FLAT.encode(),
                                  FLAT.replace("\n", "\r\n").encode()], ids=["mark", "line ends"])
def test_marks_and_line_ends_of_other_systems_do_no_harm(annelid: Annelid, text: bytes):
    (annelid.folder / "x.toml").write_bytes(text)
    assert annelid("check", "x.toml").returncode == 0


# Every key that names a file: the scenario, and the table and key that it stands in.
NAMING = {
    "network.file": LINKED.replace('"g"', '"{}"'),
    "population.attributes": LINKED.replace('"graph"\n', '"graph"\nattributes = "{}"\n'),
    "population.tables": FLAT.replace('"flat"', '"internet"\ntables = "{}"\nreal_hosts = 1e9'),
    "alliance.us.file": FLAT + '[alliance.us]\nfile = "{}"\n',
}


@pytest.mark.parametrize("path", ["/etc/hostname", "../secret", "a/../../secret", ".."])
@pytest.mark.parametrize("key", NAMING)
def test_a_scenario_stays_in_its_folder(annelid: Annelid, key: str, path: str):
    annelid.write("0 1\n", "g")
    text = NAMING[key].format(path)
    annelid.write(text)
    line = next(i for i, row in enumerate(text.split("\n"), 1) if f'"{path}"' in row)
    expected = (f'x.toml:{line}: {key} = "{path}" (a scenario names files of its own folder and of '
                f"inputs/): copy or link it there, or use --set {key}=PATH")
    assert expected in refuses(annelid, "check", "x.toml").split("\n")


def test_a_name_does_not_end_early(annelid: Annelid):
    annelid.write(LINKED.replace('"g"', r'"g\u0000/../.."'))
    annelid.write("0 1\n", "g")
    assert "(no file has such a name)" in refuses(annelid, "check", "x.toml")


def test_whoever_runs_it_names_any_file(annelid: Annelid):
    annelid.write("0 1\n", "g")
    (annelid.folder / "sub").mkdir()
    annelid.write(LINKED.replace('"g"', '"./sub/../g"'))
    assert annelid("check", "x.toml").returncode == 0
    for path in (annelid.folder / "g", "../g"):
        annelid.write(LINKED, "sub/x.toml")
        done = annelid("check", "sub/x.toml", "--set", f"network.file={path}")
        assert done.returncode == 0, done.stderr


def gzip_bomb(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=9) as out:
        for _ in range(256):
            out.write(b" " * (1 << 20))


def graph_file(path: Path, change: Callable[[h5py.File], None]) -> None:
    with h5py.File(path, "w") as file:
        file.attrs.update({"format": "annelid graph file", "format_version": "1.0", "directed": 1,
                           "vertices": 3, "edges": 2})
        file["first_edge"] = np.array([0, 1, 2, 2], "<u8")
        file["target"] = np.array([1, 2], "<u4")
        change(file)


def unwritten(file: h5py.File) -> None:
    del file["target"]
    file.attrs["edges"] = HUGE
    file["first_edge"][...] = [0, 0, 0, HUGE]
    file.create_dataset("target", (HUGE,), "<u4", chunks=(1 << 18,))


def well_packed(file: h5py.File) -> None:
    """Chunks without values, whose number alone is large."""
    del file["first_edge"]
    file.attrs["vertices"] = 4_000_000_000
    file.create_dataset("first_edge", (4_000_000_001,), "<u8", chunks=(1 << 18,),
                        compression="gzip")


def elsewhere(file: h5py.File) -> None:
    del file["target"]
    file["target"] = h5py.ExternalLink("/etc/hostname", "/target")


def values_elsewhere(file: h5py.File) -> None:
    del file["target"]
    file.create_dataset("target", (2,), "<u4", external=[("secret", 0, 8)])


def virtual(file: h5py.File) -> None:
    del file["target"]
    layout = h5py.VirtualLayout((2,), "<u4")
    layout[:] = h5py.VirtualSource("secret", "target", (2,))
    file.create_virtual_dataset("target", layout)


def many_values(file: h5py.File) -> None:
    file.attrs["edges"] = np.full(1000, 2)


GRAPHS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a gzip bomb": (gzip_bomb, "a line of more than 1 MB"),
    "a matrix of 10^17": (lambda p: p.write_text(
        f"%%MatrixMarket matrix coordinate pattern general\n{HUGE // 10} {HUGE // 10} {HUGE // 10}\n1 1\n"),
        "vertices (at most 4294967295 are possible)"),
    "a matrix of 10^30": (lambda p: p.write_text(
        f"%%MatrixMarket matrix coordinate pattern general\n{10**30} {10**30} 1\n1 1\n"),
        "not a whole number"),
    "an id of 19 nines": (lambda p: p.write_text("0 " + "9" * 19), "vertex 9999999999999999999"),
    "a line without end": (lambda p: p.write_text("0 " * 2_000_000), "a line of more than 1 MB"),
    "zero bytes": (lambda p: p.write_bytes(b"0 1\n" + bytes(100)), "is no vertex"),
    "a dataset that is not there": (lambda p: graph_file(p, unwritten), "are stored"),
    "a dataset that says nothing": (lambda p: graph_file(p, well_packed), "are stored"),
    "a link to another file": (lambda p: graph_file(p, elsewhere), "cannot read"),
    "values in another file": (lambda p: graph_file(p, values_elsewhere), "names another file"),
    "a virtual dataset": (lambda p: graph_file(p, virtual), "are stored"),
    "an attribute of many values": (lambda p: graph_file(p, many_values), "is not one value"),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_a_network(annelid: Annelid, name: str):
    make, why = GRAPHS[name]
    make(annelid.folder / "g")
    annelid.write(LINKED)
    told = refuses(annelid, "run", "x.toml")
    assert told.startswith("g") and why in told, told


@pytest.fixture(scope="module")
def run_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small whole run."""
    folder = Annelid(tmp_path_factory.mktemp("hostile"))
    folder.write(FLAT.replace("10_000\n", "100\n").replace('"1 min"', '"30 min"'))
    assert folder("run", "x.toml", "--output", "run.h5").returncode == 0
    return (folder.folder / "run.h5").read_bytes()


def replaced(name: str, data: np.ndarray) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        del file[name]
        file[name] = data
    return change


def circle(file: h5py.File) -> None:
    file["diagnostics/again"] = file["/"]


def many_ways(file: h5py.File) -> None:
    """Ten empty groups, each linked ten times in the one before: 10^10 paths and no dataset."""
    group = file["diagnostics"]
    for _ in range(10):
        inner = group.create_group("0")
        for name in range(1, 10):
            group[str(name)] = inner
        group = inner


def long_texts(file: h5py.File) -> None:
    """As many texts as make 10 GB, which share their characters."""
    del file["state"]
    file.create_dataset("state", data=["x" * 100_000] * 1000, dtype=h5py.string_dtype())


RUNS = {
    "fewer counts than rows": replaced("counts", np.zeros((1, 1), "<i8")),
    "more infections than rows": replaced("vector_infections", np.zeros((99, 2), "<i8")),
    "counts beyond counting": replaced("counts", np.full((3, 3), 2**63 - 1, "<i8")),
    "counts as texts": replaced("counts", np.array([b"a", b"b"])),
    "an axis that is none": replaced("events/host", np.int64(3)),
    "a group that holds itself": circle,
    "groups on many ways": many_ways,
    "texts without end": long_texts,
    "texts of one length": replaced("state", np.array([b"susceptible"])),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_run_file(annelid: Annelid, run_file: bytes, name: str):
    path = annelid.folder / "run.h5"
    path.write_bytes(run_file)
    with h5py.File(path, "r+") as file:
        RUNS[name](file)
    told = refuses(annelid, "info", "run.h5")
    assert told.startswith("run.h5 (") and "): " in told, told


def test_a_terminal_takes_no_orders(annelid: Annelid, run_file: bytes):
    path = annelid.folder / "run.h5"
    path.write_bytes(run_file)
    with h5py.File(path, "r+") as file:
        file.attrs["title"] = "\x1b]0;mine\x07"
    done = annelid("info", "run.h5")
    assert done.returncode == 0 and "\x1b" not in done.stdout and "?]0;mine?" in done.stdout


def test_damage_of_any_kind(annelid: Annelid, run_file: bytes):
    """Where bytes are changed at random, a file is read or refused, whatever HDF5 makes of it."""
    draw = np.random.default_rng(6)
    path = annelid.folder / "run.h5"
    codes = []
    for _ in range(40):
        damaged = bytearray(run_file)
        for at in draw.integers(0, len(damaged), draw.integers(1, 20)):
            damaged[at] = draw.integers(0, 256)
        path.write_bytes(damaged[:draw.integers(1, len(damaged))] if draw.random() < 0.2
                         else damaged)
        codes.append(annelid("info", "run.h5").returncode)
    assert set(codes) <= {0, 2} and 2 in codes
