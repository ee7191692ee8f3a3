#include "models/populations/organisation_settings.hpp"

#include "models/populations/assumption.hpp"

#include <fmt/format.h>

namespace annelid {

namespace {

constexpr double many = 1e9;

}  // namespace

Fields RoleSettings::fields() {
    return {
        assumption("hosts_per_server", &hosts_per_server, Unit::none,
                   "one host of an organisation in so many is a server; sweep 10 to 50", 2, many),
        assumption("hosts_per_administrator", &hosts_per_administrator, Unit::none,
                   "one in so many is an administrator's; sweep 50 to 500", 2, many),
        assumption("hosts_per_domain_controller", &hosts_per_domain_controller, Unit::none,
                   "a domain has a controller for each so many hosts, one at least; sweep 200 "
                   "to 5000",
                   1, many)};
}

void RoleSettings::apply(OrganisationRules& rules) const {
    rules.servers = {1, hosts_per_server};
    rules.administrators = {1, hosts_per_administrator};
    rules.hosts_per_controller = hosts_per_domain_controller;
}

Fields PartSettings::fields() {
    return {
        assumption("domain_hosts", &domain_hosts, Unit::none,
                   "most hosts of one domain, in whole subnets; larger organisations have several",
                   1, many),
        assumption("domain_from", &domain_from, Unit::none,
                   "fewest hosts of a domain; 0: there are no domains; sweep 5 to 50", 0, many),
        assumption("segment_hosts", &segment_hosts, Unit::none,
                   "most hosts of one segment, in whole subnets; 0: organisations are flat", 0,
                   many),
        assumption("segment_openness", &segment_openness, Unit::share,
                   "share of the ordered pairs of segments whose hosts may talk", 0, 1),
        Field{"segment_servers_open", &segment_servers_open, Unit::none,
              "servers are reached from every segment", "assumption"}};
}

KeyFaults PartSettings::faults(std::int64_t subnet_hosts) const {
    KeyFaults out;
    const auto check = [&](const char* key, std::int64_t hosts) {
        if (hosts < subnet_hosts) {
            out.push_back(
                {key, fmt::format("smaller than a subnet, which has up to {} hosts", subnet_hosts),
                 fmt::format("use {} or more", subnet_hosts)});
        }
    };
    check("domain_hosts", domain_hosts);
    if (segment_hosts > 0) {
        check("segment_hosts", segment_hosts);
    }
    return out;
}

void PartSettings::apply(OrganisationRules& rules) const {
    rules.domain_hosts = domain_hosts;
    rules.domain_from = domain_from;
    rules.segment_hosts = segment_hosts;
    rules.segment_openness = segment_openness;
    rules.segment_servers_open = segment_servers_open;
}

}  // namespace annelid
