// Run: how replicates are dealt to teams and played.
#include "engine/base/parallel.hpp"
#include "engine/base/stop.hpp"
#include "engine/graph/partition_quality.hpp"
#include "engine/ranks/guarded.hpp"
#include "models/program/run.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace annelid {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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

/// Rank numbers of a team, in words.
std::string words_for(const Communicator& all, const Communicator& team) {
    const int first = all.rank() - team.rank();
    return team.size() == 1 ? fmt::format("rank {}", first)
                            : fmt::format("ranks {} to {}", first, first + team.size() - 1);
}

}  // namespace

/// Collective.
void Run::play() {
    bool is_cut_short = false;
    {
        Progress progress(ranks_.is_first() ? options_.progress : Progress::Mode::off,
                          scenario_.end, std::ssize(axes_.replicates));
        dealer_.emplace(ranks_, team_.size(), static_cast<std::int64_t>(first_),
                        std::ssize(axes_.replicates),
                        [this](std::int64_t held) { return is_time_to_meet(held); });
        for (std::int64_t piece = next_piece(); piece != Dealer::done; piece = next_piece()) {
            if (piece == Dealer::meet) {
                meet();
                write_meeting();
                continue;
            }
            play_guarded(static_cast<std::size_t>(piece), progress);
            if (stopped_) {
                return;
            }
        }
        meet();
        is_cut_short = abandoned_ || dealer_->num_left() > 0;
    }
    if (ranks_.any(is_cut_short)) {
        stop_teams();
        return;
    }
    refuse_only_failures();
    finish();
    if (ranks_.is_first() && options_.progress != Progress::Mode::off) {
        fmt::print(stderr, "{} infections in {} run{}, {:.2f} s -> {}\n", num_infections(),
                   axes_.replicates.size() - num_failed_, axes_.replicates.size() > 1 ? "s" : "",
                   timings_.total_s, options_.output);
        if (num_failed_ > 0) {
            fmt::print(stderr, "warning: {} of {} replicates failed: see /failures in the file\n",
                       num_failed_, axes_.replicates.size());
        }
    }
}

/// Collective in the team: what it is to do now.
std::int64_t Run::next_piece() {
    std::int64_t piece = std::numeric_limits<std::int64_t>::min();
    if (team_.is_first()) {
        // A team that is alone stops in its next outbreak, which makes a checkpoint.
        const bool stops = num_teams_ > 1 && (abandoned_ || stop_signal() != 0);
        piece = dealer_->next(held_, stops);
    }
    return team_.max(piece);
}

/// Collective in the team. A replicate, and what becomes of its failure.
void Run::play_guarded(std::size_t index, Progress& progress) {
    Replicate one;
    one.index = index;
    std::string reason;
    where_ = {};
    const bool goes_on = restart_ && index == restart_->moment.index;
    if (axes_.replicate_axis && !goes_on) {
        reason = attempt_together(team_, [&] { play_replicate(one, progress); });
    } else {
        play_replicate(one, progress);  // what is wrong with a restart is wrong with all
    }
    if (stopped_ || abandoned_) {
        return;
    }
    last_failed_ = !reason.empty();
    if (last_failed_) {
        const std::int64_t number = axes_.replicates[index];
        if (team_.is_first()) {
            fmt::print(stderr, "replicate {} failed: {}\n", number, reason);
        }
        one = {};
        one.index = index;
        one.diagnostics.failures.push_back(
            {number, reason,
             fmt::format("at {:.2f} of {:.2f} h, {} infections, on {}",
                         to_seconds(where_.time) / 3600, to_seconds(scenario_.end) / 3600,
                         where_.infections, words_for(ranks_, team_))});
    }
    take_rows(std::exchange(one.events, {}), std::exchange(one.transitions, {}));
    held_ += scenario_.record_events && !last_failed_ ? where_.infections : 0;
    if (num_teams_ == 1) {
        place(one);
    } else if (team_.is_first()) {
        done_.push_back(std::move(one));
    }
}

void Run::take_rows(Events events, Transitions transitions) {
    append(last_events_, std::move(events));
    append(last_transitions_, std::move(transitions));
}

