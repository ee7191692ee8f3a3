// Defence `isolation`: a host that was detected is cut off, and neither infects nor is infected.
//
//   detected at t     isolated in [max(t + D(h), begin), min(… + lasts, end))
//
// D is drawn from `after` by the host's own draw, the same each time. With `lasts = "never"` it is
// cut off until it is cleaned, or the defence ends. False alarms cut off healthy hosts just so. A
// host that is detected again after its isolation is isolated again.
//
// With D = d for all hosts, all of which are detected when they turn infectious, hosts infect for
// just d: an SIR outbreak with a fixed infectious period.
//
// Isolation as a means against worms: Moore et al. 2003, "Internet quarantine: requirements for
// containing self-propagating code" [R], which asks for minutes against a worm like Code Red. The
// default of 30 min is an assumption [A], sweep 1 min to 1 d.
#pragma once

#include "engine/chance/distribution.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"
#include "models/defences/timing.hpp"

#include <memory>
#include <string>

namespace annelid {

struct IsolationSettings {
    std::string kind = "isolation";
    DistributionSpec after{.kind = DistributionSpec::Kind::fixed, .mean = 1800};
    TimeUs lasts = never;
    TimingSettings timing;

    Fields fields();
    /// A delay that cannot be drawn, faults of timing.
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this population.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const IsolationSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
