#include "engine/hosts/pool.hpp"

#include "engine/base/parallel.hpp"

#include <algorithm>
#include <iterator>
#include <span>

namespace annelid {

namespace {

constexpr std::int64_t piece_size = 1 << 16;

/// Carriers in each piece of this rank's hosts.
std::vector<std::int64_t> count_carriers(const HostTable& hosts, Traits required) {
    const std::int64_t n = std::ssize(hosts.traits);
    std::vector<std::int64_t> counts(static_cast<std::size_t>((n + piece_size - 1) / piece_size));
    parallel_pieces(n, piece_size, [&](std::int64_t begin, std::int64_t end) {
        counts[static_cast<std::size_t>(begin / piece_size)] =
            std::count_if(hosts.traits.begin() + begin, hosts.traits.begin() + end,
                          [&](Traits t) { return carries(t, required); });
    });
    return counts;
}

}  // namespace

Pool::Pool(const Population& population, const Partition& partition, const HostTable& hosts,
           Traits required, const Communicator& ranks)
    : everyone_(false), num_hosts_(population.num_hosts()), num_carriers_(0) {
    std::int64_t mine = 0;
    for (const std::int64_t count : count_carriers(hosts, required)) {
        mine += count;
    }
    num_carriers_ = ranks.sum(mine);
    everyone_ = num_carriers_ > num_hosts_ / 16;
    if (everyone_) {
        return;
    }
    std::vector<HostId> local;
    local.reserve(static_cast<std::size_t>(mine));
    for (std::size_t i = 0; i < hosts.traits.size(); ++i) {
        if (carries(hosts.traits[i], required)) {
            local.push_back(partition.to_global(LocalHost{static_cast<std::uint32_t>(i)}));
        }
    }
    members_ = ranks.gather_all(std::span<const HostId>(local));
    if (!partition.is_block()) {
        std::sort(members_.begin(), members_.end());  // blocks come in the order of ids
    }
}

Pool::Slice Pool::within(const HostRange& hosts) const {
    if (everyone_) {
        return {hosts.first.value, hosts.size()};
    }
    const auto first = std::lower_bound(members_.begin(), members_.end(), hosts.first);
    const auto last = std::lower_bound(first, members_.end(), hosts.last);
    return {first - members_.begin(), last - first};
}

}  // namespace annelid
