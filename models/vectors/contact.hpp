// Vector `contact`: a source reaches its neighbours along the links of the network.
//
//   Each link carries one attempt at the time T after its source turned infectious, T drawn from
//   `time` and divided by the link's weight, if the source is infectious then. With `repeat` the
//   link renews after each attempt, as long as that can matter: where hosts return to susceptible,
//   or where an attempt failed (`success` below 1). With exponential times that is a Poisson
//   process. A link that is only open during an interval starts its clock when it opens.
//
// Draws are keyed by source, infection of the source, target and renewal: a link more or less, or
// another order of the links, changes no other.
//
// Where hosts do not return, only the first attempt on each can matter: later ones find it
// infected, or refused for a reason that lasts. Then an attempt is not queued when an earlier one
// is pending on its target, which is Dijkstra's relaxation in the form of Meyer and Sanders (2003,
// delta-stepping); `attempts` in /diagnostics counts the first ones only.
//
// Sources: Gibson and Bruck (2000), next reaction method; Kiss, Miller and Simon (2017), spread on
// networks.
#pragma once

#include "engine/chance/distribution.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/vector.hpp"
#include "models/vectors/context.hpp"

#include <memory>
#include <string>
#include <vector>

namespace annelid {

struct ContactSettings {
    std::string kind = "contact";
    DistributionSpec time;
    bool repeat = true;
    std::vector<std::string> requires_traits;
    double success = 1;

    Fields fields();
};

/// Collective. Throws InputError where the world has no network.
std::unique_ptr<VectorModel> make_contact(const std::string& name, const ContactSettings& settings,
                                          const VectorContext& context);

}  // namespace annelid
