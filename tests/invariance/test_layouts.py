"""One scenario and one seed give one result, bit for bit, on any ranks x threads and with any
number of restarts in between, on other ranks x threads too (DESIGN 1)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import h5py
import pytest
from annelid.compare import compare

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ["ANNELID_PROGRAM"]
MPIEXEC = os.environ.get("ANNELID_MPIEXEC", "")

# Ranks, threads; against 1 x 1. With ANNELID_LONG all, else few: restarts are on layouts of their own.
LAYOUTS = [(2, 1), (2, 2)]
if os.environ.get("ANNELID_LONG"):
    LAYOUTS += [(1, 2), (3, 1), (4, 1)]
CHECKPOINTS = (2, 1)  # the layout that makes two of them, one after the other
RESTARTS = {"": (1, 2), ".previous": (3, 1)}  # layouts that go on from these

# Each has at most 2,000 non-empty steps: ranks beyond the cores yield at every one of them.
CASES = {
    "wannacry": [
        "inputs/wannacry.toml",
        "--set", "population.hosts=3_000_000",
        "--set", "population.real_hosts=3e7",  # a denser world: thousands of exposed hosts
        "--set", "seeds.hosts=3000",
        "--set", "time.end=8 h",
        "--set", "record.transitions=true",
        "--set", "record.hosts=true",
        "--set", "defence.kill_switch.time=5 h",
        "--set", "defence.patches={kind='patching', start='1 h', rate='0.5 /d', coverage=0.7}",
    ],
    "code-red-v2": ["inputs/code-red-v2.toml", "--set", "record.hosts=true"],
    "sir": ["inputs/sir-flat.toml", "--set", "time.end=2 d", "--set", "record.transitions=true"],
    "sis": [
        "inputs/sir-flat.toml",
        "--set", "worm.preset=sis",
        "--set", "population.hosts=20_000",
        "--set", "worm.vector.scan.rate=60 /s",
        "--set", "time.end=1 d",
        "--replicates", "2",
    ],
    # Along links: only first attempts kept, with several renewals, and with latency and reinfection.
    "links": ["inputs/as-outbreak.toml", "--set", "time.step=30 min"],
    "links-again": ["inputs/pgp-trust.toml", "--set", "time.step=1 h", "--set",
                    "record.transitions=true"],
    "links-mail": ["inputs/mail-worm.toml", "--set", "worm.vector.mail.repeat=true"],
    "links-enterprise": [
        "inputs/enterprise.toml",
        "--set", "population.hosts=100_000",
        "--set", "time.end=30 h",
    ],
    # Credentials inside domains with segments, partner links between organisations.
    "credentials": [
        "inputs/enterprise.toml",
        "--set", "population.hosts=100_000",
        "--set", "population.segment_hosts=508",
        "--set", "population.segment_openness=0.3",
        "--set", "network.site_links=2",
        "--set", "time.end=10 h",
        "--set", "worm.vector.stolen={kind='credentials', rate='1 /s', rate_elsewhere='3 /min'}",
        "--set", "record.hosts=true",
    ],
    # The same world, but only a part of it, where nothing is scaled and a sweep is local.
    "world-part": [
        "inputs/enterprise.toml",
        "--set", "population.hosts=100_000_000",
        "--set", "population.real_hosts=1e8",
        "--set", "population.countries=['LV', 'LT']",
        "--set", "population.sectors=['government', 'finance', 'transport']",
        "--set", "population.segment_hosts=254",
        "--set", "seeds.hosts=100",
        "--set", "time.end=5 h",
        "--set", "worm.vector.stolen={kind='credentials', rate='1 /s', rate_elsewhere='3 /min'}",
        "--set", "worm.vector.sweep={kind='scan', scope='organisation', rate='1 /min',"
                 "requires=['unpatched']}",
    ],
    "links-seir": [
        "inputs/as-outbreak.toml",
        "--set", "time.step=30 min",
        "--set", "worm.preset=seir",
        "--set", "worm.state.exposed.dwell={distribution='gamma', mean='6 h', shape=3}",
        "--set", "defence.patches={kind='patching', start='12 h', rate='0.5 /d', coverage=0.7}",
    ],
    # What is seen, isolated, cleaned and traced, with organisations that partitions may cut.
    "care": [
        "inputs/as-outbreak.toml",
        "--set", "population={kind='flat', hosts=22_963, organisation_hosts=30}",
        "--set", "worm.preset=sis",
        "--set", "worm.vector.route.time={distribution='exponential', mean='6 h'}",
        "--set", "seeds.hosts=50",
        "--set", "time.step=10 min",
        "--set", "time.end=6 d",
        "--set", "record.transitions=true",
        "--set", "defence.watch={kind='sensor', coverage=0.1, after='1 h', false_negatives=0.1, "
                 "false_alarm_rate='0.02 /d'}",
        "--set", "defence.cut={kind='isolation', lasts='5 h'}",
        "--set", "defence.mend={kind='cleaning', hosts_per_staff=20, work='3 h', patches=false}",
        "--set", "defence.trace={kind='contact_tracing', after='20 min'}",
    ],
    # Two worms, every defence, triggers of every kind, telescopes and cascading outages.
    "everything": ["tests/invariance/everything.toml"],
    # Address after address among rare hosts, around countries; along one permutation after a list.
    "sequential": [
        "inputs/wannacry.toml",
        "--set", "population.hosts=1_000_000",
        "--set", "population.real_hosts=1e7",
        "--set", "worm.vector.internet.strategy=sequential",
        "--set", "worm.vector.internet.local_start=0.4",
        "--set", "seeds.hosts=3000",
        "--set", "time.end=4 h",
    ],
    "permutation": [
        "inputs/code-red-v2.toml",
        "--set", "worm.vector.scan.strategy=permutation",
        "--set", "worm.vector.scan.local_start=0.5",
        "--set", "worm.vector.scan.hit_list=1000",
        "--set", "time.step=30 s",
        "--set", "time.end=4 h",
    ],
    # Clocks that stand still: of walks along a permutation, of a list, and parts that are handed on.
    "permutation-hours": [
        "inputs/code-red-v2.toml",
        "--set", "population.hosts=30_000",
        "--set", "worm.vector.scan.strategy=permutation",
        "--set", "worm.vector.scan.hit_list=1000",
        "--set", "worm.vector.scan.addresses=100_000_000",
        "--set", "hours={always_on=0.2, jitter='1 h'}",
        "--set", "time.step=30 s",
        "--set", "time.end=4 h",
    ],
    "divide-and-conquer-hours": [
        "inputs/code-red-v2.toml",
        "--set", "population={kind='internet', hosts=30_000, real_hosts=30_000}",
        "--set", "worm.vector.scan.strategy=divide_and_conquer",
        "--set", "worm.vector.scan.addresses=1_000_000_000",
        "--set", "worm.vector.scan.requires=['windows_7']",
        "--set", "worm.vector.anywhere={kind='scan', rate='10 /min', addresses=1_000_000_000, "
                 "total_rate_limit='40 /s'}",
        "--set", "hours={always_on=0.2, jitter='1 h'}",
        "--set", "hours.role.home={traits=['home'], weekdays='17:00-23:00', weekends=1}",
        "--set", "time.step=2 min",
        "--set", "time.end=1 d",
    ],
    # No seeds: polls start it, in hours that differ by host, with scans, links and dwell times.
    "vendor-hours": [
        "inputs/enterprise.toml",
        "--set", "population.hosts=40_000",
        "--set", "time.start=2017-06-27 06:00:00",
        "--set", "time.end=30 h",
        "--set", "seeds.hosts=0",
        "--set", "worm.vector.update={kind='supply_chain', clients={DE=0.9, UA=0.5}, "
                 "client_share=0.05, hosts_per_client=3, poll='5 h', live=['1 h to 20 h']}",
        "--set", "worm.vector.sweep={kind='scan', scope='subnet', strategy='sweep', "
                 "rate='0.05 /s'}",
        "--set", "worm.state.infectious.clock=host",
        "--set", "hours={always_on=0.2, weekends=0.1, jitter='1 h', holidays={DE=['2017-06-28']}}",
        "--set", "hours.role.home={traits=['home'], weekdays='17:00-23:00', weekends=1}",
    ],
    # Two worms, of which one frees hosts of the other.
    "counter-worm": [
        "inputs/counter-worm.toml",
        "--set", "population.hosts=20_000",
        "--set", "worm.code_red_v2.vector.scan.addresses=200_000_000",
        "--set", "worm.counter_worm.vector.scan.addresses=200_000_000",
        "--set", "time.step=2 min",
        "--set", "record.transitions=true",
        "--set", "record.hosts=true",
    ],
    # A worm that frees the sources of another along links, of other ranks too.
    "may-and-june": [
        "inputs/may-and-june-2017.toml",
        "--set", "population.hosts=1_000_000",
        "--set", "population.real_hosts=1e7",
        "--set", "time.end=10 h",
        "--set", "worm.wannacry.meeting=immunise",
        "--set", "worm.wannacry.seeds.hosts=1000",
        "--set", "worm.wannacry.seeds.time=90 min",
        "--set", "worm.wannacry.state.exposed.dwell=3 min",
        "--set", "worm.notpetya.meeting=coexist",
        "--set", "worm.notpetya.state.exposed.dwell=3 min",
        "--set", "worm.notpetya.state.infectious.dwell=5 h",
        "--set", "worm.notpetya.vector.partners.success=1",
        "--set", "worm.notpetya.vector.update.live=['10 min to 2 h']",
        "--set", "worm.notpetya.vector.update.clients={UA=0.9, US=0.2, DE=0.3}",
        "--set", "defence.kill_switch.time=6 h",
        "--set", "record.transitions=true",
        "--set", "record.hosts=true",
    ],
    # A part of the world that an update starts, across partner links that are all open.
    "notpetya": [
        "inputs/notpetya.toml",
        "--set", "population.hosts=3_000_000",
        "--set", "population.real_hosts=3e6",
        "--set", "worm.vector.partners.success=1",
        "--set", "time.end=4 h",
        "--set", "record.hosts=true",
    ],
    "flat-enterprise": [
        "inputs/flat-enterprise.toml",
        "--set", "population.hosts=3_000",
        "--set", "population.servers=250",
        "--set", "population.administrators=12",
        "--set", "time.end=30 min",
    ],
    "ncc-enterprise": ["inputs/ncc-enterprise.toml", "--replicates", "6", "--set",
                       "time.end=30 min"],
    "slammer": ["inputs/slammer.toml", "--set", "time.end=5 min"],
    "code-red-ii": [
        "inputs/code-red-v2.toml",
        "--set", "worm.preset=code_red_ii",
        "--set", "seeds.hosts=2000",
        "--set", "time.end=6 h",
    ],
}


def run(case: list[str], ranks: int, threads: int, output: Path, *more: str) -> Path:
    scenario, *options = case
    command = [PROGRAM, "run", str(ROOT / scenario), *options, "--output", str(output),
               "--progress", "off", *more]
    if ranks > 1:
        command = [MPIEXEC, "--oversubscribe", "--bind-to", "none", "-n", str(ranks), *command]
    environment = dict(
        os.environ,
        OMP_NUM_THREADS=str(threads),
        OMP_WAIT_POLICY="passive",
        OMPI_MCA_mpi_yield_when_idle="1",
        OMPI_ALLOW_RUN_AS_ROOT="1",
        OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
    )
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return output


def attributes(hosts: int) -> str:
    """A table of hosts, out of order."""
    rows = [f"{host},{'ABCDEFG'[host // 11 % 7]}{host * host % 3},{'xyz'[host * 5 // 3 % 3]},"
            f"{host * 3 % 7 > 0:d}" for host in range(hosts)]
    return "\n".join(["host,country,sector,unpatched", *rows[::2], *rows[1::2], ""])


@pytest.fixture(scope="module", autouse=True)
def hosts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Countries and sectors that lie scattered over the hosts, traits that a vector requires."""
    table = tmp_path_factory.mktemp("attributes") / "hosts.csv"
    table.write_text(attributes(22_963))
    CASES["links-attributes"] = [
        *CASES["links-seir"],
        "--set", f"population.attributes={table}",
        "--set", "worm.vector.route.requires=['unpatched']",
        "--set", "defence.patches.sectors=['x', 'z']",
        "--set", "record.hosts=true",
    ]


