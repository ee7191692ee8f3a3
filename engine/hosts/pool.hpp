// The hosts that a vector can hit: fixed when a run starts, in address order, known to all ranks.
#pragma once

#include "engine/hosts/host_table.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace annelid {

/// Members are listed only where they are rare (at most one host in 16), so that a pool never costs
/// more than half a byte a host. Otherwise every host is a member and those without the required
/// traits refuse on arrival: the same process, thinned later instead of earlier.
class Pool {
  public:
    /// Positions first … first + size - 1 of the pool.
    struct Slice {
        std::int64_t first = 0;
        std::int64_t size = 0;
    };

    /// Collective. Hosts that carry all of `required`.
    Pool(const Population& population, const Partition& partition, const HostTable& hosts,
         Traits required, const Communicator& ranks);

    std::int64_t size() const { return everyone_ ? num_hosts_ : std::ssize(members_); }
    /// Hosts that carry the traits: size() where members are listed, fewer where all are members.
    std::int64_t num_carriers() const { return num_carriers_; }
    bool lists_members() const { return !everyone_; }

    HostId at(std::int64_t position) const {
        return everyone_ ? HostId{position} : members_[static_cast<std::size_t>(position)];
    }
    /// The members among `hosts`.
    Slice within(const HostRange& hosts) const;

  private:
    bool everyone_;
    std::int64_t num_hosts_;
    std::int64_t num_carriers_;
    std::vector<HostId> members_;
};

}  // namespace annelid
