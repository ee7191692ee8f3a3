// What a vector needs to know of the run's world.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/hosts/host_table.hpp"
#include "engine/hosts/hours.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstddef>

namespace annelid {

struct VectorContext {
    const Population& population;
    const Partition& partition;
    const HostTable& hosts;
    const Communicator& ranks;
    const Graph* graph = nullptr;  ///< null where the world has no network
    const Hours* hours = nullptr;  ///< null where every host is always on
    std::size_t worm = 0;          ///< whose vector it is: hosts.state[worm] says who has it

    /// When a clock that runs only while `host` is on, and is started at `from`, has run for
    /// `duration`; perhaps `never` where that is not before the end.
    TimeUs time_after(HostId host, TimeUs from, TimeUs duration) const {
        return hours != nullptr ? hours->on_time_after(host, from, duration) : from + duration;
    }
};

}  // namespace annelid
