// Population `enterprise`: one organisation, with so many hosts of each role as a scenario states.
//
// Servers, administrators and domain controllers lie where engine/hosts/organisation.hpp says,
// spread evenly. `unpatched_hosts` of the hosts lack the update, exactly: those that come first in
// a keyed permutation, so that a larger number contains a smaller one; or each with probability
// `unpatched`. All run windows_7 and are outbound, none is exposed. It is never scaled. Its
// addresses are all 2^32, as in population flat.
#pragma once

#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"
#include "models/populations/organisation_settings.hpp"

#include <string>

namespace annelid {

struct EnterprisePopulationSettings {
    std::string kind = "enterprise";
    std::int64_t hosts = 1000;
    std::int64_t servers = 50;
    std::int64_t administrators = 10;
    std::int64_t domain_controllers = 1;
    double unpatched = 0.35;
    std::int64_t unpatched_hosts = -1;  ///< -1: by the share
    std::int64_t subnet_hosts = 254;
    std::string country = "--";
    std::string sector = "none";
    PartSettings parts;

    Fields fields();
    KeyFaults faults() const;
};

/// `seed` is the world's.
Population make_enterprise_population(const EnterprisePopulationSettings& settings, Seed seed);

}  // namespace annelid
