// The step loop of an outbreak; what happens to hosts, to sources and by patches has files of its
// own.
#include "engine/spread/outbreak.hpp"

#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>
#include <utility>

namespace annelid {

Outbreak::Outbreak(const OutbreakModel& model, const OutbreakSettings& settings, HostTable& hosts,
                   Series& series, Communicator& ranks, const std::vector<SeedHost>& seeds)
    : model_(model),
      settings_(settings),
      hosts_(hosts),
      series_(series),
      ranks_(ranks),
      dwell_(model.lifecycle, settings.seed, model.hours),
      followers_(model.vectors.size() + 1) {
    OutbreakFrame frame{settings.seed,
                        model.step_us,
                        model.end_us,
                        settings.lanes,
                        !model.lifecycle.returns_to_susceptible(),
                        {},
                        {}};
    for (const SeedHost& seed : seeds) {
        frame.seeds.push_back(seed.host);
    }
    for (const auto& vector : model.vectors) {
        frame.leaders.push_back(vector->follows());
        any_links_ = any_links_ || vector->along_links();
        any_follows_ = any_follows_ || vector->minds_infected();
    }
    for (const auto& vector : model.vectors) {
        vectors_.push_back(vector->start(frame));
    }
    any_latency_ = model.lifecycle.turns_late();
    for (std::size_t v = 0; v < model.vectors.size(); ++v) {
        for (std::size_t w = 0; w < model.vectors.size(); ++w) {
            if (model.vectors[w]->follows() == model.vectors[v]->name()) {
                followers_[v + 1].push_back(w);
                any_follows_ = true;
            }
        }
    }
    for (const auto& defence : model.defences) {
        defences_.push_back(defence->start(settings.seed));
        patching_ = patching_ || defence->patches();
    }
    patching_immunises_ =
        patching_ && std::all_of(model.vectors.begin(), model.vectors.end(), [](const auto& v) {
            return carries(v->requires_traits(), trait_unpatched);
        });
    for (unsigned lane = 0; lane < settings.lanes; ++lane) {
        lanes_.emplace_back(lane, model, hosts, settings, ranks.size());
    }
    for_each_lane(true, [&](Lane& lane) {
        for (const auto& vector : vectors_) {
            vector->open(lane.index);
        }
    });
    count_patched();
    plant(seeds);
}

Outbreak::~Outbreak() = default;

// The order matters. A host that was infected before the step and turns infectious in it is known
// to do so when the step begins: its vectors start first (turn), so its attempts of the step are
// drawn with the others and a step no longer than the latency is exact. Nothing else that happens
// in the step can add to its attempts (emit before apply). Owners need all attempts on a host
// before they play it (exchange before apply). Hosts that were infected in the step and turn
// infectious in it start their vectors once every host is settled (launch after apply); replies
// reach their sources before the next step's attempts are drawn. Rows and events are taken when the
// step can no longer change them.
bool Outbreak::play_step() {
    if (!find_window()) {
        return false;
    }
    turn();
    limit();
    emit();
    exchange();
    apply();
    launch();
    reply();
    record();
    return true;
}

void Outbreak::for_each_lane(bool worthwhile, const std::function<void(Lane&)>& body) {
    const auto lanes = static_cast<int>(lanes_.size());
#pragma omp parallel for schedule(static, 1) num_threads(lanes) if (worthwhile && lanes > 1)
    for (int i = 0; i < lanes; ++i) {
        body(lanes_[static_cast<std::size_t>(i)]);
    }
}

bool Outbreak::find_window() {
    std::int64_t next = no_step;
    for (const Lane& lane : lanes_) {
        next = std::min(next, lane.due.next_step());
        for (const auto& vector : vectors_) {
            next = std::min(next, vector->next_step(lane.index));
        }
    }
    next = ranks_.min(next);
    if (next == no_step || next > step_of(model_.end_us - 1)) {
        num_skipped_ += step_of(model_.end_us - 1) - window_.step;
        // Limited vectors count the scans of the rest of the run.
        for (const TimeUs time : {window_.end, model_.end_us}) {
            window_ = {next, time, model_.end_us};
            limit();
        }
        return false;
    }
    num_skipped_ += next - window_.step - 1;
    window_ = {next, next * model_.step_us, std::min((next + 1) * model_.step_us, model_.end_us)};
    return true;
}

void Outbreak::limit() {
    for (const auto& vector : vectors_) {
        vector->begin_step(window_, ranks_);
    }
}

void Outbreak::emit() {
    const bool returns = model_.lifecycle.returns_to_susceptible();
    // Busy steps follow busy steps: what the last one drew tells whether threads pay.
    std::int64_t drawn = 0;
    for (const Lane& lane : lanes_) {
        drawn += lane.sink.attempts();
    }
    busy_ = drawn - drawn_before_ > worth_threads;
    drawn_before_ = drawn;
    for_each_lane(busy_, [&](Lane& lane) {
        for (std::size_t v = 0; v < vectors_.size(); ++v) {
            if (vectors_[v]->next_step(lane.index) > window_.step) {
                continue;
            }
            lane.sink.begin(
                static_cast<VectorId>(v + 1), window_.begin,
                !returns && followers_[v + 1].empty() && !model_.vectors[v]->minds_infected(),
                model_.vectors[v]->lost_when_off());
            vectors_[v]->emit(window_, lane.index, lane.sink);
        }
    });
}

/// A vector may keep a step for an attempt that an earlier one has made pointless: such a step
/// counts as skipped, as it depends on lanes whether it was kept.
bool Outbreak::anything_due() {
    std::int64_t drawn = 0;
    bool changes = false;
    for (Lane& lane : lanes_) {
        drawn += lane.sink.attempts();
        changes = changes || !lane.due.open(window_.step).empty();
    }
    return changes || drawn > drawn_before_;
}

void Outbreak::exchange() {
    std::vector<std::vector<Attempt>> to_rank(static_cast<std::size_t>(ranks_.size()));
    for (Lane& lane : lanes_) {
        for (std::size_t r = 0; r < to_rank.size(); ++r) {
            append(to_rank[r], lane.sink.to_rank()[r]);
        }
    }
    const std::int64_t note = infections_here_ * 4 + (anything_due() ? 2 : 0) + (asks_ ? 1 : 0);
    received_ = ranks_.exchange(to_rank, note);
    infections_everywhere_ = 0;
    bool anything = false;
    for (const std::int64_t noted : ranks_.notes()) {
        infections_everywhere_ += noted / 4;
        anything = anything || noted / 2 % 2 != 0;
    }
    first_rank_asks_ = ranks_.notes()[0] % 2 != 0;
    (anything ? num_steps_ : num_skipped_) += 1;
}

void Outbreak::apply() {
    std::int64_t work = std::ssize(received_);
    for (Lane& lane : lanes_) {
        work += std::ssize(lane.due.open(window_.step));
        for (const auto& attempts : lane.sink.to_lane()) {
            work += std::ssize(attempts);
        }
    }
    for_each_lane(work > worth_threads, [&](Lane& lane) {
        lane.turned.clear();
        lane.attempts.clear();
        for (Lane& from : lanes_) {
            append(lane.attempts, from.sink.to_lane()[lane.index]);
        }
        for (const Attempt& attempt : received_) {
            const LocalHost local = model_.partition.to_local(attempt.target);
            if (lane_of(local, settings_.lanes) == lane.index) {
                lane.attempts.push_back(attempt);
            }
        }
        play_hosts(lane);
        lane.due.close(window_.step);
    });
}

void Outbreak::record() {
    for (Lane& lane : lanes_) {
        lane.changes.take(
            [&](const Change& c) { series_.change(c.row_time, *c.cell, c.from, c.to, c.count); });
        for (const auto& [row_time, vector, count] : lane.infections) {
            series_.infection(row_time, vector, count);
        }
        lane.infections.clear();
        infections_here_ += std::exchange(lane.num_infections, 0);
    }
}

void Outbreak::plant(const std::vector<SeedHost>& seeds) {
    for (const SeedHost& seed : seeds) {
        if (!model_.partition.is_local(seed.host) || seed.time >= model_.end_us) {
            continue;
        }
        const LocalHost host = model_.partition.to_local(seed.host);
        Lane& lane = lanes_[lane_of(host, settings_.lanes)];
        Playing playing;
        window_ = {step_of(seed.time), 0, 0};
        infect(lane, host, seed.time, no_host, seed_vector, playing);
        if (playing.time < model_.end_us) {
            lane.due.push(step_of(playing.time), playing);
        }
    }
    // A seed's first step is played like any other; sources without latency start in it.
    window_ = {-1, 0, 0};
    if (!seeds.empty()) {
        const std::int64_t step = step_of(seeds.front().time);
        window_ = {step - 1, (step - 1) * model_.step_us, step * model_.step_us};
        num_skipped_ = step;
    }
    launch();
    for (Lane& lane : lanes_) {
        lane.turned.clear();
    }
    record();
}

Events Outbreak::take_events() {
    Events out;
    for (Lane& lane : lanes_) {
        append(out, lane.events);
    }
    return out;
}

Transitions Outbreak::take_transitions() {
    Transitions out;
    for (Lane& lane : lanes_) {
        append(out, lane.transitions);
    }
    return out;
}

OutbreakCounts Outbreak::counts() const {
    OutbreakCounts c;
    for (const Lane& lane : lanes_) {
        c.attempts += lane.sink.attempts();
        c.deferred_attempts += lane.sink.deferred();
    }
    for (const auto& vector : vectors_) {
        const Scans scans = vector->scans_represented();
        c.scans_represented += ranks_.sum(scans.whole) + ranks_.sum(scans.pico) / 1'000'000'000'000;
    }
    c.attempts = ranks_.sum(c.attempts);
    c.deferred_attempts = ranks_.sum(c.deferred_attempts);
    c.deferred_replies = ranks_.sum(deferred_replies_);
    c.steps = num_steps_;
    c.steps_skipped = num_skipped_;
    return c;
}

}  // namespace annelid
