#include "engine/hosts/organisation.hpp"

#include <algorithm>

namespace annelid {

std::int64_t Organisation::num_groups(std::int64_t most_hosts) const {
    const std::int64_t largest_subnet = ceil_div(size(), num_subnets());
    return ceil_div(num_subnets(), std::max<std::int64_t>(1, most_hosts / largest_subnet));
}

HostRange Organisation::group_of(HostId host, std::int64_t groups) const {
    const std::int64_t number = group_number(host, groups);
    return subnets(ceil_div(Wide{number} * num_subnets(), groups),
                   ceil_div(Wide{number + 1} * num_subnets(), groups));
}

HostRange Organisation::domain_of(HostId host) const {
    const HostRange none{hosts_.first, hosts_.first};
    if (rules_.domain_from == 0 || size() < std::max<std::int64_t>(2, rules_.domain_from)) {
        return none;
    }
    const HostRange domain = group_of(host, num_groups(rules_.domain_hosts));
    return domain.size() >= rules_.domain_from ? domain : none;
}

std::int64_t Organisation::num_controllers(const HostRange& domain) const {
    if (domain.size() == 0) {
        return 0;
    }
    const std::int64_t by_size =
        rules_.hosts_per_controller > 0 ? ceil_div(domain.size(), rules_.hosts_per_controller) : 0;
    const std::int64_t servers = servers_before(domain.last) - servers_before(domain.first);
    return std::max<std::int64_t>(1, std::min(servers, std::max(rules_.controllers, by_size)));
}

HostId Organisation::controller(const HostRange& domain, std::int64_t number) const {
    const std::int64_t last = servers_before(domain.last);
    if (last == servers_before(domain.first)) {
        return domain.first;
    }
    return server(last - num_controllers(domain) + number);
}

void Organisation::add_roles(HostId first, std::span<Traits> traits) const {
    const HostId begin = std::max(first, hosts_.first);
    const HostId end = std::min(HostId{first.value + std::ssize(traits)}, hosts_.last);
    const auto mark = [&](HostId host, Traits role) {
        if (begin <= host && host < end) {
            traits[static_cast<std::size_t>(host.value - first.value)] |= role;
        }
    };
    if (!has_roles() || begin >= end) {
        return;
    }
    for (std::int64_t i = servers_before(begin); i < servers_before(end); ++i) {
        mark(server(i), trait_server);
    }
    for (std::int64_t i = administrators_before(begin); i < administrators_before(end); ++i) {
        mark(administrator(i), trait_administrator);
    }
    const std::int64_t groups = num_groups(rules_.domain_hosts);
    for (HostId host = begin; rules_.domain_from > 0 && host < end;
         host = group_of(host, groups).last) {
        const HostRange domain = domain_of(host);
        for (std::int64_t i = 0; i < num_controllers(domain); ++i) {
            mark(controller(domain, i), trait_domain_controller);
        }
    }
}

}  // namespace annelid
