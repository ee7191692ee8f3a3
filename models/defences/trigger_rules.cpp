#include "models/defences/trigger_rules.hpp"

#include "models/populations/place_names.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace {

using Kind = TriggerRule::Kind;
using Groups = std::map<std::string, Group>;

/// Follows what triggers look at, depth first.
class Walk {
  public:
    explicit Walk(const TriggerTables& tables) : tables_(tables) {}

    void visit(const std::string& name) {
        const auto begun = std::find(path_.begin(), path_.end(), name);
        if (begun != path_.end()) {
            std::vector<std::string> circle(begun, path_.end());
            circle.push_back(name);
            order.circles.push_back(std::move(circle));
            return;
        }
        if (!done_.insert(name).second) {
            return;
        }
        path_.push_back(name);
        for (const std::string& part : tables_.parts(name)) {
            visit(part);
        }
        path_.pop_back();
        order.names.push_back(name);
    }

    TriggerOrder order;

  private:
    const TriggerTables& tables_;
    std::vector<std::string> path_;
    std::set<std::string> done_;
};

const Counted* counted_of(const TriggerSettings& settings) {
    return std::visit(
        [](const auto& s) -> const Counted* {
            if constexpr (requires { s.counted; }) {
                return &s.counted;
            } else {
                return nullptr;
            }
        },
        settings);
}

/// The finest of these groups; nothing where two of them cross.
std::optional<Group> finest(const std::vector<Group>& groups) {
    Group out = Group::world;
    for (const Group group : groups) {
        out = lies_in(group, out) ? group : out;
    }
    const bool all =
        std::all_of(groups.begin(), groups.end(), [&](Group group) { return lies_in(out, group); });
    return all ? std::optional(out) : std::nullopt;
}

/// The groups of those that one combines, or its own; those without a group are left out.
std::vector<Group> groups_in(const TriggerTables& tables, const std::string& name,
                             const Groups& known) {
    const auto trigger = tables.triggers.find(name);
    if (trigger == tables.triggers.end()) {
        return {Group::country};
    }
    if (const Counted* counted = counted_of(trigger->second)) {
        return {group_named(counted->per)};
    }
    std::vector<Group> out;
    for (const std::string& part : tables.parts(name)) {
        if (known.count(part) > 0) {
            out.push_back(known.at(part));
        }
    }
    return out;
}

/// Those that have one: all, where nothing is wrong.
Groups known_groups(const TriggerTables& tables, const std::vector<std::string>& order) {
    Groups out;
    for (const std::string& name : order) {
        const std::vector<std::string> parts = tables.parts(name);
        const bool known = tables.sharing.count(name) > 0 ||
                           std::all_of(parts.begin(), parts.end(), [&](const std::string& part) {
                               return out.count(part) > 0;
                           });
        const std::optional<Group> group = finest(groups_in(tables, name, out));
        if (known && group) {
            out[name] = *group;
        }
    }
    return out;
}

std::size_t place_of(const std::vector<std::string>& names, const std::string& name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

/// What a rule says of others, which is known without a population.
TriggerRule outline(const TriggerTables& tables, const std::string& name,
                    const std::vector<std::string>& order, Group per) {
    TriggerRule rule;
    rule.name = name;
    rule.per = per;
    for (const std::string& part : tables.parts(name)) {
        rule.of.push_back(place_of(order, part));
    }
    static const std::map<std::string, Kind> kinds = {
        {"time", Kind::time},       {"count", Kind::count}, {"detections", Kind::detections},
        {"outages", Kind::outages}, {"scans", Kind::scans}, {"all", Kind::all},
        {"any", Kind::any},         {"none", Kind::none}};
    const auto trigger = tables.triggers.find(name);
    rule.kind = trigger == tables.triggers.end()
                    ? Kind::alert
                    : kinds.at(std::visit([](const auto& s) { return s.kind; }, trigger->second));
    return rule;
}

std::vector<TriggerRule> outlines(const TriggerTables& tables, const Groups& groups) {
    std::vector<TriggerRule> out;
    const std::vector<std::string> order = order_of(tables).names;
    for (const std::string& name : order) {
        out.push_back(outline(tables, name, order, groups.at(name)));
    }
    return out;
}

// What each kind adds to its outline.

void fill(TriggerRule& rule, const TimeTrigger& settings, const TriggerNumbers&) {
    rule.time = settings.at;
}

void fill(TriggerRule& rule, const CountTrigger& settings, const TriggerNumbers& numbers) {
    rule.worm =
        settings.worm.empty() ? -1 : static_cast<int>(place_of(numbers.worms, settings.worm));
    for (const std::string& state : numbers.states) {
        rule.states.push_back(std::find(settings.states.begin(), settings.states.end(), state) !=
                              settings.states.end());
    }
}

void fill(TriggerRule& rule, const DetectionsTrigger& settings, const TriggerNumbers& numbers) {
    rule.false_alarms = settings.false_alarms;
    for (const std::string& sensor : settings.sensors) {
        rule.sensors.push_back(static_cast<std::uint8_t>(place_of(numbers.defences, sensor)));
    }
}

void fill(TriggerRule& rule, const ScansTrigger& settings, const TriggerNumbers& numbers) {
    rule.telescope = place_of(numbers.telescopes, settings.telescope);
    rule.at_least = settings.at_least;
}

void fill(TriggerRule&, const OutagesTrigger&, const TriggerNumbers&) {}
void fill(TriggerRule&, const Combination&, const TriggerNumbers&) {}

void fill(TriggerRule& rule, const AlertSharingSettings& settings, const DefenceContext& context) {
    rule.delay = settings.delay;
    rule.compliance = settings.compliance;
    const std::vector<std::string>& members = context.alliances.at(settings.alliance);
    for (const Country& country : context.population.countries()) {
        rule.members.push_back(std::find(members.begin(), members.end(), country.code) !=
                               members.end());
    }
}

}  // namespace

