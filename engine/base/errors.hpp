// The two kinds of failure a user can meet. Texts follow one grammar: problem (why): advice.
#pragma once

#include <stdexcept>
#include <string>

namespace annelid {

/// Exit codes of the program; models/program/README.md explains them to users.
enum class ExitCode : int {
    ok = 0,
    bad_input = 2,
    some_failed = 3,  ///< replicates of an ensemble; the others are in the file
    internal_fault = 70,
    output_failed = 74,
    come_back_later = 75  ///< a signal has stopped it: more is to be done
};

/// The user can mend it: scenario, tables, command line. All problems found, one a line.
class InputError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A result could not be written: disk full, folder gone, no permission.
class OutputError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace annelid
