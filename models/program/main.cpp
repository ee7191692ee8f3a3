// annelid: a parallel agent-based simulator of worm outbreaks over modelled hosts.
#include "engine/base/large_vector.hpp"
#include "engine/ranks/guarded.hpp"
#include "models/program/commands.hpp"

#include <csignal>

#include <fmt/format.h>

namespace {

using namespace annelid;

constexpr const char* help =
    R"(annelid: how worms spread over modelled hosts, on one core or a cluster.

  annelid run SCENARIO.toml     run an outbreak and write one HDF5 file
  annelid check SCENARIO.toml   every fault of a scenario, or it in full
  annelid info FILE.h5          what is in a run file, in words
  annelid network WHAT ...      generate, convert, describe or partition a graph
  annelid list WHAT             keys of worms, vectors, defences, populations,
                                networks or scenario
  annelid organisations SCENARIO.toml   which hosts belong together
  annelid COMMAND --help        options of a command, with examples
  annelid --version

Several ranks: mpirun -n 4 annelid run ...; threads: OMP_NUM_THREADS.

Exit codes: 0 done; 2 bad input (nothing was written); 3 some replicates failed,
the others are in the file; 70 internal fault; 74 a result could not be written;
75 stopped by a signal, come back later.
)";

ExitCode dispatch(const Arguments& arguments, Communicator& ranks) {
    Arguments rest = arguments;
    std::string command = "--help";
    if (!rest.empty()) {
        command = rest.front();
        rest.erase(rest.begin());
    }
    if (command == "run") {
        return run_command(rest, ranks);
    }
    if (command == "network") {
        return network_command(rest, ranks);
    }
    if (!ranks.is_first()) {
        return ExitCode::ok;  // the other commands need one rank only
    }
    if (command == "check") {
        return check_command(rest);
    }
    if (command == "info") {
        return info_command(rest);
    }
    if (command == "list") {
        return list_command(rest);
    }
    if (command == "organisations") {
        return organisations_command(rest);
    }
    if (command == "--version") {
        fmt::print("annelid {} ({})\n", version(), git_commit());
        return ExitCode::ok;
    }
    if (command == "--help" || command == "-h" || command == "help") {
        fmt::print("{}", help);
        return ExitCode::ok;
    }
    throw InputError(fmt::format(
        "{} (there is no such command): use run, check, info, network, list or organisations",
        command));
}

}  // namespace

int main(int argc, char** argv) {
    annelid::keep_freed_memory();
    // Beyond a limit of file sizes a write is to fail as on a full disk, and to be told as such.
    std::signal(SIGXFSZ, SIG_IGN);
    const annelid::MpiSession session(argc, argv);
    annelid::Communicator ranks;
    return static_cast<int>(annelid::guarded(ranks, [&] {
        return dispatch({argv + 1, argv + argc}, ranks);
    }));
}
