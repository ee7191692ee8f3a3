// An outbreak: the changes and attempts of a step, host by host, in time order.
#include "engine/base/prefetch.hpp"
#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace annelid {

namespace {

/// Hosts whose memory is brought near together.
constexpr std::size_t prefetched_hosts = 16;

}  // namespace

bool Outbreak::turns(const Lifecycle& lifecycle, StateId from, StateId to) {
    return lifecycle[to].infectious && !lifecycle[from].infectious;
}

/// Where a host really goes that is about to enter `to`: a kill switch may make it inert.
StateId Outbreak::divert(const Worm& worm, StateId from, StateId to, HostId host,
                         std::uint32_t ordinal, TimeUs time) const {
    if (!turns(worm.lifecycle, from, to) || !worm.lifecycle.inert()) {
        return to;
    }
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        if (model_.defences[d]->is_against(worm.model.name) &&
            defences_[d]->makes_inert(host, ordinal, time)) {
            return *worm.lifecycle.inert();
        }
    }
    return to;
}

void Outbreak::play_hosts(Lane& lane) {
    order_by_host(
        lane.acts.open(window_.step), [](const Act& act) { return act.host; }, lane.acts_by_host);
    order_by_host(
        lane.attempts, [&](const Attempt& a) { return model_.partition.to_local(a.target); },
        lane.attempts_by_host);
    for (Lane::OfWorm& worm : lane.worms) {
        order_by_host(
            worm.due.open(window_.step), [](const Pending& p) { return p.host; }, worm.due_by_host);
    }
    const auto prefetch_next = [&](const std::vector<ByHost>& order, const auto& list,
                                   const LargeVector<StateId>& state, std::size_t first) {
        const std::size_t last = std::min(first + prefetched_hosts, order.size());
        for (std::size_t i = first; i < last; ++i) {
            prefetch(&list[order[i].entry]);
            prefetch(&state[order[i].host.value]);
            prefetch(&hosts_.traits[order[i].host.value]);
        }
        return last;
    };
    const std::vector<ByHost>& attempts = lane.attempts_by_host;
    const std::vector<ByHost>& acts = lane.acts_by_host;
    std::size_t a = 0, near_a = 0, c = 0;
    std::array<std::size_t, most_worms> d{}, near_d{};
    for (;;) {
        near_a = a < near_a ? near_a : prefetch_next(attempts, lane.attempts, worms_[0].state, a);
        bool any = a < attempts.size();
        LocalHost host{any ? attempts[a].host.value : ~std::uint32_t{0}};
        if (c < acts.size()) {
            any = true;
            host = std::min(host, acts[c].host);
        }
        for (std::size_t w = 0; w < worms_.size(); ++w) {
            Lane::OfWorm& own = lane.worms[w];
            if (d[w] >= near_d[w]) {
                near_d[w] = prefetch_next(own.due_by_host, own.due.open(window_.step),
                                          worms_[w].state, d[w]);
            }
            if (d[w] < own.due_by_host.size()) {
                any = true;
                host = std::min(host, own.due_by_host[d[w]].host);
            }
        }
        if (!any) {
            return;
        }
        for (std::size_t w = 0; w < worms_.size(); ++w) {
            const std::vector<ByHost>& due = lane.worms[w].due_by_host;
            lane.playing[w] = {};
            // What was ahead of a host before it lost the worm does not come; there may be some of
            // that beside what is ahead of it now.
            for (; d[w] < due.size() && due[d[w]].host == host; ++d[w]) {
                const Pending& pending = lane.worms[w].due.open(window_.step)[due[d[w]].entry];
                if (worms_[w].state[host.value] != worms_[w].lifecycle.immune() &&
                    !is_stale(lane, w, pending)) {
                    lane.playing[w] = {pending};
                }
            }
        }
        lane.playing_acts.clear();
        lane.next_act = 0;
        for (; c < acts.size() && acts[c].host == host; ++c) {
            lane.put_off(lane.acts.open(window_.step)[acts[c].entry]);
        }
        const std::size_t first = a;
        while (a < attempts.size() && attempts[a].host == host) {
            ++a;
        }
        play_host(lane, host, in_order(lane, first, a));
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

/// Merges a host's own next changes, one a worm, with what defences do to it and the attempts on
/// it, in time order; at equal times its own changes come first, those of earlier worms before
/// those of later ones, then defences. A host may change several times in a step.
void Outbreak::play_host(Lane& lane, LocalHost host, std::span<const Attempt> attempts) {
    std::vector<Playing>& playing = lane.playing;
    for (Playing& own : playing) {
        own.host = host;
    }
    auto next = attempts.begin();
    for (;;) {
        std::size_t w = 0;
        for (std::size_t other = 1; other < playing.size(); ++other) {
            w = playing[other].time < playing[w].time ? other : w;
        }
        const TimeUs act_time = lane.next_act < lane.playing_acts.size()
                                    ? lane.playing_acts[lane.next_act].time
                                    : never;
        if (next == attempts.end() && std::min(playing[w].time, act_time) >= window_.end) {
            break;
        }
        const TimeUs attempt_time =
            next != attempts.end() ? std::max(next->time, window_.begin) : never;
        if (playing[w].time <= std::min(act_time, attempt_time)) {
            move_on(lane, w);
        } else if (act_time <= attempt_time) {
            const Act act = lane.playing_acts[lane.next_act++];
            play_act(lane, act);
        } else {
            try_infect(lane, host, *next);
            ++next;
        }
    }
    keep_pending(lane);
}

/// Puts what the host that was played has ahead of it into the calendars.
void Outbreak::keep_pending(Lane& lane) {
    for (std::size_t w = 0; w < lane.playing.size(); ++w) {
        if (lane.playing[w].time < model_.end_us) {
            lane.worms[w].due.push(step_of(lane.playing[w].time), lane.playing[w]);
        }
    }
    keep_acts(lane);
}

/// … and what defences have in mind for it.
void Outbreak::keep_acts(Lane& lane) {
    for (; lane.next_act < lane.playing_acts.size(); ++lane.next_act) {
        const Act& act = lane.playing_acts[lane.next_act];
        lane.acts.push(step_of(act.time), act);
    }
}

/// True while another worm on the host does not let worm `w` in.
bool Outbreak::kept_out(std::size_t w, LocalHost host) const {
    return worms_[w].refused && std::any_of(worms_.begin(), worms_.end(), [&](const Worm& other) {
               return &other != &worms_[w] && other.model.meeting == Meeting::exclude &&
                      other.lifecycle[other.state[host.value]].infected;
           });
}

void Outbreak::try_infect(Lane& lane, LocalHost host, const Attempt& attempt) {
    const Spreading& spreading = vectors_[attempt.vector - 1u];
    const VectorModel& vector = spreading.model;
    const Worm& worm = worms_[spreading.worm];
    const StateId state = worm.state[host.value];
    const bool followed = !spreading.followers.empty();
    const bool susceptible = state == Lifecycle::susceptible && !kept_out(spreading.worm, host);
    const bool met = vector.minds_infected() && worm.lifecycle[state].infected;
    if ((!susceptible && !followed && !met) ||
        !carries(hosts_.traits[host.value], vector.requires_traits())) {
        return;
    }
    const TimeUs time = std::max(attempt.time, window_.begin);
    if (model_.hours != nullptr && vector.lost_when_off() &&
        !model_.hours->is_on(attempt.target, time)) {
        return;
    }
    if ((able_.stops || able_.isolates) &&
        is_stopped(lane, spreading, attempt, hosts_.traits[host.value], time)) {
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
        infect(lane, spreading.worm, host, time, attempt.source, spreading.number);
    }
}

void Outbreak::count_change(Lane& lane, TimeUs time, const Cell& cell, std::size_t w, StateId from,
                            StateId to) {
    lane.changes.add(series_.row_time(time), cell, static_cast<std::uint8_t>(w), from, to);
}

/// `number` is the vector's in the run file.
void Outbreak::infect(Lane& lane, std::size_t w, LocalHost host, TimeUs time, HostId infector,
                      VectorId number) {
    Worm& worm = worms_[w];
    const HostId id = model_.partition.to_global(host);
    Playing& playing = lane.playing[w];
    playing.host = host;
    playing.ordinal = 0;
    playing.fresh = true;
    playing.stayed = false;
    if (worm.returns) {
        playing.ordinal = lane.worms[w].ordinals[host.value]++;
    }
    const TimeUs row_time = series_.row_time(time);
    if (lane.infections.empty() || lane.infections.back().row_time != row_time ||
        lane.infections.back().worm != w || lane.infections.back().number != number) {
        lane.infections.push_back({row_time, w, number, 0});
    }
    lane.infections.back().count += 1;
    lane.num_infections += 1;
    if (settings_.events) {
        lane.events.push_back(
            {time, id, infector, settings_.replicate, static_cast<std::uint8_t>(w), number});
    }
    if (able_.hears) {
        lane.heard.push_back({time, id, infector, static_cast<std::uint8_t>(w)});
    }
    if (worm.patching_ends) {
        // It is counted as immune from its patch on; once infected, the patch changes nothing.
        const TimeUs patched = patched_at(id);
        if (patched <= time) {
            worm.state[host.value] = worm.lifecycle.immune();  // only a seed is infected so
        } else if (patched < model_.end_us) {
            count_change(lane, patched, model_.population.cell_of(id), w, worm.lifecycle.immune(),
                         Lifecycle::susceptible);
        }
    }
    enter(lane, w, host, worm.lifecycle.entry(), time);
    if (worm.model.meeting == Meeting::immunise) {
        remove_others(lane, w, host, time);
    }
}

/// The host is lost to all other worms, for good.
void Outbreak::remove_others(Lane& lane, std::size_t w, LocalHost host, TimeUs time) {
    for (std::size_t v = 0; v < worms_.size(); ++v) {
        Worm& other = worms_[v];
        const StateId immune = other.lifecycle.immune();
        const StateId from = other.state[host.value];
        if (v == w || from == immune) {
            continue;
        }
        const HostId id = model_.partition.to_global(host);
        const TimeUs patched =
            other.patching_ends && from == Lifecycle::susceptible ? patched_at(id) : never;
        if (patched <= time) {
            other.state[host.value] = immune;  // and counted so already
            continue;
        }
        if (patched < model_.end_us) {
            count_change(lane, patched, model_.population.cell_of(id), v, immune,
                         Lifecycle::susceptible);
        }
        if (from != Lifecycle::susceptible) {
            const Playing& playing = lane.playing[v];
            lane.removed.push_back({host, v,
                                    !playing.fresh && (other.lifecycle[from].infectious ||
                                                       playing.time < window_.end)});
            lane.worms[v].sources.erase(host.value);
        }
        lane.playing[v].time = never;
        change(lane, v, host, immune, time);
    }
}

void Outbreak::move_on(Lane& lane, std::size_t w) {
    const Playing& playing = lane.playing[w];
    const StateId now = worms_[w].state[playing.host.value];
    enter(lane, w, playing.host, *worms_[w].lifecycle[now].next, playing.time);
}

/// Puts the host into a state, and into the record.
void Outbreak::change(Lane& lane, std::size_t w, LocalHost host, StateId to, TimeUs time) {
    const HostId id = model_.partition.to_global(host);
    const WormModel& worm = model_.worms[w];
    const StateId from = std::exchange(worms_[w].state[host.value], to);
    if (services_) {
        disrupt(lane, w, host, from, to, time);
    }
    if (triggers_ && triggers_->wants_hosts()) {
        lane.moves.push_back(
            {id, static_cast<std::uint8_t>(w), worm.state_number(from), worm.state_number(to)});
    }
    count_change(lane, time, model_.population.cell_of(id), w, from, to);
    if (settings_.transitions) {
        lane.transitions.push_back({time, id, settings_.replicate, static_cast<std::uint8_t>(w),
                                    worm.state_number(from), worm.state_number(to)});
    }
}

void Outbreak::enter(Lane& lane, std::size_t w, LocalHost host, StateId to, TimeUs time) {
    const Worm& worm = worms_[w];
    const Lifecycle& lifecycle = worm.lifecycle;
    Playing& playing = lane.playing[w];
    const HostId id = model_.partition.to_global(host);
    const StateId from = worm.state[host.value];
    const StateId wanted = to;
    to = divert(worm, from, to, id, playing.ordinal, time);
    if (to != wanted) {
        note(lane, Further::beacons, time,
             static_cast<std::size_t>(model_.population.cell_of(id).country), 1);
    }
    if (to == Lifecycle::susceptible && worm.patching_ends) {
        const TimeUs patched = patched_at(id);
        if (patched <= time) {
            to = lifecycle.immune();
        } else if (patched < model_.end_us) {
            count_change(lane, patched, model_.population.cell_of(id), w, Lifecycle::susceptible,
                         lifecycle.immune());
        }
    }
    change(lane, w, host, to, time);
    if (turns(lifecycle, from, to)) {
        playing.begin_stay();
    }
    playing.time = worm.dwell.end_of(to, time, id, playing.ordinal);
    if (playing.fresh && turns(lifecycle, from, to)) {
        const auto next = lifecycle[to].next;
        const TimeUs until =
            next ? worm.dwell.infectious_until(*next, playing.time, id, playing.ordinal) : never;
        lane.worms[w].turned.push_back({id, playing.ordinal, time, until});
    }
    if (able_.detects) {
        sight(lane, w, host, from, to, time);
    }
    if (worm.hears && lifecycle[from].infectious && !lifecycle[to].infectious) {
        auto& sources = lane.worms[w].sources;
        const auto found = sources.find(host.value);
        if (found != sources.end() && found->second.until <= time) {
            sources.erase(found);
        }
    }
}

}  // namespace annelid
