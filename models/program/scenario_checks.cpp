#include "models/program/scenario_checks.hpp"

#include "engine/scenario/distribution_faults.hpp"
#include "models/populations/place_names.hpp"

#include <algorithm>

namespace annelid {

namespace {

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

/// Whether a kill switch can stop anything. A worm that there is not is a fault of its own.
void check_inert(const Section& section, const KillSwitchSettings& settings,
                 const std::vector<Worm>& worms) {
    bool is_one = settings.worm.empty(), can_stop = false;
    for (const Worm& worm : worms) {
        if (settings.worm.empty() || worm.name == settings.worm) {
            is_one = true;
            can_stop = can_stop || !worm.lifecycle.inert.empty();
        }
    }
    if (is_one && !can_stop) {
        section.fault("kind", "the worm has no inert state",
                      "set worm.inert, or leave the defence out");
    }
}

/// What a defence can name.
DefenceNames names_in(const Scenario& scenario) {
    DefenceNames names{countries_of(scenario), sectors_of(scenario)};
    for (const Worm& worm : scenario.worms) {
        names.worms.push_back(worm.name);
        for (const auto& vector : worm.vectors) {
            names.vectors.push_back(vector.name);
        }
    }
    for (const auto& defence : scenario.defences) {
        names.defences.push_back(defence.name);
    }
    return names;
}

}  // namespace

void report(const Section& section, const KeyFaults& faults) {
    for (const KeyFault& fault : faults) {
        section.fault(fault.key, fault.why, fault.advice);
    }
}

std::vector<std::string> countries_of(const Scenario& scenario) {
    if (const auto* internet = std::get_if<InternetSettings>(&scenario.population)) {
        std::vector<std::string> out;
        for (const auto& country : scenario.tables.countries) {
            out.push_back(country.code);
        }
        return kept(out, internet->countries);
    }
    const std::vector<std::string>& named = scenario.labels.countries;
    return named.empty() ? country_codes(made(scenario)) : named;
}

std::vector<std::string> sectors_of(const Scenario& scenario) {
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

void check_hours(const Section& root, const Scenario& scenario) {
    if (!scenario.hours) {
        return;
    }
    const Section hours = root.child("hours");
    report(hours, scenario.hours->faults(countries_of(scenario)));
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

void check_defences(const Section& defence, const Scenario& scenario, bool has_worms,
                    bool has_population) {
    if (!has_worms || !has_population) {
        return;
    }
    const DefenceNames names = names_in(scenario);
    for (const auto& named : scenario.defences) {
        const Section here = defence.child(named.name);
        if (const auto* kill_switch = std::get_if<KillSwitchSettings>(&named.settings)) {
            check_inert(here, *kill_switch, scenario.worms);
        }
        if (named.fits) {
            report(here,
                   std::visit([&](const auto& s) { return s.faults(names); }, named.settings));
        }
    }
}

void check_service(const Section& root, const Scenario& scenario) {
    if (!scenario.service) {
        return;
    }
    const Section service = root.child("service");
    report(service, scenario.service->faults());
    for (const DependencySettings& dependency : scenario.service->dependencies) {
        report(service.child("dependency").child(dependency.name),
               dependency.faults(sectors_of(scenario)));
    }
    const auto disrupts = [](const Worm& worm) {
        return std::ranges::any_of(worm.lifecycle.states, &StateSpec::disrupted);
    };
    if (std::ranges::none_of(scenario.worms, disrupts)) {
        service.fault("", "no worm has a disrupted state, so nothing goes out of service",
                      "set disrupted = true in one, or leave the table out");
    }
}

bool check_distribution(const Section& section, const std::string& key,
                        const DistributionSpec& spec) {
    KeyFaults faults;
    check_drawn(key, spec, faults);
    report(section, faults);
    return faults.empty();
}

}  // namespace annelid
