// Vector `scan`: a source probes random addresses of a scope.
//
//   random   the probes of a source are a Poisson process of rate r per second. Only hits on the
//            pool are drawn: a Poisson process of rate r x (pool in the scope) / (addresses of the
//            scope), each on a uniformly drawn member. What a target cannot take by then it
//            refuses.
//   sweep    address j of a keyed permutation of the scope is probed at j / r, once each.
//
// In scope organisation a probe is lost where the segments of source and target may not talk.
//
// With `total_rate_limit` c the probes of all sources together are held to c per second: a probe is
// kept with probability min(1, c / R), R the sum of all sources' rates when the step begins. This
// is how a network that is full slows a worm that is bound by bandwidth (Moore et al. 2003).
//
// Sources: Staniford, Paxson and Weaver (2002) for uniform scanning; Zou, Towsley and Gong (2006)
// for local preference; Moore et al. (2003) for Slammer's bandwidth limit.
#pragma once

#include "engine/chance/distribution.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/vector.hpp"
#include "models/vectors/context.hpp"

#include <memory>
#include <string>
#include <vector>

namespace annelid {

struct ScanSettings {
    std::string kind = "scan";
    std::string scope = "internet";
    std::string strategy = "random";
    DistributionSpec rate;
    std::vector<std::string> requires_traits;
    std::vector<std::string> source_requires;
    double success = 1;
    std::string follows;
    std::int64_t addresses = std::int64_t{1} << 32;
    double total_rate_limit = 0;

    Fields fields();
    /// Faults in a world with so many modelled addresses per real one.
    KeyFaults faults(double address_scale) const;
};

/// Collective. Throws InputError where the scope does not fit the population.
std::unique_ptr<VectorModel> make_scan(const std::string& name, const ScanSettings& settings,
                                       const VectorContext& context);

}  // namespace annelid
