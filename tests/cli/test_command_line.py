"""Words and options of the command line: faults, help, and what `list` and `info` tell."""

from __future__ import annotations

import re
import tomllib

import h5py
import pytest
from conftest import FLAT, MPIEXEC, PROJECT, Annelid

WORMS = sorted(path.stem for path in (PROJECT / "models" / "worms").glob("*.toml"))
# It has neither countries nor links.
NOT_IN_A_FLAT_WORLD = {"notpetya": ["update", "partners"]}
INPUTS = sorted((PROJECT / "inputs").glob("*.toml"))
LISTS = ("worms", "vectors", "defences", "triggers", "populations", "networks", "scenario")

FAULTS = {
    "command": (["dance"], "dance (there is no such command): use run, check, info, network, list "
                "or organisations"),
    "no scenario to run": (
        ["run"], "annelid run (no scenario is named): add one, for example inputs/wannacry.toml"),
    "no scenario to check": (
        ["check"], "annelid check (no scenario is named): add one, for example "
        "inputs/wannacry.toml"),
    "option": (
        ["run", "x.toml", "--fast"],
        "annelid run (unrecognised option '--fast'): see `annelid run --help`"),
    "option of check": (
        ["check", "x.toml", "--seed", "1"],
        "annelid check (unrecognised option '--seed'): see `annelid check --help`"),
    "abbreviated option": (
        ["run", "x.toml", "--rep", "3"],
        "annelid run (unrecognised option '--rep'): see `annelid run --help`"),
    "two scenarios": (
        ["run", "x.toml", "x.toml"],
        "annelid run (too many positional options have been specified on the command line): see "
        "`annelid run --help`"),
    "no replicates": (
        ["run", "x.toml", "--replicates", "0"],
        "--replicates = 0 (it must be from 1 to 1000000): try 10"),
    "replicates in words": (
        ["run", "x.toml", "--replicates", "ten"],
        "annelid run (the argument ('ten') for option '--replicates' is invalid): see "
        "`annelid run --help`"),
    "replicate and replicates": (
        ["run", "x.toml", "--replicates", "2", "--replicate", "0"],
        "--replicates and --replicate (they exclude each other): use one of them"),
    "a team without replicates": (
        ["run", "x.toml", "--team-size", "1"],
        "--team-size (there is one outbreak): add --replicates, as in --replicates 100"),
    "quantiles without replicates": (
        ["run", "x.toml", "--quantiles", "--replicate", "3"],
        "--quantiles (there is one outbreak): add --replicates, as in --replicates 100"),
    "an empty team": (
        ["run", "x.toml", "--replicates", "2", "--team-size", "0"],
        "--team-size = 0 (a team has one rank at least): try 1"),
    "a team of more ranks than there are": (
        ["run", "x.toml", "--replicates", "2", "--team-size", "2"],
        "--team-size = 2 (1 rank makes no whole teams of it): use 1, or start another number of "
        "ranks"),
    "negative replicate": (
        ["run", "x.toml", "--replicate=-1"],
        "--replicate = -1 (replicates count from 0 to 999999): try 0"),
    "negative seed": (
        ["run", "x.toml", "--seed", "-1"], "--seed = -1 (a seed is not negative): use 0 or more"),
    "seed without a value": (
        ["run", "x.toml", "--seed"],
        "annelid run (the required argument for option '--seed' is missing): see "
        "`annelid run --help`"),
    "progress": (
        ["run", "x.toml", "--progress", "loud"],
        "--progress = loud (not a mode): use auto, live, log or off"),
    "no time between flushes": (
        ["run", "x.toml", "--flush-every", "nan"],
        "--flush-every = nan (it must be above 0 seconds): try 60"),
    "empty output": (
        ["run", "x.toml", "--output", ""], '--output = "" (no file is named): try --output run.h5'),
    "set without a value": (
        ["run", "x.toml", "--set", "seed"],
        '--set: "seed" (it lacks a "="): write key=value, as in time.end="3 d"'),
    "set without a key": (
        ["run", "x.toml", "--set", "=1"],
        '--set: "=1" (this is not a key): write names joined by dots, as in population.hosts=1000'),
    "set of an unknown key": (
        ["run", "x.toml", "--set", "populaton.hosts=9"],
        "--set: [populaton] (unknown table): did you mean `population`?"),
    "set of a wrong value": (
        ["check", "x.toml", "--set", "time.end=3"],
        '--set: time.end = 3 (a duration needs a unit): write "3 s" or one of us, ms, min, h, '
        "d, w"),
    "set below a value": (
        ["check", "x.toml", "--set", "seed.of=3"],
        '--set: "seed.of=3" (seed is a value, not a table): set seed itself, now 1 at x.toml:1'),
    "output exists": (
        ["run", "x.toml", "--output", "taken.h5"],
        "taken.h5 (the file exists): choose another --output or add --force"),
    "output is a folder": (
        ["run", "x.toml", "--output", "folder"],
        "folder (a folder): name a file in it, as in --output folder/run.h5"),
    "output below a file": (  # root may write into any folder
        ["run", "x.toml", "--output", "taken.h5/run.h5"],
        "taken.h5 (cannot create the folder: Not a directory): choose another --output"),
    "output far below a file": (
        ["run", "x.toml", "--output", "taken.h5/far/below/run.h5"],
        "taken.h5/far/below (cannot create the folder: Not a directory): choose another --output"),
    "no file for info": (["info"], "annelid info (it takes one run file): try annelid info run.h5"),
    "missing file for info": (
        ["info", "none.h5"],
        "none.h5 (no such file): name the file that `annelid run` wrote"),
    "scenario for info": (
        ["info", "x.toml"],
        "x.toml (cannot open it: file signature not found): name the file that `annelid run` "
        "wrote"),
    "folder for info": (
        ["info", "folder"],
        "folder (cannot open it: Is a directory): name the file that `annelid run` wrote"),
    "other HDF5 for info": (
        ["info", "other.h5"],
        "other.h5 (not an annelid run file): name the file that `annelid run` wrote"),
    "nothing to list": (
        ["list"],
        "annelid list (list what?): use worms, vectors, defences, triggers, populations, networks "
        "or scenario"),
    "unknown list": (
        ["list", "weather"],
        "annelid list weather (nothing of that name): use worms, vectors, defences, triggers, "
        "populations, networks or scenario"),
    "two lists": (
        ["list", "vectors", "worms"],
        "annelid list vectors worms (it takes one word): see `annelid list --help`"),
    "unknown worm": (
        ["list", "worms", "ringworm"],
        "annelid list worms ringworm (there is no such worm): use one of " + ", ".join(WORMS)),
}


