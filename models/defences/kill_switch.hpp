// Defence `kill_switch`: from `time` on, a host that is about to turn infectious looks something
// up (for WannaCry a domain name, once it is registered) and stays inert if it gets an answer.
//
//   host h turns inert instead of infectious at t  <=>  t >= time and u(h) < reach
//
// Hosts that are infectious already go on. `reach` is the share of hosts that can look it up:
// those behind a proxy without direct access cannot (Kryptos Logic 2017, "Two weeks later").
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"

#include <memory>
#include <string>

namespace annelid {

struct KillSwitchSettings {
    std::string kind = "kill_switch";
    TimeUs time = 0;
    double reach = 0.9;
    std::string worm;  ///< empty: every worm that has an inert state

    Fields fields();
    /// A worm that there is not.
    KeyFaults faults(const DefenceNames& names) const;
};

std::unique_ptr<DefenceModel> make_kill_switch(const std::string& name,
                                               const KillSwitchSettings& settings);
inline std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                                  const KillSwitchSettings& settings,
                                                  const DefenceContext&) {
    return make_kill_switch(name, settings);
}

}  // namespace annelid
