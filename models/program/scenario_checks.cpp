#include "models/program/scenario_checks.hpp"

#include "engine/scenario/text.hpp"
#include "models/populations/place_names.hpp"

#include <algorithm>
#include <stdexcept>

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

/// Of a population without tables, which is soon made.
Population made(const Scenario& scenario) {
    const auto* enterprise = std::get_if<EnterprisePopulationSettings>(&scenario.population);
    return enterprise != nullptr ? make_enterprise_population(*enterprise, {}) : make_flat({});
}

std::vector<std::string> kept(const std::vector<std::string>& all,
                              const std::vector<std::string>& named) {
    const std::vector<bool> chosen = chosen_places(named, all);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (chosen[i]) {
            out.push_back(all[i]);
        }
    }
    return out;
}

std::vector<std::string> country_codes(const Scenario& scenario) {
    if (const auto* internet = std::get_if<InternetSettings>(&scenario.population)) {
        std::vector<std::string> out;
        for (const auto& country : scenario.tables.countries) {
            out.push_back(country.code);
        }
        return kept(out, internet->countries);
    }
    const std::vector<std::string>& named = scenario.labels.countries;
    return named.empty() ? annelid::country_codes(made(scenario)) : named;
}

std::vector<std::string> sector_names(const Scenario& scenario) {
    if (const auto* internet = std::get_if<InternetSettings>(&scenario.population)) {
        std::vector<std::string> out;
        for (const auto& sector : scenario.tables.sectors) {
            out.push_back(sector.name);
        }
        return kept(out, internet->sectors);
    }
    const std::vector<std::string>& named = scenario.labels.sectors;
    return named.empty() ? made(scenario).sectors() : named;
}

void report(const Section& section, const KeyFaults& faults) {
    for (const KeyFault& fault : faults) {
        section.fault(fault.key, fault.why, fault.advice);
    }
}

bool follows(const Named<VectorSettings>& vector) {
    const auto* scan = std::get_if<ScanSettings>(&vector.settings);
    return scan != nullptr && !scan->follows.empty();
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

void check_population(const Section& section, const Scenario& scenario) {
    if (const auto* internet = std::get_if<InternetSettings>(&scenario.population)) {
        report(section, internet->faults(scenario.tables));
    } else if (const auto* flat = std::get_if<FlatSettings>(&scenario.population)) {
        report(section, flat->faults());
    } else if (const auto* enterprise =
                   std::get_if<EnterprisePopulationSettings>(&scenario.population)) {
        report(section, enterprise->faults());
    }
}

bool restricts_world(const Scenario& scenario) {
    const auto* internet = std::get_if<InternetSettings>(&scenario.population);
    return internet != nullptr && internet->restricts();
}

void check_scopes(const Section& worm, const Scenario& scenario) {
    double address_scale = 1;
    double flat_hosts = 0;
    if (const auto* internet = std::get_if<InternetSettings>(&scenario.population)) {
        address_scale = static_cast<double>(internet->hosts) / internet->real_hosts;
    } else {
        flat_hosts = static_cast<double>(stated_hosts(scenario));
    }
    for (const auto& vector : scenario.worm.vectors) {
        const Section here = worm.child("vector").child(vector.name);
        const auto* vendor = std::get_if<SupplyChainSettings>(&vector.settings);
        if (vector.fits && vendor != nullptr) {
            report(here, vendor->faults(country_codes(scenario), sector_names(scenario)));
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

void check_seeds(const Section& seeds, const Scenario& scenario) {
    const auto& vectors = scenario.worm.vectors;
    if (!scenario.seeds_vector.empty() &&
        std::none_of(vectors.begin(), vectors.end(),
                     [&](const auto& v) { return v.name == scenario.seeds_vector; })) {
        seeds.fault("vector", "the worm has no such vector", "name one of its vectors");
    }
    if (scenario.seeds == 0 && std::none_of(vectors.begin(), vectors.end(), [](const auto& v) {
            return !v.fits || std::holds_alternative<SupplyChainSettings>(v.settings);
        })) {
        seeds.fault("hosts", "nothing would ever happen",
                    "use at least 1, or give the worm a vector of kind supply_chain");
    } else if (scenario.seeds == 0 &&
               std::any_of(vectors.begin(), vectors.end(), [](const auto& v) {
                   const auto* scan = std::get_if<ScanSettings>(&v.settings);
                   return scan != nullptr && scan->strategy == "divide_and_conquer";
               })) {
        seeds.fault("hosts", "nobody has addresses to divide and conquer",
                    "use at least 1, or another strategy");
    }
}

void check_hours(const Section& root, const Scenario& scenario) {
    if (!scenario.hours) {
        return;
    }
    const Section hours = root.child("hours");
    report(hours, scenario.hours->faults(country_codes(scenario)));
    for (const RoleHours& role : scenario.hours->roles) {
        report(hours.child("role").child(role.name), role.faults());
    }
}

std::int64_t stated_hosts(const Scenario& scenario) {
    if (restricts_world(scenario)) {
        return 0;
    }
    return std::visit([](const auto& population) { return population.hosts; }, scenario.population);
}

void check_defences(const Section& defence, const Scenario& scenario, bool has_worm,
                    bool has_population) {
    for (const auto& named : scenario.defences) {
        const Section here = defence.child(named.name);
        if (std::holds_alternative<KillSwitchSettings>(named.settings)) {
            if (has_worm && scenario.worm.lifecycle.inert.empty()) {
                here.fault("kind", "the worm has no inert state",
                           "set worm.inert, or leave the defence out");
            }
        } else if (named.fits && has_population) {
            const auto& patching = std::get<PatchingSettings>(named.settings);
            report(here, patching.faults(country_codes(scenario), sector_names(scenario)));
        }
    }
}

bool check_distribution(const Section& section, const std::string& key,
                        const DistributionSpec& spec) {
    try {
        const Distribution drawn_from(spec);
        return true;
    } catch (const std::invalid_argument& fault) {
        // "gamma distribution: shape = 0 (must be …): advice"
        std::string why = fault.what();
        const std::size_t end = std::min(why.rfind("): "), why.size());
        const std::string advice = end < why.size() ? why.substr(end + 3) : "correct it";
        why.resize(end);
        if (const std::size_t open = why.find(" ("); open != std::string::npos) {
            why.replace(open, 2, " ");
        }
        section.fault(key, why, advice);
        return false;
    }
}

}  // namespace annelid
