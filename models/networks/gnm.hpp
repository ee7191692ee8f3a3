// Network `gnm`: uniform among the graphs with n vertices and m edges, G(n, m) of Erdős and Rényi
// (1959).
//
//   edge i  =  pair number π(i) of the n (n - 1) / 2 pairs,  i = 0 … m - 1
//
// π is a keyed permutation of pair numbers: m distinct edges without self-loops, without memory.
//
//   edges   m, number of links
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/scenario/fields.hpp"

#include <memory>
#include <string>

namespace annelid {

struct GnmSettings {
    std::string kind = "gnm";
    std::int64_t edges = 0;

    Fields fields();
    KeyFaults faults(std::int64_t num_vertices) const;
};

/// Throws InputError where faults() finds one.
std::unique_ptr<EdgeSource> make_gnm(const GnmSettings& settings, std::int64_t num_vertices,
                                     Seed seed);

}  // namespace annelid
