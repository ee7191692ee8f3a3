// Run: what is done between two steps: flushes, checkpoints, the end by a signal.
#include "engine/base/stop.hpp"
#include "engine/scenario/quantity.hpp"
#include "models/program/run.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace annelid {

namespace {

/// Infections that all ranks keep in memory before they are written: 40 bytes each.
constexpr std::int64_t most_events = 4'000'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

/// First rank, with several teams.
bool Run::is_time_to_meet(std::int64_t held) const {
    return num_teams_ > 1 &&
           (held > most_events || seconds_since(last_flush_) > options_.flush_every_s);
}

/// First rank: what the clock asks for.
Outbreak::Wish Run::next_wish(const Outbreak& outbreak) const {
    if (options_.checkpoint_every_s > 0 &&
        seconds_since(last_checkpoint_) > options_.checkpoint_every_s) {
        return Outbreak::Wish::checkpoint;
    }
    const bool many_events = scenario_.record_events &&
                             held_ + outbreak.num_infections() > flushed_infections_ + most_events;
    return many_events || seconds_since(last_flush_) > options_.flush_every_s
               ? Outbreak::Wish::flush
               : Outbreak::Wish::none;
}

/// Collective. After the outbreak has taken back its state: the rest of the run.
void Run::go_on(Outbreak& outbreak, const Series& series, std::size_t index) {
    const std::int64_t rows = series.rows_before(outbreak.played_until());
    outbreak.write_series(series_, index, rows);  // gives all series their size
    load_finished(StateReader(kept_, "run/"), series_, diagnostics_);
    if (ranks_.is_first()) {
        std::fill_n(series_.rows_final.begin(), index, scenario_.num_rows());
        series_.rows_final[index] = rows;
        for (const RunFailure& failure : restart_->moment.failures) {
            series_.rows_final.at(static_cast<std::size_t>(failure.replicate)) = 0;
        }
    }
    diagnostics_.failures = restart_->moment.failures;
    num_failed_ = diagnostics_.failures.size();
    kept_.clear();
    if (!restart_->run_file.empty()) {
        file_->take_over(restart_->run_file, restart_->moment.rows, series_);
    }
}

/// Collective. After a flush, so that what it leaves out is in the run file.
void Run::checkpoint(Outbreak& outbreak, std::size_t index) {
    const auto begin = std::chrono::steady_clock::now();
    StateTables tables;
    StateWriter of_outbreak(tables, "outbreak/");
    outbreak.save(of_outbreak);
    StateWriter of_run(tables, "run/");
    save_finished(of_run, series_, diagnostics_, axes_.replicates.size(), index);
    RunMoment moment{index, outbreak.played_until(), created_, file_->rows(),
                     {},    diagnostics_.failures};
    for (const DefenceStart& start : outbreak.defence_starts()) {
        moment.has_begun.push_back(axes_.defences[start.defence]);
    }
    write_checkpoint(options_.checkpoint, make_head(scenario_, *world_, options_, moment), tables,
                     keeps_one_, ranks_);
    keeps_one_ = true;
    last_checkpoint_ = std::chrono::steady_clock::now();
    timings_.output_s += seconds_since(begin);
}

/// Collective. After the step in which all ranks heard of the signal. Who sent it may kill soon, so
/// what that would mean is said first.
void Run::stop(Outbreak& outbreak, const Series& series, std::size_t index) {
    const auto say = [&](const std::string& line) {
        if (ranks_.is_first()) {
            fmt::print(stderr, "{}\n", line);
            std::fflush(stderr);
        }
    };
    say(
        fmt::format("{}: stopping at {:.2f} of {:.2f} h (no further line: time was too short, what "
                    "was written before stands)",
                    signal_name(team_.stop_signal()), to_seconds(outbreak.played_until()) / 3600,
                    to_seconds(scenario_.end) / 3600));
    flush(outbreak, series, index);
    checkpoint(outbreak, index);
    stopped_ = true;
    say(fmt::format("stopped: {} is not complete and can be read; go on with --restart {}",
                    options_.output, options_.checkpoint));
}

void Run::flush(Outbreak& outbreak, const Series& series, std::size_t index) {
    const auto begin = std::chrono::steady_clock::now();
    const std::int64_t rows = series.rows_before(outbreak.played_until());
    outbreak.write_series(series_, index, rows);
    if (ranks_.is_first()) {
        series_.rows_final[index] = rows;
    }
    take_rows(outbreak.take_events(), outbreak.take_transitions());
    write_rows();
    flushed_infections_ = outbreak.num_infections();
    timings_.output_s += seconds_since(begin);
}

/// Collective. What teams have come to since they met last; meet() has brought the series.
void Run::write_meeting() {
    const auto begin = std::chrono::steady_clock::now();
    write_rows();
    timings_.output_s += seconds_since(begin);
}

/// Collective. The run file so far.
void Run::write_rows() {
    file_->flush(series_, std::exchange(last_events_, {}), std::exchange(last_transitions_, {}));
    last_flush_ = std::chrono::steady_clock::now();
    held_ = 0;
}

/// Collective. Several teams, after a signal: what they had begun is lost.
void Run::stop_teams() {
    write_meeting();
    stopped_ = true;
    if (ranks_.is_first()) {
        const auto finished =
            std::ranges::count_if(series_.rows_final, [](std::int64_t rows) { return rows > 0; });
        fmt::print(stderr,
                   "stopped by a signal: {} has {} of {} replicates and can be read; several "
                   "teams make no checkpoint: start anew, or run with one team\n",
                   options_.output, finished, axes_.replicates.size());
    }
}

}  // namespace annelid
