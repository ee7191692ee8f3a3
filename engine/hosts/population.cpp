#include "engine/hosts/population.hpp"

#include <algorithm>
#include <utility>

namespace annelid {

namespace {

using Wide = __int128;

/// The last element whose `first` is not after `host`; elements are in host order.
template <class T>
const T& covering(const std::vector<T>& items, HostId host) {
    const auto after = std::upper_bound(items.begin(), items.end(), host,
                                        [](HostId h, const T& item) { return h < item.first; });
    return *std::prev(after);
}

std::int64_t ceil_div(Wide a, Wide b) {
    return static_cast<std::int64_t>((a + b - 1) / b);
}

}  // namespace

Population::Population(Parts parts) : parts_(std::move(parts)) {}

const Cell& Population::cell_of(HostId host) const {
    return covering(parts_.cells, host);
}

HostRange Population::organisation_of(HostId host) const {
    const OrganisationRun& run = covering(parts_.runs, host);
    const std::int64_t index = (host.value - run.first.value) / run.size;
    const std::int64_t first = run.first.value + index * run.size;
    return {HostId{first}, HostId{std::min(first + run.size, num_hosts())}};
}

std::int64_t Population::num_subnets(std::int64_t hosts) const {
    return ceil_div(hosts, parts_.subnet_hosts);
}

HostRange Population::subnet_of(HostId host) const {
    const HostRange whole = organisation_of(host);
    const Wide size = whole.size();
    const Wide subnets = num_subnets(whole.size());
    const Wide index = (host.value - whole.first.value) * subnets / size;
    return {HostId{whole.first.value + ceil_div(index * size, subnets)},
            HostId{whole.first.value + ceil_div((index + 1) * size, subnets)}};
}

std::int64_t Population::address_of(HostId host) const {
    const Country& country = parts_.countries[static_cast<std::size_t>(cell_of(host).country)];
    const Wide index = host.value - country.hosts.first.value;
    return country.first_address +
           static_cast<std::int64_t>(index * country.num_addresses / country.hosts.size());
}

HostId Population::first_host_at(std::int64_t address) const {
    for (const Country& country : parts_.countries) {
        if (address < country.first_address + country.num_addresses && country.hosts.size() > 0) {
            const Wide offset = std::max<std::int64_t>(0, address - country.first_address);
            const std::int64_t index =
                ceil_div(offset * country.hosts.size(), country.num_addresses);
            return HostId{country.hosts.first.value + index};
        }
    }
    return HostId{num_hosts()};
}

HostRange Population::hosts_at(std::int64_t first, std::int64_t last) const {
    return {first_host_at(first), first_host_at(last)};
}

}  // namespace annelid