@pytest.mark.parametrize("name", [*CASES, "links-attributes"])
def test_same_result_on_any_layout(name: str, tmp_path: Path) -> None:
    plain = run(CASES[name], 1, 1, tmp_path / "1x1.h5")
    with h5py.File(plain) as file:
        # A scenario in which nothing spreads would prove nothing.
        assert file["events/host"].size > 300
        steps = int(file["diagnostics/steps"][...].max())
        assert steps <= 2000
    every = f"{max(1, int(0.45 * steps))} steps"
    for ranks, threads in LAYOUTS if MPIEXEC else [(1, 2)]:
        makes = ["--checkpoint-every", every] if (ranks, threads) == CHECKPOINTS else []
        other = run(CASES[name], ranks, threads, tmp_path / f"{ranks}x{threads}.h5", *makes)
        check_same(plain, other, f"{ranks} x {threads}")
    checkpoint = tmp_path / "{}x{}.checkpoint.h5".format(*CHECKPOINTS)
    for suffix, (ranks, threads) in RESTARTS.items() if MPIEXEC else []:
        other = run(CASES[name], ranks, threads, tmp_path / f"restart{suffix}.h5",
                    "--restart", f"{checkpoint}{suffix}")
        check_same(plain, other, f"restart {suffix} on {ranks} x {threads}")


