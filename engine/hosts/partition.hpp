// Which rank owns a host. Contiguous blocks that never cut an organisation, so that spread inside
// one stays on its rank. The only place where HostId and LocalHost convert.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/hosts/population.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace annelid {

class Partition {
  public:
    Partition(const Population& population, int num_ranks, int rank) : rank_(rank) {
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
        local_ = {HostId{starts_[static_cast<std::size_t>(rank)]},
                  HostId{starts_[static_cast<std::size_t>(rank) + 1]}};
    }

    int owner(HostId host) const {
        const auto after = std::upper_bound(starts_.begin(), starts_.end() - 1, host.value);
        return static_cast<int>(after - starts_.begin()) - 1;
    }

    /// This rank's hosts.
    HostRange local() const { return local_; }
    std::int64_t num_local() const { return local_.size(); }
    bool is_local(HostId host) const { return local_.contains(host); }

    /// Only for hosts that are local.
    LocalHost to_local(HostId host) const {
        return {static_cast<std::uint32_t>(host.value - local_.first.value)};
    }
    HostId to_global(LocalHost host) const { return {local_.first.value + host.value}; }

    int rank() const { return rank_; }
    int num_ranks() const { return static_cast<int>(starts_.size()) - 1; }

  private:
    int rank_;
    std::vector<std::int64_t> starts_;
    HostRange local_;
};

}  // namespace annelid
