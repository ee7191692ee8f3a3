// Defence `kill_switch`: from `time` on, a host that is about to turn infectious looks something
// up (for WannaCry a domain name, once it is registered) and stays inert if it gets an answer.
//
//   host h turns inert instead of infectious at t  <=>  in force for h at t, and u(h) < reach
//
// It is in force from `time`, or a delay after its trigger fired, for hosts in its scope. Hosts
// that are infectious already go on. `reach` is the share of hosts that can look it up: those
// behind a proxy without direct access cannot (Kryptos Logic 2017, "Two weeks later").
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"
#include "models/defences/timing.hpp"

#include <memory>
#include <string>

namespace annelid {

struct KillSwitchSettings {
    std::string kind = "kill_switch";
    TimeUs time = -1;  ///< below 0: a trigger says when
    double reach = 0.9;
    std::string worm;       ///< empty: every worm that has an inert state
    TimingSettings timing;  ///< its start is `time`

    Fields fields();
    /// Neither a time nor a trigger, or both; a worm that there is not.
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this world; worms are not looked up.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const KillSwitchSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
