"""Every fault of a scenario: file, line, key, value and remedy; exit code 2, nothing written."""

from __future__ import annotations

import re

import pytest
from conftest import FLAT, MPIEXEC, OWN_WORM, WORLD, Annelid

# One enterprise, whose hosts are opened by credentials.
STOLEN = """\
[population]
kind = "enterprise"
hosts = 1_000

[seeds]
hosts = 1

[worm]
preset = "si"
without = ["scan"]

[worm.vector.stolen]
kind = "credentials"
"""

needs_mpi = pytest.mark.skipif(not MPIEXEC, reason="built without MPI")

# A vendor and hours, nothing else wrong.
VENDOR = FLAT.replace("hosts = 5\n", "hosts = 0\n") + """
[worm.vector.update]
kind = "supply_chain"
client_share = 0.5
poll = "1 h"
live = ["10 min to 40 min"]
"""
HOURS = FLAT + """
[hours]
weekdays = "08:00-18:00"
"""

FLAT_KEYS = (
    "kind, hosts, organisation_hosts, subnet_hosts, hosts_per_server, hosts_per_administrator, "
    "hosts_per_domain_controller, domain_hosts, domain_from, segment_hosts, segment_openness, "
    "segment_servers_open, seed, redraw")

# Name: scenario, what to replace, by what, and what the program says of the line marked "# !",
# where <n> is a number that follows from the world.
CASES = {
    "unknown key": (
        FLAT, "seed = 1", "sead = 1  # !",
        "sead = 1 (unknown key): did you mean `seed`?"),
    "unknown table": (
        FLAT, "[record]", "[recording]  # !",
        "[recording] (unknown table): did you mean `record`?"),
    "unknown key of population": (
        FLAT, "hosts = 10_000", "hosts = 10_000\nsubnet = 9  # !",
        f"population.subnet = 9 (unknown key): known here: {FLAT_KEYS}"),
    "key of another population": (
        FLAT, "hosts = 10_000", "hosts = 10_000\nreal_hosts = 1e6  # !",
        f"population.real_hosts = 1000000 (unknown key): known here: {FLAT_KEYS}"),
    "unknown key of a vector": (
        FLAT, 'rate = "10_000 /s"', 'rate = "9 /s"\nscpe = "/16"  # !',
        'worm.vector.scan.scpe = "/16" (unknown key): did you mean `scope`?'),
    "unknown key of a defence": (
        WORLD, 'time = "30 min"', 'time = "1 h"\nraech = 0.5  # !',
        "defence.kill_switch.raech = 0.5 (unknown key): did you mean `reach`?"),
    "key in the wrong table": (
        FLAT, "seed = 1", 'every = "1 min"  # !',
        'every = "1 min" (unknown key): it belongs in [record]'),
    "text for a number": (
        FLAT, "hosts = 10_000", 'hosts = "many"  # !',
        'population.hosts = "many" (it must be a whole number): try 100000'),
    "quotes around a number": (
        FLAT, "hosts = 10_000", 'hosts = "500"  # !',
        'population.hosts = "500" (a whole number stands without quotes): write 500'),
    "fraction of a host": (
        FLAT, "hosts = 10_000", "hosts = 99.5  # !",
        "population.hosts = 99.5 (it must be a whole number): try 100"),
    "number for text": (
        FLAT, "seed = 1", "title = 2017  # !",
        'title = 2017 (it must be text in quotes): try "2017"'),
    "text for true or false": (
        FLAT, 'every = "1 min"', 'events = "yes"  # !',
        'record.events = "yes" (it must be true or false): write it without quotes'),
    "value for a table": (
        FLAT, '[record]\nevery = "1 min"\n', "[defence]\npatches = 3  # !\n",
        "defence.patches = 3 (unknown key): only tables stand here"),
    "wrong unit": (
        FLAT, 'end = "1 h"', 'end = "1 fortnight"  # !',
        'time.end = "1 fortnight" ("fortnight" is no unit of time): use us, ms, s, min, h, d or w'),
    "unit of another kind": (
        FLAT, 'rate = "10_000 /s"', 'rate = "10 s"  # !',
        'worm.vector.scan.rate = "10 s" ("s" is no unit of a rate): use /s, /min, /h or /d'),
    "missing unit of a duration": (
        FLAT, 'end = "1 h"', "end = 3600  # !",
        'time.end = 3600 (a duration needs a unit): write "3600 s" or one of us, ms, min, h, d, w'),
    "missing unit of a rate": (
        FLAT, 'rate = "10_000 /s"', "rate = 25  # !",
        'worm.vector.scan.rate = 25 (a rate needs a unit): write "25 /s" or one of /min, /h, /d'),
    "negative rate": (
        FLAT, 'rate = "10_000 /s"', 'rate = "-3 /s"  # !',
        'worm.vector.scan.rate = "-3 /s" (it must be from 0 /s to 1000000000 /s): try "25 /s"'),
    "negative limit": (
        FLAT, 'rate = "10_000 /s"', 'rate = "9 /s"\ntotal_rate_limit = "-1 /s"  # !',
        'worm.vector.scan.total_rate_limit = "-1 /s" (it must be from 0 /s to 1000000000000 /s): '
        'try "0 /s"'),
    "share above 1": (
        WORLD, 'time = "30 min"', 'time = "1 h"\nreach = 1.5  # !',
        "defence.kill_switch.reach = 1.5 (it must be from 0 to 1): try 0.9"),
    "share above 100 %": (
        FLAT, 'rate = "10_000 /s"', 'rate = "9 /s"\nsuccess = "120 %"  # !',
        'worm.vector.scan.success = "120 %" (it must be from 0 to 1): try 1'),
    "no number": (
        WORLD, 'time = "30 min"', 'time = "1 h"\nreach = nan  # !',
        "defence.kill_switch.reach = nan (it must be finite): try 0.9"),
    "no number as text": (
        FLAT, 'rate = "10_000 /s"', 'rate = "nan /s"  # !',
        'worm.vector.scan.rate = "nan /s" (it must be finite): try "25 /s"'),
    "infinite": (
        WORLD, "real_hosts = 1.5e9", "real_hosts = inf  # !",
        "population.real_hosts = inf (it must be finite): try 1500000000"),
    "zero hosts": (
        FLAT, "hosts = 10_000", "hosts = 0  # !",
        "population.hosts = 0 (it must be from 1 to 4294967295): try 100000"),
    "too few hosts for the Internet": (
        WORLD, "hosts = 1_000_000", "hosts = 999  # !",
        "population.hosts = 999 (it must be from 1000 to 4294967295): try 1000000"),
    "more modelled hosts than real ones": (
        WORLD.replace("1.5e9", "5000"), "hosts = 1_000_000", "hosts = 6_000  # !",
        "population.hosts = 6000 (more modelled hosts than 5000 real ones): use at most "
        "population.real_hosts"),
    "no kind": (
        FLAT, '[population]\nkind = "flat"', "[population]  # !",
        'population.kind (it is required): add kind = "internet"'),
    "unknown kind of population": (
        FLAT, 'kind = "flat"', 'kind = "flot"  # !',
        'population.kind = "flot" ("flot" is not known here): did you mean "flat"?'),
    "unknown kind of defence": (
        WORLD, 'kind = "kill_switch"', 'kind = "prayer"  # !',
        'defence.kill_switch.kind = "prayer" ("prayer" is not known here): use one of '
        '"kill_switch", "patching", "port_filter", "segmentation", "throttling", '
        '"credential_hygiene", "update_revocation", "sensor", "isolation", "cleaning", '
        '"contact_tracing", "alert_sharing"'),
    "unknown preset": (
        WORLD, 'preset = "wannacry"', 'preset = "wanacry"  # !',
        'worm.preset = "wanacry" ("wanacry" is not known here): did you mean "wannacry"?'),
    "no worm": (
        FLAT.replace('[worm.vector.scan]\nrate = "10_000 /s"\n', ""),
        '[worm]\npreset = "si"', "[worm]  # !",
        'worm.preset (a worm has a preset or states of its own): write preset = "si" or add '
        "[worm.state.NAME]; see `annelid list worms`"),
    "no entry": (
        OWN_WORM, '[worm]\nentry = "latent"', "[worm]  # !",
        'worm.entry (it is required): add entry = "text"'),
    "unknown entry": (
        OWN_WORM, 'entry = "latent"', 'entry = "late"  # !',
        'worm.entry = "late" (there is no state "late"): name one of susceptible, latent, active'),
    "entry is susceptible": (
        OWN_WORM, 'entry = "latent"', 'entry = "susceptible"  # !',
        'worm.entry = "susceptible" (an infected host must leave the susceptible state): name '
        "another state"),
    "unknown state in next": (
        OWN_WORM, 'next = "active"', 'next = "nowhere"  # !',
        'worm.state.latent.next = "nowhere" (there is no state "nowhere"): name one of '
        "susceptible, latent, active"),
    "empty entry": (
        OWN_WORM, 'entry = "latent"', 'entry = ""  # !',
        'worm.entry = "" (there is no state ""): name one of susceptible, latent, active'),
    "next without dwell": (
        OWN_WORM.replace('dwell = "10 min"\n', ""), 'next = "active"', 'next = "active"  # !',
        'worm.state.latent.next = "active" (a state that ends needs a dwell time): add '
        'dwell = "10 min"'),
    "dwell without next": (
        OWN_WORM.replace('next = "active"\n', ""), 'dwell = "10 min"', 'dwell = "9 s"  # !',
        'worm.state.latent.dwell = "9 s" (a state without `next` is never left): add `next`'),
    "states in a circle without time": (
        OWN_WORM, 'dwell = "10 min"\n\n[worm.state.active]',
        'dwell = 0\n\n[worm.state.active]\nnext = "active"  # !\ndwell = 0',
        'worm.state.active.next = "active" (the states go round in a circle that takes no time): '
        "use longer dwell times"),
    "susceptible and infected": (
        OWN_WORM, "[worm.state.susceptible]", "[worm.state.susceptible]\ninfected = true  # !",
        "worm.state.susceptible.infected = true (a susceptible host waits until a worm reaches "
        "it): give the state no flags and no `next`"),
    "name of the engine's state": (
        OWN_WORM, "[worm.state.susceptible]", "[worm.state.immune]  # !\n[worm.state.susceptible]",
        "[worm.state.immune] (the engine has a state of that name): use another name"),
    "name of the seeds' vector": (
        OWN_WORM, "[worm.vector.far]", "[worm.vector.seed]  # !",
        "[worm.vector.seed] (the hosts that an outbreak starts with have that name): use another "
        "name"),
    "distribution without a shape": (
        OWN_WORM, 'dwell = "10 min"', 'dwell = { distribution = "gamma", mean = "9 s" }  # !',
        'worm.state.latent.dwell = { distribution = "gamma", mean = "9 s" } (a gamma distribution '
        "needs `shape`): add shape = 1"),
    "distribution that nothing can be drawn from": (
        OWN_WORM, 'rate = "100 /s"',
        'rate = { distribution = "lognormal", mean = "1 /s", sd = "5000 /s" }  # !',
        'worm.vector.far.rate = { distribution = "lognormal", mean = "1 /s", sd = "5000 /s" } '
        "(lognormal distribution: sd = 5000 must be at most 1000 times the mean of 1): give sd and "
        "mean in the same unit"),
    "no rate": (
        OWN_WORM, '[worm.vector.far]\nrate = "100 /s"', "[worm.vector.far]  # !",
        'worm.vector.far.rate (it is required): add rate = "25 /s"'),
    "unknown vector in follows": (
        OWN_WORM, "[worm.vector.near]", '[worm.vector.near]\nfollows = "nobody"  # !',
        'worm.vector.near.follows = "nobody" (there is no other vector of that name): name one of '
        "the worm's"),
    "follows into a subnet": (
        OWN_WORM, 'scope = "subnet"', 'scope = "subnet"  # !\nfollows = "far"',
        'worm.vector.near.scope = "subnet" (a vector that follows another sweeps a block of '
        "addresses): use /16 or /24"),
    "follows a follower": (
        OWN_WORM.replace('scope = "subnet"', 'scope = "/24"'), "[worm.vector.near]",
        '[worm.vector.deep]\nkind = "scan"\nrate = "1 /s"\nstrategy = "sweep"\nscope = "/24"\n'
        'follows = "near"  # !\n[worm.vector.near]\nfollows = "far"',
        'worm.vector.deep.follows = "near" (it names a vector that follows another itself): name '
        "one that starts when a host turns infectious"),
    "follows without a sweep": (
        OWN_WORM, "[worm.vector.far]", '[worm.vector.far]\nfollows = "near"  # !',
        'worm.vector.far.follows = "near" (a vector that follows another sweeps around the '
        'target): use strategy = "sweep"'),
    "sweep of the Internet": (
        OWN_WORM.replace('scope = "subnet"\n', ""), 'strategy = "sweep"',
        'scope = "internet"  # !\nstrategy = "sweep"',
        'worm.vector.near.scope = "internet" (a sweep probes every address): use /16, /24, '
        "organisation or subnet"),
    "division of a block": (
        OWN_WORM, '[worm.vector.far]', '[worm.vector.far]\nstrategy = "divide_and_conquer"\n'
        'scope = "/16"  # !',
        'worm.vector.far.scope = "/16" (the first sources divide all addresses among them): use '
        'scope = "internet", or strategy = "sweep"'),
    "division after a hit list": (
        OWN_WORM, '[worm.vector.far]', '[worm.vector.far]\nstrategy = "divide_and_conquer"\n'
        'hit_list = 5  # !',
        "worm.vector.far.hit_list = 5 (hosts of the list are handed no addresses to divide): use "
        "another strategy, or leave the list out"),
    "division that starts somewhere": (
        OWN_WORM, '[worm.vector.far]', '[worm.vector.far]\nstrategy = "divide_and_conquer"\n'
        'local_start = 0.4  # !',
        "worm.vector.far.local_start = 0.4 (only sequential and permutation scans start "
        "somewhere): leave it out, or set strategy"),
    "limit on a division": (
        OWN_WORM, '[worm.vector.far]', '[worm.vector.far]\nstrategy = "divide_and_conquer"\n'
        'total_rate_limit = "5 /s"  # !',
        'worm.vector.far.total_rate_limit = "5 /s" (only random scans without a hit list can be '
        "limited): leave it out"),
    "nobody who divides": (
        VENDOR.replace('rate = "10_000 /s"', 'rate = "9 /s"\nstrategy = "divide_and_conquer"'),
        "hosts = 0", "hosts = 0  # !",
        "seeds.hosts = 0 (nobody has addresses to divide and conquer): use at least 1, or another "
        "strategy"),
    "permutation of a block": (
        OWN_WORM, '[worm.vector.far]', '[worm.vector.far]\nstrategy = "permutation"\n'
        'scope = "/16"  # !',
        'worm.vector.far.scope = "/16" (all sources share a permutation of all addresses): use '
        'scope = "internet", or strategy = "sweep"'),
    "start of a scan that starts nowhere": (
        OWN_WORM, "[worm.vector.far]", "[worm.vector.far]\nlocal_start = 0.4  # !",
        "worm.vector.far.local_start = 0.4 (only sequential and permutation scans start "
        "somewhere): leave it out, or set strategy"),
    "start that is no probability": (
        OWN_WORM, "[worm.vector.far]",
        '[worm.vector.far]\nstrategy = "sequential"\nlocal_start = 1.4  # !',
        "worm.vector.far.local_start = 1.4 (it must be from 0 to 1): try 0"),
    "limit on a sequence": (
        OWN_WORM, "[worm.vector.far]",
        '[worm.vector.far]\nstrategy = "sequential"\ntotal_rate_limit = "9 /s"  # !',
        'worm.vector.far.total_rate_limit = "9 /s" (only random scans without a hit list can be '
        "limited): leave it out"),
    "hit list of a subnet": (
        OWN_WORM, "[worm.vector.near]", "[worm.vector.near]\nhit_list = 5  # !",
        "worm.vector.near.hit_list = 5 (it names hosts anywhere on the Internet): use "
        'scope = "internet" and a strategy other than sweep'),
    "hit list below 0": (
        OWN_WORM, "[worm.vector.far]", "[worm.vector.far]\nhit_list = -1  # !",
        "worm.vector.far.hit_list = -1 (it must be from 0 to 4294967295): try 0"),
    "hit list larger than the pool": (
        OWN_WORM, "[worm.vector.far]", "[worm.vector.far]\nhit_list = 10_001  # !",
        "worm.vector.far.hit_list = 10001 (only 10000 hosts carry what the vector requires): use a "
        "shorter list or more population.hosts"),
    "hit list of a scaled world": (
        WORLD, "[defence.kill_switch]", "[worm.vector.internet]\nhit_list = 9  # !\n\n"
        "[defence.kill_switch]",
        "worm.vector.internet.hit_list = 9 (its hosts are real ones, and the world is scaled): use "
        "as many population.hosts as real_hosts, or leave it out"),
    "unknown trait": (
        OWN_WORM, 'rate = "100 /s"', 'rate = "9 /s"\nrequires = ["open"]  # !',
        'worm.vector.far.requires = ["open"] ("open" is not known here): use one of "windows_7", '
        '"unpatched", "exposed", "home", "outbound", "server", "domain_controller", '
        '"administrator"'),
    "fewer addresses than hosts": (
        OWN_WORM, 'rate = "100 /s"', 'rate = "9 /s"\naddresses = 9_999  # !',
        "worm.vector.far.addresses = 9999 (fewer addresses than population.hosts): use more "
        "addresses"),
    "unknown vector of the seeds": (
        FLAT, "hosts = 5", 'hosts = 5\nvector = "sneeze"  # !',
        'seeds.vector = "sneeze" (the worm has no such vector): name one of its vectors'),
    "more seeds than carriers": (
        FLAT, "hosts = 5", "hosts = 20_000  # !",
        "seeds.hosts = 20000 (20000 modelled hosts, but only 10000 carry what vector scan "
        "requires): use fewer seeds or more population.hosts"),
    "more seeds than carriers in a scaled world": (
        WORLD, "hosts = 1500", "hosts = 1e9  # !",
        "seeds.hosts = 1000000000 (<n> modelled hosts, but only <n> carry what vector internet "
        "requires): use fewer seeds or more population.hosts"),
    "seeds too late": (
        FLAT, "hosts = 5", 'hosts = 5\ntime = "1 h"  # !',
        'seeds.time = "1 h" (the run is over by then): use a time before time.end'),
    "scaled seeds too late": (
        WORLD, 'end = "3 h"', 'end = "1 h"  # !',
        'time.end = "1 h" (1500 seeds stand for 1 modelled hosts: the outbreak starts with 10 at '
        "<n> h, when branching growth of <n> per h reaches so many): run longer, or use more "
        "seeds.hosts or population.hosts"),
    "no time at all": (
        FLAT, 'end = "1 h"', "end = 0  # !",
        'time.end = 0 (it must be above 0 s and at most 36525 d): try "1 d"'),
    "not a date": (
        FLAT, "[time]", '[time]\nstart = "12 May 2017"  # !',
        'time.start = "12 May 2017" (a date and time is YYYY-MM-DD hh:mm:ss in UTC): try '
        '"2017-01-01 00:00:00"'),
    "too many rows": (
        FLAT, 'every = "1 min"', 'every = "1 ms"  # !',
        'record.every = "1 ms" (3600001 rows would be written, 1000000 at most): record less '
        "often"),
    "rows that do not fit into memory": (
        WORLD + '\n[record]\nevery = "20 ms"\n', 'every = "20 ms"', 'every = "20 ms"  # !',
        'record.every = "20 ms" (1 replicates x 540001 rows x 250 countries x 6 states are 7.9 GB '
        "in memory, 2 at most): record less often, or run fewer replicates at a time"),
    "kill switch without an inert state": (
        WORLD.replace("wannacry", "sir"), 'kind = "kill_switch"', 'kind = "kill_switch"  # !',
        'defence.kill_switch.kind = "kill_switch" (the worm has no inert state): set worm.inert, '
        "or leave the defence out"),
    "patching by nothing": (
        FLAT + '\n[defence.patches]\nkind = "patching"\n',
        "[defence.patches]", "[defence.patches]  # !",
        "defence.patches.rate (patching has a rate, a duration or a capacity): write "
        'rate = "0.02 /d", duration = "14 d" or capacity = "10 /d"'),
    "patching by both": (
        FLAT + '\n[defence.patches]\nkind = "patching"\nrate = "1 /d"\nduration = "3 d"\n',
        'duration = "3 d"', 'duration = "3 d"  # !',
        'defence.patches.duration = "3 d" (patching has one of rate, duration and capacity): '
        'write rate = "0.02 /d", duration = "14 d" or capacity = "10 /d"'),
    "unknown country": (
        FLAT + '\n[defence.patches]\nkind = "patching"\nrate = "1 /d"\ncountries = ["DE"]\n',
        'countries = ["DE"]', 'countries = ["DE"]  # !',
        'defence.patches.countries = ["DE"] (the population has no DE): use --'),
    "unknown sector": (
        WORLD + '\n[defence.patches]\nkind = "patching"\nrate = "1 /d"\nsectors = ["zoo"]\n',
        'sectors = ["zoo"]', 'sectors = ["zoo"]  # !',
        'defence.patches.sectors = ["zoo"] (the population has no zoo): use home, other, '
        "manufacturing, energy_utilities, retail_services, transport, telecom_it, finance, "
        "government, education, healthcare"),
    "vendor without clients": (
        VENDOR, "client_share = 0.5\n", "clients = { }  # !\n",
        "worm.vector.update.clients (the vendor has no clients): write clients = { UA = 0.9 }, "
        "or client_share for every country"),
    "vendor whose clients have no hosts that poll": (
        VENDOR, 'poll = "1 h"', 'host_share = 0  # !\npoll = "1 h"',
        "worm.vector.update.host_share = 0 (no host of a client polls): use a share above 0"),
    "vendor with two shares of hosts": (
        VENDOR, 'poll = "1 h"', 'host_share = 0.5  # !\nhosts_per_client = 2\npoll = "1 h"',
        "worm.vector.update.host_share = 0.5 (hosts_per_client says how many hosts poll): leave "
        "out one"),
    "unknown country of clients": (
        VENDOR, "client_share = 0.5", "clients = { UA = 0.9 }  # !",
        "worm.vector.update.clients.UA = 0.9 (the population has no UA): use --"),
    "share of clients above 1": (
        VENDOR, "client_share = 0.5", 'clients = { "--" = 1.2 }  # !',
        "worm.vector.update.clients.-- = 1.2 (it must be from 0 to 1): try 0.5"),
    "no table of clients": (
        VENDOR, "client_share = 0.5", "clients = 0.9  # !",
        "worm.vector.update.clients = 0.9 (it must be a table): try { UA = 0.5 }"),
    "unknown sector of clients": (
        VENDOR, "client_share = 0.5", 'client_share = 0.5\nsectors = ["zoo"]  # !',
        'worm.vector.update.sectors = ["zoo"] (the population has no zoo): use none'),
    "no polls": (
        VENDOR, 'poll = "1 h"', "poll = 0  # !",
        'worm.vector.update.poll = 0 (a duration is positive): try "10 min"'),
    "live time that ends before it begins": (
        VENDOR, '["10 min to 40 min"]', '["40 min to 10 min"]  # !',
        'worm.vector.update.live = ["40 min to 10 min"] ("40 min to 10 min" ends before it '
        "begins): write the earlier time first"),
    "live time that is none": (
        VENDOR, '["10 min to 40 min"]', '["40 min"]  # !',
        'worm.vector.update.live = ["40 min"] ("40 min" is not from one time to another): write '
        '"3 h to 8 h", counted from the start'),
    "overlapping live times": (
        VENDOR, '["10 min to 40 min"]', '["20 min to 1 h", "10 min to 30 min"]  # !',
        'worm.vector.update.live = ["20 min to 1 h", "10 min to 30 min"] (two live times overlap '
        "from 20 min on): merge them, or give another vendor a vector of its own"),
    "never live": (
        VENDOR, '["10 min to 40 min"]', "[]  # !",
        'worm.vector.update.live = [] (the update is never poisoned): write live = ["3 h to 8 h"]'),
    "follows a vendor": (
        VENDOR + '\n[worm.vector.far]\nkind = "scan"\nscope = "/24"\nstrategy = "sweep"\n'
        'rate = "1 /s"\nfollows = "update"\n', 'follows = "update"', 'follows = "update"  # !',
        'worm.vector.far.follows = "update" (no host makes the attempts of a supply_chain, so none '
        "can sweep): name a vector of another kind"),
    "nothing to start with": (
        FLAT, "hosts = 5", "hosts = 0  # !",
        "seeds.hosts = 0 (nothing would ever happen): use at least 1, or give the worm a vector of "
        "kind supply_chain"),
    "seeds after a vendor": (
        VENDOR.replace("hosts = 0\n", 'hosts = 3\ntime = "20 min"\n'), "hosts = 3",
        "hosts = 3  # !",
        "seeds.hosts = 3 (they are infected at 20 min, after the update of vector update is live): "
        "use seeds.hosts = 0, or infect them before"),
    "hours that no clock shows": (
        HOURS, '"08:00-18:00"', '"25:00-26:00"  # !',
        'hours.weekdays = "25:00-26:00" (hours are written hh:mm-hh:mm, from 00:00 to 24:00): try '
        '"08:00-18:00"'),
    "holidays of an unknown country": (
        HOURS, '"08:00-18:00"', '"08:00-18:00"\nholidays = { UA = ["2017-06-28"] }  # !',
        'hours.holidays.UA = ["2017-06-28"] (the population has no UA): use --'),
    "holiday that is no date": (
        HOURS, '"08:00-18:00"', '"08:00-18:00"\nholidays = { "--" = ["28 June"] }  # !',
        'hours.holidays.-- = ["28 June"] ("28 June" is not a date): write "2017-06-28"'),
    "too much jitter": (
        HOURS, '"08:00-18:00"', '"08:00-18:00"\njitter = "5 h"  # !',
        'hours.jitter = "5 h" (a host\'s day could end before it begins, or last over 24 h): use '
        "less"),
    "role without traits": (
        HOURS + "\n[hours.role.night]\nalways_on = 1\n", "[hours.role.night]",
        "[hours.role.night]  # !",
        'hours.role.night.traits (it is required): add traits = ["windows_7"]'),
    "role of no trait": (
        HOURS + '\n[hours.role.night]\ntraits = ["day"]\n', 'traits = ["day"]',
        'traits = ["day"]  # !',
        'hours.role.night.traits = ["day"] ("day" is not known here): use one of "windows_7", '
        '"unpatched", "exposed", "home", "outbound", "server", "domain_controller", '
        '"administrator"'),
    "unknown clock": (
        OWN_WORM, 'dwell = "10 min"', 'dwell = "10 min"\nclock = "moon"  # !',
        'worm.state.latent.clock = "moon" ("moon" is not known here): use one of "wall", "host"'),
    "no such folder of tables": (
        WORLD, 'tables = "world-2017"', 'tables = "mars-2017"  # !',
        'population.tables = "mars-2017" (no such folder beside the scenario or in inputs/): use '
        'tables = "world-2017"'),
    "share of a role above 1": (
        STOLEN, 'kind = "credentials"', 'kind = "credentials"\nserver_yield = 1.5  # !',
        "worm.vector.stolen.server_yield = 1.5 (it must be from 0 to 1): try 0.2"),
    "share of a role below 0": (
        STOLEN, 'kind = "credentials"', 'kind = "credentials"\nworkstation_yield = "-2 %"  # !',
        'worm.vector.stolen.workstation_yield = "-2 %" (it must be from 0 to 1): try 0.02'),
    "unknown role": (
        STOLEN, 'kind = "credentials"',
        'kind = "credentials"\nsource_requires = ["boss"]  # !',
        'worm.vector.stolen.source_requires = ["boss"] ("boss" is not known here): use one of '
        '"windows_7", "unpatched", "exposed", "home", "outbound", "server", "domain_controller", '
        '"administrator"'),
    "pace of nothing": (
        STOLEN, 'kind = "credentials"', 'kind = "credentials"\nrate_elsewhere = "0 /s"  # !',
        'worm.vector.stolen.rate_elsewhere = "0 /s" (it must be above 0 /s and at most 1000000 '
        '/s): try "1 /s"'),
    "harvest that nothing can be drawn from": (
        STOLEN, 'kind = "credentials"',
        'kind = "credentials"\n'
        'harvest = { distribution = "lognormal", mean = "1 s", sd = "5000 s" }  # !',
        'worm.vector.stolen.harvest = { distribution = "lognormal", mean = "1 s", sd = "5000 s" } '
        "(lognormal distribution: sd = 5000 must be at most 1000 times the mean of 1): give sd and "
        "mean in the same unit"),
    "every host a server": (
        STOLEN, "hosts = 1_000", "hosts = 1_000\nservers = 1_001  # !",
        "population.servers = 1001 (more than the 1000 hosts): use at most population.hosts"),
    "more unpatched hosts than hosts": (
        STOLEN, "hosts = 1_000", "hosts = 1_000\nunpatched_hosts = 1_001  # !",
        "population.unpatched_hosts = 1001 (more than the 1000 hosts): use at most "
        "population.hosts"),
    "a code that is none": (
        STOLEN, "hosts = 1_000", 'hosts = 1_000\ncountry = "Ukraine"  # !',
        'population.country = "Ukraine" (a country has a code of two capital letters): use '
        'country = "UA", or leave it out'),
    "segment smaller than a subnet": (
        STOLEN, "hosts = 1_000", "hosts = 1_000\nsegment_hosts = 100  # !",
        "population.segment_hosts = 100 (smaller than a subnet, which has up to 254 hosts): use "
        "254 or more"),
    "domain smaller than a subnet": (
        WORLD, "hosts = 1_000_000", "hosts = 1_000_000\ndomain_hosts = 9  # !",
        "population.domain_hosts = 9 (smaller than a subnet, which has up to 254 hosts): use 254 "
        "or more"),
    "openness above 1": (
        STOLEN, "hosts = 1_000", "hosts = 1_000\nsegment_openness = 3  # !",
        "population.segment_openness = 3 (it must be from 0 to 1): try 0"),
    "nobody but servers": (
        WORLD, "hosts = 1_000_000", "hosts = 1_000_000\nhosts_per_server = 1  # !",
        "population.hosts_per_server = 1 (it must be from 2 to 1000000000): try 20"),
    "scan of a part of the world": (
        WORLD.replace("hosts = 1_000_000", 'hosts = 1_000_000\ncountries = ["UA"]').replace(
            'preset = "wannacry"', 'preset = "si"'),
        "[defence.kill_switch]\nkind = \"kill_switch\"\ntime = \"30 min\"",
        '[worm.vector.scan]\nrate = "9 /s"\nscope = "internet"  # !',
        'worm.vector.scan.scope = "internet" (a part of the world has not all of its addresses): '
        "use organisation or subnet, or leave out population.countries and population.sectors"),
    "no such country in the world": (
        WORLD.replace('preset = "wannacry"', 'preset = "si"\nwithout = ["scan"]').replace(
            '[defence.kill_switch]\nkind = "kill_switch"\ntime = "30 min"',
            '[worm.vector.stolen]\nkind = "credentials"'),
        "hosts = 1_000_000", 'hosts = 1_000_000\ncountries = ["UA", "XX"]  # !',
        'population.countries = ["UA", "XX"] (the population has no XX): use AD, AE, AF, AG, AI, '
        "AL, AM, AO, AQ, AR, AS, AT, AU, AW, AX, AZ, BA, BB, BD, BE, … (250 in all)"),
    "no such sector in the world": (
        WORLD.replace('preset = "wannacry"', 'preset = "si"\nwithout = ["scan"]').replace(
            '[defence.kill_switch]\nkind = "kill_switch"\ntime = "30 min"',
            '[worm.vector.stolen]\nkind = "credentials"'),
        "hosts = 1_000_000", 'hosts = 1_000_000\nsectors = ["piracy"]  # !',
        'population.sectors = ["piracy"] (the population has no piracy): use home, other, '
        "manufacturing, energy_utilities, retail_services, transport, telecom_it, finance, "
        "government, education, healthcare"),
    "part of the world without a host": (
        WORLD.replace('preset = "wannacry"', 'preset = "si"\nwithout = ["scan"]').replace(
            '[defence.kill_switch]\nkind = "kill_switch"\ntime = "30 min"',
            '[worm.vector.stolen]\nkind = "credentials"'),
        "hosts = 1_000_000", 'hosts = 1_000\ncountries = ["AD"]  # !',
        'population.countries = ["AD"] (none of the modelled hosts is there): use more '
        "population.hosts"),
    "/8 smaller than its blocks": (
        WORLD, "[defence.kill_switch]", '[worm.vector.internet]\nscope = "/8"  # !\n\n'
        "[defence.kill_switch]",
        'worm.vector.internet.scope = "/8" (at 0.000667 modelled hosts per real one it is smaller '
        "than the blocks it holds): use more population.hosts or leave the vector out"),
}


