#include "engine/spread/outbreak.hpp"

#include "engine/base/parallel.hpp"
#include "engine/base/prefetch.hpp"
#include "engine/spread/by_host.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace annelid {

/// A thread's share of this rank's hosts and everything that is pending for them.
struct Outbreak::Lane {
    /// Infections by one vector, shown first by one row of the series.
    struct Infections {
        TimeUs row_time;
        VectorId vector;
        std::int64_t count;
    };

    Lane(unsigned lane, const OutbreakModel& model, const HostTable& hosts,
         const OutbreakSettings& settings, int num_ranks)
        : index(lane),
          sink(model.partition, hosts.state, settings.lanes, model.hours),
          announced(static_cast<std::size_t>(num_ranks)),
          replies(static_cast<std::size_t>(num_ranks)) {}

    unsigned index;
    AttemptSink sink;
    Calendar<Pending> due;          ///< changes of state
    std::vector<Attempt> attempts;  ///< arrived in this step
    std::vector<ByHost> attempts_by_host, due_by_host;
    std::vector<Attempt> on_host;    ///< several attempts on one host, in order
    std::vector<Source> turned;      ///< infectious since this step
    std::vector<LinkSource> linked;  ///< of them, those whose links are to be followed
    std::vector<std::vector<LinkSource>>
        announced;                            ///< of them, those that others must know, by rank
    std::vector<std::vector<Reply>> replies;  ///< hits to report, by rank of the source
    Tally changes;
    std::vector<Infections> infections;
    std::int64_t num_infections = 0;
    Events events;
    Transitions transitions;
    std::unordered_map<std::uint32_t, Source> sources;          ///< only if a vector follows
    std::unordered_map<std::uint32_t, std::uint32_t> ordinals;  ///< only if hosts return
};

namespace {

/// Below this many items a step is played by one thread: waking others would cost more.
constexpr std::int64_t worth_threads = 250;

/// Hosts whose memory is brought near together.
constexpr std::size_t prefetched_hosts = 16;

template <class Rows>
void append(Rows& to, Rows& from) {
    if (to.empty()) {
        to.swap(from);
    } else {
        to.insert(to.end(), from.begin(), from.end());
    }
    from.clear();
}

}  // namespace

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

void Outbreak::turn() {
    if (!any_latency_) {
        return;
    }
    const Window before{window_.step - 1, window_.begin - model_.step_us, window_.begin};
    for_each_lane(busy_, [&](Lane& lane) {
        lane.turned.clear();
        for (const Pending& pending : lane.due.open(window_.step)) {
            foresee(lane, pending);
        }
        start_vectors(lane, before);
    });
    share_sources(before);
}

/// Walks through the changes of state that a host has ahead of it in this step, as apply() will.
void Outbreak::foresee(Lane& lane, Pending pending) {
    const Lifecycle& lifecycle = model_.lifecycle;
    const HostId id = model_.partition.to_global(pending.host);
    StateId from = hosts_.state[pending.host.value];
    TimeUs time = pending.time;
    while (time < window_.end) {
        const StateId to = divert(from, *lifecycle[from].next, id, pending.ordinal, time);
        if (turns(from, to)) {
            pending.begin_stay();
            lane.turned.push_back({id, pending.ordinal, time,
                                   dwell_.infectious_until(to, time, id, pending.ordinal)});
        }
        if (to == Lifecycle::susceptible) {
            return;
        }
        from = to;
        time = dwell_.end_of(to, time, id, pending.ordinal);
    }
}

bool Outbreak::turns(StateId from, StateId to) const {
    return model_.lifecycle[to].infectious && !model_.lifecycle[from].infectious;
}

