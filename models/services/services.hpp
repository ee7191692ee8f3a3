// Table [service]: when an organisation is out of service, and which sectors need which
// (equations: engine/spread/services.hpp and cascades.hpp). Without the table nothing is kept.
//
// All values are assumptions [A]: how many lost hosts an organisation can bear, and for how long a
// sector can do without another, is not known to us in numbers that could be cited.
#pragma once

#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/services.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace annelid {

/// [service.dependency.NAME]
struct DependencySettings {
    std::string name;
    std::string on;
    std::vector<std::string> of = {};  ///< empty: every other sector
    double share = 0.5;
    TimeUs backup = 0;

    Fields fields();
    /// `sectors`: those of the population.
    KeyFaults faults(const std::vector<std::string>& sectors) const;
};

struct ServiceSettings {
    double threshold = 0.5;
    std::int64_t workstation_weight = 1;
    std::int64_t server_weight = 5;
    std::int64_t administrator_weight = 2;
    std::int64_t domain_controller_weight = 20;
    std::vector<DependencySettings> dependencies;  ///< sorted by name

    Fields fields();
    /// Of its own keys; those of a dependency are the dependency's.
    KeyFaults faults() const;
};

/// Throws InputError where the settings have faults in this population.
ServiceRules make_service_rules(const ServiceSettings& settings, const Population& population);

}  // namespace annelid
