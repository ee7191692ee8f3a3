"""`annelid network`, and runs along weighted and temporal links."""

from __future__ import annotations

import re
import shlex

import h5py
import numpy as np
import pytest
from conftest import MPIEXEC, PROJECT, Annelid

needs_mpi = pytest.mark.skipif(not MPIEXEC, reason="built without MPI")

CHAIN = """\
[time]
end = "1 h"
step = "1 s"

[population]
kind = "graph"

[network]
kind = "file"
file = "g.csv"
directed = true

[seeds]
hosts = 1

[worm]
preset = "si"
without = ["scan"]

[worm.vector.link]
kind = "contact"
time = "10 s"
"""

FAULTS = {
    "no such command": (["draw"], "annelid network draw (there is no such command): use generate, "
                        "convert, describe or partition"),
    "no kind": (["generate", "--hosts", "9", "--output", "n.h5"],
                "annelid network generate (no kind of network to generate): use one of <.+>"),
    "file as a kind": (["generate", "file", "--hosts", "9", "--output", "n.h5"],
                       "annelid network generate file (no kind of network to generate): use one "
                       "of <.+>"),
    "no hosts": (["generate", "gnm", "--output", "n.h5"],
                 "--hosts (how many vertices?): add --hosts 1000"),
    "too many hosts": (["generate", "gnm", "--hosts", "4294967296", "--output", "n.h5"],
                       "--hosts = 4294967296 (it must be from 1 to 4294967295): try 1000"),
    "no edges": (["generate", "gnm", "--hosts", "9", "--output", "n.h5"],
                 "annelid network generate gnm: edges (it is required): add edges = <\\d+>"),
    "unknown key": (["generate", "gnp", "--hosts", "9", "--set", "mean_degre=2", "--output", "n.h5"],
                    "--set: mean_degre = 2 (unknown key): did you mean `mean_degree`?"),
    "rmat of 1000": (["generate", "rmat", "--hosts", "1000", "--output", "n.h5"],
                     "annelid network generate rmat: kind (rmat needs a power of two as the number "
                     "of hosts, not 1000): use 512 or 1024 hosts"),
    "no output": (["generate", "gnm", "--hosts", "9", "--set", "edges=9"],
                  "--output (no file is named): add one that ends in .h5 or .csv"),
    "odd output": (["generate", "gnm", "--hosts", "9", "--output", "n.txt"],
                   "--output = n.txt (what is written ends in .h5 or .csv): name it so"),
    "output exists": (["generate", "gnm", "--hosts", "9", "--output", "taken.h5"],
                      "taken.h5 (the file exists): choose another name or add --force"),
    "one file": (["convert", "g.csv"], "annelid network convert (it takes two files): try annelid "
                 "network convert inputs/graphs/power.csv.gz power.h5"),
    "convert onto itself": (["convert", "g.csv", "g.csv"],
                            "g.csv (the file exists): choose another name or add --force"),
    "convert a scenario": (["convert", "x.toml", "n.h5"], "x.toml (a scenario): name its file of "
                           "edges, or use annelid network generate"),
    "missing": (["describe", "none.csv"],
                "none.csv (No such file or directory): check the path and its permissions"),
    "folder": (["describe", "."], ". (this is a folder): name a file of edges"),
    "nothing to describe": (["describe"], "annelid network describe (no graph is named): add a "
                            "file, for example inputs/graphs/power.csv.gz"),
    "malformed": (["convert", "bad.csv", "n.h5"],
                  'bad.csv:2: "x" is no vertex (ids are whole numbers from 0 on): number the '
                  "vertices and write their numbers"),
    "three columns": (["describe", "weights.csv"],
                      "weights.csv:2: 3 fields (an edge is `from to`): add --weighted if the third "
                      "is a weight, or remove it"),
    "fewer hosts": (["describe", "g.csv", "--hosts", "2"],
                    "g.csv:3: vertex 2 (ids go from 0 to 1: --hosts = 2): mend the one or the "
                    "other"),
    "huge ids": (["describe", "huge.csv"],
                 "huge.csv: 4294967295 vertices for 1 edges (a vertex for every number up to the "
                 "largest): number them from 0, or state --hosts"),
    "no format": (["describe", "g.csv", "--format", "gml"],
                  "--format = gml (not a format): use auto, edges, matrix_market, metis, hdf5"),
    "scenario without a network": (["describe", "plain.toml"], "plain.toml (it has no [network]): "
                                   "name a file of edges, or a scenario that has"),
    "no ranks": (["partition", "g.csv", "--output", "o.csv"],
                 "--ranks (over how many ranks?): add --ranks 4, or use mpirun -n 4"),
    "negative ranks": (["describe", "g.csv", "--ranks", "-2"],
                       "--ranks = -2 (it must be from 1 to 1000000): try 4"),
    "more ranks than vertices": (["describe", "g.csv", "--ranks", "9"],
                                 "--ranks = 9 (more than the 3 vertices): use fewer"),
    "scotch without its ranks": (["partition", "g.csv", "--ranks", "2", "--partition", "scotch",
                                  "--output", "o.csv"],
                                 "--partition = scotch (PT-Scotch runs on the ranks that it cuts "
                                 "for): use mpirun -n 2"),
    "unknown partition": (["describe", "g.csv", "--ranks", "2", "--partition", "metis"],
                          "--partition = metis (not a method): use block, hash or scotch"),
}


