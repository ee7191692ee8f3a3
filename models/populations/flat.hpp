// Population `flat`: N equal hosts, spread evenly over all 2^32 addresses. For theory: every host
// carries every trait, so any worm runs on it; roles go by a host's place in its organisation. It
// is never scaled.
#pragma once

#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"
#include "models/populations/organisation_settings.hpp"

namespace annelid {

struct FlatSettings {
    std::string kind = "flat";
    std::int64_t hosts = 100'000;
    std::int64_t organisation_hosts = 1;
    std::int64_t subnet_hosts = 254;
    RoleSettings roles;
    PartSettings parts;

    Fields fields();
    KeyFaults faults() const { return parts.faults(subnet_hosts); }
};

/// `seed` is the world's.
Population make_flat(const FlatSettings& settings, Seed seed = {});
/// The same for those who change some of it.
Population::Parts flat_parts(const FlatSettings& settings, Seed seed = {});

}  // namespace annelid
