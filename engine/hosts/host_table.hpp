// One rank's hosts: a state and traits each, three bytes in all.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/hosts/traits.hpp"

#include <cstdint>
#include <vector>

namespace annelid {

struct HostTable {
    std::vector<StateId> state;
    std::vector<Traits> traits;

    /// Draws the traits of this rank's hosts; every state is 0.
    HostTable(const Population& population, const Partition& partition);
};

}  // namespace annelid
