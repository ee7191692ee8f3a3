#include "engine/hosts/population.hpp"

#include <algorithm>
#include <utility>

namespace annelid {

namespace {

using Wide = __int128;

std::int64_t ceil_div(Wide a, Wide b) {
    return static_cast<std::int64_t>((a + b - 1) / b);
}

}  // namespace

Population::Population(Parts parts)
    : parts_(std::move(parts)), segment_draws_(parts_.seed, Purpose::segments) {
    if (parts_.num_whole_hosts == 0) {
        parts_.num_whole_hosts = parts_.num_hosts;
    }
    for (Cell& cell : parts_.cells) {
        cell.whole_first = cell.whole_first.value < 0 ? cell.first : cell.whole_first;
    }
    for (Country& country : parts_.countries) {
        country.whole_hosts = country.whole_hosts.size() == 0 ? country.hosts : country.whole_hosts;
    }
    cell_index_ = StartIndex(parts_.cells, parts_.num_hosts);
    run_index_ = StartIndex(parts_.runs, parts_.num_hosts);
}

const Cell& Population::cell_of(HostId host) const {
    return cell_index_.find(parts_.cells, host);
}

HostRange Population::organisation_of(HostId host) const {
    const OrganisationRun& run = run_index_.find(parts_.runs, host);
    const std::int64_t index = (host.value - run.first.value) / run.size;
    const std::int64_t first = run.first.value + index * run.size;
    return {HostId{first}, HostId{std::min(first + run.size, num_hosts())}};
}

Organisation Population::layout_of(HostId host) const {
    return layout_of(host, parts_.organisations);
}

Organisation Population::layout_of(HostId host, const OrganisationRules& rules) const {
    static const OrganisationRules household;
    return {organisation_of(host), parts_.subnet_hosts, is_home(cell_of(host)) ? household : rules};
}

std::int64_t Population::num_subnets(std::int64_t hosts) const {
    return ceil_div(hosts, parts_.subnet_hosts);
}

bool Population::may_talk(HostId from, HostId to, const OrganisationRules& rules,
                          const Draws& draws) const {
    const Organisation organisation = layout_of(from, rules);
    const std::int64_t source = organisation.segment_number(from);
    const std::int64_t target = organisation.segment_number(to);
    if (source == target || (rules.segment_servers_open && organisation.is_server(to))) {
        return true;
    }
    const HostId first = to_whole(organisation.hosts().first);
    return happens(
        draws.bits(static_cast<std::uint64_t>(first.value), static_cast<std::uint32_t>(source),
                   static_cast<std::uint32_t>(target)),
        rules.segment_openness);
}

HostId Population::to_whole(HostId host) const {
    if (num_whole_hosts() == num_hosts()) {
        return host;
    }
    const Cell& cell = cell_of(host);
    return {host.value - cell.first.value + cell.whole_first.value};
}

std::optional<HostId> Population::from_whole(HostId host) const {
    if (num_whole_hosts() == num_hosts()) {
        return host;
    }
    const auto after =
        std::upper_bound(parts_.cells.begin(), parts_.cells.end(), host,
                         [](HostId h, const Cell& cell) { return h < cell.whole_first; });
    if (after == parts_.cells.begin()) {
        return std::nullopt;
    }
    const HostId end = after == parts_.cells.end() ? HostId{num_hosts()} : after->first;
    const Cell& cell = *std::prev(after);
    const HostId here{host.value - cell.whole_first.value + cell.first.value};
    return here < end ? std::optional(here) : std::nullopt;
}

void Population::draw_traits(HostId first, std::span<Traits> out) const {
    parts_.draw_traits(first, out);
    add_roles(first, out);
}

void Population::add_roles(HostId first, std::span<Traits> traits) const {
    const HostId end{first.value + std::ssize(traits)};
    const OrganisationRules& rules = parts_.organisations;
    if (first >= end || (rules.servers.part + rules.administrators.part + rules.domain_from == 0)) {
        return;
    }
    const auto first_after = [](const auto& items, auto from, HostId host) {
        return std::upper_bound(from, items.end(), host,
                                [](HostId h, const auto& item) { return h < item.first; });
    };
    auto cell = std::prev(first_after(parts_.cells, parts_.cells.begin(), first));
    auto run = std::prev(first_after(parts_.runs, parts_.runs.begin(), first));
    for (HostId host = first; host < end;) {
        while (std::next(cell) != parts_.cells.end() && std::next(cell)->first <= host) {
            ++cell;
        }
        while (std::next(run) != parts_.runs.end() && std::next(run)->first <= host) {
            ++run;
        }
        const HostId run_end =
            std::next(run) == parts_.runs.end() ? HostId{num_hosts()} : std::next(run)->first;
        if (run->size == 1 || is_home(*cell)) {
            host = run_end;
            continue;
        }
        const std::int64_t index = (host.value - run->first.value) / run->size;
        const HostId start{run->first.value + index * run->size};
        const HostId last{std::min(start.value + run->size, run_end.value)};
        Organisation({start, last}, parts_.subnet_hosts, rules).add_roles(first, traits);
        host = last;
    }
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
