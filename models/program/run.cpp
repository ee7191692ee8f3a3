#include "models/program/run.hpp"

#include "engine/base/parallel.hpp"
#include "engine/base/stop.hpp"
#include "engine/files/shared_fate.hpp"
#include "engine/graph/partition_quality.hpp"
#include "engine/hosts/id_order.hpp"
#include "engine/scenario/quantity.hpp"
#include "models/program/run_description.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>

namespace annelid {

namespace {

/// Infections that all ranks keep in memory before they are written: 40 bytes each.
constexpr std::int64_t most_events = 4'000'000;

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

/// Appends without a copy where there was nothing before.
template <class Rows>
void append(Rows& to, Rows more) {
    if (to.empty()) {
        to = std::move(more);
    } else {
        to.insert(to.end(), more.begin(), more.end());
    }
}

}  // namespace

Run::Run(const Scenario& scenario, const RunOptions& options, Communicator& ranks)
    : scenario_(scenario), options_(options), ranks_(ranks) {
    if (!options.restart.empty()) {
        restart_ = read_restart(scenario, options, ranks);
    }
    refuse_existing(options, restart_, ranks);
    const auto first = restart_ ? static_cast<std::int64_t>(restart_->moment.index) : 0;
    world_ = std::make_unique<World>(scenario, options.replicate + first, ranks);
    if (restart_) {
        check_world(*restart_, *world_, options);
        kept_ = read_checkpoint_tables(options.restart, world_->model().partition, ranks);
    }
    keeps_one_ = previous_checkpoint(options.checkpoint) != options.restart;
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
        const std::size_t cells =
            axes_.replicates.size() * axes_.row_times_us.size() * axes_.num_worms();
        series_.counts.resize(cells * axes_.states.size());
        series_.country_counts.resize(cells * axes_.countries.size() * axes_.states.size());
        series_.sector_counts.resize(cells * axes_.sectors.size() * axes_.states.size());
        series_.vector_infections.resize(cells * axes_.vectors.size());
    }
    timings_.setup_s = seconds_since(start_);
    if (ranks.is_first() && options.progress != Progress::Mode::off) {
        announce();
    }
    play();
}

void Run::announce() const {
    const Population& population = world_->population();
    fmt::print(stderr,
               "{}: {} hosts ({:.4g} real ones each), step {:.4g} s, {} rank{} x {} thread{}"
               " -> {}\n",
               scenario_.title.empty() ? options_.scenario : scenario_.title,
               population.num_hosts(),
               population.real_hosts() / static_cast<double>(population.num_hosts()),
               to_seconds(world_->step_us()), ranks_.size(), ranks_.size() > 1 ? "s" : "",
               num_threads(), num_threads() > 1 ? "s" : "", options_.output);
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
}

void Run::play() {
    {
        Progress progress(ranks_.is_first() ? options_.progress : Progress::Mode::off,
                          scenario_.end, std::ssize(axes_.replicates));
        const std::size_t first = restart_ ? restart_->moment.index : 0;
        for (std::size_t index = first; index < axes_.replicates.size(); ++index) {
            if (index > first && scenario_.redraw) {
                world_.reset();
                world_ = std::make_unique<World>(scenario_, axes_.replicates[index], ranks_);
            }
            play_replicate(index, progress);
            if (stopped_) {
                return;
            }
        }
    }
    finish();
    if (ranks_.is_first() && options_.progress != Progress::Mode::off) {
        fmt::print(stderr, "{} infections in {} run{}, {:.2f} s -> {}\n", infections_,
                   axes_.replicates.size(), axes_.replicates.size() > 1 ? "s" : "",
                   timings_.total_s, options_.output);
    }
}

