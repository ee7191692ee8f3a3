// Defence `patching`: susceptible hosts lose the trait `unpatched` as time goes on.
//
// Of the hosts in scope (countries, sectors), those with u(h) < coverage are patched, host h at
//
//   T(h) = start - ln(v(h)) / rate              by a rate, as in the two-factor model
//                                               (Zou, Gong and Towsley 2002), or
//   T(h) = start + duration x v(h)              by a campaign that takes `duration`.
//
// u and v are the host's own draws, so T is a pure function and a host that nothing reaches costs
// nothing. A patch closes the hole; it neither cures nor stops a host that is infected.
#pragma once

#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"

#include <memory>
#include <string>
#include <vector>

namespace annelid {

struct PatchingSettings {
    std::string kind = "patching";
    TimeUs start = 0;
    double rate_per_s = 0;
    TimeUs duration = 0;
    double coverage = 1;
    std::vector<std::string> countries;
    std::vector<std::string> sectors;

    Fields fields();
    /// Both or neither of rate and duration; a country or sector that the population does not have.
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this population.
std::unique_ptr<DefenceModel> make_patching(const std::string& name,
                                            const PatchingSettings& settings,
                                            const Population& population);

inline std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                                  const PatchingSettings& settings,
                                                  const DefenceContext& context) {
    return make_patching(name, settings, context.population);
}

}  // namespace annelid
