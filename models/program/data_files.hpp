// The files that come with annelid, wherever it is installed: worms and tables.
#pragma once

#include "engine/scenario/document.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace annelid {

/// A file or folder that comes with annelid ("worms/si.toml", "inputs/world-2017"), looked for in
/// $ANNELID_DATA, beside the installed program and in the source tree; empty if there is none.
std::filesystem::path find_data(const std::filesystem::path& name);

/// A file that a scenario names: in `folder`, which is the scenario's, else among the inputs that
/// come with annelid. The path in `folder` where there is no such file.
std::filesystem::path find_input(const std::string& name, const std::filesystem::path& folder);

/// Reports `key` where its value `name` leads out of the scenario's folder, and returns false then:
/// a scenario that comes from elsewhere does not choose which files of ours are read. Whoever runs
/// the program may name any, by --set.
bool check_stays_inside(const Section& section, const std::string& key, const std::string& name);

/// Names that `preset` can have, sorted.
std::vector<std::string> worm_names();

}  // namespace annelid