/// Among all replicates. One team has written the series already.
void Run::place(const Replicate& one) {
    const std::size_t count = axes_.replicates.size();
    const bool failed = !one.diagnostics.failures.empty();
    if (num_teams_ > 1 && !failed) {
        place_series(one, count, series_);
    }
    place_diagnostics(one, count, diagnostics_);
    num_failed_ += failed ? 1 : 0;
    if (!series_.rows_final.empty()) {
        series_.rows_final[one.index] = failed ? 0 : scenario_.num_rows();
    }
}

/// Collective. All teams: the first rank takes what they have come to.
void Run::meet() {
    if (num_teams_ == 1) {
        return;
    }
    const auto begin = std::chrono::steady_clock::now();
    for (const Replicate& one : gather_replicates(std::exchange(done_, {}), ranks_)) {
        place(one);
    }
    num_failed_ = static_cast<std::size_t>(
        ranks_.max(ranks_.is_first() ? static_cast<std::int64_t>(num_failed_) : 0));
    timings_.output_s += seconds_since(begin);
}

/// Collective. A run of which nothing can be used has failed as a whole.
void Run::refuse_only_failures() const {
    if (num_failed_ < axes_.replicates.size()) {
        return;
    }
    throw InputError(fmt::format(
        "every replicate failed, the first: {}",
        diagnostics_.failures.empty() ? "see above" : diagnostics_.failures.front().reason));
}

/// Collective in the team.
void Run::play_replicate(Replicate& one, Progress& progress) {
    const std::size_t index = one.index;
    const auto reset = std::chrono::steady_clock::now();
    if (world_ == nullptr || (scenario_.redraw && world_of_ != index)) {
        world_.reset();
        world_ = std::make_unique<World>(scenario_, axes_.replicates[index], team_, memory_left_);
        world_of_ = index;
    }
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
        made.emplace(model, settings, world_->hosts(), series, team_, world_->draw_seeds(seed),
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
        if (team_.stop_signal() != 0) {
            if (num_teams_ == 1) {
                stop(outbreak, series, index);
            }
            abandoned_ = num_teams_ > 1;
            return;
        }
        where_ = {outbreak.played_until(), outbreak.num_infections()};
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
            dealer_->serve();
            if (steps % 16 == 0) {
                progress.update(dealer_->num_done(), outbreak.played_until(),
                                outbreak.num_infections());
            }
            if (num_teams_ == 1) {
                outbreak.ask(next_wish(outbreak));
            }
        }
    }
    if (scenario_.record_hosts) {
        outbreak.settle_patched_states();
    }
    if (num_teams_ == 1) {
        outbreak.write_series(series_, index, scenario_.num_rows());
    } else {
        if (team_.is_first()) {
            give_size(one.series, 1);
        }
        outbreak.write_series(one.series, 0, scenario_.num_rows());
    }
    where_ = {scenario_.end, outbreak.num_infections()};
    one.diagnostics = diagnostics_of(outbreak);
    one.events = outbreak.take_events();
    one.transitions = outbreak.take_transitions();
    timings_.simulate_s += seconds_since(begin) - (timings_.output_s - output_before_s);
}

/// Collective in the team.
RunDiagnostics Run::diagnostics_of(const Outbreak& outbreak) {
    const OutbreakCounts counts = outbreak.counts();
    RunDiagnostics out;
    out.attempts.push_back(counts.attempts);
    out.scans_represented.push_back(counts.scans_represented);
    out.steps.push_back(counts.steps);
    out.steps_skipped.push_back(counts.steps_skipped);
    out.deferred.push_back(counts.deferred_attempts);
    out.deferred.push_back(counts.deferred_replies);
    out.deferred.push_back(counts.deferred_removals);
    out.defence_starts = outbreak.defence_starts();
    add_network(out.network);
    return out;
}

/// Collective in the team. Replicates share a network unless each has a world of its own.
void Run::add_network(RunNetwork& network) const {
    const Graph* graph = world_->graph();
    if (graph == nullptr) {
        return;
    }
    const GraphCounts& counts = graph->counts();
    const PartitionQuality quality = partition_quality(*graph, world_->model().partition, team_);
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

}  // namespace annelid
