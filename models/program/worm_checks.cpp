// Faults of worms, and of their vectors in the world that a scenario has.
#include "engine/scenario/text.hpp"
#include "engine/spread/worm.hpp"
#include "models/program/scenario_checks.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace annelid {

namespace {

/// States and vectors of a run are numbered by one byte.
constexpr std::size_t most_names = 250;

const StateSpec* find_state(const LifecycleSpec& spec, const std::string& name) {
    const auto found = std::find_if(spec.states.begin(), spec.states.end(),
                                    [&](const StateSpec& s) { return s.name == name; });
    return found == spec.states.end() ? nullptr : &*found;
}

/// Adds a fault where `name` is no state.
void require_state(const Section& section, const char* key, const std::string& name,
                   const LifecycleSpec& spec) {
    if (find_state(spec, name) == nullptr) {
        std::string names;
        for (const StateSpec& state : spec.states) {
            names += (names.empty() ? "" : ", ") + state.name;
        }
        section.fault(key, fmt::format("there is no state {}", in_quotes(name)),
                      "name one of " + names);
    }
}

void check_state(const Section& section, const StateSpec& state, const LifecycleSpec& spec) {
    if (state.name == "immune") {
        section.fault("", "the engine has a state of that name", "use another name");
    }
    if (state.name == spec.susceptible) {
        const auto forbid = [&](const char* key, bool is_set) {
            if (is_set) {
                section.fault(key, "a susceptible host waits until a worm reaches it",
                              "give the state no flags and no `next`");
            }
        };
        forbid("infected", state.infected);
        forbid("infectious", state.infectious);
        forbid("disrupted", state.disrupted);
        forbid("next", !state.next.empty());
        return;
    }
    if (state.next.empty()) {
        if (section.has("dwell")) {
            section.fault("dwell", "a state without `next` is never left", "add `next`");
        }
        return;
    }
    require_state(section, "next", state.next, spec);
    if (!section.has("dwell")) {
        section.fault("next", "a state that ends needs a dwell time", "add dwell = \"10 min\"");
    }
}

/// The time in which a host is back in `start` without being infected anew; never if it is not.
double round_trip_s(const LifecycleSpec& spec, const StateSpec& start) {
    double time_s = 0;
    const StateSpec* state = &start;
    for (std::size_t i = 0; i < spec.states.size() && state != nullptr; ++i) {
        if (state->next.empty() || state->name == spec.susceptible) {
            break;
        }
        time_s += Distribution(state->dwell).mean();
        if (state->next == start.name) {
            return time_s;
        }
        state = find_state(spec, state->next);
    }
    return to_seconds(never);
}

bool follows(const Named<VectorSettings>& vector) {
    const auto* scan = std::get_if<ScanSettings>(&vector.settings);
    return scan != nullptr && !scan->follows.empty();
}

void check_scopes(const Section& section, const Worm& worm, const Scenario& scenario) {
    double address_scale = 1;
    double flat_hosts = 0;
    if (const auto* internet = std::get_if<InternetSettings>(&scenario.population)) {
        address_scale = static_cast<double>(internet->hosts) / internet->real_hosts;
    } else {
        flat_hosts = static_cast<double>(stated_hosts(scenario));
    }
    for (const auto& vector : worm.vectors) {
        const Section here = section.child("vector").child(vector.name);
        const auto* vendor = std::get_if<SupplyChainSettings>(&vector.settings);
        if (vector.fits && vendor != nullptr) {
            report(here, vendor->faults(countries_of(scenario), sectors_of(scenario)));
        }
        if (vector.fits && std::holds_alternative<ScanSettings>(vector.settings)) {
            const auto& scan = std::get<ScanSettings>(vector.settings);
            report(here, scan.faults(address_scale));
            if (scenario.labels.scattered() && scan.needs_addresses()) {
                here.fault("scope",
                           "the hosts of population.attributes have countries, but no "
                           "addresses there",
                           "use internet, organisation or subnet, or leave column country out");
            }
            if (restricts_world(scenario) && scan.scope != "organisation" &&
                scan.scope != "subnet") {
                here.fault("scope", "a part of the world has not all of its addresses",
                           "use organisation or subnet, or leave out population.countries and "
                           "population.sectors");
            }
            if (scan.scope == "internet" && static_cast<double>(scan.addresses) < flat_hosts) {
                here.fault("addresses", "fewer addresses than population.hosts",
                           "use more addresses");
            }
        }
    }
}

}  // namespace

void check_states(const Section& worm, const LifecycleSpec& spec, const std::vector<bool>& fits) {
    require_state(worm, "susceptible", spec.susceptible, spec);
    require_state(worm, "entry", spec.entry, spec);
    if (spec.entry == spec.susceptible) {
        worm.fault("entry", "an infected host must leave the susceptible state",
                   "name another state");
    }
    if (!spec.inert.empty()) {
        require_state(worm, "inert", spec.inert, spec);
    }
    bool all_fit = true;
    for (std::size_t i = 0; i < spec.states.size(); ++i) {
        const Section section = worm.child("state").child(spec.states[i].name);
        if (fits[i]) {
            check_state(section, spec.states[i], spec);
        }
        all_fit = all_fit && fits[i];
    }
    for (std::size_t i = 0; all_fit && i < spec.states.size(); ++i) {
        if (round_trip_s(spec, spec.states[i]) < 1.0 / us_per_s) {
            worm.child("state")
                .child(spec.states[i].name)
                .fault("next", "the states go round in a circle that takes no time",
                       "use longer dwell times");
            break;
        }
    }
    if (spec.states.size() > most_names) {
        worm.fault("state", fmt::format("at most {} states are possible", most_names),
                   "merge some");
    }
}

