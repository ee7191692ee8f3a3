#include "models/defences/trigger.hpp"

#include "models/defences/scope.hpp"
#include "models/populations/place_names.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace {

bool contains(const std::vector<std::string>& all, const std::string& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
}

Field kind_field(std::string& kind) {
    Field field{"kind", &kind, Unit::none, "what it looks at"};
    field.choices = {kind};
    return field;
}

Field at_least_field(std::int64_t& at_least, const std::string& what) {
    Field field{"at_least", &at_least, Unit::none, "it is true from so many " + what + " on"};
    field.min = 1;
    field.max = 1e15;
    return field;
}

Fields together(Fields first, const Fields& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

/// More hosts than there are never come.
void remark_on_hosts(std::int64_t at_least, const TriggerNames& names, std::size_t times,
                     KeyFaults& out) {
    const std::int64_t most = names.hosts * static_cast<std::int64_t>(times);
    if (names.hosts > 0 && at_least > most) {
        out.push_back({"at_least",
                       fmt::format("it can never fire: there are {} modelled hosts", names.hosts),
                       "use fewer, or share"});
    }
}

}  // namespace

Fields Counted::fields(bool shared) {
    Field per_field{"per", &per, Unit::none, "of what it is true, one apart from the other"};
    per_field.choices = {"world", "country", "sector", "organisation"};
    Fields out = {
        per_field,
        Field{"countries", &countries, Unit::none, "only what is in these counts; empty: all"},
        Field{"alliances", &alliances, Unit::none,
              "only what is in the members of these [alliance.NAME], and in `countries`"},
        Field{"sectors", &sectors, Unit::none, "only what is in these; empty: all"},
        at_least_field(at_least, "")};
    out.back().doc = "it is true from so many on";
    if (shared) {
        out.push_back(Field{"share", &share, Unit::share,
                            "… and from this share of the group's hosts in scope on"});
    }
    return out;
}

KeyFaults Counted::faults(const TriggerNames& names) const {
    KeyFaults out;
    check_places("countries", countries, names.all.countries, out);
    check_names("alliances", alliances, names.all.alliances, "alliance", out);
    check_places("sectors", sectors, names.all.sectors, out);
    return out;
}

Fields TimeTrigger::fields() {
    Field at_field{"at", &at, Unit::duration, "it is true from then on"};
    at_field.required = true;
    at_field.min = 0;
    return {kind_field(kind), at_field};
}

KeyFaults TimeTrigger::remarks(const TriggerNames& names) const {
    KeyFaults out;
    if (at >= names.end) {
        out.push_back(
            {"at", "it can never fire: the run is over by then", "use a time before time.end"});
    }
    return out;
}

Fields CountTrigger::fields() {
    Field states_field{"states", &states, Unit::none, "hosts that are in one of these count"};
    states_field.required = true;
    return together({kind_field(kind), states_field,
                     Field{"worm", &worm, Unit::none,
                           "in states of this worm; empty: those of each worm are added up"}},
                    counted.fields(true));
}

KeyFaults CountTrigger::faults(const TriggerNames& names) const {
    KeyFaults out = counted.faults(names);
    const bool is_worm = worm.empty() || names.states.count(worm) > 0;
    if (!is_worm) {
        out.push_back({"worm", "there is no worm of that name", "name one of the run's"});
    }
    std::vector<std::string> known;
    for (const auto& [name, states_of] : names.states) {
        for (const std::string& state : states_of) {
            if ((worm.empty() || name == worm) && !contains(known, state)) {
                known.push_back(state);
            }
        }
    }
    if (states.empty()) {
        out.push_back({"states", "no state is counted",
                       fmt::format("use some of {}", fmt::join(known, ", "))});
    }
    for (const std::string& state : states) {
        if (is_worm && !contains(known, state)) {
            out.push_back({"states",
                           fmt::format("{} is no state that an infection leads to: hosts that were "
                                       "never infected are not counted",
                                       state),
                           fmt::format("use some of {}", fmt::join(known, ", "))});
        }
    }
    return out;
}

KeyFaults CountTrigger::remarks(const TriggerNames& names) const {
    KeyFaults out;
    remark_on_hosts(counted.at_least, names, worm.empty() ? names.states.size() : 1, out);
    return out;
}

Fields DetectionsTrigger::fields() {
    return together(
        {kind_field(kind),
         Field{"sensors", &sensors, Unit::none, "defences whose findings count; empty: all"},
         Field{"false_alarms", &false_alarms, Unit::none,
               "false alarms count, as a defender cannot tell them"}},
        counted.fields(true));
}

KeyFaults DetectionsTrigger::faults(const TriggerNames& names) const {
    KeyFaults out = counted.faults(names);
    for (const std::string& sensor : sensors) {
        if (!contains(names.all.defences, sensor)) {
            check_names("sensors", {sensor}, names.sensors, "defence", out);
        } else if (!contains(names.sensors, sensor)) {
            out.push_back({"sensors", fmt::format("[defence.{}] detects no hosts", sensor),
                           names.sensors.empty()
                               ? "add a defence of kind sensor"
                               : fmt::format("use {}", fmt::join(names.sensors, ", "))});
        }
    }
    return out;
}

KeyFaults DetectionsTrigger::remarks(const TriggerNames& names) const {
    KeyFaults out;
    if (names.sensors.empty() && sensors.empty()) {
        out.push_back({"kind", "it can never fire: no defence detects hosts",
                       "add a defence of kind sensor"});
    }
    return out;
}

Fields OutagesTrigger::fields() {
    return together({kind_field(kind)}, counted.fields(false));
}

KeyFaults OutagesTrigger::remarks(const TriggerNames& names) const {
    KeyFaults out;
    remark_on_hosts(counted.at_least, names, 1, out);
    if (!names.services) {
        out.push_back({"kind", "it can never fire: there is no [service]",
                       "say in [service] when an organisation is out of service"});
    }
    return out;
}

Fields ScansTrigger::fields() {
    Field telescope_field{"telescope", &telescope, Unit::none, "the telescope that sees them"};
    telescope_field.required = true;
    return {kind_field(kind), telescope_field, at_least_field(at_least, "scans")};
}

KeyFaults ScansTrigger::faults(const TriggerNames& names) const {
    KeyFaults out;
    check_names("telescope", {telescope}, names.telescopes, "telescope", out);
    return out;
}

Fields Combination::fields() {
    Field of_field{"of", &of, Unit::none, "the triggers that it combines"};
    of_field.required = true;
    return {kind_field(kind), of_field};
}

KeyFaults Combination::faults(const TriggerNames& names) const {
    KeyFaults out;
    check_names("of", of, names.all.triggers, "trigger", out);
    if (of.empty()) {
        out.push_back({"of", "it combines nothing", "name the triggers that it combines"});
    }
    return out;
}

}  // namespace annelid