@pytest.fixture
def desk(annelid: Annelid) -> Annelid:
    for name, content in {"g.csv": "from,to\n0,1\n1,2\n", "bad.csv": "0,1\n1,x\n",
                          "weights.csv": "from,to\n0,1,5\n", "huge.csv": "0,4294967294\n",
                          "taken.h5": "a result of last year", "x.toml": CHAIN,
                          "plain.toml": 'population.kind = "flat"\nworm.preset = "si"\n'}.items():
        annelid.write(content, name)
    return annelid


def pattern(expected: str) -> str:
    return "".join(part[1:-1] if part.startswith("<") else re.escape(part)
                   for part in re.split(r"(<[^>]*>)", expected + "\n"))


@pytest.mark.parametrize("name", FAULTS)
def test_refuses_what_it_cannot_do(desk: Annelid, name: str):
    arguments, expected = FAULTS[name]
    assert re.fullmatch(pattern(expected), desk.refuses("network", *arguments))


@needs_mpi
@pytest.mark.parametrize("name", ["output exists", "malformed", "missing", "unknown partition"])
def test_ranks_speak_with_one_voice(desk: Annelid, name: str):
    arguments, expected = FAULTS[name]
    assert desk.refuses("network", *arguments, ranks=2) == expected + "\n"


def done(annelid: Annelid, *arguments: object, ranks: int = 1) -> str:
    result = annelid("network", *arguments, ranks=ranks)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def values(text: str) -> dict[str, str]:
    """The lines of `describe` by their first word."""
    return {line.split()[0]: " ".join(line.split()[1:]) for line in text.splitlines()[1:]}


def test_describe_counts_by_hand(annelid: Annelid):
    """A triangle with a repeated link and a loop, a pair, a vertex alone."""
    annelid.write("0 1\n1 2\n2 0\n1 0\n2 2\n3 4\n", "g.txt")
    found = values(done(annelid, "describe", "g.txt", "--hosts", "6", "--ranks", "2"))
    assert found["vertices"] == "6, 1 of them isolated"
    assert found["links"] == "8 (an edge is two)"
    assert found["self-loops"] == "1 edges, left out"
    assert found["duplicates"] == "2 links, left out"
    assert found["components"] == "3, the largest of 3 vertices"
    assert found["degree"] == "0 to 2, mean 1.333"
    assert (found["0"], found["1"], found["2-3"]) == ("1 vertices", "2 vertices", "3 vertices")
    # Blocks 0 to 2 and 3 to 5: no link between them; 8 + 2 links in the file, 8 on the first rank.
    assert found["block"].split() == ["0", "0.0000", "1.0000", "1.6000", "0", "0"]
    directed = values(done(annelid, "describe", "g.txt", "--directed"))
    assert directed["links"] == "5"
    assert directed["out-degree"] == "0 to 1, mean 1" or directed["out-degree"].startswith("0 to")


@needs_mpi
def test_describe_asks_scotch_on_its_ranks(annelid: Annelid):
    power = PROJECT / "inputs" / "graphs" / "power.csv.gz"
    alone = done(annelid, "describe", power, "--ranks", "2")
    together = done(annelid, "describe", power, ranks=2)
    assert alone.splitlines()[:-1] == together.splitlines()[:-1]
    assert alone.splitlines()[-1].split() == ["scotch", "with", "mpirun", "-n", "2"]
    cut = {words[0]: int(words[1]) for words in map(str.split, together.splitlines()[-3:])}
    assert cut["scotch"] < cut["block"] < cut["hash"]


