// What a graph looks like: degrees, duplicates, components.
#pragma once

#include "engine/graph/edge_source.hpp"

#include <cstdint>
#include <vector>

namespace annelid {

/// How many links vertices have, in one direction.
struct Degrees {
    std::int64_t least = 0, most = 0;
    /// Vertices of degree 0, 1, 2 to 3, 4 to 7, ...
    std::vector<std::int64_t> histogram;
};

/// Links are directed: an undirected edge is two. Repeated ones count once, self-loops never.
struct GraphSummary {
    std::int64_t vertices = 0;
    std::int64_t links = 0;
    std::int64_t self_loops = 0;  ///< edges of the source
    std::int64_t duplicates = 0;  ///< links that repeat others
    bool directed = false, weighted = false, temporal = false;
    Degrees out, in;                     ///< the same where the graph is not directed
    std::int64_t isolated = 0;           ///< vertices without links
    std::int64_t components = 0;         ///< connected whatever the direction of links
    std::int64_t largest_component = 0;  ///< vertices

    double mean_degree() const {
        return vertices > 0 ? static_cast<double>(links) / static_cast<double>(vertices) : 0;
    }
};

/// One rank. Goes through the source twice and holds it: 4 bytes an edge and 20 a vertex.
GraphSummary summarise(const EdgeSource& source);

}  // namespace annelid
