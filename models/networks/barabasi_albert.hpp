// Network `barabasi_albert`: growth with preferential attachment, Barabási and Albert (1999).
//
//   vertices 0 … m form a complete graph; every later vertex brings m edges, each to an earlier
//   vertex with probability proportional to its degree before the new vertex came
//
//   degrees >= m;  share of degree k  →  2 m (m + 1) / (k (k + 1) (k + 2))   (Bollobás et al. 2001)
//
// Drawn without communication by Sanders and Schulz (2016): an edge copies a uniformly drawn end of
// an earlier edge. If that end is itself a copy, it is drawn again from its own number, on back to
// an end that is known, two steps on average.
//
// The m edges of a vertex are drawn independently: two may go to the same one. Repeats are rare
// (about (m² - 1) ln² n / 16 in all) and merged by whoever builds the graph.
//
//   edges_per_host   m
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/scenario/fields.hpp"

#include <memory>
#include <string>

namespace annelid {

struct BarabasiAlbertSettings {
    std::string kind = "barabasi_albert";
    std::int64_t edges_per_host = 4;

    Fields fields();
    KeyFaults faults(std::int64_t num_vertices) const;
};

/// Throws InputError where faults() finds one.
std::unique_ptr<EdgeSource> make_barabasi_albert(const BarabasiAlbertSettings& settings,
                                                 std::int64_t num_vertices, Seed seed);

}  // namespace annelid
