// The step loop of an outbreak; what happens to hosts, to sources and by patches has files of its
// own.
#include "engine/spread/outbreak.hpp"

#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>
#include <utility>

namespace annelid {

namespace {

/// Busy steps after which the next one is taken to be busy, too.
constexpr std::int64_t enough_in_a_row = 2;

}  // namespace

Outbreak::Outbreak(const OutbreakModel& model, const OutbreakSettings& settings, HostTable& hosts,
                   Series& series, Communicator& ranks, std::vector<SeedHost> seeds,
                   const StateReader* from)
    : model_(model),
      settings_(settings),
      hosts_(hosts),
      series_(series),
      ranks_(ranks),
      seeds_(std::move(seeds)) {
    for (const auto& defence : model.defences) {
        defences_.push_back(defence->start(settings.seed));
        able_ |= defence->abilities();
        sensor_numbers_.push_back(num_sensors_);
        num_sensors_ += defence->abilities().is_sensor() ? 1 : 0;
    }
    patching_ = able_.patches || able_.cleans;
    if (model.services != nullptr) {
        services_ = std::make_unique<Services>(*model.services, model.population);
    }
    add_further_series();
    if (!model.starters.empty()) {
        std::vector<std::size_t> starters;
        for (const Starter& starter : model.starters) {
            starters.push_back(starter.trigger);
        }
        triggers_ =
            std::make_unique<Triggers>(model.triggers, model.population, settings.seed, starters);
    }
    worms_.reserve(model.worms.size());
    for (std::size_t w = 0; w < model.worms.size(); ++w) {
        start_worm(w, seeds_);
    }
    attempts_travel_ =
        vectors_.empty() || std::any_of(vectors_.begin(), vectors_.end(), [](const Spreading& v) {
            return !v.process->waits_with_targets();
        });
    if (!model.telescopes.empty()) {
        watch_from_outside();
    }
    for (unsigned lane = 0; lane < settings.lanes; ++lane) {
        lanes_.emplace_back(lane, model, settings, ranks.size());
    }
    for_each_lane(true, [&](Lane& lane) {
        for (const Spreading& vector : vectors_) {
            vector.process->open(lane.index);
        }
    });
    if (from != nullptr) {
        load(*from);
    } else if (some_patch_by_the_clock()) {
        count_patches_to_come(series_, 1);
    }
}

void Outbreak::start_worm(std::size_t w, const std::vector<SeedHost>& seeds) {
    const WormModel& model = model_.worms[w];
    const Lifecycle& lifecycle = model.lifecycle;
    Worm& worm = worms_.emplace_back(Worm{
        model, lifecycle, hosts_.state[w], {lifecycle, settings_.seed, model_.hours, model.name}});
    worm.latency = lifecycle.turns_late();
    for (const WormModel& other : model_.worms) {
        if (&other != &model) {
            worm.removable = worm.removable || other.meeting == Meeting::immunise;
            worm.refused = worm.refused || other.meeting == Meeting::exclude;
        }
    }
    worm.returns = lifecycle.returns_to_susceptible() || able_.cleans;
    const bool can_fail = worm.removable || worm.refused || able_.stops || able_.isolates;
    const bool one_try = !worm.returns && !can_fail;
    OutbreakFrame frame{
        settings_.seed, model_.step_us, model_.end_us, settings_.lanes, one_try, {}, {}};
    for (const SeedHost& seed : seeds) {
        if (seed.worm == w) {
            frame.seeds.push_back(seed.host);
        }
    }
    for (const auto& vector : model.vectors) {
        frame.leaders.push_back(vector->follows());
        worm.hears = worm.hears || vector->minds_infected() || !vector->follows().empty();
    }
    const std::size_t first = vectors_.size();
    for (std::size_t i = 0; i < model.vectors.size(); ++i) {
        const VectorModel& vector = *model.vectors[i];
        vectors_.push_back({vector, w, model.vector_number(i), vector.start(frame)});
    }
    for (std::size_t v = first; v < vectors_.size(); ++v) {
        for (std::size_t follower = first; follower < vectors_.size(); ++follower) {
            if (vectors_[follower].model.follows() == vectors_[v].model.name()) {
                vectors_[v].followers.push_back(static_cast<VectorId>(follower + 1));
            }
        }
    }
    worm.patching_ends =
        patching_ && std::all_of(model.vectors.begin(), model.vectors.end(), [](const auto& v) {
            return carries(v->requires_traits(), trait_unpatched);
        });
}

Outbreak::~Outbreak() = default;

// The order matters. Hosts with which a worm starts come first, so that those without latency make
// attempts in their step (plant). A host that was infected before the step and turns infectious in
// it is known to do so when the step begins: its vectors start first (turn), so its attempts of the
// step are drawn with the others and a step no longer than the latency is exact. Nothing else that
// happens in the step can add to its attempts (emit before apply). Owners need all attempts on a
// host before they play it (exchange before apply). Hosts that were infected in the step and turn
// infectious in it start their vectors once every host is settled (launch after apply); replies
// reach their sources before the next step's attempts are drawn. Rows and events are taken when the
// step can no longer change them.
bool Outbreak::play_step() {
    if (!find_window()) {
        return false;
    }
    defend();
    plant();
    turn();
    silence();
    limit();
    emit();
    exchange();
    apply();
    launch();
    reply();
    keep_removed();
    keep_silences();
    serve();
    hear();
    record();
    share_counts();
    return true;
}

void Outbreak::for_each_lane(bool worthwhile, const std::function<void(Lane&)>& body) {
    const auto lanes = static_cast<int>(lanes_.size());
#pragma omp parallel for schedule(static, 1) num_threads(lanes) if (worthwhile && lanes > 1)
    for (int i = 0; i < lanes; ++i) {
        body(lanes_[static_cast<std::size_t>(i)]);
    }
}

/// After some busy steps in a row the next one is played without asking whether anything is due in
/// it on any rank: it nearly always is, and one in which nothing is changes nothing.
bool Outbreak::find_window() {
    const std::int64_t last = step_of(model_.end_us - 1);
    std::int64_t next = window_.step + 1;
    if (ranks_.size() == 1 || num_busy_in_a_row_ < enough_in_a_row || next > last) {
        next = ranks_.min(next_due());
    }
    if (next > last) {
        num_skipped_ += last - window_.step;
        // Limited vectors count the scans of the rest of the run.
        for (const TimeUs time : {window_.end, model_.end_us}) {
            window_ = {next, time, model_.end_us};
            limit();
        }
        return false;
    }
    if (next > window_.step + 1) {
        num_busy_in_a_row_ = 0;
    }
    num_skipped_ += next - window_.step - 1;
    window_ = {next, next * model_.step_us, std::min((next + 1) * model_.step_us, model_.end_us)};
    return true;
}

/// The next step in which something is due on this rank; no_step if nothing is.
std::int64_t Outbreak::next_due() const {
    std::int64_t next = planted_ < seeds_.size() ? step_of(seeds_[planted_].time) : no_step;
    for (const Lane& lane : lanes_) {
        next = std::min(next, lane.acts.next_step());
        for (const Lane::OfWorm& worm : lane.worms) {
            next = std::min(next, worm.due.next_step());
        }
        for (const Spreading& vector : vectors_) {
            next = std::min(next, vector.process->next_step(lane.index));
        }
    }
    for (const auto& defence : defences_) {
        next = std::min(next, step_of(defence->next_alarm()));
    }
    if (services_) {
        next = std::min(next, step_of(services_->next_time()));
    }
    if (triggers_) {
        next = std::min(next, step_of(triggers_->next_time()));
        if (telescopes_ && triggers_->wants_scans()) {
            next = std::min(next, step_of(rows_counted_ * series_.row_every()));
        }
    }
    return next;
}

void Outbreak::limit() {
    for (const Spreading& vector : vectors_) {
        vector.process->begin_step(window_, ranks_);
    }
}

void Outbreak::emit() {
    // Busy steps follow busy steps: what the last one drew tells whether threads pay.
    std::int64_t drawn = 0;
    for (const Lane& lane : lanes_) {
        drawn += lane.sink.attempts();
    }
    busy_ = drawn - drawn_before_ > worth_threads;
    drawn_before_ = drawn;
    for_each_lane(busy_, [&](Lane& lane) {
        for (std::size_t v = 0; v < vectors_.size(); ++v) {
            const Spreading& vector = vectors_[v];
            if (vector.process->next_step(lane.index) > window_.step) {
                continue;
            }
            const Worm& worm = worms_[vector.worm];
            const bool refusal_is_certain =
                !worm.returns && vector.followers.empty() && !vector.model.minds_infected();
            lane.sink.begin(
                static_cast<VectorId>(v + 1), window_.begin,
                {refusal_is_certain ? &worm.state : nullptr, vector.model.lost_when_off(),
                 worm.removed.empty() ? nullptr : &worm.removed,
                 silences_.empty() ? nullptr : &silences_, vector.worm});
            vector.process->emit(window_, lane.index, lane.sink);
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
        changes = changes || !lane.acts.open(window_.step).empty();
        for (Lane::OfWorm& worm : lane.worms) {
            changes = changes || !worm.due.open(window_.step).empty();
        }
    }
    return changes || drawn > drawn_before_;
}

void Outbreak::exchange() {
    note_ = {.sum = infections_here_,
             .of_first = static_cast<std::int64_t>(asks_),
             .any = anything_due() ? 1 : 0};
    if (!attempts_travel_) {
        return;  // all are here already; what is to be told goes along with those of later steps
    }
    std::vector<std::vector<Attempt>> to_rank(static_cast<std::size_t>(ranks_.size()));
    for (Lane& lane : lanes_) {
        for (std::size_t r = 0; r < to_rank.size(); ++r) {
            append(to_rank[r], lane.sink.to_rank()[r]);
        }
    }
    ranks_.exchange(to_rank, received_, note_);
    heed_note();
}

void Outbreak::heed_note() {
    infections_everywhere_ = ranks_.note().sum;
    first_rank_asks_ = static_cast<Wish>(ranks_.note().of_first);
    (ranks_.note().any != 0 ? num_steps_ : num_skipped_) += 1;
    num_busy_in_a_row_ = ranks_.note().any != 0 ? num_busy_in_a_row_ + 1 : 0;
}

void Outbreak::apply() {
    std::int64_t work = std::ssize(received_);
    for (Lane& lane : lanes_) {
        work += std::ssize(lane.acts.open(window_.step));
        for (Lane::OfWorm& worm : lane.worms) {
            work += std::ssize(worm.due.open(window_.step));
        }
        for (const auto& attempts : lane.sink.to_lane()) {
            work += std::ssize(attempts);
        }
    }
    for_each_lane(work > worth_threads, [&](Lane& lane) {
        for (Lane::OfWorm& worm : lane.worms) {
            worm.turned.clear();
        }
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
        lane.acts.close(window_.step);
        for (Lane::OfWorm& worm : lane.worms) {
            worm.due.close(window_.step);
        }
    });
}

void Outbreak::record() {
    for (Lane& lane : lanes_) {
        lane.changes.take([&](const Change& c) {
            const WormModel& worm = model_.worms[c.worm];
            series_.change(c.row_time, *c.cell, worm.state_number(c.from), worm.state_number(c.to),
                           c.count, c.worm);
            if (triggers_ && triggers_->wants_states() && !triggers_->wants_hosts()) {
                triggers_->count_states(c.cell->first, *c.cell, c.worm, worm.state_number(c.from),
                                        worm.state_number(c.to), c.count);
            }
        });
        for (const auto& [row_time, worm, number, count] : lane.infections) {
            series_.infection(row_time, number, count, worm);
        }
        lane.infections.clear();
        for (const Lane::Note& note : lane.notes) {
            series_.change_further(note.series, note.time, note.at, note.by);
        }
        lane.notes.clear();
        infections_here_ += std::exchange(lane.num_infections, 0);
    }
    if (telescopes_) {
        telescopes_->settle();
    }
}

/// Infects the hosts with which a worm starts in this step. What else happens to them in the step
/// is not known yet: one that cannot be infected when it begins is left out.
void Outbreak::plant() {
    const std::size_t first = planted_;
    while (planted_ < seeds_.size() && step_of(seeds_[planted_].time) <= window_.step) {
        const SeedHost& seed = seeds_[planted_++];
        if (!model_.partition.is_local(seed.host) || seed.time >= model_.end_us) {
            continue;
        }
        const LocalHost host = model_.partition.to_local(seed.host);
        Lane& lane = lanes_[lane_of(host, settings_.lanes)];
        if (worms_[seed.worm].state[host.value] != Lifecycle::susceptible ||
            kept_out(seed.worm, host)) {
            continue;
        }
        std::fill(lane.playing.begin(), lane.playing.end(), Playing{});
        infect(lane, seed.worm, host, seed.time, no_host, seed_vector);
        keep_pending(lane);
    }
    if (planted_ == first) {
        return;
    }
    const Window before{window_.step - 1, window_.begin - model_.step_us, window_.begin};
    for (Lane& lane : lanes_) {
        start_vectors(lane, before);
    }
    share_attempts(before);
    for (Lane& lane : lanes_) {
        for (Lane::OfWorm& worm : lane.worms) {
            worm.turned.clear();
        }
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
    c.attempts = attempts_before_;
    c.deferred_attempts = deferred_before_;
    for (const Lane& lane : lanes_) {
        c.attempts += lane.sink.attempts();
        c.deferred_attempts += lane.sink.deferred();
    }
    for (const Spreading& vector : vectors_) {
        const Scans scans = vector.process->scans_represented();
        c.scans_represented += ranks_.sum(scans.whole) + ranks_.sum(scans.pico) / 1'000'000'000'000;
    }
    c.attempts = ranks_.sum(c.attempts);
    c.deferred_attempts = ranks_.sum(c.deferred_attempts);
    c.deferred_replies = ranks_.sum(deferred_replies_);
    c.deferred_removals = ranks_.sum(deferred_removals_);
    c.steps = num_steps_;
    c.steps_skipped = num_skipped_;
    return c;
}

}  // namespace annelid