void check_vectors(const Section& worm, const std::vector<Named<VectorSettings>>& vectors) {
    if (vectors.empty() || vectors.size() > most_names) {
        worm.fault("vector", fmt::format("a worm has 1 to {} vectors", most_names),
                   "add [worm.vector.NAME]");
    }
    for (const auto& vector : vectors) {
        const Section here = worm.child("vector").child(vector.name);
        if (vector.name == "seed") {
            here.fault("", "the hosts that an outbreak starts with have that name",
                       "use another name");
        }
        const auto* settings = std::get_if<ScanSettings>(&vector.settings);
        if (settings == nullptr || settings->follows.empty() || !vector.fits) {
            continue;
        }
        const ScanSettings& scan = *settings;
        const auto other = std::find_if(vectors.begin(), vectors.end(),
                                        [&](const auto& v) { return v.name == scan.follows; });
        if (other == vectors.end() || other->name == vector.name) {
            here.fault("follows", "there is no other vector of that name",
                       "name one of the worm's");
        } else if (std::holds_alternative<SupplyChainSettings>(other->settings)) {
            here.fault("follows", "no host makes the attempts of a supply_chain, so none can sweep",
                       "name a vector of another kind");
        } else if (follows(*other)) {
            here.fault("follows", "it names a vector that follows another itself",
                       "name one that starts when a host turns infectious");
        } else if (scan.strategy != "sweep") {
            here.fault(here.has("strategy") ? "strategy" : "follows",
                       "a vector that follows another sweeps around the target",
                       "use strategy = \"sweep\"");
        } else if (scan.scope == "subnet" || scan.scope == "organisation") {
            // The target's neighbours may be on another rank, which alone knows their traits.
            here.fault("scope", "a vector that follows another sweeps a block of addresses",
                       "use /16 or /24");
        }
    }
}

Section worm_section(const Section& root, const Scenario& scenario, const Worm& worm) {
    const Section all = root.child("worm");
    return scenario.worms_named ? all.child(worm.name) : all;
}

void check_worms(const Section& worms, const Scenario& scenario) {
    if (scenario.worms.empty() || scenario.worms.size() > most_worms) {
        worms.fault("", fmt::format("a run has 1 to {} worms", most_worms), "write fewer [[worm]]");
    }
    std::set<std::string> states, vectors;
    for (const Worm& worm : scenario.worms) {
        const Section here = scenario.worms_named ? worms.child(worm.name) : worms;
        if (worm.name.find('/') != std::string::npos) {
            here.fault("name", "names of draws are made with it and a slash", "leave the / out");
        }
        for (const StateSpec& state : worm.lifecycle.states) {
            states.insert(state.name);
        }
        for (const auto& vector : worm.vectors) {
            vectors.insert(vector.name);
            const bool removable = std::any_of(
                scenario.worms.begin(), scenario.worms.end(),
                [&](const Worm& other) { return &other != &worm && other.meeting == "immunise"; });
            const auto* scan = std::get_if<ScanSettings>(&vector.settings);
            if (removable && scan != nullptr && scan->total_rate_limit > 0) {
                here.child("vector")
                    .child(vector.name)
                    .fault("total_rate_limit", "sources that another worm frees would count on",
                           "leave it out, or use meeting = \"exclude\" for the other worm");
            }
        }
    }
    // One more of each: `immune` and the seeds.
    if (scenario.worms.size() > 1 && std::max(states.size(), vectors.size()) > most_names) {
        worms.fault("",
                    fmt::format("all worms together have more than {} names of states or "
                                "vectors",
                                most_names),
                    "use the same names for the same things");
    }
}

void check_scopes(const Section& root, const Scenario& scenario) {
    for (const Worm& worm : scenario.worms) {
        check_scopes(worm_section(root, scenario, worm), worm, scenario);
    }
}

void check_seeds(const Section& seeds, const Worm& worm) {
    const auto& vectors = worm.vectors;
    if (!worm.seeds.vector.empty() &&
        std::none_of(vectors.begin(), vectors.end(),
                     [&](const auto& v) { return v.name == worm.seeds.vector; })) {
        seeds.fault("vector", "the worm has no such vector", "name one of its vectors");
    }
    if (worm.seeds.hosts == 0 && std::none_of(vectors.begin(), vectors.end(), [](const auto& v) {
            return !v.fits || std::holds_alternative<SupplyChainSettings>(v.settings);
        })) {
        seeds.fault("hosts", "nothing would ever happen",
                    "use at least 1, or give the worm a vector of kind supply_chain");
    } else if (worm.seeds.hosts == 0 &&
               std::any_of(vectors.begin(), vectors.end(), [](const auto& v) {
                   const auto* scan = std::get_if<ScanSettings>(&v.settings);
                   return scan != nullptr && scan->strategy == "divide_and_conquer";
               })) {
        seeds.fault("hosts", "nobody has addresses to divide and conquer",
                    "use at least 1, or another strategy");
    }
}

}  // namespace annelid
