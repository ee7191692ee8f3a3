// Defence `port_filter`: what crosses an edge of the network is dropped there.
//
//   an attempt from s to t, drawn at d, that takes effect at e is stopped  <=>
//       s and t lie on different sides of an edge, and
//       (t complies and the filter is in force at e, direction in or both)  or
//       (s complies and the filter is in force at d, direction out or both)
//
// `at` says where the edges are, and who complies or not, each by one draw:
//   internet       around every organisation, households included: its provider filters for it
//   country        around every country, at its border
//   organisation   around every organisation but households, which have nobody who would
//
// Nothing is filtered inside. With border filters of compliance 1, both sides in scope, no attempt
// crosses a border from their start on; with a share p of organisations that filter what comes in,
// uniform scans of a flat world with organisations of one host grow as exp((1 - p) K t). An attempt
// without a source (a poisoned update) comes from no place and passes.
//
// Source: Moore, Shannon, Voelker and Savage (2003), "Internet quarantine", on where filters would
// have to stand and how few gaps they may have [R]. Compliance is an assumption: sweep 0 to 1.
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

struct PortFilterSettings {
    std::string kind = "port_filter";
    std::string at;
    std::string direction = "both";
    std::vector<std::string> vectors;
    TimingSettings timing;

    Fields fields();
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this world.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const PortFilterSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
