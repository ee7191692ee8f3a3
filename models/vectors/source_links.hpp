// How many links a source has while an outbreak along links is young.
//
// The hosts that it starts with are drawn evenly: they have the mean degree <k>. Hosts that it
// reaches along links have the mean over ends of links, <k^2> / <k>, which is far larger where
// degrees are heavy-tailed (Newman 2002, Spread of epidemic disease on networks). The larger of the
// two counts. Links between hosts that carry the traits, each as its weight w:
//
//   max(sum_l w_l / hosts, sum_v in_v out_v / sum_l w_l),  in_v, out_v the weights into and out of
//   v
#pragma once

#include "engine/hosts/traits.hpp"
#include "models/vectors/context.hpp"

#include <cstdint>

namespace annelid {

/// Collective. `num_carriers` hosts carry `required`. A link that opens and closes counts as open.
double mean_links_of_sources(const VectorContext& context, Traits required,
                             std::int64_t num_carriers);

}  // namespace annelid
