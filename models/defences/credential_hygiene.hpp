// Defence `credential_hygiene`: what can be harvested from a host opens no other.
//
//   an attempt by stolen credentials, drawn at d by a source in force at d, is stopped  <=>
//       u(source) < share
//
// As where every host has a local administrator's password of its own, and no administrator of the
// domain logs on to hosts that others use. Credentials taken before it begins are worthless from
// then on, too (they are changed); a source keeps its draw through later infections. With a share
// of 1 nothing spreads by credentials any more.
//
// Source: Microsoft (2014), "Mitigating pass-the-hash and other credential theft, version 2", for
// the measures [R]. The share is an assumption: sweep 0 to 1.
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

struct CredentialHygieneSettings {
    std::string kind = "credential_hygiene";
    double share = 1;
    std::vector<std::string> vectors;
    TimingSettings timing;

    Fields fields();
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this world.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const CredentialHygieneSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
