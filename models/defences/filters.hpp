// What defences that stop attempts have in common.
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/spread/activation.hpp"
#include "engine/spread/vector.hpp"
#include "models/defences/common.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"
#include "models/defences/timing.hpp"

#include <string>
#include <vector>

namespace annelid {

/// A defence's own fields and those of its timing, without what it has its own way to say.
Fields with_timing_but(const std::vector<std::string>& keys, Fields own, TimingSettings& timing);

/// The key `vectors`; `what` says which ones are meant if it is empty.
Field vectors_field(std::vector<std::string>& vectors, const std::string& what);
/// A fault for names that no vector of any worm has.
void check_vectors(const std::vector<std::string>& vectors, const DefenceNames& names,
                   KeyFaults& faults);
/// What can be named in the world that is built already; vectors are not checked again.
DefenceNames names_with(const std::vector<std::string>& vectors, const DefenceContext& context);

/// True if `vectors` is empty or has the vector's name, whichever worm it is of.
bool concerns(const std::vector<std::string>& vectors, const VectorModel& vector);

/// Whether a defence is in force for a host of any rank. Asks for time first and for traits last.
inline bool in_force(const Activation& activation, const DefenceContext& context, HostId host,
                     TimeUs time) {
    return activation.has_begun(host, time) &&
           activation.in_scope(host, traits_for(activation, context, host));
}

}  // namespace annelid
