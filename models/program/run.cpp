#include "models/program/run.hpp"

#include "engine/base/parallel.hpp"
#include "engine/files/shared_fate.hpp"
#include "engine/hosts/id_order.hpp"
#include "engine/scenario/quantity.hpp"
#include "models/program/run_description.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>

namespace annelid {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A restart goes on with the file that the run had begun.
bool is_to_be_continued(const std::string& file, const Restart& restart) {
    const RunFile::Found found = RunFile::look_at(file);
    return found.created == restart.moment.created && !found.complete;
}

/// Collective. The run file would refuse too, but only once the world is built.
void refuse_existing(const RunOptions& options, const std::optional<Restart>& restart,
                     const Communicator& ranks) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    SharedFate fate(ranks);
    const auto refuse = [](const std::string& file, const char* option) {
        throw InputError(
            fmt::format("{} (the file exists): choose another {} or add --force", file, option));
    };
    if (ranks.is_first() && !options.force) {
        fate.attempt([&] {
            if (fs::is_regular_file(options.output, ignored) &&
                !(restart && is_to_be_continued(options.output, *restart))) {
                refuse(options.output, "--output");
            }
            const bool restarts_from_it =
                restart && (options.checkpoint == options.restart ||
                            previous_checkpoint(options.checkpoint) == options.restart);
            if (!restarts_from_it && fs::exists(options.checkpoint, ignored)) {
                refuse(options.checkpoint, "--checkpoint");
            }
        });
    }
    fate.join<InputError>("");
}

/// First rank. Of a run whose run file is about to be replaced.
void remove_checkpoints(const std::filesystem::path& file) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    std::filesystem::remove(previous_checkpoint(file), ignored);
}

/// Collective. The same error on all ranks where one team cannot make its world.
std::unique_ptr<World> make_world(const Scenario& scenario, std::int64_t replicate,
                                  const Communicator& team, const MemoryLeft& left,
                                  const Communicator& ranks) {
    std::unique_ptr<World> world;
    SharedFate fate(ranks);
    fate.attempt([&] { world = std::make_unique<World>(scenario, replicate, team, left); });
    fate.join<InputError>("");
    return world;
}

}  // namespace

Run::Run(const Scenario& scenario, const RunOptions& options, Communicator& ranks)
    : scenario_(scenario),
      options_(options),
      ranks_(ranks),
      team_(ranks.split(options.team_size > 0 ? options.team_size : ranks.size())),
      num_teams_(ranks.size() / team_.size()),
      memory_left_(memory_left()) {
    if (!options.restart.empty()) {
        restart_ = read_restart(scenario, options, ranks);
    }
    refuse_existing(options, restart_, ranks);
    first_ = restart_ ? restart_->moment.index : 0;
    make_first_world();
    if (restart_) {
        check_world(*restart_, *world_, options);
        kept_ = read_checkpoint_tables(options.restart, world_->model().partition, ranks);
    }
    keeps_one_ = previous_checkpoint(options.checkpoint) != options.restart;
    diagnostics_.deferred_kinds = deferred_kinds;
    axes_ = make_axes(scenario, *world_, options);
    check_series_size(scenario, axes_, world_->model());
    std::map<std::string, Attribute> attributes = provenance(scenario, *world_, options, ranks);
    if (restart_ && restart_->run_file == options.output) {
        attributes["created"] = restart_->moment.created;  // it stays the same file
    }
    created_ = std::get<std::string>(attributes["created"]);
    file_ = std::make_unique<RunFile>(
        ranks,
        RunFile::Settings{options.output, options.force || restart_, scenario.record_events,
                          scenario.record_transitions},
        axes_, make_table(world_->population()), attributes, effective_text(scenario));
    if (ranks.is_first() && !restart_) {
        remove_checkpoints(options.checkpoint);
    }
    if (ranks.is_first()) {
        give_size(series_, axes_.replicates.size());
    }
    timings_.setup_s = seconds_since(start_);
    if (ranks.is_first() && options.progress != Progress::Mode::off) {
        announce();
    }
    play();
}

