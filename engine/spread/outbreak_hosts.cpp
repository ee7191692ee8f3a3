// An outbreak: the changes and attempts of a step, host by host, in time order.
#include "engine/base/prefetch.hpp"
#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>
#include <tuple>

namespace annelid {

namespace {

/// Hosts whose memory is brought near together.
constexpr std::size_t prefetched_hosts = 16;

}  // namespace

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

}  // namespace annelid
