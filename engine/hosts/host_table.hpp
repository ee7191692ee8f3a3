// One rank's hosts: traits and, for each worm, a state; three bytes in all where there is one worm.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/large_vector.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/hosts/traits.hpp"

#include <cstddef>
#include <vector>

namespace annelid {

struct HostTable {
    std::vector<LargeVector<StateId>> state;  ///< worm, host
    LargeVector<Traits> traits;

    /// Draws the traits of this rank's hosts; every state is 0.
    HostTable(const Population& population, const Partition& partition, std::size_t num_worms = 1);
};

}  // namespace annelid