def test_convert_loses_nothing(annelid: Annelid):
    annelid.write("from,to,weight,open,close\n0,1,0.5,0,10.25\n2,1,1,-3.000001,7\n", "g.csv")
    flags = ("--directed", "--weighted", "--temporal")
    done(annelid, "convert", "g.csv", "g.h5", *flags)
    with h5py.File(annelid.folder / "g.h5") as file:
        np.testing.assert_array_equal(file["target"], [1, 1])
        np.testing.assert_array_equal(file["weight"], [0.5, 1])
        np.testing.assert_array_equal(file["open_us"], [0, -3_000_001])
        np.testing.assert_array_equal(file["close_us"], [10_250_000, 7_000_000])
        assert file.attrs["source"] == "converted from g.csv"
    done(annelid, "convert", "g.h5", "again.csv")
    done(annelid, "convert", "again.csv", "again.h5", *flags)
    with h5py.File(annelid.folder / "g.h5") as one, h5py.File(annelid.folder / "again.h5") as two:
        for name in one:
            np.testing.assert_array_equal(one[name], two[name])


def test_a_graph_file_is_the_same_network(annelid: Annelid):
    """Told by its contents, whatever its name; a generated one is drawn again as it was."""
    keys = "edges=3000"
    done(annelid, "generate", "gnm", "--hosts", "1000", "--set", keys, "--seed", "7",
         "--output", "gnm.h5")
    (annelid.folder / "gnm.h5").rename(annelid.folder / "g.csv")
    annelid.write(CHAIN.replace("directed = true\n", ""))
    drawn = 'kind = "gnm"\nedges = 3000\nseed = 7\n'
    annelid.write(CHAIN.replace('kind = "graph"', 'kind = "graph"\nhosts = 1000').replace(
        'kind = "file"\nfile = "g.csv"\ndirected = true\n', drawn), "drawn.toml")
    events = []
    for name in ("x", "drawn"):
        run = annelid("run", f"{name}.toml", "--output", f"{name}.h5")
        assert run.returncode == 0, run.stderr
        with h5py.File(annelid.folder / f"{name}.h5") as file:
            events.append([file["events"][column][:] for column in ("host", "time_us", "infector")])
            assert file["network/links"][()] == 6000
    assert len(events[0][0]) > 900
    np.testing.assert_array_equal(*events)


@pytest.mark.parametrize("ranks, method", [(1, "hash"), (1, "block"),
                                           pytest.param(2, "scotch", marks=needs_mpi)])
def test_partition_names_every_owner(annelid: Annelid, ranks: int, method: str):
    done(annelid, "partition", PROJECT / "inputs" / "graphs" / "power.csv.gz", "--ranks", "2",
         "--partition", method, "--output", "owners.csv", ranks=ranks)
    owners = np.loadtxt(annelid.folder / "owners.csv", delimiter=",", skiprows=1, dtype=int)
    np.testing.assert_array_equal(owners[:, 0], np.arange(4941))
    assert set(owners[:, 1]) == {0, 1}
    assert 0.4 < owners[:, 1].mean() < 0.6


def examples(annelid: Annelid, where: str) -> list[str]:
    if where == "help":
        return annelid("network", "--help").stdout.split("Examples:\n")[1].replace(
            "\\\n", "").splitlines()
    page = (PROJECT / "models" / "program" / "README.md").read_text(encoding="utf-8")
    return page.split("## network")[1].split("```sh\n")[1].split("```")[0].splitlines()


@pytest.mark.parametrize("where", ["help", "README"])
def test_examples_run(annelid: Annelid, where: str):
    """As they stand, in a folder from which inputs/ is seen."""
    (annelid.folder / "inputs").symlink_to(PROJECT / "inputs")
    lines = list(filter(None, examples(annelid, where)))
    assert len(lines) == 4
    for line in lines:
        words = shlex.split(line)
        ranks = 2 if words[0] == "mpirun" else 1
        if ranks == 1 or MPIEXEC:
            ran = annelid(*words[words.index("annelid") + 1:], ranks=ranks)
            assert ran.returncode == 0, line + ran.stderr