def marked(text: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), start=1) if "# !" in line]


def pattern(line: int, expected: str) -> str:
    return re.escape(f"x.toml:{line}: {expected}\n").replace("<n>", r"[\d.]+")


@pytest.mark.parametrize("name", CASES)
def test_says_where_what_and_what_to_do(annelid: Annelid, name: str):
    scenario, old, new, expected = CASES[name]
    assert scenario.count(old) == 1
    text = scenario.replace(old, new)
    annelid.write(text)
    [line] = marked(text)
    told = annelid.refuses("run", "x.toml")
    assert told == f"x.toml:{line}: {expected}\n" or re.fullmatch(pattern(line, expected), told)


def test_reports_all_faults_at_once(annelid: Annelid):
    text = OWN_WORM + """
[seeds]
hosts = -1  # !
[record]
evry = "1 min"  # !
[defence.switch]
kind = "kill_switch"  # !
time = "never again"  # !
[defence.patches]  # !
kind = "patching"
"""
    text = text.replace('end = "1 h"', "end = 5  # !").replace('"active"', '"nowhere"  # !')
    text = text.replace('rate = "100 /s"', 'rate = "100 /y"  # !')
    annelid.write(text)
    faults = annelid.refuses("run", "x.toml").rstrip("\n").split("\n")
    keys = {int(fault.split(":")[1]): fault.split()[1] for fault in faults}
    assert sorted(keys) == marked(text)
    assert set(keys.values()) == {"time.end", "worm.state.latent.next", "worm.vector.far.rate",
                                  "seeds.hosts", "record.evry", "defence.switch.kind",
                                  "defence.switch.time", "defence.patches.rate"}
    # `check` finds the same.
    assert annelid.refuses("check", "x.toml").rstrip("\n").split("\n") == faults