def check_same(plain: Path, other: Path, what: str) -> None:
    compared = subprocess.run(
        [ROOT / "scripts" / "compare", plain, other], capture_output=True, text=True
    )
    assert compared.returncode == 0, f"{what}: {compared.stdout}"


@pytest.mark.parametrize("name, partition", [("links", "hash"), ("links", "scotch"),
                                             ("links-attributes", "hash"), ("care", "hash")])
def test_same_result_with_any_partition(name: str, partition: str, tmp_path: Path) -> None:
    """Which rank has which hosts decides nothing but the scenario's own line about it."""
    plain = run(CASES[name], 1, 1, tmp_path / "block.h5")
    case = [*CASES[name], "--set", f"network.partition={partition}"]
    with h5py.File(plain) as file:
        every = f"{int(0.6 * file['diagnostics/steps'][...].max())} steps"
    for ranks in (1, 2, 3) if MPIEXEC else (1,):
        makes = ["--checkpoint-every", every] if ranks == 1 else []
        if ranks == 3:  # from one rank, which has all hosts in their order
            makes = ["--restart", str(tmp_path / f"{partition}-1.checkpoint.h5")]
        other = run(case, ranks, 1, tmp_path / f"{partition}-{ranks}.h5", *makes)
        with h5py.File(plain) as one, h5py.File(other) as two:
            [line] = compare(one, two)
        assert line.startswith("/scenario: ")
        assert f'partition = "block" | partition = "{partition}"' in line, f"{ranks} ranks"
