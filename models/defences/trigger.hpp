// Triggers of a scenario: conditions that start defences, for one group after the other.
//
//   time                     from a time on
//   count                    hosts in certain states, of any worm or one     >= at_least and share
//   detections               findings of sensors, false alarms included      >= at_least and share
//   outages                  organisations that are out of service           >= at_least
//   scans                    scans that a telescope sees                     >= at_least
//   all, any, none           of other triggers: and, or, not
//
// Counts are of a scope (countries, alliances, sectors) and told apart by group: `per` world,
// country, sector or organisation. What combines others has the finest group of its parts, which
// looks at the coarser ones that it lies in. A defence of kind alert_sharing is a trigger, too.
// Times are exact and counts those of the end of a step: see engine/spread/triggers.hpp.
//
// After the triggers of EpiHiper (Machi et al. 2021 [R]), which compare sizes of sets and counts of
// states, and combine them by and, or and not; these are besides told apart by group.
#pragma once

#include "engine/base/time.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/triggers.hpp"
#include "models/defences/names.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace annelid {

/// What a trigger of a scenario can name, and what else bounds it.
struct TriggerNames {
    DefenceNames all;
    /// That hosts get into by a worm, by the worm's name.
    std::map<std::string, std::vector<std::string>> states = {};
    std::vector<std::string> sensors = {};  ///< defences that detect hosts
    std::vector<std::string> telescopes = {};
    bool services = false;   ///< it is known which organisations are out of service
    std::int64_t hosts = 0;  ///< 0: not known yet
    TimeUs end = never;      ///< of the run
};

/// Which hosts or organisations count, by which groups, and how many it takes.
struct Counted {
    std::string per = "world";
    std::vector<std::string> countries;
    std::vector<std::string> alliances;
    std::vector<std::string> sectors;
    std::int64_t at_least = 1;
    double share = 0;

    /// `shared`: with the key `share`.
    Fields fields(bool shared);
    KeyFaults faults(const TriggerNames& names) const;
};

// Each has faults(), and remarks(): why it can never fire, where that is no mistake of its own.

struct TimeTrigger {
    std::string kind = "time";
    TimeUs at = 0;

    Fields fields();
    KeyFaults faults(const TriggerNames&) const { return {}; }
    KeyFaults remarks(const TriggerNames& names) const;
};

struct CountTrigger {
    std::string kind = "count";
    std::vector<std::string> states;
    std::string worm = {};
    Counted counted = {};

    Fields fields();
    KeyFaults faults(const TriggerNames& names) const;
    KeyFaults remarks(const TriggerNames& names) const;
};

struct DetectionsTrigger {
    std::string kind = "detections";
    std::vector<std::string> sensors;
    bool false_alarms = true;
    Counted counted = {};

    Fields fields();
    KeyFaults faults(const TriggerNames& names) const;
    KeyFaults remarks(const TriggerNames& names) const;
};

struct OutagesTrigger {
    std::string kind = "outages";
    Counted counted = {};

    Fields fields();
    KeyFaults faults(const TriggerNames& names) const { return counted.faults(names); }
    KeyFaults remarks(const TriggerNames& names) const;
};

struct ScansTrigger {
    std::string kind = "scans";
    std::string telescope;
    std::int64_t at_least = 1;

    Fields fields();
    KeyFaults faults(const TriggerNames& names) const;
    KeyFaults remarks(const TriggerNames&) const { return {}; }
};

/// Of other triggers.
struct Combination {
    std::string kind;
    std::vector<std::string> of;

    Fields fields();
    KeyFaults faults(const TriggerNames& names) const;
    KeyFaults remarks(const TriggerNames&) const { return {}; }
};
struct AllTrigger : Combination {
    AllTrigger() : Combination{"all", {}} {}
};
struct AnyTrigger : Combination {
    AnyTrigger() : Combination{"any", {}} {}
};
struct NoneTrigger : Combination {
    NoneTrigger() : Combination{"none", {}} {}
};

using TriggerSettings = std::variant<TimeTrigger, CountTrigger, DetectionsTrigger, OutagesTrigger,
                                     ScansTrigger, AllTrigger, AnyTrigger, NoneTrigger>;

}  // namespace annelid
