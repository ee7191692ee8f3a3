// A run: replicates of one scenario into one run file, with checkpoints, from the start or from
// one.
#pragma once

#include "engine/files/run_file.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/ranks/dealer.hpp"
#include "engine/spread/outbreak.hpp"
#include "models/program/checkpoints.hpp"
#include "models/program/progress.hpp"
#include "models/program/replicates.hpp"
#include "models/program/run_options.hpp"
#include "models/program/scenario.hpp"
#include "models/program/world.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace annelid {

/// Everything that goes on between an opened run file and its end.
class Run {
  public:
    /// Collective. Plays it all.
    Run(const Scenario& scenario, const RunOptions& options, Communicator& ranks);

    /// By a signal: the run file is not complete.
    bool is_stopped() const { return stopped_; }

    /// Replicates that came to no end.
    std::size_t num_failed() const { return num_failed_; }

  private:
    /// How far the replicate is that this team plays.
    struct Where {
        TimeUs time = 0;
        std::int64_t infections = 0;
    };

    void make_first_world();
    void give_size(RunSeries& series, std::size_t replicates) const;
    void announce() const;
    void finish();
    std::int64_t num_infections() const;

    // run_replicates.cpp
    void play();
    std::int64_t next_piece();
    void play_guarded(std::size_t index, Progress& progress);
    void play_replicate(Replicate& one, Progress& progress);
    void take_rows(Events events, Transitions transitions);
    void place(const Replicate& one);
    void meet();
    void refuse_only_failures() const;
    RunDiagnostics diagnostics_of(const Outbreak& outbreak);
    void add_network(RunNetwork& network) const;

    // run_pauses.cpp
    bool is_time_to_meet(std::int64_t held) const;
    Outbreak::Wish next_wish(const Outbreak& outbreak) const;
    void go_on(Outbreak& outbreak, const Series& series, std::size_t index);
    void checkpoint(Outbreak& outbreak, std::size_t index);
    void stop(Outbreak& outbreak, const Series& series, std::size_t index);
    void flush(Outbreak& outbreak, const Series& series, std::size_t index);
    void write_meeting();
    void write_rows();
    void stop_teams();

    const Scenario& scenario_;
    const RunOptions& options_;
    Communicator& ranks_;
    Communicator team_;  ///< of them: all, unless each replicate is played by fewer
    int num_teams_;
    MemoryLeft memory_left_;  ///< before worlds were made
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point last_flush_ = start_;
    std::chrono::steady_clock::time_point last_checkpoint_ = start_;
    std::optional<Restart> restart_;
    StateTables kept_;  ///< of the checkpoint, until its outbreak goes on
    bool keeps_one_;    ///< the next checkpoint keeps the one before it
    std::string created_;
    std::size_t first_;  ///< index of the first replicate to play
    std::unique_ptr<World> world_;
    std::size_t world_of_;  ///< index of the replicate that it is of, where each has its own
    RunAxes axes_;
    std::optional<Dealer> dealer_;  ///< once replicates are played
    std::vector<Replicate> done_;   ///< of this team since it met others last
    RunSeries series_;
    std::unique_ptr<RunFile> file_;
    RunDiagnostics diagnostics_;
    RunTimings timings_;
    Events last_events_;
    Transitions last_transitions_;
    std::int64_t held_ = 0;  ///< infections of this team in finished replicates, not yet written
    Where where_;
    std::int64_t flushed_infections_ = 0;  ///< of the outbreak that is being played
    std::size_t num_failed_ = 0;
    bool last_failed_ = false;  ///< the replicate that this team has played last
    bool abandoned_ = false;    ///< a signal has stopped a replicate of this team, one of several
    bool stopped_ = false;
};

}  // namespace annelid
