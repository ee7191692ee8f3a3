#pragma once

namespace annelid {

/// A rank of the program that times an outbreak's steps without writing a file:
/// `step_loop SCENARIO.toml [key=value]…`. Returns its exit code.
///
/// The first rank prints a line of JSON: sizes and counts over all ranks (`allreduces` and
/// `exchanges` as one rank makes them, 0 exchanges on one rank), `messages` and `bytes` sent to one
/// other rank, and seconds: `seconds` of the whole loop, `work_s` outside MPI over all ranks,
/// `slowest_s` of the slowest rank of each step, `synchronise_s` of as many empty collectives.
///
/// in_one_process: ranks are its coroutines, so that what they tell each other while they make the
/// world need not go through MPI.
int step_loop(int argc, char** argv, bool in_one_process);

}  // namespace annelid
