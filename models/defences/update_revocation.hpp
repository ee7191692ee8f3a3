// Defence `update_revocation`: clients do not take a poisoned update any more.
//
//   a poll at e of a client in force at e gets nothing
//
// The vendor takes the update back, or the certificate that signed it is revoked, and those who
// comply look before they install; others still take it while the vendor hands it out. With
// compliance 1 it is the same as a live time that ends when this begins. Who has the worm by then
// keeps it.
//
// When a vendor notices is an assumption: M.E.Doc's servers were taken away on 4 July 2017, a week
// after the outbreak [R].
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

struct UpdateRevocationSettings {
    std::string kind = "update_revocation";
    std::vector<std::string> vectors;
    TimingSettings timing;

    Fields fields();
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this world.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const UpdateRevocationSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
