#include "engine/hosts/pool.hpp"

#include "engine/base/parallel.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <span>
#include <vector>

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
    // Where the carriers of each piece begin among this rank's.
    std::vector<std::int64_t> begins = count_carriers(hosts, required);
    const std::int64_t mine = std::reduce(begins.begin(), begins.end(), std::int64_t{0});
    std::exclusive_scan(begins.begin(), begins.end(), begins.begin(), std::int64_t{0});
    num_carriers_ = ranks.sum(mine);
    everyone_ = num_carriers_ > num_hosts_ / 16;
    if (everyone_) {
        return;
    }
    std::vector<HostId> local(static_cast<std::size_t>(mine));
    parallel_pieces(std::ssize(hosts.traits), piece_size, [&](std::int64_t begin, std::int64_t end) {
        auto next = local.begin() + begins[static_cast<std::size_t>(begin / piece_size)];
        for (std::int64_t i = begin; i < end; ++i) {
            if (carries(hosts.traits[static_cast<std::size_t>(i)], required)) {
                *next++ = partition.to_global(LocalHost{static_cast<std::uint32_t>(i)});
            }
        }
    });
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
