// Which rank owns a host. The only place where HostId and LocalHost convert.
//
// Two forms. *Blocks* are contiguous and never cut an organisation, so that spread inside one stays
// on its rank; they are pure arithmetic. A partition by *owners* gives each host to any rank, as
// suits a graph, and costs 4 bytes a host of the model and 4 a host of the rank. It may cut
// organisations, which vectors of scope organisation and subnet cannot bear: whoever chooses it
// refuses those. Nothing that decides a result may depend on the partition.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/hosts/population.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace annelid {

class Partition {
  public:
    /// Blocks.
    Partition(const Population& population, int num_ranks, int rank);
    /// Host h belongs to rank owners[h]; at most 2^32 - 1 hosts.
    Partition(std::span<const std::int32_t> owners, int num_ranks, int rank);

    int rank() const { return rank_; }
    int num_ranks() const { return static_cast<int>(starts_.size()) - 1; }
    bool is_block() const { return !listed_; }

    std::int64_t num_hosts() const { return starts_.back(); }
    std::int64_t num_hosts_of(int rank) const {
        const auto r = static_cast<std::size_t>(rank);
        return starts_[r + 1] - starts_[r];
    }
    /// This rank's hosts, which have the local numbers 0 … num_local() - 1 by rising id.
    std::int64_t num_local() const { return end_ - begin_; }

    int owner(HostId host) const {
        const auto after = std::upper_bound(starts_.begin(), starts_.end() - 1, place(host));
        return static_cast<int>(after - starts_.begin()) - 1;
    }
    bool is_local(HostId host) const {
        const std::int64_t at = place(host);
        return begin_ <= at && at < end_;
    }

    /// Only for hosts that are local.
    LocalHost to_local(HostId host) const {
        return {static_cast<std::uint32_t>(place(host) - begin_)};
    }
    HostId to_global(LocalHost host) const {
        return {listed_ ? std::int64_t{ids_[host.value]} : begin_ + host.value};
    }

    /// The ids of local hosts as 32-bit numbers, for a model of fewer than 2^32 hosts.
    void to_global(std::span<const LocalHost> hosts, std::uint32_t* ids) const {
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            ids[i] = listed_ ? ids_[hosts[i].value]
                             : static_cast<std::uint32_t>(begin_) + hosts[i].value;
        }
    }

    /// Local hosts whose id is below `host`, local or not: where its like would stand.
    std::int64_t num_local_below(HostId host) const {
        if (!listed_) {
            return std::clamp(host.value, begin_, end_) - begin_;
        }
        return std::lower_bound(ids_.begin(), ids_.end(), host.value) - ids_.begin();
    }

    /// Cuts the local hosts begin … end - 1 into the longest runs of consecutive ids and calls
    /// body(id of the first, local number of the first, how many) for each, in order.
    template <class Body>
    void for_each_run(std::int64_t begin, std::int64_t end, Body&& body) const {
        std::int64_t last = begin;
        for (std::int64_t first = begin; first < end; first = last) {
            last = end_of_run(first, end);
            const LocalHost local{static_cast<std::uint32_t>(first)};
            body(to_global(local), local, last - first);
        }
    }

  private:
    /// Position of a host in the order (owner, id): blocks are in that order as they are.
    std::int64_t place(HostId host) const {
        return listed_ ? std::int64_t{places_[static_cast<std::size_t>(host.value)]} : host.value;
    }
    std::int64_t end_of_run(std::int64_t first, std::int64_t end) const;

    int rank_;
    bool listed_ = false;
    std::int64_t begin_ = 0, end_ = 0;   ///< places of this rank
    std::vector<std::int64_t> starts_;   ///< first place of each rank, and the number of hosts
    std::vector<std::uint32_t> places_;  ///< of every host; empty for blocks
    std::vector<std::uint32_t> ids_;     ///< of this rank's hosts; empty for blocks
};

/// The slice of hosts that a rank has in id order, whatever the partition: its own block, or an
/// even cut.
HostRange slice_in_id_order(const Partition& partition, int rank);

}  // namespace annelid
