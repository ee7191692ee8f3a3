// Defence `sensor`: some hosts are watched, and a worm on them is found, sooner or later, or taken
// for granted where there is none.
//
//   watched           u(h) < coverage(h): that of the host's sector where it is named, else of its
//                     country where that is named, else `coverage`
//   host h enters a state that the sensor sees at t, in its infection number i
//   missed            v(h, i) < false_negatives
//   detected at       max(t + D(h, i), begin), D drawn from `after`, if it has the worm by then
//   false alarms      a Poisson process of rate `false_alarm_rate` for each watched host
//
// u, v and D are draws of their own, by the host's number in the whole world: a larger coverage
// contains a smaller one, and a miss of a small share is one of any larger. A sensor that begins
// while hosts have the worm already looks at once: what it would have seen before, it sees at its
// begin. It sees nothing from its end on.
//
// False alarms are drawn for blocks of 65,536 neighbouring hosts of the whole world, at the rate of
// all of the block's hosts, each on one of them by a uniform draw, and count if that host is here,
// watched, in scope and the sensor in force: exactly a Poisson process for each such host, the same
// on any layout, at the cost of what happens and 16 bytes a block.
//
// Delays and false alarms of intrusion detection: time to detect is the dwell time of the trade's
// reports, weeks for intrusions that keep quiet [R]; worms make noise, so the default is an hour
// [A], sweep 1 min to 1 d. That false alarms limit what a sensor is good for: Axelsson 2000, "The
// base-rate fallacy and the difficulty of intrusion detection" [R].
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

struct SensorSettings {
    std::string kind = "sensor";
    double coverage = 1;
    NamedNumbers coverage_by_country;
    NamedNumbers coverage_by_sector;
    std::string sees = "infected";
    DistributionSpec after{.kind = DistributionSpec::Kind::exponential, .mean = 3600};
    double false_negatives = 0;
    double false_alarm_rate_per_s = 0;
    TimingSettings timing;

    Fields fields();
    /// Places that the population does not have, a delay that cannot be drawn, faults of timing.
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this population.
std::unique_ptr<DefenceModel> make_defence(const std::string& name, const SensorSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
