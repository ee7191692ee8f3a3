// When a defence begins and whom it concerns: the keys that all defences share.
//
// It begins at `start` or, for one group after the other, `delay` after its trigger fired; it ends
// `duration` after that. In scope are hosts in these countries (those of the alliances included)
// and sectors that carry all of `traits`; of them, a group complies if u(group) < compliance, by
// its own draw, so that a larger share contains a smaller one.
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/spread/activation.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"

#include <string>
#include <vector>

namespace annelid {

struct TimingSettings {
    TimeUs start = 0;
    std::string trigger;
    TimeUs delay = 0;
    TimeUs duration = never;
    std::vector<std::string> countries;
    std::vector<std::string> alliances;
    std::vector<std::string> sectors;
    std::vector<std::string> traits;
    double compliance = 1;
    std::string complies = "host";

    Fields fields();
    /// … without those of a defence that has its own way to say them, or none.
    Fields fields_but(const std::vector<std::string>& keys);
    /// Places, alliances and triggers that there are not.
    KeyFaults faults(const DefenceNames& names) const;
    /// Places that the population does not have are left out: faults() tells of them.
    Scope scope(const DefenceContext& context) const;
    Activation activation(const DefenceContext& context, Seed seed, const std::string& name) const;
};

}  // namespace annelid