@pytest.fixture
def desk(annelid: Annelid) -> Annelid:
    """A folder with a scenario and things in the way."""
    annelid.write(FLAT)
    annelid.write("a result of last year", "taken.h5")
    (annelid.folder / "folder").mkdir()
    with h5py.File(annelid.folder / "other.h5", "w") as file:
        file["x"] = [1, 2, 3]
    return annelid


@pytest.mark.parametrize("name", FAULTS)
def test_refuses_what_it_cannot_do(desk: Annelid, name: str):
    arguments, expected = FAULTS[name]
    assert desk.refuses(*arguments) == expected + "\n"


@pytest.mark.skipif(not MPIEXEC, reason="built without MPI")
@pytest.mark.parametrize("ranks, name", [(2, "option"), (3, "output exists"),
                                         (2, "output below a file")])
def test_ranks_speak_with_one_voice(desk: Annelid, ranks: int, name: str):
    arguments, expected = FAULTS[name]
    assert desk.refuses(*arguments, ranks=ranks) == expected + "\n"


@pytest.mark.skipif(not MPIEXEC, reason="built without MPI")
@pytest.mark.parametrize("arguments, expected", [
    (["--team-size", "3"], "--team-size = 3 (4 ranks make no whole teams of it): use 1, 2 or 4, or "
     "start another number of ranks"),
    (["--team-size", "8"], "--team-size = 8 (4 ranks make no whole teams of it): use 1, 2 or 4, or "
     "start another number of ranks"),
    (["--team-size", "2", "--checkpoint-every", "1 min"],
     "--team-size = 2 (several teams make no checkpoints and go on from none): leave out "
     "--checkpoint, --checkpoint-every and --restart, or use --team-size 4"),
    (["--team-size", "1", "--set", "record.hosts=true"],
     "--set: record.hosts = true (each team has other hosts in their last states): use "
     "record.hosts = false, or run one replicate"),
])
def test_teams_that_cannot_be(desk: Annelid, arguments: list[str], expected: str):
    assert desk.refuses("run", "x.toml", "--replicates", "5", *arguments, ranks=4) == expected + "\n"


