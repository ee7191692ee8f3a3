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
    share_sources(before);
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
    share_sources(window_);
}

/// Starts the vectors of the hosts in `turned`, `before` being the step whose attempts are already
/// drawn.
void Outbreak::start_vectors(Lane& lane, const Window& before) {
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        const Worm& worm = worms_[w];
        Lane::OfWorm& own = lane.worms[w];
        own.linked.clear();
        for (const Source& source : own.turned) {
            const LocalHost local = model_.partition.to_local(source.host);
            if (source.until <= source.from) {
                continue;
            }
            if (telescopes_) {
                telescopes_->watch(w, source, silences_, lane.index);
            }
            if (worm.hears && source.until > before.end) {
                own.sources[local.value] = source;
            }
            for (const Spreading& vector : vectors_) {
                if (vector.worm == w && !vector.model.along_links() &&
                    vector.model.follows().empty()) {
                    vector.process->launch(source, before, lane.index);
                }
            }
            if (worm.links) {
                own.linked.push_back({source, local.value});
                for (const Graph::Remote& remote : model_.graph->remotes(local)) {
                    own.announced[static_cast<std::size_t>(remote.rank)].push_back(
                        {source, remote.row});
                }
            }
        }
        follow_links(lane, w, own.linked, before);
    }
}

void Outbreak::follow_links(const Lane& lane, std::size_t w, std::span<const LinkSource> sources,
                            const Window& before) {
    for (const Spreading& vector : vectors_) {
        if (vector.worm == w && vector.model.along_links()) {
            vector.process->launch_links(sources, before, lane.index);
        }
    }
}

/// Tells other ranks of the sources that have links into them, and starts those of others here:
/// attempts along links are pure functions of source and target, so that a source travels once per
/// rank and its attempts not at all.
void Outbreak::share_sources(const Window& before) {
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        if (!worms_[w].links || ranks_.size() == 1) {
            continue;
        }
        std::vector<std::vector<LinkSource>> to_rank(static_cast<std::size_t>(ranks_.size()));
        for (Lane& lane : lanes_) {
            for (std::size_t r = 0; r < to_rank.size(); ++r) {
                append(to_rank[r], lane.worms[w].announced[r]);
            }
        }
        const std::vector<LinkSource> received = ranks_.exchange(to_rank);
        for_each_lane(std::ssize(received) > worth_threads / 10, [&](Lane& lane) {
            const std::size_t first = received.size() * lane.index / lanes_.size();
            const std::size_t last = received.size() * (lane.index + 1) / lanes_.size();
            follow_links(lane, w, std::span(received).subspan(first, last - first), before);
        });
    }
    const bool any_links =
        std::any_of(worms_.begin(), worms_.end(), [](const Worm& worm) { return worm.links; });
    if (any_links && lanes_.size() > 1) {
        for_each_lane(busy_, [&](Lane& lane) {
            for (const Spreading& vector : vectors_) {
                vector.process->settle(before, lane.index);
            }
        });
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
/// on, wherever its attempts are drawn: along links that is where their targets are.
void Outbreak::share_removed() {
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        if (!worms_[w].removable) {
            continue;
        }
        std::vector<HostId> hosts;
        for (const Lane& lane : lanes_) {
            for (const Lane::Removed& removed : lane.removed) {
                if (removed.worm != w) {
                    continue;
                }
                const HostId id = model_.partition.to_global(removed.host);
                hosts.push_back(id);
                if (telescopes_) {
                    telescopes_->cut(w, id, window_.end, silences_,
                                     lane_of(removed.host, settings_.lanes));
                }
                deferred_removals_ += removed.deferred ? 1 : 0;
            }
        }
        tell_removed(w, hosts);
    }
    for (Lane& lane : lanes_) {
        lane.removed.clear();
    }
}

/// Collective. Hosts of this rank that are sources of worm `w` no more.
void Outbreak::tell_removed(std::size_t w, const std::vector<HostId>& hosts) {
    Worm& worm = worms_[w];
    std::vector<std::vector<HostId>> to_rank(static_cast<std::size_t>(ranks_.size()));
    for (const HostId id : hosts) {
        worm.removed.insert(id.value);
        if (!worm.links) {
            continue;
        }
        for (const Graph::Remote& remote : model_.graph->remotes(model_.partition.to_local(id))) {
            to_rank[static_cast<std::size_t>(remote.rank)].push_back(id);
        }
    }
    if (worm.links) {
        for (const HostId id : ranks_.exchange(to_rank)) {
            worm.removed.insert(id.value);
        }
    }
}

}  // namespace annelid
