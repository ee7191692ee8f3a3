// How an organisation is laid out: its subnets, segments and domains, and who has which role.
//
// Everything follows from the place of a host among those of its organisation, so nothing is
// stored:
//   subnets               s hosts in ceil(s / subnet_hosts) of equal size, give or take one host
//   segments, domains     groups of neighbouring subnets, as few as hold no more than so many hosts
//   servers               the first of every so many hosts
//   administrators        the last of every so many
//   domain controllers    the last servers of a domain; its first host where it has no server
// An organisation of one host has no roles.
#pragma once

#include "engine/hosts/host_range.hpp"
#include "engine/hosts/traits.hpp"

#include <cstdint>
#include <span>

namespace annelid {

/// `part` of every `whole` hosts.
struct Spacing {
    std::int64_t part = 0, whole = 1;
};

/// What all organisations of a population have in common. By default they have no roles, no domain
/// and one segment.
struct OrganisationRules {
    Spacing servers, administrators;
    std::int64_t domain_hosts = 1;          ///< most hosts of one domain (a subnet at least)
    std::int64_t domain_from = 0;           ///< fewest hosts of a domain; 0: there are none
    std::int64_t controllers = 1;           ///< of a domain, at least
    std::int64_t hosts_per_controller = 0;  ///< a controller more for each so many; 0: no more
    std::int64_t segment_hosts = 0;    ///< most hosts of one segment (a subnet at least); 0: one
    double segment_openness = 0;       ///< share of the ordered pairs of segments that may talk
    bool segment_servers_open = true;  ///< servers are reached from every segment
};

class Organisation {
  public:
    Organisation(const HostRange& hosts, std::int64_t subnet_hosts, const OrganisationRules& rules)
        : hosts_(hosts), subnet_hosts_(subnet_hosts), rules_(rules) {}

    const HostRange& hosts() const { return hosts_; }
    std::int64_t size() const { return hosts_.size(); }

    std::int64_t num_subnets() const { return ceil_div(size(), subnet_hosts_); }
    std::int64_t subnet_number(HostId host) const {
        return times(place(host), num_subnets(), size());
    }
    HostRange subnet(std::int64_t number) const { return subnets(number, number + 1); }
    HostRange subnet_of(HostId host) const { return subnet(subnet_number(host)); }

    std::int64_t num_segments() const {
        return rules_.segment_hosts == 0 ? 1 : num_groups(rules_.segment_hosts);
    }
    std::int64_t segment_number(HostId host) const { return group_number(host, num_segments()); }
    HostRange segment_of(HostId host) const { return group_of(host, num_segments()); }

    /// Empty where the host is in no domain.
    HostRange domain_of(HostId host) const;
    /// The controllers of such a domain are controller(domain, 0 … num_controllers(domain) - 1).
    std::int64_t num_controllers(const HostRange& domain) const;
    HostId controller(const HostRange& domain, std::int64_t number) const;

    std::int64_t num_servers() const { return servers_before(hosts_.last); }
    /// Servers among the hosts before this one.
    std::int64_t servers_before(HostId host) const {
        return has_roles() ? ceil_div(Wide{place(host)} * rules_.servers.part, rules_.servers.whole)
                           : 0;
    }
    HostId server(std::int64_t number) const {
        return at(times(number, rules_.servers.whole, rules_.servers.part));
    }
    bool is_server(HostId host) const {
        return servers_before({host.value + 1}) > servers_before(host);
    }

    std::int64_t num_administrators() const { return administrators_before(hosts_.last); }
    std::int64_t administrators_before(HostId host) const {
        return has_roles()
                   ? times(place(host), rules_.administrators.part, rules_.administrators.whole)
                   : 0;
    }
    HostId administrator(std::int64_t number) const {
        return at(
            ceil_div(Wide{number + 1} * rules_.administrators.whole, rules_.administrators.part) -
            1);
    }
    bool is_administrator(HostId host) const {
        return administrators_before({host.value + 1}) > administrators_before(host);
    }

    /// Adds the roles of those among the hosts first, first + 1, … that are its own.
    void add_roles(HostId first, std::span<Traits> traits) const;

  private:
    using Wide = __int128;  // products of two numbers of hosts
    static std::int64_t ceil_div(Wide a, Wide b) {
        return static_cast<std::int64_t>((a + b - 1) / b);
    }
    static std::int64_t times(Wide a, Wide b, Wide over) {
        return static_cast<std::int64_t>(a * b / over);
    }
    bool has_roles() const { return size() > 1; }
    std::int64_t place(HostId host) const { return host.value - hosts_.first.value; }
    HostId at(std::int64_t place) const { return {hosts_.first.value + place}; }
    HostRange subnets(std::int64_t first, std::int64_t last) const {
        return {at(ceil_div(Wide{first} * size(), num_subnets())),
                at(ceil_div(Wide{last} * size(), num_subnets()))};
    }
    std::int64_t num_groups(std::int64_t most_hosts) const;
    std::int64_t group_number(HostId host, std::int64_t groups) const {
        return times(subnet_number(host), groups, num_subnets());
    }
    HostRange group_of(HostId host, std::int64_t groups) const;

    HostRange hosts_;
    std::int64_t subnet_hosts_;
    const OrganisationRules& rules_;
};

}  // namespace annelid