std::vector<std::string> TriggerTables::names() const {
    std::vector<std::string> out;
    for (const auto& [name, settings] : triggers) {
        out.push_back(name);
    }
    for (const auto& [name, settings] : sharing) {
        out.push_back(name);
    }
    return out;
}

std::vector<std::string> TriggerTables::parts(const std::string& name) const {
    const auto trigger = triggers.find(name);
    if (trigger == triggers.end()) {
        const auto shared = sharing.find(name);
        return shared == sharing.end() ? std::vector<std::string>{}
                                       : std::vector{shared->second.trigger};
    }
    return std::visit(
        [](const auto& s) {
            if constexpr (requires { s.of; }) {
                return s.of;
            } else {
                return std::vector<std::string>{};
            }
        },
        trigger->second);
}

std::string TriggerTables::parts_key(const std::string& name) const {
    return sharing.count(name) > 0 ? "trigger" : "of";
}

TriggerOrder order_of(const TriggerTables& tables) {
    Walk walk(tables);
    for (const std::string& name : tables.names()) {
        walk.visit(name);
    }
    return std::move(walk.order);
}

std::map<std::string, KeyFaults> check_parts(const TriggerTables& tables,
                                             const std::vector<std::string>& started) {
    std::map<std::string, KeyFaults> out;
    const std::vector<std::string> order = order_of(tables).names;
    const Groups groups = known_groups(tables, order);
    for (const std::string& name : order) {
        if (!finest(groups_in(tables, name, groups))) {
            out[name].push_back({"of",
                                 "one is per country and one per sector, and neither holds the "
                                 "other",
                                 "use the same `per` in both"});
        }
        const auto sharing = tables.sharing.find(name);
        if (sharing == tables.sharing.end() || groups.count(sharing->second.trigger) == 0) {
            continue;
        }
        const Group raised = groups.at(sharing->second.trigger);
        if (raised != Group::country) {
            out[name].push_back(
                {"trigger",
                 fmt::format("countries raise alerts, and it is per {}", name_of(raised)),
                 "name a trigger with per = \"country\""});
        }
    }
    if (!out.empty()) {
        return out;
    }
    const std::vector<TriggerRule> rules = outlines(tables, groups);
    for (std::size_t n = 0; n < rules.size(); ++n) {
        const std::string& name = rules[n].name;
        if (rules[n].per == Group::organisation && truth_when_idle(rules, n) != false &&
            std::find(started.begin(), started.end(), name) != started.end()) {
            out[name].push_back({"of",
                                 "it would be true of organisations in which nothing has happened",
                                 "combine it by \"all\" with a trigger that counts something in an "
                                 "organisation"});
        }
    }
    return out;
}

std::map<std::string, Group> groups_of(const TriggerTables& tables) {
    return known_groups(tables, order_of(tables).names);
}

std::vector<TriggerRule> make_triggers(const TriggerTables& tables, const TriggerNumbers& numbers,
                                       const DefenceContext& context) {
    std::vector<TriggerRule> rules = outlines(tables, groups_of(tables));
    for (TriggerRule& rule : rules) {
        const auto trigger = tables.triggers.find(rule.name);
        if (trigger == tables.triggers.end()) {
            fill(rule, tables.sharing.at(rule.name), context);
            continue;
        }
        std::visit([&](const auto& settings) { fill(rule, settings, numbers); }, trigger->second);
        if (const Counted* counted = counted_of(trigger->second)) {
            rule.at_least = counted->at_least;
            rule.share = counted->share;
            rule.cells =
                cells_in(context.population,
                         with_members(counted->countries, counted->alliances, context.alliances),
                         counted->sectors);
        }
    }
    return rules;
}

std::string why_never(const TriggerRule& rule, const Population& population,
                      std::size_t num_worms) {
    if (rule.kind != Kind::count && rule.kind != Kind::detections && rule.kind != Kind::outages) {
        return "";
    }
    // What organisations have, their country has.
    TriggerRule bound = rule;
    bound.per = rule.per == Group::organisation ? Group::country : rule.per;
    const std::vector<std::int64_t> hosts = hosts_in_scope(bound, population);
    const std::int64_t most = *std::max_element(hosts.begin(), hosts.end());
    // A host can be found more than once.
    const auto times = static_cast<std::int64_t>(rule.worm < 0 ? num_worms : 1);
    return most == 0 ? "no modelled host is in its scope"
           : rule.kind != Kind::detections && rule.at_least > most * times
               ? fmt::format("{} modelled hosts are in its scope", most)
               : "";
}

}  // namespace annelid
