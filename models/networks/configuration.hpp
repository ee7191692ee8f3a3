// Network `configuration`: any law of degrees, otherwise random (Bollobás 1980; Newman, Strogatz
// and Watts 2001).
//
//   vertex v has d(v) half-edges, d(v) drawn from the law; half-edges 0 … H - 1 are matched by a
//   keyed permutation π:  edge i = {owner of π(2 i), owner of π(2 i + 1)}
//
//   power_law   P(d) ~ d^-exponent for min_degree <= d <= max_degree
//   poisson     P(d) = λ^d e^-λ / d!, λ = mean_degree
//   regular     d = degree
//
// Where H is odd, the last half-edge has none to match and is left out. Self-loops and repeated
// edges are part of the model, about r = <d (d - 1)> / (2 <d>) and r² in number; whoever builds the
// graph merges them. Memory: 4.75 B a vertex, on every rank that draws.
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/scenario/fields.hpp"

#include <memory>
#include <string>

namespace annelid {

struct ConfigurationSettings {
    std::string kind = "configuration";
    std::string degrees = "power_law";
    double exponent = 2.5;
    std::int64_t min_degree = 2;
    std::int64_t max_degree = 1000;
    double mean_degree = 10;
    std::int64_t degree = 10;

    Fields fields();
    KeyFaults faults(std::int64_t num_vertices) const;
};

/// Throws InputError where faults() finds one.
std::unique_ptr<EdgeSource> make_configuration(const ConfigurationSettings& settings,
                                               std::int64_t num_vertices, Seed seed);

}  // namespace annelid
