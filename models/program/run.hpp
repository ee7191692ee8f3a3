// A run: replicates of one scenario into one run file, with checkpoints, from the start or from
// one.
#pragma once

#include "engine/files/run_file.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/spread/outbreak.hpp"
#include "models/program/checkpoints.hpp"
#include "models/program/progress.hpp"
#include "models/program/run_options.hpp"
#include "models/program/scenario.hpp"
#include "models/program/world.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace annelid {

/// Everything that goes on between an opened run file and its end.
class Run {
  public:
    /// Collective. Plays it all.
    Run(const Scenario& scenario, const RunOptions& options, Communicator& ranks);

    /// By a signal: the run file is not complete.
    bool is_stopped() const { return stopped_; }

  private:
    void announce() const;
    void play();
    void play_replicate(std::size_t index, Progress& progress);
    Outbreak::Wish next_wish(const Outbreak& outbreak) const;
    void go_on(Outbreak& outbreak, const Series& series, std::size_t index);
    void checkpoint(Outbreak& outbreak, std::size_t index);
    void stop(Outbreak& outbreak, const Series& series, std::size_t index);
    void flush(Outbreak& outbreak, const Series& series, std::size_t index);
    void keep_diagnostics(const OutbreakCounts& counts);
    void keep_network();
    void finish();

    const Scenario& scenario_;
    const RunOptions& options_;
    Communicator& ranks_;
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point last_flush_ = start_;
    std::chrono::steady_clock::time_point last_checkpoint_ = start_;
    std::optional<Restart> restart_;
    StateTables kept_;  ///< of the checkpoint, until its outbreak goes on
    bool keeps_one_;    ///< the next checkpoint keeps the one before it
    std::string created_;
    std::unique_ptr<World> world_;
    RunAxes axes_;
    RunSeries series_;
    std::unique_ptr<RunFile> file_;
    RunDiagnostics diagnostics_;
    RunTimings timings_;
    Events last_events_;
    Transitions last_transitions_;
    std::int64_t infections_ = 0;
    std::int64_t flushed_infections_ = 0;  ///< of the outbreak that is being played
    bool stopped_ = false;
};

}  // namespace annelid
