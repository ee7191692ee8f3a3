// The triggers of a scenario as a whole: what looks at what, and the rules that the engine plays.
#pragma once

#include "models/defences/alert_sharing.hpp"
#include "models/defences/context.hpp"
#include "models/defences/trigger.hpp"

#include <map>
#include <string>
#include <vector>

namespace annelid {

/// All that defences can name as their trigger; the names are all different.
struct TriggerTables {
    std::map<std::string, TriggerSettings> triggers;
    std::map<std::string, AlertSharingSettings> sharing;

    std::vector<std::string> names() const;
    /// Those that it looks at.
    std::vector<std::string> parts(const std::string& name) const;
    /// The key that names them.
    std::string parts_key(const std::string& name) const;
};

/// Names in an order in which each stands after those that it looks at.
struct TriggerOrder {
    std::vector<std::string> names;
    /// Each from a name by way of those that it looks at to that name again.
    std::vector<std::vector<std::string>> circles = {};
};
TriggerOrder order_of(const TriggerTables& tables);

/// Faults of what looks at others, by name; the parts must be known and without circles.
/// `started`: the triggers that defences name.
std::map<std::string, KeyFaults> check_parts(const TriggerTables& tables,
                                             const std::vector<std::string>& started);

/// For which groups each fires.
std::map<std::string, Group> groups_of(const TriggerTables& tables);

/// Names as the engine numbers what they stand for.
struct TriggerNumbers {
    std::vector<std::string> states;  ///< of the run file
    std::vector<std::string> worms;
    std::vector<std::string> defences;
    std::vector<std::string> telescopes = {};
};

/// Rules in the order of order_of(), for tables without faults.
std::vector<TriggerRule> make_triggers(const TriggerTables& tables, const TriggerNumbers& numbers,
                                       const DefenceContext& context);

/// Why a rule can never fire in a population with so many worms: empty where it may.
std::string why_never(const TriggerRule& rule, const Population& population, std::size_t num_worms);

}  // namespace annelid
