// Network `rmat`: recursive matrix of Chakrabarti, Zhan and Faloutsos (2004), with Graph500's
// numbers.
//
//   n = 2^s vertices, edge_factor · n edges. Level by level an edge falls in one of the four
//   quadrants (source bit, target bit) of the adjacency matrix:
//     P(0,0) = a   P(0,1) = b   P(1,0) = c   P(1,1) = 1 - a - b - c
//
// Self-loops and repeated edges are part of the model; whoever builds the graph merges them.
//
//   edge_factor   edges per vertex
//   a, b, c       probabilities of quadrants
//   scramble      true: vertex numbers go through a keyed permutation, so that they tell nothing
//                 about degrees
//
// Sources: a, b, c and edge_factor: Graph500 specification (Murphy et al. 2010).
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/scenario/fields.hpp"

#include <memory>
#include <string>

namespace annelid {

struct RmatSettings {
    std::string kind = "rmat";
    std::int64_t edge_factor = 16;
    double a = 0.57;
    double b = 0.19;
    double c = 0.19;
    bool scramble = true;

    Fields fields();
    KeyFaults faults(std::int64_t num_vertices) const;
};

/// Throws InputError where faults() finds one.
std::unique_ptr<EdgeSource> make_rmat(const RmatSettings& settings, std::int64_t num_vertices,
                                      Seed seed);

}  // namespace annelid
