// How good a partition of a graph is: what ranks must tell each other, and how even their work is.
#pragma once

#include "engine/graph/edge_source.hpp"
#include "engine/graph/graph.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstdint>

namespace annelid {

/// How a partition treats a graph, over all ranks. Links are directed: an undirected edge is two.
/// Self-loops do not count; edges that the source names twice do so twice.
struct PartitionQuality {
    std::int64_t ranks = 1;
    std::int64_t vertices = 0;
    std::int64_t most_vertices = 0;  ///< of a rank
    std::int64_t links = 0;
    std::int64_t most_links = 0;  ///< of a rank; a link is held by its source's owner
    std::int64_t cut_links = 0;   ///< between vertices of different ranks
    std::int64_t ghosts = 0;      ///< distinct targets on other ranks, summed over ranks
    std::int64_t most_ghosts = 0;

    /// Largest over mean, 1 where all ranks have the same.
    double vertex_imbalance() const { return imbalance(most_vertices, vertices); }
    double link_imbalance() const { return imbalance(most_links, links); }
    double cut_share() const {
        return links > 0 ? static_cast<double>(cut_links) / static_cast<double>(links) : 0;
    }

  private:
    double imbalance(std::int64_t most, std::int64_t all) const {
        return all > 0 ? static_cast<double>(most) * static_cast<double>(ranks) /
                             static_cast<double>(all)
                       : 1;
    }
};

/// Collective. Goes through the source once; takes a bit a vertex on each rank.
PartitionQuality partition_quality(const EdgeSource& source, const Partition& partition,
                                   const Communicator& ranks);

/// One rank, for a partition over any number of them: goes through the source once for each 64.
PartitionQuality partition_quality(const EdgeSource& source, const Partition& partition);

/// Collective. Of a graph that was built by that partition; takes a bit a vertex on each rank.
PartitionQuality partition_quality(const Graph& graph, const Partition& partition,
                                   const Communicator& ranks);

}  // namespace annelid
