// The commands of the program, one a file. Each returns the exit code.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/ranks/communicator.hpp"

#include <string>
#include <vector>

namespace annelid {

using Arguments = std::vector<std::string>;

/// Collective.
ExitCode run_command(const Arguments& arguments, Communicator& ranks);
/// Collective, though most of what it does one rank does alone.
ExitCode network_command(const Arguments& arguments, Communicator& ranks);
ExitCode check_command(const Arguments& arguments);
ExitCode info_command(const Arguments& arguments);
ExitCode list_command(const Arguments& arguments);
ExitCode organisations_command(const Arguments& arguments);

const char* version();
const char* git_commit();

}  // namespace annelid
