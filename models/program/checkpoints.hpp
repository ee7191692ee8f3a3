// Checkpoints of a run: when they are due, what identifies the run, and going on from one.
#pragma once

#include "engine/base/state.hpp"
#include "engine/files/checkpoint_file.hpp"
#include "engine/files/run_file.hpp"
#include "engine/ranks/communicator.hpp"
#include "models/program/run_options.hpp"
#include "models/program/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace annelid {

class World;

/// How far a run is.
struct RunMoment {
    std::size_t index = 0;                  ///< of the replicate, from 0
    TimeUs time = 0;                        ///< before which it is played
    std::string created;                    ///< of the run file
    RunFile::Rows rows;                     ///< of it that are from before
    std::vector<std::string> has_begun;     ///< defences started by triggers
    std::vector<RunFailure> failures = {};  ///< of replicates before this one
};

CheckpointHead make_head(const Scenario& scenario, const World& world, const RunOptions& options,
                         const RunMoment& moment);

/// The state of a run beside that of the outbreak that is being played: what replicates before it
/// came to.
void save_finished(StateWriter& out, const RunSeries& series, const RunDiagnostics& diagnostics,
                   std::size_t replicates, std::size_t index);
/// Takes that back; the arrays of `series` have their size. Complete on the first rank.
void load_finished(const StateReader& in, RunSeries& series, RunDiagnostics& diagnostics);

/// A checkpoint to go on from.
struct Restart {
    CheckpointHead head;
    RunMoment moment;
    std::filesystem::path run_file;    ///< with what was written before; empty: nothing was
    std::vector<std::string> changes;  ///< of the scenario, all of which may be
};

/// Collective. InputError on all ranks where options.restart cannot be read, is of another run or
/// of a scenario that differs in what mattered already, or where its run file is gone.
Restart read_restart(const Scenario& scenario, const RunOptions& options, Communicator& ranks);

/// InputError unless the world is the one of the checkpoint.
void check_world(const Restart& restart, const World& world, const RunOptions& options);

}  // namespace annelid
