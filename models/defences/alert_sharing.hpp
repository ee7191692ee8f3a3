// Defence `alert_sharing`: members of an alliance tell each other of attacks.
//
// Country c raises its alert at A(c), when `trigger` first fires there. It knows of the attack at
//
//   K(c) = min(A(c), min over m of A(m) + delay)   c and m members that comply
//   K(c) = A(c)                                    of any other country
//
// A member complies if u(c) < compliance, by its own draw, keyed by its code. Knowing does nothing
// by itself: other defences name this one as their trigger, and begin in c at K(c).
//
// That the one who is hit warns the others is the premise of collective defence in networks;
// `delay` is what reporting, judging and passing on take: hours for national teams [A], sweep 0 to
// 1 d; compliance [A], sweep 0 to 1.
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"

#include <memory>
#include <string>

namespace annelid {

struct AlertSharingSettings {
    std::string kind = "alert_sharing";
    std::string alliance;
    std::string trigger;
    TimeUs delay = 3600 * us_per_s;
    double compliance = 1;

    Fields fields();
    /// An alliance or trigger that there is not.
    KeyFaults faults(const DefenceNames& names) const;
};

/// It does nothing by itself: it is one of the rules of `make_triggers`.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const AlertSharingSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
