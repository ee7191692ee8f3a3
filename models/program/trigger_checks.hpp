// Alliances and triggers of a scenario: reading what only its files tell, and the faults that only
// their meaning shows.
#pragma once

#include "engine/scenario/document.hpp"
#include "models/defences/timing.hpp"
#include "models/defences/trigger_rules.hpp"
#include "models/program/scenario.hpp"

namespace annelid {

/// Every [alliance.NAME], sorted by name, with the members that its file lists.
void read_alliances(Scenario& scenario, const Section& alliances, Problems& problems);

/// All that a defence can name as its trigger.
TriggerTables trigger_tables(const Scenario& scenario);

/// When a defence begins; null where it has no such keys.
const TimingSettings* timing_of(const DefenceSettings& settings);

/// Of alliances and triggers in the world that the scenario has, with warnings.
void check_triggers(const Section& root, const Scenario& scenario, bool times_fit);

}  // namespace annelid
