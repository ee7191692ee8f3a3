// When hosts are on: working hours by role, in the local time of a host's country, but for weekends
// and public holidays (engine/hosts/hours.hpp).
//
//   local time            an organisation lies in one of its country's time zones, drawn by the
//                         share of the country's addresses in each (country_utc_offset.csv)
//   always on             u(host) < always_on
//   at weekends, holidays u'(host) < weekends: the same hours as on a working day
//   a host's hours        start and end, each moved by its own uniform draw in (-jitter, jitter)
//
// A role is a set of traits with hours of its own; a host has those of the first role, by name,
// whose traits it carries, else those of [hours] itself. Without countries local time is UTC.
#pragma once

#include "engine/hosts/hours.hpp"
#include "engine/scenario/fields.hpp"
#include "models/populations/world_tables.hpp"

#include <memory>
#include <string>
#include <vector>

namespace annelid {

struct RoleHours {
    std::string name;  ///< empty for [hours] itself
    std::vector<std::string> traits;
    std::string weekdays = "08:00-18:00";
    double always_on = 0;
    double weekends = 0;
    TimeUs jitter = 0;

    Fields fields();
    KeyFaults faults() const;
};

struct HoursSettings {
    RoleHours rest;
    NamedLists holidays;
    std::vector<RoleHours> roles;  ///< sorted by name

    Fields fields();
    KeyFaults faults(const std::vector<std::string>& all_countries) const;
};

/// `start` is the date and time of time 0. Throws InputError where the settings have faults.
std::unique_ptr<Hours> make_hours(const HoursSettings& settings, const Population& population,
                                  const WorldTables& tables, const std::string& start,
                                  TimeUs end_us, Seed seed);

}  // namespace annelid
