"""Tables of a world that are missing or malformed: named with file and line, nothing written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import MPIEXEC, PROJECT, WORLD, Annelid

IPV4 = "country_ipv4.csv"
USERS = "country_users_2015.csv"
EXPOSURE = "smb_exposure_top40_2017.csv"
SECTORS = "sectors_2017.csv"
PARAMETERS = "parameters_2017.csv"
OFFSETS = "country_utc_offset.csv"
TABLES = (IPV4, USERS, EXPOSURE, OFFSETS, SECTORS, PARAMETERS)

Break = Callable[[list[str]], list[str]]


def edit(number: int, old: str, new: str) -> Break:
    """Another text in one line."""
    def change(lines: list[str]) -> list[str]:
        assert old in lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)
        return lines
    return change


def repeat(number: int) -> Break:
    """A line once more at the end."""
    return lambda lines: [*lines, lines[number - 1]]


def empty(lines: list[str]) -> list[str]:
    return []


def only_header(lines: list[str]) -> list[str]:
    return lines[:1]


def zeros(column: int) -> Break:
    """Nothing but 0 in a column."""
    def change(lines: list[str]) -> list[str]:
        rows = [line.split(",") for line in lines]
        return [",".join([*row[:column], "0", *row[column + 1:]]) if at else ",".join(row)
                for at, row in enumerate(rows)]
    return change


MEND = "mend it as in inputs/world-2017"

CASES = {
    "missing column": (
        IPV4, edit(1, "ipv4_2017", "ip"),
        ":1: malformed table (there is no column ipv4_2017): " + MEND),
    "text in a number": (
        IPV4, edit(5, "124994019", "many"),
        ':5: ipv4_2017 = "many" (not a number from 0 to 4294967296): correct the table'),
    "negative number": (
        IPV4, edit(5, "124994019", "-1"),
        ':5: ipv4_2017 = "-1" (not a number from 0 to 4294967296): correct the table'),
    "nan": (
        USERS, edit(3, "5200000", "nan"),
        ':3: internet_users = "nan" (not a number from 0 to 100000000000): correct the table'),
    "offset beyond the world": (
        OFFSETS, edit(2, ",120,", ",-9999,"),
        ':2: utc_offset_min_20170512 = "-9999" (not a number from -840 to 840): correct the table'),
    "share of a country above 1": (
        OFFSETS, edit(2, "1.000000", "1.5"),
        ':2: share = "1.5" (not a number from 0 to 1): correct the table'),
    "offset twice": (
        OFFSETS, repeat(2),
        ':300: cc, utc_offset_min_20170512 = "AD, 120" (there is such a row already): remove one of '
        "them"),
    "truncated row": (
        IPV4, edit(5, ",124994019", ""),
        ":5: malformed table (too few columns in this row): " + MEND),
    "cut off": (
        IPV4, lambda lines: [*lines[:9], lines[9][:5]],
        ":10: malformed table (too few columns in this row): " + MEND),
    "row too long": (
        SECTORS, edit(4, "manufacturing", "manufacturing,1"),
        ":4: malformed table (too many columns in this row): " + MEND),
    "open quote": (
        USERS, edit(3, "United", '"United'),
        ":3: malformed table (a quote is not closed): " + MEND),
    "empty file": (PARAMETERS, empty, ":1: malformed table (the file is empty): " + MEND),
    "no code": (IPV4, edit(3, "CN", "China"),
                ':3: cc = "China" (not a two-letter code): correct the table'),
    "country twice": (IPV4, repeat(5),
                      ':256: cc = "GB" (there is such a row already): remove one of them'),
    "users twice": (USERS, repeat(3),
                    ':237: cc = "AE" (there is such a row already): remove one of them'),
    "exposure twice": (EXPOSURE, repeat(2),
                       ':43: cc = "US" (there is such a row already): remove one of them'),
    "sector twice": (
        SECTORS, repeat(4),
        ':18: sector_detail = "manufacturing" (there is such a row already): remove one of them'),
    "parameter twice": (
        PARAMETERS, repeat(3),
        ':138: topic, key, date = "os_share_desktop_world, win7, 2017-06" (there is such a row '
        "already): remove one of them"),
    "no countries": (
        IPV4, only_header, ":1: ipv4_2017 (no country has addresses): restore the table"),
    "no addresses": (
        IPV4, zeros(2), ":255: ipv4_2017 (no country has addresses): restore the table"),
    "no users": (
        USERS, only_header,
        ":1: internet_users (no country with addresses has users): restore the table"),
    "no exposure": (
        EXPOSURE, only_header,
        ":1: smb445_open_2017 (no row REST for all other countries, or nothing but 0): restore the "
        "table"),
    "exposure of zero": (
        EXPOSURE, zeros(1),
        ":42: smb445_open_2017 (no row REST for all other countries, or nothing but 0): restore "
        "the table"),
    "sector without PCs": (
        SECTORS, edit(4, "0.45", "0"),
        ':4: model_sector = "manufacturing" (no employment or no PCs): correct the table'),
    "no home": (
        SECTORS, lambda lines: [lines[0], *lines[2:]],
        ":16: model_sector (the first row must be `home`): restore the table"),
    "only home": (
        SECTORS, lambda lines: lines[:2],
        ":2: share_of_all_pcs (only homes have PCs): restore the table"),
    "parameter missing": (
        PARAMETERS, only_header,
        " (no row os_share_desktop_world, win7, 2017-05 with a value above 0 and up to 100): "
        "restore the table"),
}


@pytest.fixture
def tables(annelid: Annelid) -> Path:
    """A copy of the world's tables, and a scenario that uses it."""
    annelid.write(WORLD.replace('"world-2017"', '"tables"'))
    return Path(shutil.copytree(PROJECT / "inputs" / "world-2017", annelid.folder / "tables"))


