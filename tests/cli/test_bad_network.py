"""Networks that cannot be: in a scenario and in files; told once, exit code 2, nothing written."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import h5py
import numpy as np
import pytest
from conftest import MPIEXEC, Annelid

needs_mpi = pytest.mark.skipif(not MPIEXEC, reason="built without MPI")

LINKED = """\
[time]
end = "1 h"

[population]
kind = "graph"

[network]
kind = "file"
file = "g.csv"

[seeds]
hosts = 1

[worm]
preset = "sir"
without = ["scan"]

[worm.vector.link]
kind = "contact"
time = "10 min"
"""

# Name: what to replace, by what, and what the program says of the line marked "# !".
SCENARIOS = {
    "no such file": (
        'file = "g.csv"', 'file = "none.csv"  # !',
        'network.file = "none.csv" (no such file beside the scenario or in inputs/): check '
        'the path, as in file = "graphs/power.csv.gz"'),
    "a folder": (
        'file = "g.csv"', 'file = "."  # !',
        'network.file = "." (this is a folder): name a file of edges'),
    "no file": (
        '[network]\nkind = "file"\nfile = "g.csv"', '[network]  # !\nkind = "file"',
        'network.file (it is required): add file = "text"'),
    "unknown kind": (
        'kind = "file"\nfile = "g.csv"', 'kind = "small_world"  # !',
        'network.kind = "small_world" ("small_world" is not known here): use one of "file", '
        '"gnm", "gnp", "barabasi_albert", "watts_strogatz", "rmat", "configuration", '
        '"geometric", "stochastic_block", "enterprise"'),
    "unknown key": (
        'file = "g.csv"', 'file = "g.csv"\nweight = true  # !',
        "network.weight = true (unknown key): did you mean `weighted`?"),
    "unknown format": (
        'file = "g.csv"', 'file = "g.csv"\nformat = "gml"  # !',
        'network.format = "gml" ("gml" is not known here): use one of "auto", "edges", '
        '"matrix_market", "metis", "hdf5"'),
    "unknown partition": (
        'file = "g.csv"', 'file = "g.csv"\npartition = "metis"  # !',
        'network.partition = "metis" ("metis" is not known here): use one of "block", "hash",'
        ' "scotch"'),
    "generated without hosts": (
        '[population]\nkind = "graph"\n\n[network]\nkind = "file"\nfile = "g.csv"',
        '[population]  # !\nkind = "graph"\n\n[network]\nkind = "gnm"\nedges = 10',
        "population.hosts (a generated network needs to know its vertices): add hosts = 1000"),
    "enterprise without organisations": (
        'kind = "graph"\n\n[network]\nkind = "file"\nfile = "g.csv"',
        'kind = "graph"  # !\nhosts = 100\n\n[network]\nkind = "enterprise"',
        'population.kind = "graph" (network enterprise links hosts by their organisations): use '
        "population internet, flat or enterprise"),
    "roles in the network": (
        'kind = "graph"\n\n[network]\nkind = "file"\nfile = "g.csv"',
        'kind = "flat"\nhosts = 1000\n\n[network]\nkind = "enterprise"\nhosts_per_server = 9  # !',
        "network.hosts_per_server = 9 (unknown key): it belongs in [population]"),
    "a graph for a part of the world": (
        'kind = "graph"\n\n[network]\nkind = "file"\nfile = "g.csv"',
        'kind = "internet"\ncountries = ["UA"]\n\n[network]\nkind = "gnm"  # !\nedges = 9',
        'network.kind = "gnm" (it knows nothing of a world that a part is kept of): use '
        "enterprise, or leave out population.countries and population.sectors"),
    "rmat of 1000 hosts": (
        'kind = "graph"\n\n[network]\nkind = "file"\nfile = "g.csv"',
        'kind = "graph"\nhosts = 1000\n\n[network]\nkind = "rmat"  # !',
        'network.kind = "rmat" (rmat needs a power of two as the number of hosts, not 1000): '
        'use 512 or 1024 hosts'),
    "more links than pairs": (
        'kind = "graph"\n\n[network]\nkind = "file"\nfile = "g.csv"',
        'kind = "graph"\nhosts = 10\n\n[network]\nkind = "gnm"\nedges = 46  # !',
        "network.edges = 46 (there are 45 pairs of 10 hosts): use fewer links or more hosts"),
    "without no vector": (
        'without = ["scan"]', 'without = ["scan", "mail"]  # !',
        'worm.without = ["scan", "mail"] (the preset has no vector "mail"): name vectors of '
        'the preset'),
    "hash and a sweep": (
        'file = "g.csv"',
        'file = "g.csv"\npartition = "hash"  # !\n\n[worm.vector.lan]\nkind = "scan"\n'
        'scope = "/24"\nstrategy = "sweep"\nrate = "1 /s"',
        "network.partition = \"hash\" (vector lan needs a host's neighbours on its rank): use "
        "partition = \"block\""),
    "hash and credentials": (
        'file = "g.csv"',
        'file = "g.csv"\npartition = "hash"  # !\n\n[worm.vector.stolen]\nkind = "credentials"',
        "network.partition = \"hash\" (vector stolen needs a host's neighbours on its rank): use "
        "partition = \"block\""),
    "scotch and a subnet": (
        'file = "g.csv"',
        'file = "g.csv"\npartition = "scotch"  # !\n\n[worm.vector.lan]\nkind = "scan"\n'
        'scope = "subnet"\nrate = "1 /s"',
        "network.partition = \"scotch\" (vector lan needs a host's neighbours on its rank): use"
        " partition = \"block\""),
}

Write = Callable[[Path], object]


def text(content: str) -> Write:
    return lambda path: path.write_text(content, encoding="utf-8")


def truncated(path: Path) -> None:
    lines = "".join(f"{i},{(i * 7919) % 5000}\n" for i in range(5000))
    path.write_bytes(gzip.compress(lines.encode())[:5000])


def graph(first_edge: tuple[int, ...] = (0, 1, 2, 3, 3), target: Sequence[int] = (1, 2, 3),
          weight: tuple[float, ...] = (), **attributes: object) -> Write:
    """A graph file of 4 vertices with something else in it."""
    def write(path: Path) -> None:
        with h5py.File(path, "w") as file:
            file.attrs.update({"format": "annelid graph file", "format_version": "1.0",
                               "directed": 0, "vertices": 4, "edges": 3, **attributes})
            file["first_edge"] = np.array(first_edge, "<u8")
            file["target"] = np.array(target, "<u4")
            if weight:
                file["weight"] = np.array(weight, "<f4")
    return write


MATRIX = "%%MatrixMarket matrix coordinate pattern symmetric\n"
# Name: the file, further keys of the network, what is said after the file's name.
FILES = {
    "no number": (text("0,1\n1,x\n"), "",
        ':2: "x" is no vertex (ids are whole numbers from 0 on): number the vertices and '
        'write their numbers'),
    "one field": (text("0,1\n1\n"), "",
        ":2: 1 field (an edge is `from to`): write one edge a line"),
    "three fields": (text("0,1\n1,2,3\n"), "",
        ":2: 3 fields (an edge is `from to`): set network.weighted = true if the third is a "
        "weight, or remove it"),
    "negative id": (text("0,1\n-1,2\n"), "",
        ":2: vertex -1 (ids count from 0): renumber the vertices"),
    "empty": (text(""), "",
        " (no edges): name a file with at least one"),
    "only a header": (text("from,to\n"), "",
        " (no edges): name a file with at least one"),
    "truncated gzip": (truncated, "",
        ":<n>: the file is cut off at byte 5000 (its gzip stream goes on): copy or download "
        "it again"),
    "more entries than announced": (text(MATRIX + "3 3 1\n1 2\n2 3\n"), "",
        ":4: more entries than the header announces (1): is it the header of this file?"),
    "fewer entries than announced": (text(MATRIX + "3 3 1000000000000\n1 2\n2 3\n"), "",
        ":4: the file ends after 2 entries (its header announces 1000000000000): is it whole?"),
    "beyond the matrix": (text(MATRIX + "3 3 2\n1 2\n2 4\n"), "",
        ":4: vertex 4 (ids go from 1 to 3: the header has 3 vertices): mend the one or the "
        "other"),
    "too many vertices": (text(MATRIX + "9000000000 9000000000 1\n1 2\n"), "",
        ":2: 9000000000 vertices (at most 4294967295 are possible): name a smaller graph"),
    "4.29e9 vertices": (text(MATRIX + "4294967295 4294967295 1\n1 2\n"), "",
        ": 4294967295 vertices for 1 edges (a vertex for every number up to the largest): "
        "number them from 0, or state population.hosts"),
    "huge ids": (text("0,1\n4294967294,1\n"), "",
        ": 4294967295 vertices for 2 edges (a vertex for every number up to the largest): "
        "number them from 0, or state population.hosts"),
    "ids beyond 32 bits": (text("0,1\n4294967295,1\n"), "",
        ":2: vertex 4294967295 (ids go up to 4294967294): number the vertices without gaps"),
    "negative weight": (text("0,1,0.5\n1,2,-1\n"), "weighted = true",
        ':2: weight "-1" (a weight multiplies a rate, so it is finite and not negative): mend'
        ' or remove this edge'),
    "weight NaN": (text("0,1,0.5\n1,2,nan\n"), "weighted = true",
        ':2: weight "nan" (a weight multiplies a rate, so it is finite and not negative): '
        'mend or remove this edge'),
    "no weights": (text("0,1\n1,2\n"), "weighted = true",
        ":1: 2 fields (an edge is `from to weight`): write weights, or set network.weighted ="
        " false"),
    "no times": (text("0,1\n1,2\n"), "temporal = true",
        ":1: 2 fields (an edge is `from to open close`): write times, or set network.temporal"
        " = false"),
    "closes before it opens": (text("0,1,5,9\n1,2,9,5\n"), "temporal = true",
        ":2: close = 5 (before open = 9): swap or mend them"),
    "no graph file": (text("0,1\n"), 'format = "hdf5"',
        " (not an HDF5 file): give a graph file, or say what format it has"),
    "another version": (graph(format_version="9.0"), "",
        ' (graph file version "9.0", this annelid knows "1.0"): use the annelid that wrote '
        'it, or write it again'),
    "announced edges": (graph(edges=10**12), "",
        " (/target has shape [3], not [1000000000000] as vertices and edges say): write the "
        "file again, for example with annelid network"),
    "announced vertices": (graph(vertices=4_294_967_295), "",
        " (/first_edge has shape [5], not [4294967296] as vertices and edges say): write the "
        "file again, for example with annelid network"),
    "target beyond": (graph(target=(1, 2, 7)), "",
        " (/target[2] is 7, but there are 4 vertices): write the file again, for example with"
        " annelid network"),
    "falling first edges": (graph(first_edge=(0, 2, 1, 3, 3)), "",
        " (/first_edge[2] is 1 after 2, but it rises from 0): write the file again, for "
        "example with annelid network"),
    "weights NaN": (graph(weight=(1, 2, np.nan)), "",
        " (/weight[2] is nan, not a finite number >= 0): write the file again, for example "
        "with annelid network"),
    "graph file without weights": (graph(), "weighted = true",
        ": network.weighted = true (it has no weights): leave it out, or write the file again"),
    "graph file without times": (graph(), "temporal = true",
        ": network.temporal = true (it has no times): leave it out, or write the file again"),
    "undirected graph file": (graph(), "directed = true",
        ": network.directed = true (its links go both ways): leave it out, or write the file "
        "again"),
}


def pattern(expected: str) -> str:
    return re.escape(expected + "\n").replace("<n>", r"\d+")


@pytest.fixture
def linked(annelid: Annelid) -> Annelid:
    """A folder with a small network."""
    (annelid.folder / "g.csv").write_text("0,1\n1,2\n2,3\n")
    return annelid


@pytest.mark.parametrize("name", SCENARIOS)
def test_says_where_what_and_what_to_do(linked: Annelid, name: str):
    old, new, expected = SCENARIOS[name]
    assert LINKED.count(old) == 1
    scenario = LINKED.replace(old, new)
    linked.write(scenario)
    [line] = [n for n, words in enumerate(scenario.split("\n"), start=1) if "# !" in words]
    for command in (["run", "--output", "run.h5"], ["check"]):
        assert linked.refuses(*command, "x.toml") == f"x.toml:{line}: {expected}\n"


@pytest.mark.parametrize("name", FILES)
def test_names_file_and_line(annelid: Annelid, name: str):
    write, keys, expected = FILES[name]
    write(annelid.folder / "g.csv")
    annelid.write(LINKED.replace('file = "g.csv"', f'file = "g.csv"\n{keys}'))
    assert re.fullmatch("g.csv" + pattern(expected), annelid.refuses("run", "x.toml"))


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ,
                    reason="the address sanitizer needs terabytes of address space")
@pytest.mark.parametrize("name", ["4.29e9 vertices", "huge ids", "announced edges",
                                  "announced vertices", "fewer entries than announced"])
def test_what_is_announced_takes_no_memory(annelid: Annelid, name: str):
    """A few bytes must not ask for gigabytes: 1 GB of addresses is enough to say no."""
    write, _, expected = FILES[name]
    write(annelid.folder / "g.csv")
    annelid.write(LINKED)
    annelid.write('ulimit -v 1000000\nexec "$@"\n', "little.sh")
    assert annelid.refuses("run", "x.toml", through=("sh", "little.sh")) == f"g.csv{expected}\n"


def test_links_without_a_network(annelid: Annelid):
    network = '[network]\nkind = "file"\nfile = "g.csv"\n'
    annelid.write(LINKED.replace(network, ""))
    to_spread = ('worm.vector.link.kind = "contact" (there is no network to spread over): add a '
                 "[network]\n")
    assert annelid.refuses("run", "x.toml") == (
        'x.toml:5: population.kind = "graph" (there is no network to take the hosts from): add a '
        "[network]\nx.toml:16: " + to_spread)
    annelid.write(LINKED.replace(network, "").replace('"graph"', '"flat"'))
    assert annelid.refuses("run", "x.toml") == "x.toml:16: " + to_spread


def test_fewer_hosts_than_vertices(linked: Annelid):
    linked.write(LINKED.replace('kind = "graph"', 'kind = "flat"\nhosts = 3'))
    assert linked.refuses("run", "x.toml") == (
        "g.csv:3: vertex 3 (ids go from 0 to 2: population.hosts = 3): mend the one or the "
        "other\n")
    graph()(linked.folder / "g.csv")
    assert linked.refuses("run", "x.toml") == (
        "x.toml:6: population.hosts = 3 (fewer than the 4 vertices of the network): use at least "
        "as many\n")


# What every rank finds for itself, and what only the scenario shows.
@needs_mpi
@pytest.mark.parametrize("ranks, name", [(2, "no number"), (3, "truncated gzip"),
                                         (3, "target beyond"), (2, "announced edges")])
def test_ranks_speak_with_one_voice(annelid: Annelid, ranks: int, name: str):
    write, keys, expected = FILES[name]
    write(annelid.folder / "g.csv")
    annelid.write(LINKED.replace('file = "g.csv"', f'file = "g.csv"\n{keys}'))
    told = annelid.refuses("run", "x.toml", ranks=ranks)
    assert re.fullmatch("g.csv" + pattern(expected), told)


@needs_mpi
@pytest.mark.parametrize("partition", ["block", "scotch"])
def test_a_piece_that_only_one_rank_reads(annelid: Annelid, partition: str):
    """A graph file is read piece by piece; none may wait for the rank that finds the fault."""
    edges = 300_000  # two pieces
    target = np.arange(1, edges + 1) % 1000
    target[-1] = 1000
    graph(tuple(np.linspace(0, edges, 1001, dtype=int)), target, vertices=1000,
          edges=edges)(annelid.folder / "g.csv")
    annelid.write(LINKED)
    told = annelid.refuses("run", "x.toml", "--set", f"network.partition={partition}", ranks=2)
    assert told.startswith("g.csv (/target[299999] is 1000, but there are 1000 vertices): ")
    assert told.count("\n") == 1


@needs_mpi
@pytest.mark.parametrize("theirs", ["", "0,x\n"], ids=["missing", "malformed"])
def test_a_file_that_only_one_rank_can_read(linked: Annelid, theirs: str):
    linked.write(LINKED)
    (linked.folder / "far").mkdir()
    linked.write(LINKED, "far/x.toml")
    if theirs:
        linked.write(theirs, "far/g.csv")
    linked.write('if [ "$OMPI_COMM_WORLD_RANK" = 1 ]; then cd far; fi\nexec "$@"\n', "far.sh")
    told = linked.refuses("run", "x.toml", ranks=3, through=("sh", "far.sh"))
    assert told.count("\n") == 1
    assert told.startswith('g.csv:1: "x" is no vertex' if theirs else "x.toml:9: network.file")
