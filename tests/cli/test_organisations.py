"""`annelid organisations`: the table by which hosts are gathered."""

from __future__ import annotations

import csv
import io

import pytest
from conftest import FLAT, WORLD, Annelid


def table(annelid: Annelid, *arguments: str) -> list[dict[str, str]]:
    done = annelid("organisations", "x.toml", *arguments)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


@pytest.mark.parametrize("sets", [[], ["--set", "population.countries=['DE', 'UA']",
                                       "--set", "worm.preset=si", "--set", "worm.without=['scan']",
                                       "--set", "worm.vector.x.kind=credentials"]])
def test_every_host_is_in_one(annelid: Annelid, sets: list[str]):
    annelid.write(WORLD.split("[defence.kill_switch]")[0])
    rows = table(annelid, *sets)
    next_host = 0
    for row in rows:
        assert int(row["first_host"]) == next_host
        next_host += int(row["size"]) * int(row["number"])
    countries = {row["country"] for row in rows}
    if sets:
        assert countries == {"DE", "UA"}
    else:
        assert next_host == 1_000_000 and len(countries) > 100
    assert max(int(row["size"]) for row in rows if row["sector"] == "home") <= 8
    assert max(int(row["size"]) for row in rows) > 1000


def test_a_flat_world_has_one_organisation_a_host_and_an_enterprise_one(annelid: Annelid):
    annelid.write(FLAT)
    [row] = table(annelid)
    assert row == {"first_host": "0", "size": "1", "number": "10000", "country": "--",
                   "sector": "none"}
    annelid.write(FLAT.replace('"flat"', '"enterprise"'))
    [row] = table(annelid)
    assert (row["size"], row["number"]) == ("10000", "1")


def test_faults_are_those_of_check(annelid: Annelid):
    annelid.write(FLAT.replace("hosts = 10_000", "hosts = -1"))
    assert annelid.refuses("organisations", "x.toml") == annelid.refuses("check", "x.toml")
    assert "no scenario is named" in annelid.refuses("organisations")
