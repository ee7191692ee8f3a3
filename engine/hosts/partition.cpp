#include "engine/hosts/partition.hpp"

namespace annelid {

Partition::Partition(const Population& population, int num_ranks, int rank) : rank_(rank) {
    const std::int64_t hosts = population.num_hosts();
    starts_.push_back(0);
    for (int r = 1; r < num_ranks; ++r) {
        const std::int64_t even =
            static_cast<std::int64_t>(static_cast<__int128>(hosts) * r / num_ranks);
        const HostRange whole = population.organisation_of(HostId{even});
        const bool nearer_last = whole.last.value - even < even - whole.first.value;
        starts_.push_back(nearer_last ? whole.last.value : whole.first.value);
    }
    starts_.push_back(hosts);
    begin_ = starts_[static_cast<std::size_t>(rank)];
    end_ = starts_[static_cast<std::size_t>(rank) + 1];
}

Partition::Partition(std::span<const std::int32_t> owners, int num_ranks, int rank)
    : rank_(rank), listed_(true), starts_(static_cast<std::size_t>(num_ranks) + 1) {
    for (const std::int32_t owner : owners) {
        ++starts_[static_cast<std::size_t>(owner) + 1];
    }
    for (std::size_t r = 1; r < starts_.size(); ++r) {
        starts_[r] += starts_[r - 1];
    }
    begin_ = starts_[static_cast<std::size_t>(rank)];
    end_ = starts_[static_cast<std::size_t>(rank) + 1];

    ids_.reserve(static_cast<std::size_t>(num_local()));
    places_.resize(owners.size());
    std::vector<std::int64_t> next = starts_;
    for (std::size_t host = 0; host < owners.size(); ++host) {
        const std::int32_t owner = owners[host];
        places_[host] = static_cast<std::uint32_t>(next[static_cast<std::size_t>(owner)]++);
        if (owner == rank) {
            ids_.push_back(static_cast<std::uint32_t>(host));
        }
    }
}

std::int64_t Partition::end_of_run(std::int64_t first, std::int64_t end) const {
    if (!listed_) {
        return end;
    }
    std::int64_t last = first + 1;
    while (last < end &&
           ids_[static_cast<std::size_t>(last)] == ids_[static_cast<std::size_t>(last - 1)] + 1) {
        ++last;
    }
    return last;
}

HostRange slice_in_id_order(const Partition& partition, int rank) {
    std::int64_t first = 0;
    if (partition.is_block()) {
        for (int r = 0; r < rank; ++r) {
            first += partition.num_hosts_of(r);
        }
        return {HostId{first}, HostId{first + partition.num_hosts_of(rank)}};
    }
    const auto cut = [&](std::int64_t r) {
        return HostId{static_cast<std::int64_t>(static_cast<__int128>(partition.num_hosts()) * r /
                                                partition.num_ranks())};
    };
    return {cut(rank), cut(rank + 1)};
}

}  // namespace annelid
