#include "models/services/services.hpp"

#include "models/populations/assumption.hpp"
#include "models/populations/place_names.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace annelid {

namespace {

constexpr const char* home = "home";
constexpr double most_weight = 1e6;

/// To the nearest millionth.
std::int64_t to_ppm(double share) {
    return std::llround(share * static_cast<double>(parts_per_million));
}

/// More than all cannot be out.
void check_below_all(const char* key, double share, KeyFaults& out) {
    if (to_ppm(share) >= parts_per_million) {
        out.push_back(
            {key, "more than this share has to be out, and never is", "use 0.99 or less"});
    }
}

std::size_t number_of(const std::string& sector, const std::vector<std::string>& sectors) {
    return static_cast<std::size_t>(std::find(sectors.begin(), sectors.end(), sector) -
                                    sectors.begin());
}

/// The sectors that it fails: those named, or all others that have organisations.
std::vector<std::size_t> dependents(const DependencySettings& settings,
                                    const std::vector<std::string>& sectors) {
    const std::vector<bool> named = chosen_places(settings.of, sectors);
    std::vector<std::size_t> out;
    for (std::size_t s = 0; s < sectors.size(); ++s) {
        if (named[s] && sectors[s] != settings.on && sectors[s] != home) {
            out.push_back(s);
        }
    }
    return out;
}

}  // namespace

Fields DependencySettings::fields() {
    Field on_field{"on", &on, Unit::none, "the sector that others need"};
    on_field.required = true;
    return {
        on_field,
        Field{"of", &of, Unit::none, "the sectors that need it; empty: every other one but home"},
        assumption("share", &share, Unit::share,
                   "it fails in a country while more than this share of it is out there, by the "
                   "hosts of its organisations; sweep 0.1 to 0.9",
                   0, 1),
        assumption("backup", &backup, Unit::duration,
                   "for how long the others go on without it; sweep 0 to 3 d", 0, 36525 * 86400.0)};
}

KeyFaults DependencySettings::faults(const std::vector<std::string>& sectors) const {
    KeyFaults out;
    const auto check = [&](const std::string& key, const std::vector<std::string>& named) {
        if (std::find(named.begin(), named.end(), home) != named.end()) {
            out.push_back({key, "households are no organisations", "name other sectors"});
        } else {
            check_places(key, named, sectors, out);
        }
    };
    check("on", {on});
    check("of", of);
    if (std::find(of.begin(), of.end(), on) != of.end()) {
        out.push_back({"of", "a sector does not wait for itself", "leave `on` out of it"});
    } else if (out.empty() && dependents(*this, sectors).empty()) {
        out.push_back({"on", "no other sector is there to need it", "leave the dependency out"});
    }
    check_below_all("share", share, out);
    return out;
}

Fields ServiceSettings::fields() {
    return {assumption("threshold", &threshold, Unit::share,
                       "an organisation is out of service while more than this share of its hosts "
                       "is disrupted, by their weights; sweep 0.1 to 0.9",
                       0, 1),
            assumption("workstation_weight", &workstation_weight, Unit::none,
                       "weight of a host without a role", 1, most_weight),
            assumption("server_weight", &server_weight, Unit::none,
                       "of a server; the largest counts where a host has several roles; sweep 1 to "
                       "50",
                       1, most_weight),
            assumption("administrator_weight", &administrator_weight, Unit::none,
                       "of an administrator's workstation; sweep 1 to 10", 1, most_weight),
            assumption("domain_controller_weight", &domain_controller_weight, Unit::none,
                       "of a domain controller; sweep 1 to 200", 1, most_weight)};
}

KeyFaults ServiceSettings::faults() const {
    KeyFaults out;
    check_below_all("threshold", threshold, out);
    return out;
}

ServiceRules make_service_rules(const ServiceSettings& settings, const Population& population) {
    const std::vector<std::string>& sectors = population.sectors();
    refuse("service", settings.faults());
    ServiceRules out;
    out.threshold_ppm = to_ppm(settings.threshold);
    out.weights = {settings.workstation_weight, settings.server_weight,
                   settings.administrator_weight, settings.domain_controller_weight};
    for (const DependencySettings& dependency : settings.dependencies) {
        refuse("service.dependency." + dependency.name, dependency.faults(sectors));
        out.dependencies.push_back({dependency.name, number_of(dependency.on, sectors),
                                    dependents(dependency, sectors), to_ppm(dependency.share),
                                    dependency.backup});
    }
    return out;
}

}  // namespace annelid
