// An outbreak: hosts that turn infectious start the vectors, here and on other ranks, and learn of
// their hits.
#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>

namespace annelid {

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

}  // namespace annelid
