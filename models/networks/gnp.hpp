// Network `gnp`: every pair of vertices is linked with probability p, independently; G(n, p) of
// Gilbert (1959).
//
//   number of edges ~ Binomial(n (n - 1) / 2, p),  mean degree = p (n - 1)
//
// Drawn by jumping from edge to edge (Batagelj and Brandes 2005), see chosen_pairs.hpp.
//
//   p             probability of a link, or instead
//   mean_degree   links of a host on average
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/scenario/fields.hpp"
#include "models/networks/density.hpp"

#include <memory>
#include <string>

namespace annelid {

struct GnpSettings {
    std::string kind = "gnp";
    Density density;

    Fields fields();
    KeyFaults faults(std::int64_t num_vertices) const;
};

/// Throws InputError where faults() finds one.
std::unique_ptr<EdgeSource> make_gnp(const GnpSettings& settings, std::int64_t num_vertices,
                                     Seed seed);

}  // namespace annelid
