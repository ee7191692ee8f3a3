"""What the study of collective defence runs: outbreaks, and for each the same cases."""

from __future__ import annotations

from dataclasses import dataclass, replace

from annelid.validation.experiment import Experiment

DELAYS = ("10 min", "1 h", "6 h")
COMPLIANCES = (0.25, 0.5, 1.0)
REPLICATES = 30
SWEEP_REPLICATES = 10  # at most, of each sweep
MANY = 1_000_000_000  # findings that no country ever has


@dataclass(frozen=True)
class Case:
    """A way in which allies get to know of the attack; `settings` make it of the scenario."""

    key: str
    label: str
    settings: tuple[str, ...]
    delay: str = ""
    compliance: float = 0


NONE = Case("none", "sensors only", (f"trigger.seen.at_least={MANY}",))
ALONE = Case("alone", "each for itself", ("trigger.warned.of=['seen']",))


def sharing(delay: str, compliance: float = 1.0, *further: str, key: str = "sharing",
            label: str = "sharing") -> Case:
    settings = (f"defence.sharing.delay='{delay}'", f"defence.sharing.compliance={compliance}")
    by_some = f", {100 * compliance:.0f} %" if compliance < 1 else ""
    return Case(f"{key}-{delay.replace(' ', '')}-{compliance:g}",
                f"{label} after {delay}{by_some}", settings + further, delay, compliance)


def with_ukraine(delay: str) -> Case:
    return sharing(delay, 1.0, "defence.sharing.alliance='nato_and_ukraine'", key="ukraine",
                   label="sharing with Ukraine")


GRID = tuple(sharing(delay, compliance) for compliance in COMPLIANCES for delay in DELAYS)

@dataclass(frozen=True)
class Sweep:
    """An assumption at another value; `shared` is held against each for itself again."""

    key: str
    label: str
    settings: tuple[str, ...]
    shared: Case = sharing("1 h")


@dataclass(frozen=True)
class Outbreak:
    """A worm in its world.

    settings: beyond the scenario, in all its cases.
    reduced: for a quick look; such runs show that all works, and nothing else.
    """

    key: str
    title: str
    scenario: str
    settings: tuple[str, ...] = ()
    reduced: tuple[str, ...] = ()
    cases: tuple[Case, ...] = (NONE, ALONE, *GRID)
    sweeps: tuple[Sweep, ...] = ()

    def experiment(self, case: Case, replicates: int, sweep: Sweep | None = None) -> Experiment:
        name = f"{self.key}-{case.key}" + (f"-{sweep.key}" if sweep else "")
        settings = self.settings + case.settings + (sweep.settings if sweep else ())
        return Experiment(name, self.scenario, replicates, replicates, settings, self.reduced)


def sweep(key: str, label: str, *settings: str) -> Sweep:
    return Sweep(key, label, settings)


SENSOR_SWEEPS = (
    sweep("coverage-low", "sensors on 2 % of hosts, not 10 %", "defence.sensor.coverage=0.02"),
    sweep("coverage-high", "sensors on 50 % of hosts", "defence.sensor.coverage=0.5"),
    sweep("fast", "a finding is known after 10 min, not 1 h",
          "defence.sensor.after={ distribution = 'exponential', mean = '10 min' }"),
    sweep("alarms", "a hundred times as many false alarms",
          "defence.sensor.false_alarm_rate='1e-4 /d'"),
)

WANNACRY = Outbreak(
    "wannacry", "WannaCry", "inputs/collective-defence.toml",
    reduced=("population.hosts=20_000_000", "record.every='30 min'"),
    sweeps=(*SENSOR_SWEEPS,
            sweep("low", "an alert at 15 real hosts found, not 60",
                  "trigger.seen.at_least=1"),
            sweep("border-none", "no border filters", "defence.border.compliance=0"),
            sweep("border-all", "border filters in all allies, not half",
                  "defence.border.compliance=1"),
            sweep("at-once", "all that is done, at once",
                  "defence.border.delay='0 s'", "defence.edge.delay='0 s'",
                  "defence.patching.delay='0 s'"),
            sweep("no-switch", "no kill switch", "defence.kill_switch.reach=0")))
NOTPETYA = Outbreak(
    "notpetya", "NotPetya", "inputs/collective-defence-notpetya.toml",
    reduced=("population.sectors=['transport']", "population.countries=['UA','DE','PL','RO','LV']",
             "worm.vector.partners.success=1",
             "record.every='30 min'"),
    cases=(NONE, ALONE, *GRID, with_ukraine("1 h"), with_ukraine("10 min")),
    sweeps=(Sweep("at-once", "all that is done, at once; Ukraine shares, too, after 10 min",
                  ("defence.edge.delay='0 s'", "defence.patching.delay='0 s'"),
                  with_ukraine("10 min")),))
OUTBREAKS = (WANNACRY, NOTPETYA)


def reduced(outbreaks: tuple[Outbreak, ...]) -> tuple[Outbreak, ...]:
    """With a few of their cases and one sweep."""
    few = (NONE, ALONE, sharing("1 h", 0.5), sharing("1 h"))
    return tuple(replace(one, cases=few, sweeps=one.sweeps[:1]) for one in outbreaks)
