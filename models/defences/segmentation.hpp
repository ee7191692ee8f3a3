// Defence `segmentation`: organisations are cut into segments, between which little passes.
//
//   segments of an organisation   groups of neighbouring subnets, as few as hold no more than
//                                 `segment_hosts` hosts each (engine/hosts/organisation.hpp)
//   an attempt between segments a and b of one complying organisation is stopped  <=>
//       u(organisation, a, b) >= openness, and its target is no server or they are not open
//
// The same rule as population.segment_hosts, but from a time or a trigger on, for those that
// comply, and for every attempt inside the organisation, links included: a firewall does not ask by
// which list a worm knows a host. Pairs of segments are ordered; each has its own draw, so that
// what is open at a small `openness` is at a larger one. The cuts of the population stay. Without
// openness and open servers, an outbreak of one segment stays in it.
//
// Openness and the size of segments are assumptions: sweep them.
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"
#include "models/defences/timing.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace annelid {

struct SegmentationSettings {
    std::string kind = "segmentation";
    std::int64_t segment_hosts = 0;
    double openness = 0;
    bool servers_open = true;
    TimingSettings timing;

    Fields fields();
    KeyFaults faults(const DefenceNames& names) const;
};

/// Throws InputError where the settings have faults in this world.
std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const SegmentationSettings& settings,
                                           const DefenceContext& context);

}  // namespace annelid
