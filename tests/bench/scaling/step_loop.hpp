#pragma once

namespace annelid {

/// A rank of the program that times an outbreak's steps without writing a file:
/// `step_loop SCENARIO.toml [key=value]…`. Prints a line of JSON (README.md says what is in it).
/// Returns its exit code.
int step_loop(int argc, char** argv);

}  // namespace annelid