# The chain 0 -> 1 -> 2, every attempt 10 s after its source; the second link as it is given.
@pytest.mark.parametrize("keys, first, second, infected", [
    ("temporal", "0,1,60,3600", "1,2,60,3600", 3),
    ("temporal", "0,1,60,3600", "1,2,0,59", 1 + 1),
    ("temporal", "0,1,0,5", "1,2,0,3600", 1),  # closed before the attempt is due
    ("weighted", "0,1,1", "1,2,0.0078125", 3),
    ("weighted", "0,1,1", "1,2,0", 2),
])
@pytest.mark.parametrize("ranks", [1, pytest.param(2, marks=needs_mpi)])
def test_weights_and_times_of_links(annelid: Annelid, ranks: int, keys: str, first: str,
                                    second: str, infected: int):
    annelid.write(f"{first}\n{second}\n", "g.csv")
    annelid.write(CHAIN.replace("directed = true", f"directed = true\n{keys} = true"))
    for seed in range(1, 40):  # until the first host is the one that the outbreak starts with
        run = annelid("run", "x.toml", "--seed", seed, "--output", "run.h5", "--force", ranks=ranks)
        assert run.returncode == 0, run.stderr
        with h5py.File(annelid.folder / "run.h5") as file:
            hosts, times = file["events/host"][:], file["events/time_us"][:]
        if hosts[0] == 0:
            break
    assert list(hosts) == list(range(infected))
    if infected == 3:
        # The clock starts with infection or opening; a weight of 1 / 128 makes 10 s 1,280 s.
        assert list(times / 1e6) == ([0, 70, 80] if keys == "temporal" else [0, 10, 1290])


@pytest.mark.parametrize("ranks, method", [
    (1, "block"), *(pytest.param(ranks, method, marks=needs_mpi)
                    for ranks, method in ((3, "block"), (3, "hash"), (2, "scotch")))])
def test_the_default_step_follows_the_links_of_sources(annelid: Annelid, ranks: int, method: str):
    """1/50 of the mean time between the attempts of hosts that links reach, on any layout; the last
    two thirds of the hosts have no links, so that some rank has none."""
    vertices, hosts = 300, 900
    links = {(i % 7 * (i % 3), i): 2.0 ** (i % 5) / 4 for i in range(10, vertices)} | {
        (i, (i * i + 1) % vertices): 1.25 for i in range(10, vertices) if i * i % vertices != i - 1}
    annelid.write("".join(f"{i},{j},{w}\n" for (i, j), w in links.items()), "g.csv")
    annelid.write("unpatched\n" + "".join(f"{i % 4 > 0:d}\n" for i in range(hosts)), "h.csv")
    annelid.write(CHAIN.replace('step = "1 s"\n', "").replace(
        "directed = true", f'directed = true\nweighted = true\npartition = "{method}"').replace(
        'kind = "graph"', f'kind = "graph"\nhosts = {hosts}\nattributes = "h.csv"').replace(
        'time = "10 s"', 'time = "10 h"\nrequires = ["unpatched"]'))
    run = annelid("run", "x.toml", "--output", "run.h5", ranks=ranks)
    assert run.returncode == 0, run.stderr

    fit = {(i, j): w for (i, j), w in links.items() if i % 4 > 0 and j % 4 > 0}
    into, out = np.zeros(vertices), np.zeros(vertices)
    for (i, j), weight in fit.items():
        out[i] += weight
        into[j] += weight
    mean, biased = out.sum() / (hosts * 3 // 4), (into * out).sum() / out.sum()
    assert biased > 1.5 * mean
    with h5py.File(annelid.folder / "run.h5") as file:
        assert file.attrs["step_us"] == int(36_000 / biased / 50 * 1e6 + 0.5)


@needs_mpi
@pytest.mark.parametrize("method", ["block", "hash", "scotch"])
def test_a_run_says_how_its_network_was_cut(annelid: Annelid, method: str):
    """The graph that was built and the edges of the source tell the same, two ways of counting."""
    scenario = PROJECT / "inputs" / "as-outbreak.toml"
    cut = ("--set", f"network.partition={method}")
    run = annelid("run", scenario, "--set", "time.end=1 h", *cut, "--output", "run.h5", ranks=2)
    assert run.returncode == 0, run.stderr
    told = values(done(annelid, "describe", scenario, *cut, "--partition", method, ranks=2))
    with h5py.File(annelid.folder / "run.h5") as file:
        figures = {name: file["partition"][name][()] for name in file["partition"]}
        links = file["network/links"][()]
    assert told[method].split() == [
        f"{figures['cut_links']}", f"{figures['cut_links'] / links:.4f}",
        f"{figures['vertex_imbalance']:.4f}", f"{figures['link_imbalance']:.4f}",
        f"{figures['ghosts']}", f"{figures['most_ghosts']}"]
    assert "22,963 vertices, 96,872 links; " in annelid("info", "run.h5").stdout
