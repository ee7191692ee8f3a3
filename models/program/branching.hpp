// Other futures from one checkpoint: which keys of a scenario may differ from those that the
// checkpoint was made with. Only what cannot have mattered yet:
//
//   title, record.hosts, network.partition   change nothing that happens
//   time.end              earlier than it was, not before the checkpoint: what lies beyond the
//                         end that was known was never drawn
//   seeds.*               of a worm that has not begun, before and after
//   defence.NAME.*        by the clock: one that patches, stops attempts or makes hosts inert may
//                         come, go or differ if it begins at or after the checkpoint, before and
//                         after; with a trigger: one that has begun nowhere may differ in all but
//                         kind and trigger, unless it hears of what happens (cleaning, tracing)
//
// With common random numbers such a future is bit for bit the run of that scenario from its start.
#pragma once

#include "engine/base/time.hpp"

#include <set>
#include <string>
#include <vector>

namespace annelid {

struct Moment {
    TimeUs time;                      ///< of the checkpoint
    std::set<std::string> has_begun;  ///< defences
};

/// What a restart changes, each as "key = new, was old".
struct Differences {
    std::vector<std::string> allowed;
    std::vector<std::string> refused;  ///< with the reason
};

/// Between two effective scenarios (effective_text()).
Differences compare_scenarios(const std::string& before, const std::string& after,
                              const Moment& moment);

}  // namespace annelid
