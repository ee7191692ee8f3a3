// An outbreak: hosts that turn infectious start the vectors, here and on other ranks, and learn of
// their hits.
#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>

namespace annelid {

void Outbreak::turn() {
    if (std::none_of(worms_.begin(), worms_.end(), [](const Worm& w) { return w.latency; })) {
        return;
    }
    const Window before{window_.step - 1, window_.begin - model_.step_us, window_.begin};
    for_each_lane(busy_, [&](Lane& lane) {
        for (std::size_t w = 0; w < worms_.size(); ++w) {
            lane.worms[w].turned.clear();
            for (const Pending& pending : lane.worms[w].due.open(window_.step)) {
                foresee(lane, w, pending);
            }
        }
        start_vectors(lane, before);
    });
    share_attempts(before);
}

/// Walks through the changes of state that a host has ahead of it in this step, as apply() will
/// unless another worm removes this one from it.
void Outbreak::foresee(Lane& lane, std::size_t w, Pending pending) {
    const Worm& worm = worms_[w];
    const Lifecycle& lifecycle = worm.lifecycle;
    const HostId id = model_.partition.to_global(pending.host);
    StateId from = worm.state[pending.host.value];
    TimeUs time = pending.time;
    if (from == lifecycle.immune() || is_stale(lane, w, pending)) {
        return;  // it has lost the worm
    }
    while (time < window_.end) {
        const StateId to = divert(worm, from, *lifecycle[from].next, id, pending.ordinal, time);
        if (turns(lifecycle, from, to)) {
            pending.begin_stay();
            lane.worms[w].turned.push_back(
                {id, pending.ordinal, time,
                 worm.dwell.infectious_until(to, time, id, pending.ordinal)});
        }
        if (able_.isolates && able_.detects) {
            foresee_sightings(lane, w, pending.host, pending.ordinal, from, to, time);
        }
        if (to == Lifecycle::susceptible) {
            return;
        }
        from = to;
        time = worm.dwell.end_of(to, time, id, pending.ordinal);
    }
}

void Outbreak::launch() {
    std::int64_t work = 0;
    for (const Lane& lane : lanes_) {
        for (const Lane::OfWorm& worm : lane.worms) {
            work += std::ssize(worm.turned);
        }
    }
    for_each_lane(work > worth_threads / 10, [&](Lane& lane) { start_vectors(lane, window_); });
    share_attempts(window_, note_);
    if (!attempts_travel_) {
        heed_note();
    }
}

/// Starts the vectors of the hosts in `turned`, `before` being the step whose attempts are already
/// drawn.
void Outbreak::start_vectors(Lane& lane, const Window& before) {
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        const Worm& worm = worms_[w];
        Lane::OfWorm& own = lane.worms[w];
        std::erase_if(own.turned, [](const Source& s) { return s.until <= s.from; });
        for (const Source& source : own.turned) {
            if (telescopes_) {
                telescopes_->watch(w, source, silences_, lane.index);
            }
            if (worm.hears && source.until > before.end) {
                own.sources[model_.partition.to_local(source.host).value] = source;
            }
        }
        for (const Spreading& vector : vectors_) {
            if (vector.worm == w && vector.model.follows().empty()) {
                vector.process->launch_all(own.turned, before, lane.index);
            }
        }
    }
}

/// Hands the attempts that wait with their targets to those who own them, and tells `note`.
void Outbreak::share_attempts(const Window& before, const ExchangeNote& note) {
    for (const Spreading& vector : vectors_) {
        if (!vector.process->waits_with_targets()) {
            continue;
        }
        vector.process->share(ranks_, note);
        for_each_lane(busy_, [&](Lane& lane) { vector.process->settle(before, lane.index); });
    }
}

void Outbreak::reply() {
    if (std::none_of(worms_.begin(), worms_.end(), [](const Worm& w) { return w.hears; })) {
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
        const Spreading& vector = vectors_[r.vector - 1u];
        Lane& lane = lanes_[lane_of(source, settings_.lanes)];
        const auto& sources = lane.worms[vector.worm].sources;
        const auto found = sources.find(source.value);
        // A hit that the source made during an earlier stay is not for this one.
        if (found == sources.end() || r.hit.drawn < found->second.from) {
            continue;
        }
        deferred_replies_ += r.hit.time < window_.end ? 1 : 0;
        if (r.met) {
            vector.process->meet(r.hit, found->second, window_, lane.index);
        }
        for (std::size_t i = 0; r.hits && i < vector.followers.size(); ++i) {
            vectors_[vector.followers[i] - 1u].process->follow(r.hit, found->second, window_,
                                                               lane.index);
        }
    }
}

/// What a source whose worm another has removed would still attempt is dropped from the next step
/// on.
void Outbreak::keep_removed() {
    for (Lane& lane : lanes_) {
        for (const Lane::Removed& removed : lane.removed) {
            const HostId id = model_.partition.to_global(removed.host);
            worms_[removed.worm].removed.insert(id.value);
            if (telescopes_) {
                telescopes_->cut(removed.worm, id, window_.end, silences_,
                                 lane_of(removed.host, settings_.lanes));
            }
            deferred_removals_ += removed.deferred ? 1 : 0;
        }
        lane.removed.clear();
    }
}

}  // namespace annelid
