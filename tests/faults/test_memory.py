"""A world that does not fit into memory is refused before it is made, with what would fit; what
nobody could foresee ends all ranks."""

from __future__ import annotations

import os
import re

import pytest
from conftest import MPIEXEC, Faults

pytestmark = pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="the address sanitizer needs "
                                "terabytes of address space, which these tests limit")
RANKS = pytest.mark.parametrize("ranks", [1, 2] if MPIEXEC else [1])


def limited(kilobytes: int, rank: int | None = None) -> tuple[str, ...]:
    """A command that starts the program with so much address space, on one rank or on all."""
    here = "true" if rank is None else f"(( ${{OMPI_COMM_WORLD_RANK:-0}} == {rank} ))"
    return ("bash", "-c", f'if {here}; then ulimit -v {kilobytes}; fi; exec "$@"', "limited")


@RANKS
@pytest.mark.parametrize("what", ["population", "network"])
def test_too_much_is_refused(ranks: int, what: str, faults: Faults) -> None:
    sets = ["--set", "population.hosts=4_000_000_000"]
    if what == "network":
        sets = ["--set", "population.hosts=1_000_000",
                "--set", "network={kind='gnm', edges=500_000_000}",
                "--set", "worm.vector.route={kind='contact', time='1 h'}"]
    run = faults.start(*sets, ranks=ranks, through=limited(2_000_000))
    assert run.wait() == 2, run.messages
    [line] = run.messages.splitlines()
    fewer = {"population": r"at most (\d+) hosts",
             "network": r"a network of at most (\d+) % of that size"}[what]
    found = re.search(r"population.hosts = [\d_]+ \(about ([\d.]+) GB of memory are needed on a "
                      rf"machine that has ([\d.]+) GB left\): use {fewer}, or spread the ranks over "
                      r"at least (\d+) machines like it$", line)
    assert found, line
    need, there, fits, machines = (float(number) for number in found.groups())
    assert need > there > 0.1
    assert machines == pytest.approx(need / there, abs=1)
    assert not list(faults.folder.glob("run.h5*"))
    if what == "population" and ranks == 1:
        # What is said to fit does.
        fits = faults.start("--set", f"population.hosts={int(fits)}", "--set", "time.end=2 min",
                            "--set", "worm.vector.scan.rate=0.0001 /s", through=limited(2_000_000))
        assert fits.wait() == 0, fits.messages


@pytest.mark.skipif(not MPIEXEC, reason="annelid is built without MPI")
def test_a_rank_that_runs_out_of_memory_ends_all(faults: Faults) -> None:
    """Hosts on their way need more than its limit leaves."""
    run = faults.start("--set", "population.hosts=4_000_000", "--set", "seeds.hosts=1_500_000",
                       "--set", "worm.vector.scan.rate=2000 /s", "--set", "record.events=false",
                       ranks=3, through=limited(320_000, 2))
    assert run.wait() == 70, run.messages
    assert run.messages == "annelid: out of memory on rank 2: use fewer hosts or more ranks\n"
