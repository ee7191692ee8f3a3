// Whether a world fits into the memory that there is, before it is made.
#pragma once

#include "engine/graph/edge_source.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "models/program/scenario.hpp"

#include <cstdint>

namespace annelid {

/// Bytes on all ranks before an outbreak begins, and what its first infections add. What hosts on
/// their way take (16 bytes each and more) depends on the outbreak and is not in it.
struct MemoryNeeded {
    double fixed = 0;    ///< programs, events until they are written
    double growing = 0;  ///< with the world: hosts, links

    double all() const { return fixed + growing; }
};

MemoryNeeded memory_needed(const Scenario& scenario, const EdgeSource* edges,
                           std::int64_t num_hosts, int num_ranks);

/// Bytes that this rank's machine and this rank itself can still get, whoever takes them.
struct MemoryLeft {
    std::int64_t machine, process;
};
MemoryLeft memory_left();

/// Collective. InputError on all ranks where a machine has less, with what would fit.
void check_memory(const Scenario& scenario, const EdgeSource* edges, const Population& population,
                  const MemoryLeft& left, const Communicator& ranks);

}  // namespace annelid