def test_force_replaces_a_file(desk: Annelid):
    done = desk("run", "x.toml", "--output", "taken.h5", "--force", "--set", "time.end=1 min")
    assert done.returncode == 0, done.stderr
    assert desk("info", "taken.h5").returncode == 0


def test_several_wrong_sets_are_told_together(desk: Annelid):
    told = desk.refuses("run", "x.toml", "--set", "seed=-1", "--set", "tme=1", "--set", "nonsense")
    assert [line.split()[1] for line in told.splitlines()] == ['"nonsense"', "seed", "tme"]


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["run", "--help"], ["run", "-h"],
                                   ["check", "--help"], ["info", "--help"], ["list", "--help"],
                                   ["organisations", "--help"],
                                   ["network"], ["network", "--help"],
                                   ["network", "describe", "-h"]])
def test_help_fits_a_terminal(annelid: Annelid, words: list[str]):
    done = annelid(*words)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.rstrip("\n").split("\n")
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    assert "Example" in done.stdout or "Exit codes" in done.stdout


@pytest.mark.skipif(not MPIEXEC, reason="built without MPI")
def test_ranks_tell_once(annelid: Annelid):
    assert annelid("run", "-h", ranks=2).stdout == annelid("run", "-h").stdout


def test_help_of_run_names_every_option(annelid: Annelid):
    told = annelid("run", "--help").stdout
    for option in ("set", "seed", "replicates", "replicate", "team-size", "quantiles", "output", "force", "flush-every",
                   "progress", "help"):
        assert f"--{option} " in told, option


def test_version(annelid: Annelid):
    told = annelid("--version").stdout
    assert re.fullmatch(r"annelid \d+\.\d+\.\d+ \(([0-9a-f]{12}(-dirty)?|unknown)\)\n", told)


def listed_keys(text: str) -> set[str]:
    return set(re.findall(r"^  ([a-z_0-9]+)  ", text, re.MULTILINE))


def test_inputs_are_sound_and_list_names_every_key(annelid: Annelid):
    """Every key that an effective scenario can hold, and nothing else, has a line."""
    told = {what: annelid("list", what).stdout for what in LISTS}
    keys = {what: listed_keys(text) for what, text in told.items()}
    written: dict[str, set[str]] = {what: set() for what in LISTS}
    annelid.write(FLAT + '\n[defence.patches]\nkind = "patching"\nrate = "1 /d"\n'
                  '[worm.vector.update]\nkind = "supply_chain"\nclient_share = 0.5\npoll = "1 h"\n'
                  'live = ["10 min to 40 min"]\n[hours.role.night]\ntraits = ["home"]\n')
    everything = PROJECT / "tests" / "invariance" / "everything.toml"
    for scenario in [*INPUTS, annelid.folder / "x.toml", everything]:
        checked = annelid("check", scenario)
        assert (checked.returncode, checked.stderr) == (0, "")  # every scenario of inputs/ is sound
        effective = tomllib.loads(checked.stdout)
        tables = {name: value for name, value in effective.items() if isinstance(value, dict)}
        worms = effective.pop("worm")
        if isinstance(worms, dict):
            worms = [{**worms, "seeds": tables["seeds"]}]
        written["scenario"] |= effective.keys() - tables.keys()
        for name in ("time", "record"):
            written["scenario"] |= tables[name].keys()
        hours = tables.get("hours", {})
        written["scenario"] |= hours.keys() - {"role"}
        for role in hours.get("role", {}).values():
            written["scenario"] |= role.keys()
        service = tables.get("service", {})
        written["scenario"] |= service.keys() - {"dependency"}
        for dependency in service.get("dependency", {}).values():
            written["scenario"] |= dependency.keys()
        for name in ("alliance", "telescope"):
            for table in tables.get(name, {}).values():
                written["scenario"] |= table.keys()
        written["populations"] |= tables["population"].keys() - {"seed", "redraw"}
        for worm in worms:
            written["scenario"] |= worm["seeds"].keys()
            written["worms"] |= worm.keys() - {"state", "vector", "seeds"}
            for state in worm["state"].values():
                written["worms"] |= state.keys()
            for vector in worm["vector"].values():
                written["vectors"] |= vector.keys()
        for defence in tables.get("defence", {}).values():
            written["defences"] |= defence.keys()
        for trigger in tables.get("trigger", {}).values():
            written["triggers"] |= trigger.keys()
        written["networks"] |= tables.get("network", {}).keys()
    written["worms"] |= {"preset", "without"}
    written["scenario"] |= {"redraw"}  # of every population
    assert written["networks"] < keys["networks"]  # inputs/ has real networks only
    written["networks"] = keys["networks"]
    assert keys == written
    for text in told.values():
        assert max(map(len, text.split("\n"))) <= 100