/// Where a host really goes that is about to enter `to`: a kill switch may make it inert.
StateId Outbreak::divert(StateId from, StateId to, HostId host, std::uint32_t ordinal,
                         TimeUs time) const {
    const bool asks = turns(from, to) && model_.lifecycle.inert().has_value();
    const bool stopped =
        asks && std::any_of(defences_.begin(), defences_.end(), [&](const auto& defence) {
            return defence->makes_inert(host, ordinal, time);
        });
    return stopped ? *model_.lifecycle.inert() : to;
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

void Outbreak::play_hosts(Lane& lane) {
    const std::vector<Pending>& due = lane.due.open(window_.step);
    order_by_host(
        lane.attempts, [&](const Attempt& a) { return model_.partition.to_local(a.target); },
        lane.attempts_by_host);
    order_by_host(
        due, [](const Pending& p) { return p.host; }, lane.due_by_host);
    const auto prefetch_next = [&](const std::vector<ByHost>& order, const auto& list,
                                   std::size_t first) {
        const std::size_t last = std::min(first + prefetched_hosts, order.size());
        for (std::size_t i = first; i < last; ++i) {
            prefetch(&list[order[i].entry]);
            prefetch(&hosts_.state[order[i].host.value]);
            prefetch(&hosts_.traits[order[i].host.value]);
        }
        return last;
    };
    const std::vector<ByHost>& attempts = lane.attempts_by_host;
    const std::vector<ByHost>& own = lane.due_by_host;
    std::size_t a = 0, near_a = 0, d = 0, near_d = 0;
    while (a < attempts.size() || d < own.size()) {
        near_a = a < near_a ? near_a : prefetch_next(attempts, lane.attempts, a);
        near_d = d < near_d ? near_d : prefetch_next(own, due, d);
        LocalHost host{~std::uint32_t{0}};
        if (a < attempts.size()) {
            host = attempts[a].host;
        }
        Pending pending;
        if (d < own.size() && own[d].host <= host) {
            pending = due[own[d++].entry];
            host = pending.host;
        }
        const std::size_t first = a;
        while (a < attempts.size() && attempts[a].host == host) {
            ++a;
        }
        play_host(lane, host, pending, in_order(lane, first, a));
    }
}

/// Attempts on one host in the one order of its influences; the effective time is monotone in the
/// drawn time.
std::span<const Attempt> Outbreak::in_order(Lane& lane, std::size_t first, std::size_t last) {
    if (last - first == 1) {
        return {&lane.attempts[lane.attempts_by_host[first].entry], 1};
    }
    lane.on_host.clear();
    for (std::size_t i = first; i < last; ++i) {
        lane.on_host.push_back(lane.attempts[lane.attempts_by_host[i].entry]);
    }
    std::sort(lane.on_host.begin(), lane.on_host.end(), [](const Attempt& a, const Attempt& b) {
        return std::tie(a.time, a.source, a.vector, a.ordinal) <
               std::tie(b.time, b.source, b.vector, b.ordinal);
    });
    return lane.on_host;
}

/// Merges a host's own next change with the attempts on it, in time order; at equal times its own
/// change comes first. A host may change several times in a step.
void Outbreak::play_host(Lane& lane, LocalHost host, const Pending& due,
                         std::span<const Attempt> attempts) {
    Playing playing{due};
    playing.host = host;
    auto next = attempts.begin();
    while (next != attempts.end() || playing.time < window_.end) {
        const TimeUs attempt_time =
            next != attempts.end() ? std::max(next->time, window_.begin) : never;
        if (playing.time <= attempt_time) {
            move_on(lane, playing);
        } else {
            try_infect(lane, host, *next, playing);
            ++next;
        }
    }
    if (playing.time < model_.end_us) {
        lane.due.push(step_of(playing.time), playing);
    }
}

TimeUs Outbreak::patched_at(HostId host) const {
    TimeUs time = never;
    for (const auto& defence : defences_) {
        time = std::min(time, defence->patched_at(host));
    }
    return time;
}

void Outbreak::try_infect(Lane& lane, LocalHost host, const Attempt& attempt, Playing& playing) {
    const VectorModel& vector = *model_.vectors[attempt.vector - 1u];
    const bool followed = !followers_[attempt.vector].empty();
    const bool susceptible = hosts_.state[host.value] == Lifecycle::susceptible;
    const bool met = vector.minds_infected() && model_.lifecycle[hosts_.state[host.value]].infected;
    if ((!susceptible && !followed && !met) ||
        !carries(hosts_.traits[host.value], vector.requires_traits())) {
        return;
    }
    const TimeUs time = std::max(attempt.time, window_.begin);
    if (model_.hours != nullptr && vector.lost_when_off() &&
        !model_.hours->is_on(attempt.target, time)) {
        return;
    }
    const bool patched = patching_ && carries(vector.requires_traits(), trait_unpatched) &&
                         patched_at(attempt.target) <= time;
    if (patched && !met) {
        return;  // a host that was infected before its patch still says so
    }
    if (followed || met) {
        lane.replies[static_cast<std::size_t>(model_.partition.owner(attempt.source))].push_back(
            {{attempt.source, attempt.target, attempt.time, time, attempt.ordinal},
             attempt.vector,
             followed && !patched,
             met});
    }
    if (susceptible) {
        infect(lane, host, time, attempt.source, attempt.vector, playing);
    }
}

void Outbreak::count_change(Lane& lane, TimeUs time, const Cell& cell, StateId from, StateId to) {
    lane.changes.add(series_.row_time(time), cell, from, to);
}

void Outbreak::infect(Lane& lane, LocalHost host, TimeUs time, HostId infector, VectorId vector,
                      Playing& playing) {
    const HostId id = model_.partition.to_global(host);
    playing.host = host;
    playing.ordinal = 0;
    playing.fresh = true;
    playing.stayed = false;
    if (model_.lifecycle.returns_to_susceptible()) {
        playing.ordinal = lane.ordinals[host.value]++;
    }
    const TimeUs row_time = series_.row_time(time);
    if (lane.infections.empty() || lane.infections.back().row_time != row_time ||
        lane.infections.back().vector != vector) {
        lane.infections.push_back({row_time, vector, 0});
    }
    lane.infections.back().count += 1;
    lane.num_infections += 1;
    if (settings_.events) {
        lane.events.push_back({time, id, infector, settings_.replicate, 0, vector});
    }
    if (patching_immunises_) {
        // It is counted as immune from its patch on; once infected, the patch changes nothing.
        const TimeUs patched = patched_at(id);
        if (patched <= time) {
            hosts_.state[host.value] = model_.lifecycle.immune();  // only a seed is infected so
        } else if (patched < model_.end_us) {
            count_change(lane, patched, model_.population.cell_of(id), model_.lifecycle.immune(),
                         Lifecycle::susceptible);
        }
    }
    enter(lane, host, model_.lifecycle.entry(), time, playing);
}

void Outbreak::move_on(Lane& lane, Playing& playing) {
    const Lifecycle::State& state = model_.lifecycle[hosts_.state[playing.host.value]];
    enter(lane, playing.host, *state.next, playing.time, playing);
}

void Outbreak::enter(Lane& lane, LocalHost host, StateId to, TimeUs time, Playing& playing) {
    const Lifecycle& lifecycle = model_.lifecycle;
    const HostId id = model_.partition.to_global(host);
    const Cell& cell = model_.population.cell_of(id);
    const StateId from = hosts_.state[host.value];
    to = divert(from, to, id, playing.ordinal, time);
    if (to == Lifecycle::susceptible && patching_immunises_) {
        const TimeUs patched = patched_at(id);
        if (patched <= time) {
            to = lifecycle.immune();
        } else if (patched < model_.end_us) {
            count_change(lane, patched, cell, Lifecycle::susceptible, lifecycle.immune());
        }
    }
    hosts_.state[host.value] = to;
    count_change(lane, time, cell, from, to);
    if (settings_.transitions) {
        lane.transitions.push_back({time, id, settings_.replicate, 0, from, to});
    }
    if (turns(from, to)) {
        playing.begin_stay();
    }
    playing.time = dwell_.end_of(to, time, id, playing.ordinal);
    if (playing.fresh && turns(from, to)) {
        const auto next = lifecycle[to].next;
        const TimeUs until =
            next ? dwell_.infectious_until(*next, playing.time, id, playing.ordinal) : never;
        lane.turned.push_back({id, playing.ordinal, time, until});
    }
    if (any_follows_ && lifecycle[from].infectious && !lifecycle[to].infectious) {
        const auto found = lane.sources.find(host.value);
        if (found != lane.sources.end() && found->second.until <= time) {
            lane.sources.erase(found);
        }
    }
}

void Outbreak::launch() {
    std::int64_t work = 0;
    for (const Lane& lane : lanes_) {
        work += std::ssize(lane.turned);
    }
    for_each_lane(work > worth_threads / 10, [&](Lane& lane) { start_vectors(lane, window_); });
    share_sources(window_);
}

/// Starts the vectors of the hosts in lane.turned, `before` being the step whose attempts are
/// already drawn.
void Outbreak::start_vectors(Lane& lane, const Window& before) {
    lane.linked.clear();
    for (const Source& source : lane.turned) {
        if (source.until <= source.from) {
            continue;
        }
        const LocalHost local = model_.partition.to_local(source.host);
        if (any_follows_ && source.until > before.end) {
            lane.sources[local.value] = source;
        }
        for (std::size_t v = 0; v < vectors_.size(); ++v) {
            if (!model_.vectors[v]->along_links() && model_.vectors[v]->follows().empty()) {
                vectors_[v]->launch(source, before, lane.index);
            }
        }
        if (any_links_) {
            lane.linked.push_back({source, local.value});
            for (const Graph::Remote& remote : model_.graph->remotes(local)) {
                lane.announced[static_cast<std::size_t>(remote.rank)].push_back(
                    {source, remote.row});
            }
        }
    }
    follow_links(lane, lane.linked, before);
}

void Outbreak::follow_links(const Lane& lane, std::span<const LinkSource> sources,
                            const Window& before) {
    for (std::size_t v = 0; v < vectors_.size(); ++v) {
        if (model_.vectors[v]->along_links()) {
            vectors_[v]->launch_links(sources, before, lane.index);
        }
    }
}

/// Tells other ranks of the sources that have links into them, and starts those of others here:
/// attempts along links are pure functions of source and target, so that a source travels once per
/// rank and its attempts not at all.
void Outbreak::share_sources(const Window& before) {
    if (!any_links_) {
        return;
    }
    if (ranks_.size() > 1) {
        std::vector<std::vector<LinkSource>> to_rank(static_cast<std::size_t>(ranks_.size()));
        for (Lane& lane : lanes_) {
            for (std::size_t r = 0; r < to_rank.size(); ++r) {
                append(to_rank[r], lane.announced[r]);
            }
        }
        const std::vector<LinkSource> received = ranks_.exchange(to_rank);
        for_each_lane(std::ssize(received) > worth_threads / 10, [&](Lane& lane) {
            const std::size_t first = received.size() * lane.index / lanes_.size();
            const std::size_t last = received.size() * (lane.index + 1) / lanes_.size();
            follow_links(lane, std::span(received).subspan(first, last - first), before);
        });
    }
    if (lanes_.size() > 1) {
        for_each_lane(busy_, [&](Lane& lane) {
            for (const auto& vector : vectors_) {
                vector->settle(before, lane.index);
            }
        });
    }
}

void Outbreak::reply() {
    if (!any_follows_) {
        return;
    }
    std::vector<std::vector<Reply>> to_rank(static_cast<std::size_t>(ranks_.size()));
    for (Lane& lane : lanes_) {
        for (std::size_t r = 0; r < to_rank.size(); ++r) {
            append(to_rank[r], lane.replies[r]);
        }
    }
    for (const Reply& r : ranks_.exchange(to_rank)) {
        const LocalHost source = model_.partition.to_local(r.hit.source);
        Lane& lane = lanes_[lane_of(source, settings_.lanes)];
        const auto found = lane.sources.find(source.value);
        // A hit that the source made during an earlier stay is not for this one.
        if (found == lane.sources.end() || r.hit.drawn < found->second.from) {
            continue;
        }
        deferred_replies_ += r.hit.time < window_.end ? 1 : 0;
        if (r.met) {
            vectors_[r.vector - 1u]->meet(r.hit, found->second, window_, lane.index);
        }
        for (std::size_t i = 0; r.hits && i < followers_[r.vector].size(); ++i) {
            vectors_[followers_[r.vector][i]]->follow(r.hit, found->second, window_, lane.index);
        }
    }
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

void Outbreak::count_patched() {
    if (!patching_immunises_) {
        return;
    }
    // Patch times are pure functions of the host, so all rows can be counted before the outbreak;
    // an infection later takes its host out again.
    const std::int64_t num_hosts = std::ssize(hosts_.state);
    parallel_pieces(num_hosts, 1 << 16, [&](std::int64_t begin, std::int64_t end) {
        Tally changes;
        for (std::int64_t i = begin; i < end; ++i) {
            if (hosts_.state[static_cast<std::size_t>(i)] != Lifecycle::susceptible) {
                continue;
            }
            const HostId id = model_.partition.to_global({static_cast<std::uint32_t>(i)});
            const TimeUs time = patched_at(id);
            if (time < model_.end_us) {
                changes.add(series_.row_time(time), model_.population.cell_of(id),
                            Lifecycle::susceptible, model_.lifecycle.immune());
            }
        }
#pragma omp critical(annelid_count_patched)
        changes.take(
            [&](const Change& c) { series_.change(c.row_time, *c.cell, c.from, c.to, c.count); });
    });
}

void Outbreak::settle_patched_states() {
    if (!patching_immunises_) {
        return;
    }
    parallel_pieces(std::ssize(hosts_.state), 1 << 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            StateId& state = hosts_.state[static_cast<std::size_t>(i)];
            const HostId id = model_.partition.to_global({static_cast<std::uint32_t>(i)});
            if (state == Lifecycle::susceptible && patched_at(id) < model_.end_us) {
                state = model_.lifecycle.immune();
            }
        }
    });
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