def test_one_mistake_is_one_message(annelid: Annelid):
    """What cannot be read is not held against the rest."""
    for old, new in {'preset = "wannacry"': 'preset = "nobody"',
                     'kind = "internet"': 'kind = "intranet"',
                     'kind = "kill_switch"': 'kind = "prayer"',
                     'end = "3 h"': 'end = "3 hours"'}.items():
        annelid.write(WORLD.replace(old, new))
        assert annelid.refuses("run", "x.toml").count("\n") == 1


@pytest.mark.parametrize("text, line", [
    ('[time]\nend = "1 h\n', 2),
    ("[time]\nend = 1 h\n", 2),
    ("seed = 1\nseed = 2\n", 2),
    ("[time\n", 1),
    ("[time]\n[time]\n", 2),
    ("seed = “1”\n", 1),
    ("a" + ".a" * 100 + " = 1\n", 1),
    ("seed = " + "[" * 100_000 + "\n", 1),
])
def test_syntax_errors_name_their_line(annelid: Annelid, text: str, line: int):
    annelid.write(text)
    message = annelid.refuses("run", "x.toml")
    assert re.fullmatch(rf"x\.toml:{line}: [^\n]+ \([^\n]+\): [^\n]+\n", message), message


def test_files_that_are_no_scenario(annelid: Annelid):
    assert annelid.refuses("run", "none.toml") == (
        "none.toml (No such file or directory): check the path and its permissions\n")
    assert annelid.refuses("check", ".") == ". (this is a folder): name a .toml file\n"
    (annelid.folder / "x.toml").write_bytes(bytes(range(256)) * 20)
    assert annelid.refuses("run", "x.toml") == (
        "x.toml:2: not valid UTF-8 (TOML is UTF-8): save the file as UTF-8\n")
    (annelid.folder / "x.toml").write_bytes(b"\0" * 1000)
    assert re.fullmatch(r"x\.toml:1: not valid TOML \(.*\): .*\n", annelid.refuses("run", "x.toml"))
    (annelid.folder / "x.toml").write_bytes(b"")
    assert annelid.refuses("run", "x.toml").split("\n")[0] == (
        "x.toml: worm.preset (a worm has a preset or states of its own): write "
        'preset = "si" or add [worm.state.NAME]; see `annelid list worms`')