def test_list_names_every_worm_and_trait(annelid: Annelid):
    told = annelid("list", "worms").stdout
    assert re.findall(r"^(\w+) {2,}\S", told, re.MULTILINE) == WORMS
    assert "windows_7, unpatched, exposed" in annelid("list", "vectors").stdout


@pytest.mark.parametrize("worm", WORMS)
def test_list_tells_all_of_a_worm(annelid: Annelid, worm: str):
    """Its file, and beside it every key of its states and vectors that it leaves out."""
    told = annelid("list", "worms", worm).stdout
    text, defaults = told.split("\n# Left at their defaults:\n")
    assert text == (PROJECT / "models" / "worms" / f"{worm}.toml").read_text()
    left_out: dict[str, set[str]] = {}
    for line in defaults.splitlines():
        assert len(line) <= 100
        name = re.match(r"# \[(.*?)\]", line)
        table = name[1] if name else table
        left_out.setdefault(table, set()).update(re.findall(r"(?:^#|\]|;) +([a-z_0-9]+) =", line))
    # A world in which any worm can be, not to be made.
    annelid.write('[population]\nkind = "internet"\nhosts = 1_500_000_000\n\n'
                  f'[network]\nkind = "enterprise"\n\n[worm]\npreset = "{worm}"\n')
    effective = tomllib.loads(annelid("check", "x.toml").stdout)["worm"]
    preset = tomllib.loads(text)
    for part in ("state", "vector"):
        for name, table in preset[part].items():
            stated = set(table)
            others = left_out.get(f"{part}.{name}", set())
            assert others | stated >= set(effective[part][name])
            assert not others & stated


def test_list_names_every_network(annelid: Annelid):
    told = annelid("list", "networks").stdout
    sources = {path.stem for path in (PROJECT / "models" / "networks").glob("*.cpp")}
    kinds = re.findall(r"^(\w+) \(\[network\]", told, re.MULTILINE)
    assert len(kinds) == 10
    assert set(kinds) <= sources


@pytest.mark.parametrize("worm", WORMS)
def test_worms_run_in_a_flat_world(annelid: Annelid, worm: str):
    annelid.write(f"""
time.end = "10 min"
population = {{ kind = "flat", hosts = 10_000 }}
worm.preset = "{worm}"
worm.without = {NOT_IN_A_FLAT_WORLD.get(worm, [])}
""")
    done = annelid("run", "x.toml", "--output", "run.h5")
    assert done.returncode == 0, done.stderr
    with h5py.File(annelid.folder / "run.h5") as file:
        assert file["counts"][-1].sum() == 10_000
        assert file["vector_infections"][-1].sum() >= 10


def test_info_tells_what_is_in_a_file(annelid: Annelid):
    annelid.write('title = "Small"\n' + FLAT)
    annelid("run", "x.toml", "--output", "run.h5", "--replicates", "2")
    done = annelid("info", "run.h5")
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("complete", "Small", "10,000 modelled", "2 of 2 finished", "/counts"):
        assert word in done.stdout, word
