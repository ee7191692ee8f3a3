// An outbreak: hosts that are patched before anything infects them. Patch times are known
// beforehand, so they are counted before and after the steps and cost nothing in them.
#include "engine/base/parallel.hpp"
#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>

namespace annelid {

TimeUs Outbreak::patched_at(HostId host, std::size_t but) const {
    TimeUs time = never;
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        time = d == but ? time : std::min(time, defences_[d]->patched_at(host));
    }
    if (able_.cleans && model_.partition.is_local(host)) {
        const LocalHost local = model_.partition.to_local(host);
        const auto& repatched = lanes_[lane_of(local, settings_.lanes)].repatched;
        const auto found = repatched.find(local.value);
        time = found == repatched.end() ? time : std::min(time, found->second);
    }
    return time;
}

/// Of a host that is patched later, as it is known so far.
void Outbreak::count_patched_later(Lane& lane, std::size_t w, HostId host, StateId from,
                                   StateId to) {
    const TimeUs time = patched_at(host);
    if (time < model_.end_us) {
        count_change(lane, time, model_.population.cell_of(host), w, from, to);
    }
}

/// Patches that no trigger starts are known from the start.
bool Outbreak::some_patch_by_the_clock() const {
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        const bool triggered =
            std::any_of(model_.starters.begin(), model_.starters.end(),
                        [&](const Starter& starter) { return starter.defence == d; });
        if (model_.defences[d]->abilities().patches && !triggered) {
            return true;
        }
    }
    return false;
}

// Patch times are pure functions of the host, so all rows can be counted beforehand; an infection
// later takes its host out again. What lies after what was played is added (`sign` 1) or taken back
// (-1).
void Outbreak::count_patches_to_come(Series& series, std::int64_t sign) {
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        const Worm& worm = worms_[w];
        if (!worm.patching_ends) {
            continue;
        }
        const StateId from = sign > 0 ? Lifecycle::susceptible : worm.lifecycle.immune();
        const StateId to = sign > 0 ? worm.lifecycle.immune() : Lifecycle::susceptible;
        count_ahead(series, local_ranges(Group::world, 0), w, [&](HostId host, const auto& count) {
            const TimeUs time = patched_at(host);
            if (time >= window_.end) {
                count(time, from, to);
            }
        });
    }
}

/// A defence that begins for a group may patch its hosts earlier than the others do.
void Outbreak::count_patched_by(std::size_t d, Group per, std::int64_t group) {
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        const StateId immune = worms_[w].lifecycle.immune();
        if (!worms_[w].patching_ends) {
            continue;
        }
        count_ahead(series_, local_ranges(per, group), w, [&](HostId host, const auto& count) {
            const TimeUs time = defences_[d]->patched_at(host);
            if (time >= model_.end_us) {
                return;
            }
            const TimeUs otherwise = patched_at(host, d);
            if (time < otherwise) {
                count(time, Lifecycle::susceptible, immune);
                count(otherwise, immune, Lifecycle::susceptible);
            }
        });
    }
}

/// Calls visit(host, count) for the susceptible hosts in ranges of local numbers; count(time, from,
/// to) puts a change of state into the series.
template <class Visit>
void Outbreak::count_ahead(Series& series, const LocalRanges& ranges, std::size_t w,
                           const Visit& visit) {
    const Worm& worm = worms_[w];
    for (const auto& range : ranges) {
        const std::int64_t first = range.first, last = range.second;
        parallel_pieces(last - first, 1 << 16, [&](std::int64_t begin, std::int64_t end) {
            Tally changes;
            for (std::int64_t i = first + begin; i < first + end; ++i) {
                if (worm.state[static_cast<std::size_t>(i)] != Lifecycle::susceptible) {
                    continue;
                }
                const HostId id = model_.partition.to_global({static_cast<std::uint32_t>(i)});
                visit(id, [&](TimeUs time, StateId from, StateId to) {
                    if (time < model_.end_us) {
                        changes.add(series_.row_time(time), model_.population.cell_of(id),
                                    static_cast<std::uint8_t>(w), from, to);
                    }
                });
            }
#pragma omp critical(annelid_count_ahead)
            changes.take([&](const Change& c) {
                series.change(c.row_time, *c.cell, worm.model.state_number(c.from),
                              worm.model.state_number(c.to), c.count, c.worm);
            });
        });
    }
}

void Outbreak::settle_patched_states() {
    for (const Worm& worm : worms_) {
        if (!worm.patching_ends) {
            continue;
        }
        parallel_pieces(std::ssize(worm.state), 1 << 16, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                StateId& state = worm.state[static_cast<std::size_t>(i)];
                const HostId id = model_.partition.to_global({static_cast<std::uint32_t>(i)});
                if (state == Lifecycle::susceptible && patched_at(id) < model_.end_us) {
                    state = worm.lifecycle.immune();
                }
            }
        });
    }
}

}  // namespace annelid