void Run::play_replicate(std::size_t index, Progress& progress) {
    const auto reset = std::chrono::steady_clock::now();
    const Seed seed{static_cast<std::uint64_t>(scenario_.seed),
                    static_cast<std::uint64_t>(axes_.replicates[index])};
    Series series(world_->population(), axes_.states.size(), axes_.vectors.size(),
                  scenario_.record_every, scenario_.num_rows(), axes_.num_worms());
    world_->reset(series);
    timings_.setup_s += seconds_since(reset);

    const auto begin = std::chrono::steady_clock::now();
    const double output_before_s = timings_.output_s;
    OutbreakSettings settings;
    settings.seed = seed;
    settings.replicate = static_cast<std::int32_t>(axes_.replicates[index]);
    settings.events = scenario_.record_events;
    settings.transitions = scenario_.record_transitions;
    settings.lanes = static_cast<unsigned>(num_threads());
    const OutbreakModel model = world_->model();
    const bool goes_on = restart_ && index == restart_->moment.index;
    std::optional<Outbreak> made;
    try {
        const StateReader kept(kept_, "outbreak/");
        made.emplace(model, settings, world_->hosts(), series, ranks_, world_->draw_seeds(seed),
                     goes_on ? &kept : nullptr);
    } catch (const InputError& error) {
        if (!goes_on) {
            throw;
        }
        throw InputError(fmt::format("{}: {}", options_.restart, error.what()));
    }
    Outbreak& outbreak = *made;
    flushed_infections_ = outbreak.num_infections();
    if (goes_on) {
        go_on(outbreak, series, index);
    }

    std::int64_t steps = 0;
    while (outbreak.play_step()) {
        if (ranks_.stop_signal() != 0) {
            stop(outbreak, series, index);
            return;
        }
        Outbreak::Wish wish = outbreak.first_rank_asks();
        if (options_.checkpoint_every > 0 && (steps + 1) % options_.checkpoint_every == 0) {
            wish = Outbreak::Wish::checkpoint;
        }
        if (wish != Outbreak::Wish::none) {
            outbreak.ask(Outbreak::Wish::none);
            flush(outbreak, series, index);
        }
        if (wish == Outbreak::Wish::checkpoint) {
            checkpoint(outbreak, index);
        }
        ++steps;
        if (ranks_.is_first()) {
            if (steps % 16 == 0) {
                progress.update(static_cast<std::int64_t>(index), outbreak.played_until(),
                                outbreak.num_infections());
            }
            outbreak.ask(next_wish(outbreak));
        }
    }
    if (scenario_.record_hosts) {
        outbreak.settle_patched_states();
    }
    outbreak.write_series(series_, index, scenario_.num_rows());
    series_.rows_final = static_cast<std::int64_t>(index + 1) * scenario_.num_rows();
    keep_diagnostics(outbreak.counts());
    const std::vector<DefenceStart>& starts = outbreak.defence_starts();
    diagnostics_.defence_starts.insert(diagnostics_.defence_starts.end(), starts.begin(),
                                       starts.end());
    keep_network();
    append(last_events_, outbreak.take_events());
    append(last_transitions_, outbreak.take_transitions());
    timings_.simulate_s += seconds_since(begin) - (timings_.output_s - output_before_s);
}

/// First rank: what the clock asks for.
Outbreak::Wish Run::next_wish(const Outbreak& outbreak) const {
    if (options_.checkpoint_every_s > 0 &&
        seconds_since(last_checkpoint_) > options_.checkpoint_every_s) {
        return Outbreak::Wish::checkpoint;
    }
    const bool many_events =
        scenario_.record_events && outbreak.num_infections() > flushed_infections_ + most_events;
    return many_events || seconds_since(last_flush_) > options_.flush_every_s
               ? Outbreak::Wish::flush
               : Outbreak::Wish::none;
}

