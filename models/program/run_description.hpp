// What a run file says of a run before it begins: its axes, its hosts and where it comes from.
#pragma once

#include "engine/files/run_file.hpp"
#include "engine/ranks/communicator.hpp"
#include "models/program/run_options.hpp"
#include "models/program/scenario.hpp"
#include "models/program/world.hpp"

#include <map>
#include <string>
#include <vector>

namespace annelid {

/// Kept by --quantiles: the median, and bands of 50 and 95 %.
inline const std::vector<double> ensemble_quantiles = {0.025, 0.25, 0.5, 0.75, 0.975};

RunAxes make_axes(const Scenario& scenario, const World& world, const RunOptions& options);

PopulationTable make_table(const Population& population);

/// Attributes of the root group.
std::map<std::string, Attribute> provenance(const Scenario& scenario, const World& world,
                                            const RunOptions& options, const Communicator& ranks);

/// Integers of the series of one replicate.
double values_of_replicate(const RunAxes& axes, const OutbreakModel& model);

/// In words, what the series of an ensemble take in the file, all of them or their quantiles.
std::string disk_needed(const RunAxes& axes, const OutbreakModel& model, bool events);

/// Series are held whole: InputError for what does not fit into memory, before anything is written.
void check_series_size(const Scenario& scenario, const RunAxes& axes, const OutbreakModel& model);

}  // namespace annelid
