// Values of hosts in the order of host ids, as a file lists them.
#pragma once

#include "engine/base/large_vector.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace annelid {

/// Collective. From each local host's value, by local number, to the values of the hosts of this
/// rank's slice_in_id_order(). Blocks are in that order and stay where they are.
template <class T>
LargeVector<T> to_id_order(const Partition& partition, LargeVector<T> local,
                           Communicator& ranks) {
    if (partition.is_block()) {
        return local;
    }
    std::vector<std::vector<T>> to(static_cast<std::size_t>(ranks.size()));
    for (int r = 0; r < ranks.size(); ++r) {
        const HostRange slice = slice_in_id_order(partition, r);
        to[static_cast<std::size_t>(r)].assign(
            local.begin() + partition.num_local_below(slice.first),
            local.begin() + partition.num_local_below(slice.last));
    }
    local = {};
    const std::vector<T> received = ranks.exchange(to);

    // What came is ordered by (owner, id); every rank knows whose turn is next.
    const HostRange slice = slice_in_id_order(partition, partition.rank());
    std::vector<std::size_t> next(to.size() + 1);
    for (HostId host = slice.first; host < slice.last; ++host.value) {
        ++next[static_cast<std::size_t>(partition.owner(host)) + 1];
    }
    for (std::size_t r = 1; r < next.size(); ++r) {
        next[r] += next[r - 1];
    }
    LargeVector<T> out;
    out.reserve(received.size());
    for (HostId host = slice.first; host < slice.last; ++host.value) {
        out.push_back(received[next[static_cast<std::size_t>(partition.owner(host))]++]);
    }
    return out;
}

}  // namespace annelid
