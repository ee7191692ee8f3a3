// Options of a command, read with Boost.Program_options.
#pragma once

#include "models/program/commands.hpp"

#include <string>

#include <boost/program_options.hpp>

namespace annelid {

/// The options of `annelid NAME` with the words that are none, under "file". InputError, with the
/// command's help as the remedy, where they do not fit. Options cannot be abbreviated: a script
/// must not change its meaning when an option is added.
boost::program_options::variables_map read_command_line(
    const std::string& name, const Arguments& arguments,
    const boost::program_options::options_description& options, int most_words = 1);

/// The words of a command line that are no options.
std::vector<std::string> words_of(const boost::program_options::variables_map& values);

/// The scenario that a command line names; InputError where it names none.
std::string scenario_of(const std::string& name,
                        const boost::program_options::variables_map& values);

}  // namespace annelid
