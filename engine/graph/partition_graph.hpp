// Which rank gets which vertices of a graph. It decides how fast a run is, never what comes out.
#pragma once

#include "engine/graph/edge_source.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"

namespace annelid {

enum class PartitionMethod {
    block,   ///< contiguous ids, organisations whole: hosts are balanced
    hash,    ///< drawn for each id: hosts are balanced to about 1 / sqrt(hosts of a rank)
    scotch,  ///< PT-Scotch: links are balanced, and few lead from one rank to another
};

/// Collective. Vertex v of the source is host v of the population. InputError where the source
/// cannot be read or the two differ in size.
Partition partition_graph(PartitionMethod method, const EdgeSource& source,
                          const Population& population, const Communicator& ranks);

/// One rank. The partition that `block` or `hash` would be over so many ranks, as the first of them
/// sees it; PT-Scotch needs the ranks themselves.
Partition partition_without_ranks(PartitionMethod method, const Population& population,
                                  int num_ranks);

}  // namespace annelid
