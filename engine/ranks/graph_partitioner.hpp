// PT-Scotch: cuts a graph that is spread over the ranks into as many parts. The one header through
// which the engine reaches it; without MPI there is one rank and nothing to cut.
#pragma once

#include "engine/ranks/communicator.hpp"

#include <cstdint>
#include <vector>

namespace annelid {

/// This rank's block of the vertices of an undirected graph; blocks follow each other in rank
/// order. Every edge is there at both of its ends, with the same weight, and no vertex is its own
/// neighbour.
struct GraphBlock {
    std::vector<std::int64_t> first_edge{0};  ///< of each vertex; one more than vertices
    std::vector<std::int64_t> neighbours;     ///< by their numbers in the whole graph
    std::vector<std::int64_t> edge_weights;   ///< what a cut costs; empty on all ranks: 1 each
    std::vector<std::int64_t> loads;          ///< of each vertex, at least 1; parts get equal loads
};

/// Collective. The part, 0 … ranks.size() - 1, of each vertex of the block: parts of nearly equal
/// load with few edges between them. A pure function of the graph and the number of ranks.
std::vector<std::int32_t> cut_into_parts(GraphBlock block, const Communicator& ranks);

}  // namespace annelid