def damage(file: Path, change: Break) -> None:
    lines = file.read_text(encoding="utf-8").rstrip("\n").split("\n")
    file.write_text("".join(line + "\n" for line in change(lines)), encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_names_file_and_line(annelid: Annelid, tables: Path, name: str):
    table, change, expected = CASES[name]
    damage(tables / table, change)
    assert annelid.refuses("run", "x.toml") == f"tables/{table}{expected}\n"


def test_a_copy_gives_the_same_world(annelid: Annelid, tables: Path):
    assert annelid("check", "x.toml").returncode == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_missing(annelid: Annelid, tables: Path, table: str):
    (tables / table).unlink()
    expected = (f'x.toml:6: population.tables = "tables" (there is no {table} in it): use a folder '
                "with the files of inputs/world-2017\n")
    assert annelid.refuses("check", "x.toml") == expected


def test_with_faults_of_the_scenario(annelid: Annelid, tables: Path):
    """A fault of a table hides none of the scenario."""
    damage(tables / IPV4, edit(5, "124994019", "many"))
    annelid.write(WORLD.replace('"world-2017"', '"tables"').replace('"30 min"', "30"))
    faults = annelid.refuses("run", "x.toml").split("\n")
    assert [fault.split(" ")[0] for fault in faults] == ["tables/country_ipv4.csv:5:", "x.toml:18:",
                                                         ""]


@pytest.mark.parametrize("table", [USERS, PARAMETERS])
def test_binary_garbage(annelid: Annelid, tables: Path, table: str):
    (tables / table).write_bytes(bytes(range(256)) * 40)
    assert annelid.refuses("run", "x.toml").startswith(f"tables/{table}:")


@pytest.mark.skipif(not MPIEXEC, reason="built without MPI")
def test_on_several_ranks(annelid: Annelid, tables: Path):
    table, change, expected = CASES["text in a number"]
    damage(tables / table, change)
    assert annelid.refuses("run", "x.toml", ranks=2) == f"tables/{table}{expected}\n"
