// Network `geometric`: who is near is linked; random geometric graph of Gilbert (1961).
//
//   vertex v is a uniformly drawn point of the unit square; u and v are linked if their distance is
//   at most r; on the torus, where opposite sides of the square meet,
//     mean degree = π r² (n - 1)  for r <= 1/2
//
// Coordinates are multiples of 2^-31 and distances are compared as integers. Points are drawn by
// vertex; cells at least r wide say where to look for neighbours. Memory: up to 6 B a vertex, on
// every rank that draws.
//
//   radius   r, in sides of the square
//   torus    true: no borders; false: fewer links near them
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/scenario/fields.hpp"

#include <memory>
#include <string>

namespace annelid {

struct GeometricSettings {
    std::string kind = "geometric";
    double radius = 0.01;
    bool torus = true;

    Fields fields();
    KeyFaults faults(std::int64_t num_vertices) const;
};

/// Throws InputError where faults() finds one.
std::unique_ptr<EdgeSource> make_geometric(const GeometricSettings& settings,
                                           std::int64_t num_vertices, Seed seed);

}  // namespace annelid
