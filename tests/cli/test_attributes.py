"""Population `graph` with a table of its hosts: what is refused, and that counts are those of it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from conftest import MPIEXEC, Annelid, differences

needs_mpi = pytest.mark.skipif(not MPIEXEC, reason="built without MPI")

SCENARIO = """\
[time]
end = "5 d"
step = "10 min"

[population]
kind = "graph"
attributes = "h.csv"

[network]
kind = "file"
file = "g.csv"

[seeds]
hosts = 2

[worm]
preset = "sir"
without = ["scan"]

[worm.state.infectious]
dwell = { distribution = "exponential", mean = "1 d" }

[worm.vector.link]
kind = "contact"
time = { distribution = "exponential", mean = "6 h" }
requires = ["unpatched"]

[record]
every = "2 h"
transitions = true
hosts = true
"""

# Three vertices, so three hosts.
CHAIN = "0,1\n1,2\n"
COLUMNS = ("host, country, sector, windows_7, unpatched, exposed, home, outbound, server, "
           "domain_controller, administrator")

# Name: the table, and what the program says of it after its name. Where that needs the number of
# hosts, which the network's file has, `check` says nothing yet.
TABLES = {
    "unknown column": ("host,colour\n0,red\n",
                       ':1: malformed table (column "colour" is not known): name each column once '
                       f"in the first line, by {COLUMNS}"),
    "no header": ("0,DE\n1,FR\n",
                  ':1: malformed table (column "0" is not known): name each column once in the '
                  f"first line, by {COLUMNS}"),
    "column twice": ("host,sector,host\n0,a,0\n",
                     ":1: malformed table (there are two columns host): name each column once in "
                     f"the first line, by {COLUMNS}"),
    "empty file": ("", ":1: malformed table (the file is empty): name each column once in the first "
                   f"line, by {COLUMNS}"),
    "row too short": ("host,sector\n0,a\n1\n",
                      ":3: malformed table (too few columns in this row): write as many values as "
                      "the first line has names"),
    "row too long": ("host,sector\n0,a\n1,b,c\n",
                     ":3: malformed table (too many columns in this row): write as many values as "
                     "the first line has names"),
    "open quote": ('sector\na\n"b\n',
                   ":3: malformed table (a quote is not closed): write as many values as the first "
                   "line has names"),
    "no number": ("host\n0\nx\n2\n", ':3: host = "x" (not a whole number from 0 on): correct the row'),
    "negative host": ("host\n-1\n",
                      ':2: host = "-1" (not a whole number from 0 on): correct the row'),
    "half a host": ("host\n0.5\n",
                    ':2: host = "0.5" (not a whole number from 0 on): correct the row'),
    "huge host": ("host\n99999999999999999999\n", ':2: host = "99999999999999999999" (not a whole '
                  "number from 0 on): correct the row"),
    "no host": ("host,sector\n,a\n", ':2: host = "" (not a whole number from 0 on): correct the row'),
    "trait of 2": ("home,exposed\n1,1\n0,2\n0,0\n",
                   ':3: exposed = "2" (a trait is 0 or 1): correct the row'),
    "trait in words": ("unpatched\nyes\n",
                       ':2: unpatched = "yes" (a trait is 0 or 1): correct the row'),
    "no trait": ("host,unpatched\n0,\n", ':2: unpatched = "" (a trait is 0 or 1): correct the row'),
    "no label": ("host,country\n0,DE\n1,\n",
                 ':3: country = "" (no label): write -- where it is unknown'),
    "long label": ("sector\n" + 101 * "a" + "\n",
                   f':2: sector = "{39 * "a"}…" (a label is at most 100 bytes of UTF-8): rename it'),
    "too many labels": ("country\n" + "".join(f"c{i}\n" for i in range(65_537)),
                        ':65538: country = "c65536" (more than 65536 different ones): group them'),
}
TABLES_OF_HOSTS = {
    "host beyond": ("host\n0\n1\n3\n", ":4: host 3 (there are 3, from 0 to 2): correct or remove the "
                    "row, or set population.hosts"),
    "row beyond": ("sector\na\na\nb\nb\n", ":5: host 3 (there are 3, from 0 to 2): correct or remove "
                   "the row, or set population.hosts"),
    "host twice": ("host,sector\n0,a\n1,a\n0,b\n",
                   ':4: host = "0" (there is such a row already): remove one of them'),
    "hosts missing": ("host\n2\n", ":2: the last row (2 of 3 hosts have none, the first is host 0): "
                      "add a row for each"),
    "rows missing": ("sector\na\nb\n\n", ":4: the last row (1 of 3 hosts have none, the first is host "
                     "2): add a row for each"),
    "only a header": ("host,sector\n", ":1: the last row (3 of 3 hosts have none, the first is host "
                      "0): add a row for each"),
}


@pytest.fixture
def chain(annelid: Annelid) -> Annelid:
    annelid.write(CHAIN, "g.csv")
    annelid.write(SCENARIO)
    return annelid


@pytest.mark.parametrize("name", {**TABLES, **TABLES_OF_HOSTS})
def test_names_file_and_line(chain: Annelid, name: str):
    table, expected = {**TABLES, **TABLES_OF_HOSTS}[name]
    chain.write(table, "h.csv")
    assert chain.refuses("run", "x.toml") == f"h.csv{expected}\n"
    if name in TABLES:
        assert chain.refuses("check", "x.toml") == f"h.csv{expected}\n"


@needs_mpi
@pytest.mark.parametrize("name", ["unknown column", "host beyond"])
def test_ranks_speak_with_one_voice(chain: Annelid, name: str):
    table, expected = {**TABLES, **TABLES_OF_HOSTS}[name]
    chain.write(table, "h.csv")
    assert chain.refuses("run", "x.toml", ranks=2) == f"h.csv{expected}\n"


def test_no_such_file(chain: Annelid):
    expected = ('x.toml:7: population.attributes = "h.csv" (no such file beside the scenario or in '
                "inputs/): check the path, or leave the key out\n")
    assert chain.refuses("check", "x.toml") == expected
    (chain.folder / "h.csv").mkdir()
    assert chain.refuses("check", "x.toml") == expected


def test_truncated_gzip(chain: Annelid):
    (chain.folder / "h.csv").write_bytes(gzip.compress(b"host\n0\n1\n2\n")[:-3])
    assert chain.refuses("run", "x.toml").startswith("h.csv: the file is cut off at byte ")


def test_binary_garbage(chain: Annelid):
    (chain.folder / "h.csv").write_bytes(bytes(range(256)) * 40)
    assert chain.refuses("run", "x.toml").startswith("h.csv:1: malformed table (")
    (chain.folder / "h.csv").write_bytes(b"country\n\xff\xfe\n")
    assert chain.refuses("run", "x.toml") == (
        "h.csv:2: country = text that is not UTF-8 (a label is at most 100 bytes of UTF-8): rename "
        "it\n")


@pytest.mark.parametrize("scope", ["country", "/8", "/16", "/24"])
def test_no_addresses_where_countries_lie_scattered(chain: Annelid, scope: str):
    chain.write("country,sector\nDE,a\nFR,a\nDE,b\n", "h.csv")
    chain.write(SCENARIO + f'\n[worm.vector.scan]\nrate = "1 /s"\nscope = "{scope}"\n')
    assert chain.refuses("check", "x.toml") == (
        f'x.toml:35: worm.vector.scan.scope = "{scope}" (the hosts of population.attributes have '
        "countries, but no addresses there): use internet, organisation or subnet, or leave column "
        "country out\n")
    chain.write("sector\na\na\nb\n", "h.csv")
    assert chain("check", "x.toml").returncode == 0


def test_defences_know_its_countries_and_sectors(chain: Annelid):
    chain.write("country,sector\nDE,energy\nFR,home\nDE,energy\n", "h.csv")
    chain.write(SCENARIO + '\n[defence.patches]\nkind = "patching"\nrate = "1 /d"\n'
                'countries = ["FR"]\nsectors = ["office"]\n')
    assert chain.refuses("check", "x.toml") == (
        'x.toml:37: defence.patches.sectors = ["office"] (the population has no office): use '
        "energy, home\n")


HOSTS = 400


def table(rows: list[str], header: str = "sector,unpatched,host,country") -> str:
    return "\n".join([header, *rows, ""])


def attributes() -> list[tuple[str, bool, int, str]]:
    """Sector, unpatched, host and country: scattered, with runs of some that are alike."""
    return [(["energy", "home", "Müller, Söhne"][host // 7 % 3 if host < 200 else host * 5 % 3],
             host * host % 5 != 1, host, ["DE", "FR", "--", "United Kingdom"][host * 7 // 3 % 4])
            for host in range(HOSTS)]


def prepare(annelid: Annelid, write: Callable[[Path, bytes], object] = Path.write_bytes) -> None:
    """A ring with chords, and the rows of its hosts in another order than theirs."""
    links = [f"{host},{other % HOSTS}" for host in range(HOSTS)
             for other in (host + 1, host * 17 + 5, host * host + 3)]
    annelid.write("\n".join(links) + "\n", "g.csv")
    rows = [f'"{sector}",{unpatched:d}, {host} ,{country}'
            for sector, unpatched, host, country in sorted(attributes(), key=lambda row: row[2] * 77
                                                           % HOSTS)]
    write(annelid.folder / "h.csv", table(rows).encode())
    annelid.write(SCENARIO)


def written(annelid: Annelid, ranks: int = 1, *options: str) -> Path:
    output = annelid.folder / f"{ranks}-{len(options)}.h5"
    run = annelid("run", "x.toml", *options, "--output", output, ranks=ranks)
    assert run.returncode == 0, run.stderr
    return output


def direct_counts(file: h5py.File, label: int, names: list[str]) -> np.ndarray:
    """Hosts by row, label and state, counted one by one from the table and the transitions."""
    states = list(file["state"].asstr())
    of_host = [names.index(row[label]) for row in attributes()]
    now = [states.index("susceptible" if row[1] else "immune") for row in attributes()]
    changes = list(zip(*(file["transitions"][name][:] for name in ("time_us", "host", "from", "to"))))
    counts = np.zeros((len(file["time"]), len(names), len(states)), dtype=int)
    for row, time in enumerate(file["time"][:]):
        while changes and changes[0][0] <= time * 1e6:
            _, host, before, after = changes.pop(0)
            assert now[host] == before
            now[host] = after
        for host in range(HOSTS):
            counts[row, of_host[host], now[host]] += 1
    np.testing.assert_array_equal(file["hosts/state"], now)
    return counts


@pytest.mark.parametrize("ranks, partition", [(1, "block"), pytest.param(3, "hash", marks=needs_mpi)])
def test_counts_by_country_and_sector(annelid: Annelid, ranks: int, partition: str):
    prepare(annelid)
    with h5py.File(written(annelid, ranks, "--set", f"network.partition={partition}")) as file:
        countries, sectors = list(file["country"].asstr()), list(file["sector"].asstr())
        assert countries == sorted({row[3] for row in attributes()})
        assert sectors == sorted({row[0] for row in attributes()})
        np.testing.assert_array_equal(file["country_counts"], direct_counts(file, 3, countries))
        np.testing.assert_array_equal(file["sector_counts"], direct_counts(file, 0, sectors))
        np.testing.assert_array_equal(file["counts"], file["country_counts"][:].sum(axis=1))

        # Only who carries what the vector requires was infected, and most of them were.
        unpatched = np.array([row[1] for row in attributes()])
        infected = np.zeros(HOSTS, dtype=bool)
        infected[file["events/host"][:]] = True
        assert not infected[~unpatched].any()
        assert infected.sum() > 0.8 * unpatched.sum()
        np.testing.assert_array_equal(file["hosts/traits"][:] & 0b11111,
                                      np.where(unpatched, 0b11111, 0b11101))

        cells = np.searchsorted(file["population/cell_first_host"], range(HOSTS), side="right") - 1
        assert [countries[i] for i in file["population/cell_country"][:][cells]] == [
            row[3] for row in attributes()]
        assert [sectors[i] for i in file["population/cell_sector"][:][cells]] == [
            row[0] for row in attributes()]


def test_the_order_of_rows_packing_and_host_numbers_do_not_matter(annelid: Annelid):
    prepare(annelid)
    shuffled = written(annelid)
    prepare(annelid, lambda path, text: path.write_bytes(gzip.compress(text)))
    assert differences(shuffled, written(annelid, 1, "--force")) == []
    rows = [f'"{sector}",{unpatched:d},{country}' for sector, unpatched, _, country in attributes()]
    annelid.write(table(rows, "sector,unpatched,country"), "h.csv")
    assert differences(shuffled, written(annelid, 1, "--force")) == []


def test_a_table_that_says_nothing_changes_nothing(annelid: Annelid):
    prepare(annelid)
    annelid.write("host\n" + "".join(f"{host}\n" for host in range(HOSTS)), "h.csv")
    [line] = differences(written(annelid), written(annelid, 1, "--set", "population.attributes="))
    assert line.startswith("/scenario: ")
