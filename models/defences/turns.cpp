#include "models/defences/turns.hpp"

#include <algorithm>

namespace annelid {

Turns::Turns(const Population& population, const std::vector<bool>& cells, Group per, Seed seed,
             const std::string& name)
    : population_(population), per_(per), draws_(seed, Purpose::patch_order, name) {
    if (per == Group::organisation) {
        return;
    }
    const std::vector<Cell>& all = population.cells();
    std::vector<std::int64_t> sizes(per == Group::country ? population.countries().size() : 1);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::int64_t end =
            i + 1 < all.size() ? all[i + 1].first.value : population.num_hosts();
        std::int64_t& size =
            sizes[per == Group::country ? static_cast<std::size_t>(all[i].country) : 0];
        before_.push_back(size);
        size += cells.empty() || cells[i] ? end - all[i].first.value : 0;
    }
    for (std::size_t g = 0; g < sizes.size(); ++g) {
        const std::string group = per == Group::country ? population.countries()[g].code : "";
        const Draws draws(seed, Purpose::patch_order, name + "/" + group);
        orders_.emplace_back(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(sizes[g])),
                             draws.words(0));
    }
}

std::int64_t Turns::place_of(HostId host) const {
    if (per_ == Group::organisation) {
        const HostRange hosts = population_.organisation_of(host);
        const HostId first = population_.to_whole(hosts.first);
        const Permutation order(static_cast<std::uint64_t>(hosts.size()),
                                draws_.words(static_cast<std::uint64_t>(first.value)));
        return static_cast<std::int64_t>(
            order.position(static_cast<std::uint64_t>(host.value - hosts.first.value)));
    }
    const Cell& cell = population_.cell_of(host);
    const std::int64_t before =
        before_[static_cast<std::size_t>(&cell - population_.cells().data())];
    const Permutation& order =
        orders_[per_ == Group::country ? static_cast<std::size_t>(cell.country) : 0];
    return static_cast<std::int64_t>(
        order.position(static_cast<std::uint64_t>(before + host.value - cell.first.value)));
}

}  // namespace annelid
