// What a run file says of a run before it begins: its axes, its hosts and where it comes from.
#pragma once

#include "engine/files/run_file.hpp"
#include "engine/ranks/communicator.hpp"
#include "models/program/run_options.hpp"
#include "models/program/scenario.hpp"
#include "models/program/world.hpp"

#include <map>
#include <string>

namespace annelid {

RunAxes make_axes(const Scenario& scenario, const World& world, const RunOptions& options);

PopulationTable make_table(const Population& population);

/// Attributes of the root group.
std::map<std::string, Attribute> provenance(const Scenario& scenario, const World& world,
                                            const RunOptions& options, const Communicator& ranks);

/// Series are held whole: InputError for what does not fit into memory, before anything is written.
void check_series_size(const Scenario& scenario, const RunAxes& axes, const OutbreakModel& model);

}  // namespace annelid
