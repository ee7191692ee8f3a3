// Defence `throttling`: a throttled host makes connections to new hosts at a limited rate.
//
//   an attempt of a source in force at its drawn time is kept with probability
//       min(1, limit / r)   r the rate at which the source makes connections by this vector, or
//       factor
//
// by its own draw, so a Poisson process of rate r becomes one of rate min(r, limit) or factor r,
// exactly: with all sources throttled, few infected grow as exp(factor K t). Which attempts are
// kept at a low limit is part of what is at a higher one.
//
// Attempts over the limit are dropped. Williamson's throttle queues and delays them, but the queue
// of a scanning worm never empties, so nearly all that it holds back is never sent. Where a source
// probes each of its targets once (a sweep), a host that is spared here is spared for good. A
// vector without a rate (links, credentials, updates) knows no limit; a factor holds for those that
// `vectors` names. The rate is the host's own: where total_rate_limit slows it as well, both shares
// are multiplied.
//
// Source: Williamson (2002), "Throttling viruses": one connection to a new host a second [R].
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"
#include "models/defences/timing.hpp"

#include <memory>
#include <string>
#include <vector>

namespace annelid {

struct ThrottlingSettings {
    std::string kind = "throttling";
    double limit_per_s = -1;  ///< below 0: there is none
    double factor = -1;
    std::vector<std::string> vectors;
    TimingSettings timing;

    Fields fields();
    /// Both or neither of limit and factor.
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this world.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const ThrottlingSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