/// Collective. After the outbreak has taken back its state: the rest of the run.
void Run::go_on(Outbreak& outbreak, const Series& series, std::size_t index) {
    const std::int64_t rows = series.rows_before(outbreak.played_until());
    outbreak.write_series(series_, index, rows);  // gives all series their size
    load_finished(StateReader(kept_, "run/"), series_, diagnostics_);
    series_.rows_final = static_cast<std::int64_t>(index) * scenario_.num_rows() + rows;
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
    RunMoment moment{index, outbreak.played_until(), created_, file_->rows(), {}};
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
                    signal_name(ranks_.stop_signal()), to_seconds(outbreak.played_until()) / 3600,
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
    series_.rows_final = static_cast<std::int64_t>(index) * scenario_.num_rows() + rows;
    append(last_events_, outbreak.take_events());
    append(last_transitions_, outbreak.take_transitions());
    file_->flush(series_, std::exchange(last_events_, {}), std::exchange(last_transitions_, {}));
    last_flush_ = std::chrono::steady_clock::now();
    flushed_infections_ = outbreak.num_infections();
    timings_.output_s += seconds_since(begin);
}

void Run::keep_diagnostics(const OutbreakCounts& counts) {
    diagnostics_.attempts.push_back(counts.attempts);
    diagnostics_.scans_represented.push_back(counts.scans_represented);
    diagnostics_.steps.push_back(counts.steps);
    diagnostics_.steps_skipped.push_back(counts.steps_skipped);
    diagnostics_.deferred_kinds = deferred_kinds;
    diagnostics_.deferred.push_back(counts.deferred_attempts);
    diagnostics_.deferred.push_back(counts.deferred_replies);
    diagnostics_.deferred.push_back(counts.deferred_removals);
}

/// Collective. Replicates share a network unless each has a world of its own.
void Run::keep_network() {
    const Graph* graph = world_->model().graph;
    if (graph == nullptr) {
        return;
    }
    const GraphCounts& counts = graph->counts();
    const PartitionQuality quality = partition_quality(*graph, world_->model().partition, ranks_);
    RunNetwork& network = diagnostics_.network;
    network.vertices.push_back(counts.vertices);
    network.links.push_back(counts.edges);
    network.self_loops.push_back(counts.self_loops);
    network.duplicates.push_back(counts.duplicates);
    network.cut_links.push_back(quality.cut_links);
    network.vertex_imbalance.push_back(quality.vertex_imbalance());
    network.link_imbalance.push_back(quality.link_imbalance());
    network.ghosts.push_back(quality.ghosts);
    network.most_ghosts.push_back(quality.most_ghosts);
}

void Run::finish() {
    const auto begin = std::chrono::steady_clock::now();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const std::int64_t peak = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
    diagnostics_.peak_memory_bytes = ranks_.sum(peak);
    diagnostics_.peak_memory_largest_bytes = ranks_.max(peak);
    if (ranks_.is_first()) {
        const std::size_t rows = axes_.row_times_us.size();
        for (std::size_t i = rows - 1; i < rows * axes_.replicates.size(); i += rows) {
            const std::size_t width = axes_.num_worms() * axes_.vectors.size();
            for (std::size_t v = 0; v < width; ++v) {
                infections_ += series_.vector_infections[i * width + v];
            }
        }
    }
    HostSlice hosts;
    if (scenario_.record_hosts) {
        const Partition& partition = world_->model().partition;
        hosts.first = slice_in_id_order(partition, ranks_.rank()).first.value;
        hosts.state = world_->take_final_states();
        for (std::vector<StateId>& state : hosts.state) {
            state = to_id_order(partition, std::move(state), ranks_);
        }
        hosts.traits = to_id_order(partition, std::move(world_->hosts().traits), ranks_);
    }
    // The file holds its own cost up to the moment at which its last part is written.
    timings_.output_s += seconds_since(begin);
    timings_.total_s = seconds_since(start_);
    file_->finish(series_, std::move(last_events_), std::move(last_transitions_), diagnostics_,
                  scenario_.record_hosts ? &hosts : nullptr, timings_);
    timings_.total_s = seconds_since(start_);
}

}  // namespace annelid
