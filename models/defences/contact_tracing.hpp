// Defence `contact_tracing`: who was infected by a detected host, or infected it, is looked at.
//
//   h, detected at T, and g whom it infected at t, or who infected it at t: the link is found with
//   probability `success`, and then g is looked at at
//
//   max(max(T, t) + D, begin)       D drawn from `after`; not from its end on
//
// `forward` follows links to those infected, `backward` to the infector. A traced host that has a
// worm is detected, and its links are followed in turn, however deep; one that has none is left
// alone. Whom a host infects after it was detected (it is not isolated, say) is traced, too. False
// alarms are no infections and lead nowhere. Success and D are draws of the ordered pair (h, g), by
// their numbers in the whole world: a larger success finds all that a smaller one finds.
//
// Scope and compliance are those of g. Traces that are due before it begins wait for it.
//
// Forward and backward tracing of epidemics: Müller, Kretzschmar and Dietz 2000, "Contact tracing
// in stochastic and deterministic epidemic models" [R]. Flow records make it possible in networks;
// a success of 0.5 after 1 h is an assumption [A], sweep 0.1 to 0.9 and 1 min to 1 d.
//
// Window rule: nobody is looked at in the step in which the detection or the infection was made.
// Kept are the hosts that were infected, each with its rank: 24 bytes and a place in a hash table,
// and 24 for each link.
#pragma once

#include "engine/chance/distribution.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"
#include "models/defences/timing.hpp"

#include <memory>
#include <string>

namespace annelid {

struct ContactTracingSettings {
    std::string kind = "contact_tracing";
    DistributionSpec after{.kind = DistributionSpec::Kind::exponential, .mean = 3600};
    double success = 0.5;
    bool forward = true;
    bool backward = true;
    TimingSettings timing;

    Fields fields();
    /// No direction, a delay that cannot be drawn, faults of timing.
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this population.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const ContactTracingSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
