// Defence `cleaning`: the staff of an organisation set up detected hosts anew, one after the other.
//
//   host h of organisation o, detected at t, joins the queue of o: first come, first served, by
//   (t, h), unless it is in there already
//   work begins       max(t, begin, a member of the staff is free)
//   cleaned           W(h) later, W drawn from `work`; not if work would begin after the end
//   staff of o        `staff`, or one for each `hosts_per_staff` of its hosts and at least one
//
// W is the host's own draw, the same each time. False alarms take as long as others. A household
// has nobody but, with `homes`, its own people: staff of one. Cleaning frees the host of every
// worm and ends its isolation; with `patches` the image that it gets has the update.
//
// With Poisson detections an organisation is an M/G/c queue (Kendall 1953 [R]); one of one member
// waits lambda E(W²) / 2 / (1 - lambda E(W)) on average (Pollaczek and Khinchine). The 2 h
// that a host takes are an assumption [A], sweep 30 min to 1 d; so is any number of staff: sweep
// hosts_per_staff from 50 to 500.
//
// Window rule: who is detected in a step is cleaned from the next one on, so this is exact where no
// work is shorter than a step. Queues lie with the rank that owns the organisation's first host. An
// organisation without work costs nothing.
#pragma once

#include "engine/chance/distribution.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"
#include "models/defences/timing.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace annelid {

struct CleaningSettings {
    std::string kind = "cleaning";
    DistributionSpec work{.kind = DistributionSpec::Kind::exponential, .mean = 7200};
    std::int64_t staff = 0;
    std::int64_t hosts_per_staff = 0;
    bool homes = false;
    bool patches = true;
    TimingSettings timing;

    Fields fields();
    /// Both or neither of staff and hosts_per_staff, work that cannot be drawn, faults of timing.
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this population.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const CleaningSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
