// Network `watts_strogatz`: small world of Watts and Strogatz (1998).
//
//   vertex i is linked to i + 1 … i + k/2 around a ring; then each edge, with probability p, keeps
//   its end at i and moves the other one to a uniformly drawn vertex other than i
//
//   degree >= k/2, mean k;  clustering 3 (k - 2) / (4 (k - 1)) · (1 - p)^3 up to 1/n
//   (Barrat and Weigt 2000)
//
// Edges move independently of each other, unlike in the paper: one may move onto another. Of the
// n k / 2 edges about p k² / 2 are repeats, however large n is; whoever builds the graph merges
// them.
//
//   neighbours   k, even: links of a host before rewiring
//   rewire       p
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/scenario/fields.hpp"

#include <memory>
#include <string>

namespace annelid {

struct WattsStrogatzSettings {
    std::string kind = "watts_strogatz";
    std::int64_t neighbours = 10;
    double rewire = 0.1;

    Fields fields();
    KeyFaults faults(std::int64_t num_vertices) const;
};

/// Throws InputError where faults() finds one.
std::unique_ptr<EdgeSource> make_watts_strogatz(const WattsStrogatzSettings& settings,
                                                std::int64_t num_vertices, Seed seed);

}  // namespace annelid
