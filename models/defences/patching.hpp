// Defence `patching`: susceptible hosts lose the trait `unpatched` as time goes on.
//
// Of the hosts in scope that comply, those with u(h) < coverage are patched; coverage is the
// ceiling that patching comes up to. Where it begins at b (at `start`, or a delay after its trigger
// fired for the host's group), host h is patched at
//
//   T(h) = b - ln(v(h)) / rate                  by a rate, as in the two-factor model
//                                               (Zou, Gong and Towsley 2002),
//   T(h) = b + duration x v(h)                  by a campaign that takes `duration`, or
//   T(h) = b + (place(h) + 1) / capacity        by a campaign that deals with so many hosts a time
//                                               in each organisation, country or the world (`per`)
//
// u and v are the host's own draws, place its place in a random order of its group's hosts in the
// countries and sectors of the scope. All of these take their turn, also those that need no patch
// or are never patched. So T is a pure function, and a host that nothing reaches costs nothing. A
// capacity per country or world means real hosts: a scaled world has its part of it.
//
// A patch closes the hole; it neither cures nor stops a host that is infected. The two-factor
// model's dQ/dt = mu S J, patching because others are infected, is no pure function of the host and
// is left out; a trigger on the number of infected hosts is what there is for it.
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"
#include "models/defences/timing.hpp"

#include <memory>
#include <string>

namespace annelid {

struct PatchingSettings {
    std::string kind = "patching";
    double rate_per_s = 0;
    TimeUs duration = 0;  ///< of a campaign; that of `timing` is not used
    double capacity_per_s = 0;
    std::string per = "organisation";
    double coverage = 1;
    TimingSettings timing;

    Fields fields();
    /// None or several of rate, duration and capacity; names that there are not.
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this world, or the trigger fires for parts
/// of what shares a capacity.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const PatchingSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
