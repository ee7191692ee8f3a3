"""Every number marked [A] behind the scenarios of WannaCry and NotPetya, with its range.

They stand in the scenario, its worm, the vectors' and the population's defaults (`annelid list`).
Where those state a range, it is that one; else half and double. Numbers that a source gives with
a range, exposed hosts and partner links, are with them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """label: for figure and page. low, high: `KEY=VALUE` at either end; empty: as it is."""

    label: str
    low: str
    high: str


def ranged(label: str, key: str, low: str, high: str) -> Assumption:
    return Assumption(f"{label}: {low} to {high}", f"{key}={low}", f"{key}={high}")


WORLD = [
    ranged("weight of users against addresses", "population.user_weight", "0", "1"),
    ranged("share of hosts at home", "population.home_share", "0.4", "0.6"),
    ranged("hosts of a home", "population.home_mean_hosts", "1.2", "2.5"),
    Assumption("largest organisation: 20,000 to 2 million",
               "population.largest_organisation=20_000",
               "population.largest_organisation=2_000_000"),
]

WANNACRY = [
    ranged("seeds", "seeds.hosts", "1", "100"),
    ranged("start-up of the worm", "worm.state.exposed.dwell", "5 s", "60 s"),
    ranged("pace in the /24 of a hit", "worm.vector.neighbourhood.rate", "0.5 /s", "20 /s"),
    ranged("pace in its own subnet", "worm.vector.subnet.rate", "0.2 /s", "5 /s"),
    ranged("reach of the switch", "defence.kill_switch.reach", "0.7", "1"),
    ranged("unpatched business hosts", "population.unpatched_business", "0.2", "0.5"),
    Assumption("exposed Windows hosts: 0.68 to 2.3 million",
               "population.exposed_windows=680_000", "population.exposed_windows=2_300_000"),
    ranged("exposure of homes over firms", "population.home_exposure_ratio", "0.3", "10"),
    ranged("exposure by size, exponent", "population.exposure_size_exponent", "0", "1"),
    ranged("homes with a way out to port 445", "population.outbound_home", "0.2", "0.8"),
    ranged("firms with a way out to port 445", "population.outbound_business", "0.3", "1"),
    Assumption("hosts off out of office hours (low end)", "hours.weekdays=08:00-18:00", ""),
    *WORLD,
]

NOTPETYA = [
    ranged("start-up of the worm", "worm.state.exposed.dwell", "15 s", "5 min"),
    ranged("time between polls of the update", "worm.vector.update.poll", "2 h", "3 d"),
    ranged("exploit's pace in the subnet", "worm.vector.exploit.rate", "0.2 /s", "5 /s"),
    ranged("harvest of credentials", "worm.vector.stolen.harvest", "10 s", "10 min"),
    ranged("yield of workstations", "worm.vector.stolen.workstation_yield", "0", "0.2"),
    ranged("yield of servers", "worm.vector.stolen.server_yield", "0.05", "0.5"),
    ranged("yield of administrators", "worm.vector.stolen.administrator_yield", "0.5", "1"),
    ranged("yield of domain controllers", "worm.vector.stolen.domain_controller_yield", "0.8",
           "1"),
    ranged("yield of local credentials", "worm.vector.stolen.local_yield", "0", "1"),
    ranged("pace of a domain controller", "worm.vector.stolen.rate", "1 /s", "100 /s"),
    ranged("pace of others", "worm.vector.stolen.rate_elsewhere", "0.14 /s", "14 /s"),
    ranged("time to a partner", "worm.vector.partners.time.mean", "3 min", "1 d"),
    ranged("partner links that let it through", "worm.vector.partners.success", "0.02", "1"),
    ranged("firms with partner links", "network.partner_share", "0.02", "0.5"),
    ranged("unpatched business hosts", "population.unpatched_business", "0.08", "0.25"),
    ranged("hosts for each server", "population.hosts_per_server", "10", "50"),
    ranged("hosts for each administrator", "population.hosts_per_administrator", "50", "500"),
    ranged("hosts for each controller", "population.hosts_per_domain_controller", "200", "5000"),
    Assumption("most hosts of a domain: 5,000 to 20,000", "population.domain_hosts=5_000",
               "population.domain_hosts=20_000"),
    ranged("fewest hosts of a domain", "population.domain_from", "5", "50"),
    *(a for a in WORLD if "home_mean" not in a.low),
]
