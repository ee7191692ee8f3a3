"""What the READMEs give as examples works as it stands."""

from __future__ import annotations

import os
import re
import runpy
import textwrap
import tomllib
from pathlib import Path

import h5py
import pytest
from conftest import PROJECT, Annelid


def blocks(page: str, language: str) -> list[str]:
    text = (PROJECT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


MODELS = blocks("models/README.md", "toml")


def models(words: str) -> str:
    """The one block of models/README.md with these words."""
    [found] = [block for block in MODELS if words in block]
    return found


WORM = models("Example: fast")
WORMS = models("[[worm]]")
LINKS = models('kind = "contact"')
INSIDE = models('kind = "credentials"')
UPDATE = models('kind = "supply_chain"')
HOURS = models("[hours]")
DEFENCES = models('kind = "port_filter"')
TELESCOPES = models("[telescope.caida]")
SERVICE = models("[service]")
CARE = models('kind = "cleaning"')
TRIGGERS = models("[trigger.seen]")


def test_every_toml_block_of_models_is_here():
    assert sorted(MODELS) == sorted([WORM, WORMS, LINKS, INSIDE, UPDATE, HOURS, DEFENCES,
                                      SERVICE, CARE, TRIGGERS, TELESCOPES])


def test_the_new_worm(annelid: Annelid, monkeypatch: pytest.MonkeyPatch):
    """As a preset, by its name, and overridden as the page says."""
    monkeypatch.setenv("ANNELID_DATA", str(annelid.folder))
    (annelid.folder / "worms").mkdir()
    annelid.write(WORM, "worms/example.toml")
    annelid.write('[population]\nkind = "flat"\nhosts = 1000\n\n[worm]\npreset = "example"\n')
    assert annelid("check", "x.toml").returncode == 0
    page = (PROJECT / "models" / "README.md").read_text(encoding="utf-8")
    [override] = re.findall(r'--set (worm\.vector\S+?)="(.*?)"`', page)
    checked = annelid("check", "x.toml", "--set", "=".join(override))
    assert f'rate = "{override[1]}"' in checked.stdout


def test_several_worms(annelid: Annelid):
    annelid.write('[population]\nkind = "flat"\nhosts = 359_104\n\n' + WORMS)
    run = annelid("run", "x.toml", "--set", 'worm.counter.seeds.time="3 h"', "--output", "run.h5")
    assert run.returncode == 0, run.stderr
    with h5py.File(annelid.folder / "run.h5") as file:
        of_counter = file["events/worm"][:] == 1
        assert file["events/time_us"][:][of_counter][0] == 3 * 3600 * 1_000_000
        assert 0 < of_counter.sum() < of_counter.size


def test_the_spread_along_links(annelid: Annelid):
    annelid.write(LINKS)
    run = annelid("run", "x.toml", "--set", "record.every=1 h", "--output", "run.h5")
    assert run.returncode == 0, run.stderr
    with h5py.File(annelid.folder / "run.h5") as file:
        assert file["network/vertices"][()] == 4941
        assert len(file["events/host"]) > 10


def test_the_table_of_hosts(annelid: Annelid):
    """Two hosts, one link."""
    page = (PROJECT / "models" / "README.md").read_text(encoding="utf-8")
    [rows] = re.findall(r"^ +host,country,sector.*\n(?: +\d.*\n)+", page, flags=re.MULTILINE)
    annelid.write(textwrap.dedent(rows), "hosts.csv")
    annelid.write("0,1\n", "g.csv")
    annelid.write(LINKS.replace("graphs/power.csv.gz", "g.csv"))
    run = annelid("run", "x.toml", "--set", "seeds.hosts=1", "--set",
                  'population.attributes="hosts.csv"', "--output", "run.h5")
    assert run.returncode == 0, run.stderr
    with h5py.File(annelid.folder / "run.h5") as file:
        assert list(file["country"].asstr()) == ["DE", "FR"]


def infections(annelid: Annelid, scenario: str) -> int:
    annelid.write(scenario)
    run = annelid("run", "x.toml", "--output", "run.h5", "--force")
    assert run.returncode == 0, run.stderr
    with h5py.File(annelid.folder / "run.h5") as file:
        return len(file["events/host"])


SI_WITHOUT_SCAN = """
[worm]
preset = "si"
without = ["scan"]
"""


def test_inside_an_organisation(annelid: Annelid):
    """The three that are unpatched, and others by what they hold."""
    assert infections(annelid, '[time]\nend = "1 h"\n\n[seeds]\nhosts = 1\n\n' + INSIDE
                      + SI_WITHOUT_SCAN) > 3


def test_the_poisoned_update_and_hosts_that_are_off(annelid: Annelid):
    world = '[time]\nend = "3 d"\n\n[population]\nkind = "internet"\nhosts = 300_000\n\n'
    without = infections(annelid, world + UPDATE + SI_WITHOUT_SCAN)
    off = infections(annelid, world + UPDATE + SI_WITHOUT_SCAN + HOURS)
    assert 0 < off < without


def test_triggers_and_alliances(annelid: Annelid):
    """Isolation begins in the countries that know of an attack, and in the schools hit in term."""
    annelid.write('[time]\nend = "4 h"\n\n[population]\nkind = "internet"\nhosts = 1_000_000\n'
                  '\n[seeds]\nhosts = 60_000\n\n[worm]\npreset = "wannacry"\n\n' + TRIGGERS)
    assert annelid("check", "x.toml").stderr == ""
    run = annelid("run", "x.toml", "--output", "run.h5")
    assert run.returncode == 0, run.stderr
    with h5py.File(annelid.folder / "run.h5") as file:
        codes = file["country"].asstr()[:]
        defence = file["defence"].asstr()[:]
        starts = {key: file[f"defence_starts/{key}"][:] for key in file["defence_starts"]}
    by_alert = defence[starts["defence"]] == "cut"
    assert set(defence[starts["defence"]]) == {"cut", "cut_in_schools"}
    # Allies know at different times at most where they do not comply or were there first.
    nato = [line.split(",")[0] for line in (PROJECT / "inputs/world-2017/nato-2017.csv")
            .read_text(encoding="utf-8").splitlines()[1:]]
    times = dict(zip(codes[starts["country"][by_alert]], starts["time_us"][by_alert], strict=True))
    told = max(set(times.values()), key=list(times.values()).count)
    assert sum(times.get(code) == told for code in nato) > 10
    assert all(code in nato for code, time in times.items() if time == told)
    # Schools one by one, and before two hours are over.
    schools = starts["organisation"][~by_alert]
    assert len(set(schools)) == len(schools) > 0
    assert starts["time_us"][~by_alert].max() < 2 * 3600 * 1_000_000


def test_filters_and_patching(annelid: Annelid):
    """Against a worm that has the vector which the page names."""
    annelid.write('[time]\nend = "8 h"\n\n[population]\nkind = "internet"\nhosts = 300_000\n'
                  '\n[seeds]\nhosts = 50_000\nvector = "stolen"\n\n[worm]\npreset = "notpetya"\n'
                  'without = ["update", "partners"]\n\n' + DEFENCES)
    assert annelid("check", "x.toml").stderr == ""
    run = annelid("run", "x.toml", "--output", "run.h5")
    assert run.returncode == 0, run.stderr
    with h5py.File(annelid.folder / "run.h5") as file:
        assert list(file["defence"].asstr()[:]) == ["border", "campaign"]


def test_telescopes(annelid: Annelid):
    """The larger one sees more."""
    annelid.write('[time]\nend = "2 h"\n\n[population]\nkind = "flat"\nhosts = 10_000\n\n[seeds]\n'
                  'hosts = 5\n\n[worm]\npreset = "si"\n\n[worm.vector.scan]\nrate = "1_000 /s"\n\n'
                  + TELESCOPES)
    run = annelid("run", "x.toml", "--output", "run.h5")
    assert run.returncode == 0, run.stderr
    with h5py.File(annelid.folder / "run.h5") as file:
        assert list(file["telescope"].asstr()[:]) == ["caida", "campus"]
        large, small = file["telescope_scans"][-1]
    assert large > 100 * small > 0


def test_services_and_outages(annelid: Annelid):
    """Read back in full."""
    annelid.write('[population]\nkind = "internet"\nhosts = 300_000\n\n[seeds]\nhosts = 5_000\n\n'
                  '[worm]\npreset = "wannacry"\n\n' + SERVICE)
    checked = annelid("check", "x.toml")
    assert checked.returncode == 0, checked.stderr
    assert tomllib.loads(checked.stdout)["service"].items() > tomllib.loads(SERVICE)[
        "service"].items()
    assert infections(annelid, annelid.write(checked.stdout, "full.toml").read_text()) > 0


def test_the_graph_file_from_scipy(annelid: Annelid, monkeypatch: pytest.MonkeyPatch):
    """The lines for h5py, with the power grid as `m`."""
    page = (PROJECT / "engine" / "graph" / "README.md").read_text(encoding="utf-8")
    [lines] = re.findall(r"^    with h5py.*\n(?:    .*\n)+", page, flags=re.MULTILINE)
    annelid.write("import gzip\n\nimport h5py\nimport numpy as np\nimport scipy.sparse\n\n"
                  f"edges = np.loadtxt({str(PROJECT / 'inputs/graphs/power.csv.gz')!r}, "
                  "delimiter=',', skiprows=1, dtype=int)\n"
                  "ends = (edges.min(axis=1), edges.max(axis=1))\n"
                  "m = scipy.sparse.csr_matrix((np.ones(len(edges)), ends), shape=(4941, 4941))\n"
                  "m = scipy.sparse.triu(m, format='csr')\n"
                  + textwrap.dedent(lines).replace('"directed": 1', '"directed": 0'), "make.py")
    monkeypatch.chdir(annelid.folder)
    runpy.run_path(os.fspath(Path("make.py")))
    ours = annelid("network", "describe", PROJECT / "inputs" / "graphs" / "power.csv.gz")
    theirs = annelid("network", "describe", "graph.h5")
    assert theirs.returncode == 0, theirs.stderr
    assert theirs.stdout.splitlines()[1:] == ours.stdout.splitlines()[1:]
