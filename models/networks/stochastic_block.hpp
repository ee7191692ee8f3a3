// Network `stochastic_block`: communities; the block model of Holland, Laskey and Leinhardt (1983)
// with k blocks of equal size (up to one vertex), vertex numbers block by block.
//
//   P(link) = p_in within a block, p_out between blocks, independently
//   mean degree = p_in (n/k - 1) + p_out (n - n/k)
//
// Drawn by jumping from edge to edge, as gnp: pairs within blocks are numbered first, then pairs
// between blocks. A block that is one short is numbered as if it were not; links of the vertex that
// it lacks are drawn and dropped.
//
//   blocks              k
//   p_in, p_out         probabilities of a link, or instead
//   degree_in, degree_out   links of a host within its block and to others, on average
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/scenario/fields.hpp"
#include "models/networks/density.hpp"

#include <memory>
#include <string>

namespace annelid {

struct StochasticBlockSettings {
    std::string kind = "stochastic_block";
    std::int64_t blocks = 10;
    Density inside;
    Density outside;

    Fields fields();
    KeyFaults faults(std::int64_t num_vertices) const;
};

/// Throws InputError where faults() finds one.
std::unique_ptr<EdgeSource> make_stochastic_block(const StochasticBlockSettings& settings,
                                                  std::int64_t num_vertices, Seed seed);

}  // namespace annelid