/// Collective. Where each replicate has its own, the first that can be made: those before it fail
/// when their turn comes.
void Run::make_first_world() {
    constexpr std::int64_t most_tries = 10;  // what is wrong with so many is wrong with all
    std::exception_ptr fault;
    for (world_of_ = first_; world_ == nullptr; ++world_of_) {
        try {
            world_ =
                make_world(scenario_, options_.replicate + static_cast<std::int64_t>(world_of_),
                           team_, memory_left_, ranks_);
            return;
        } catch (const InputError&) {
            fault = fault ? fault : std::current_exception();
        }
        const auto tried = static_cast<std::int64_t>(world_of_ - first_ + 1);
        if (!scenario_.redraw || restart_ || tried == most_tries || tried >= options_.replicates) {
            std::rethrow_exception(fault);
        }
    }
}

/// For so many replicates; further series get theirs when an outbreak is written.
void Run::give_size(RunSeries& series, std::size_t replicates) const {
    const std::size_t cells = replicates * axes_.row_times_us.size() * axes_.num_worms();
    series.counts.resize(cells * axes_.states.size());
    series.country_counts.resize(cells * axes_.countries.size() * axes_.states.size());
    series.sector_counts.resize(cells * axes_.sectors.size() * axes_.states.size());
    series.vector_infections.resize(cells * axes_.vectors.size());
    series.rows_final.assign(replicates, 0);
}

void Run::announce() const {
    const Population& population = world_->population();
    fmt::print(
        stderr,
        "{}: {} hosts ({:.4g} real ones each), step {:.4g} s, {}{} rank{} x {} thread{}"
        " -> {}\n",
        scenario_.title.empty() ? options_.scenario : scenario_.title, population.num_hosts(),
        population.real_hosts() / static_cast<double>(population.num_hosts()),
        to_seconds(world_->step_us()),
        num_teams_ > 1 ? fmt::format("{} teams of ", num_teams_) : "", team_.size(),
        team_.size() > 1 ? "s" : "", num_threads(), num_threads() > 1 ? "s" : "", options_.output);
    for (const std::string& warning : world_->warnings()) {
        fmt::print(stderr, "warning: {}\n", warning);
    }
    if (restart_) {
        fmt::print(stderr, "note: goes on at {} from {}\n",
                   print_duration_us(restart_->moment.time), options_.restart);
        for (const std::string& change : restart_->changes) {
            fmt::print(stderr, "note: from there on {}\n", change);
        }
    }
    for (const std::string& note : world_->notes()) {
        fmt::print(stderr, "note: {}\n", note);
    }
    if (axes_.replicates.size() > 1) {
        fmt::print(stderr, "note: {}\n",
                   disk_needed(axes_, world_->model(), scenario_.record_events));
    }
    if (num_teams_ > std::ssize(axes_.replicates)) {
        fmt::print(stderr, "note: {} teams have nothing to do: use a --team-size of {} or more\n",
                   num_teams_ - std::ssize(axes_.replicates),
                   ranks_.size() / std::ssize(axes_.replicates));
    }
}

/// Collective.
void Run::finish() {
    const auto begin = std::chrono::steady_clock::now();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const std::int64_t peak = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
    diagnostics_.peak_memory_bytes = ranks_.sum(peak);
    diagnostics_.peak_memory_largest_bytes = ranks_.max(peak);
    // Those of the last replicate, if it came to its end.
    const bool has_hosts = scenario_.record_hosts && !last_failed_;
    HostSlice hosts;
    if (has_hosts) {
        const Partition& partition = world_->model().partition;
        hosts.first = slice_in_id_order(partition, ranks_.rank()).first.value;
        hosts.state = world_->take_final_states();
        for (LargeVector<StateId>& state : hosts.state) {
            state = to_id_order(partition, std::move(state), ranks_);
        }
        hosts.traits = to_id_order(partition, std::move(world_->hosts().traits), ranks_);
    }
    // The file holds its own cost up to the moment at which its last part is written.
    timings_.output_s += seconds_since(begin);
    timings_.total_s = seconds_since(start_);
    file_->finish(series_, std::move(last_events_), std::move(last_transitions_), diagnostics_,
                  has_hosts ? &hosts : nullptr, timings_);
    timings_.total_s = seconds_since(start_);
}

/// First rank.
std::int64_t Run::num_infections() const {
    const std::size_t rows = axes_.row_times_us.size();
    const std::size_t width = axes_.num_worms() * axes_.vectors.size();
    std::int64_t sum = 0;
    for (std::size_t r = 0; r < axes_.replicates.size(); ++r) {
        for (std::size_t v = 0; series_.rows_final[r] > 0 && v < width; ++v) {
            const std::size_t last = (r + 1) * rows - 1;
            sum += series_.vector_infections[last * width + v];
        }
    }
    return sum;
}

}  // namespace annelid
