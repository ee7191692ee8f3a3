"""A checkpoint that is not what was written is refused, or makes no difference: never silently
wrong. With ANNELID_LONG 1,000 random flips, else 60."""

from __future__ import annotations

import os
import random
import struct
from pathlib import Path

import h5py
import pytest
from annelid.compare import compare
from conftest import MPIEXEC, Base, run, seal, unsealed

LONG = bool(os.environ.get("ANNELID_LONG"))
FLIPS = 1000 if LONG else 60
SEALED_FLIPS = 300 if LONG else 30


def restart(base: Base, checkpoint: Path, output: Path, ranks: int = 1) -> str:
    """Empty where it goes on and comes to the same; else why it was refused."""
    # The state from before the end: little is left to play.
    done = run(base.scenario, output, "--force", "--restart", str(checkpoint), ranks=ranks)
    if done.returncode == 0:
        with h5py.File(output) as one, h5py.File(base.output) as other:
            assert compare(one, other) == []
        return ""
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(str(checkpoint)), done.stderr
    return done.stderr


@pytest.fixture
def damaged(base: Base, tmp_path: Path) -> Path:
    """A place for a copy of the last checkpoint, with the run file and the one before beside it."""
    (tmp_path / "base.h5").write_bytes(base.output.read_bytes())
    (tmp_path / "bad.h5.previous").write_bytes(base.previous.read_bytes())
    return tmp_path / "bad.h5"


def test_random_flips(base: Base, damaged: Path, tmp_path: Path) -> None:
    content = base.checkpoint.read_bytes()
    chance = random.Random(2017)
    for _ in range(FLIPS):
        changed = bytearray(content)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        damaged.write_bytes(changed)
        reason = restart(base, damaged, tmp_path / "run.h5")
        assert "damaged" in reason
        assert f"try the one before it, --restart {damaged}.previous" in reason
        assert not (tmp_path / "run.h5").exists()


def test_flips_that_are_sealed_anew(base: Base, damaged: Path, tmp_path: Path) -> None:
    """As of a hostile hand: HDF5 gets to see them, and checksums of tables tell."""
    content = unsealed(base.checkpoint)
    chance = random.Random(1988)
    for _ in range(SEALED_FLIPS):
        changed = bytearray(content)
        # Half of them in the first bytes, where HDF5 keeps what it goes by.
        most = chance.choice([4096, len(changed)])
        changed[chance.randrange(most)] ^= 1 << chance.randrange(8)
        damaged.write_bytes(changed)
        seal(damaged)
        restart(base, damaged, tmp_path / "run.h5")


def test_cut_off_at_any_length(base: Base, damaged: Path, tmp_path: Path) -> None:
    content = base.checkpoint.read_bytes()
    chance = random.Random(1)
    lengths = [0, 1, 23, 24, 25, len(content) - 24, len(content) - 1]
    for length in [*lengths, *(chance.randrange(len(content)) for _ in range(5))]:
        damaged.write_bytes(content[:length])
        assert "cut off" in restart(base, damaged, tmp_path / "run.h5")
    damaged.write_bytes(content + b"x")
    assert "cut off or damaged" in restart(base, damaged, tmp_path / "run.h5")


def table_paths(checkpoint: Path) -> list[str]:
    with h5py.File(checkpoint) as file:
        return [f"/tables/{number}/{part}" for number, table in file["tables"].items()
                for part in table]


@pytest.mark.parametrize("ranks", [1, 2])
def test_every_table(ranks: int, base: Base, damaged: Path, tmp_path: Path) -> None:
    """One value of each is another one, and the file is sealed anew."""
    if ranks > 1 and not MPIEXEC:
        pytest.skip("built without MPI")
    paths = table_paths(base.checkpoint)
    assert len(paths) > 20
    for path in paths if ranks == 1 else paths[::8]:
        damaged.write_bytes(unsealed(base.checkpoint))
        with h5py.File(damaged, "r+") as file:
            last = file[path].shape[0] - 1
            file[path][last] ^= 1
        seal(damaged)
        reason = restart(base, damaged, tmp_path / "run.h5", ranks)
        assert "is damaged: its checksum is another one" in reason or "names host" in reason
        assert not (tmp_path / "run.h5").exists()


def test_the_list_of_tables(base: Base, damaged: Path, tmp_path: Path) -> None:
    """Of a program that kept something else."""
    damaged.write_bytes(unsealed(base.checkpoint))
    with h5py.File(damaged, "r+") as file:
        columns = file["table/columns"][0].decode()
        file["table/columns"][0] = ("s" if columns[0] == "8" else "8") + columns[1:]
    seal(damaged)
    assert "damaged" in restart(base, damaged, tmp_path / "run.h5")


@pytest.mark.parametrize("attribute, value, reason", [
    ("format", "something else", "no checkpoint of annelid"),
    ("format_version", "2.0", "of format version 2.0, this program reads 1.0"),
    ("hosts", 5, "damaged: what it says of itself has another checksum"),
    ("events", 5, "damaged: what it says of itself has another checksum"),
])
def test_foreign(attribute: str, value: str | int, reason: str, base: Base, damaged: Path,
                 tmp_path: Path) -> None:
    damaged.write_bytes(unsealed(base.checkpoint))
    with h5py.File(damaged, "r+") as file:
        file.attrs[attribute] = value
    seal(damaged)
    assert reason in restart(base, damaged, tmp_path / "run.h5")
    assert not (tmp_path / "run.h5").exists()


def test_what_is_no_checkpoint(base: Base, tmp_path: Path) -> None:
    for name, content in (("text", b"hello, world" * 9), ("run", base.output.read_bytes()),
                          ("seal", struct.pack("<QII8s", 0, 0, 0, b"annelid\n"))):
        (tmp_path / name).write_bytes(content)
        assert "no checkpoint" in restart(base, tmp_path / name, tmp_path / "run.h5")
    assert "cannot be read" in restart(base, tmp_path / "nothing", tmp_path / "run.h5")
    assert "cannot be read" in restart(base, tmp_path, tmp_path / "run.h5")


def test_sound_ones_go_on(base: Base, tmp_path: Path) -> None:
    """What the tests above compare with."""
    assert restart(base, base.checkpoint, tmp_path / "last.h5") == ""
    assert restart(base, base.previous, tmp_path / "previous.h5") == ""
