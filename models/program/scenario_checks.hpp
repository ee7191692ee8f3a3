// Faults of a scenario that only its meaning shows: keys that do not fit each other.
#pragma once

#include "engine/scenario/document.hpp"
#include "models/program/scenario.hpp"

#include <string>
#include <vector>

namespace annelid {

/// Of the life cycle; `fits` says of each state whether its values were fine so far.
void check_states(const Section& worm, const LifecycleSpec& spec, const std::vector<bool>& fits);

/// Of the vectors among each other.
void check_vectors(const Section& worm, const std::vector<Named<VectorSettings>>& vectors);

/// Of the population's keys among each other, once its tables are read.
void check_population(const Section& section, const Scenario& scenario);

/// Of several worms among each other.
void check_worms(const Section& worms, const Scenario& scenario);

/// The table of a worm.
Section worm_section(const Section& root, const Scenario& scenario, const Worm& worm);

/// Of the vectors in the world that the scenario has.
void check_scopes(const Section& root, const Scenario& scenario);

/// Of the hosts that the outbreak of a worm starts with.
void check_seeds(const Section& seeds, const Worm& worm);

/// Of the hours at which hosts are on.
void check_hours(const Section& root, const Scenario& scenario);

/// Codes and names of what the world of a scenario has.
std::vector<std::string> countries_of(const Scenario& scenario);
std::vector<std::string> sectors_of(const Scenario& scenario);

/// Adds faults of a table.
void report(const Section& section, const KeyFaults& faults);

/// True if only a part of the world is kept.
bool restricts_world(const Scenario& scenario);

/// population.hosts; 0 where a network's file says how many there are, or a part of a world is
/// kept.
std::int64_t stated_hosts(const Scenario& scenario);

/// Of the network and those who need one.
void check_network(const Section& root, const Scenario& scenario);

void check_defences(const Section& defence, const Scenario& scenario, bool has_worms,
                    bool has_population);

/// Of the rules of service in the world that the scenario has.
void check_service(const Section& root, const Scenario& scenario);

/// Refused where `key` holds a distribution that cannot be drawn from.
bool check_distribution(const Section& section, const std::string& key,
                        const DistributionSpec& spec);

}  // namespace annelid
