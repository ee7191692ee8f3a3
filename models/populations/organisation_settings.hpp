// What the organisations of a population are like inside: roles, domains and segments
// (engine/hosts/organisation.hpp says where they lie). One table of keys for all populations.
//
// All values are assumptions [A]: no census of roles is known to us.
#pragma once

#include "engine/hosts/organisation.hpp"
#include "engine/scenario/fields.hpp"

namespace annelid {

/// How many hosts have a role; a population of one organisation states numbers instead.
struct RoleSettings {
    std::int64_t hosts_per_server = 20;
    std::int64_t hosts_per_administrator = 100;
    std::int64_t hosts_per_domain_controller = 2'000;

    Fields fields();
    void apply(OrganisationRules& rules) const;
};

struct PartSettings {
    std::int64_t domain_hosts = 10'000;
    std::int64_t domain_from = 10;
    std::int64_t segment_hosts = 0;
    double segment_openness = 0;
    bool segment_servers_open = true;

    Fields fields();
    /// A domain or segment that is smaller than a subnet.
    KeyFaults faults(std::int64_t subnet_hosts) const;
    void apply(OrganisationRules& rules) const;
};

}  // namespace annelid