# What a rank alone must tell for all, in the stages at which it can show.
TOGETHER = [(2, "unknown key"), (3, "unknown preset"), (2, "more seeds than carriers"),
            (3, "scaled seeds too late")]


@needs_mpi
@pytest.mark.parametrize("ranks, name", TOGETHER)
def test_ranks_speak_with_one_voice(annelid: Annelid, ranks: int, name: str):
    scenario, old, new, expected = CASES[name]
    text = scenario.replace(old, new)
    annelid.write(text)
    told = annelid.refuses("run", "x.toml", ranks=ranks)
    assert re.fullmatch(pattern(marked(text)[0], expected), told), told


@needs_mpi
def test_more_ranks_than_hosts(annelid: Annelid):
    annelid.write(FLAT.replace("hosts = 10_000", "hosts = 2").replace("hosts = 5", "hosts = 1"))
    assert annelid.refuses("run", "x.toml", ranks=3) == (
        "x.toml:8: population.hosts = 2 (fewer than the 3 ranks): use fewer ranks or more hosts\n")


@needs_mpi
def test_a_file_that_only_one_rank_can_read(annelid: Annelid):
    """All end where one must, and none waits for it."""
    annelid.write(FLAT)
    annelid.write('if [ "$OMPI_COMM_WORLD_RANK" = 1 ]; then cd ..; fi\nexec "$@"\n', "elsewhere.sh")
    assert annelid.refuses("run", "x.toml", ranks=2, through=("sh", "elsewhere.sh")) == (
        "x.toml (No such file or directory): check the path and its permissions\n")
