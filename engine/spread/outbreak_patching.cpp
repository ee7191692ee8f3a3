// An outbreak: hosts that are patched before anything infects them. Patch times are known
// beforehand, so they are counted before and after the steps and cost nothing in them.
#include "engine/base/parallel.hpp"
#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>

namespace annelid {

TimeUs Outbreak::patched_at(HostId host) const {
    TimeUs time = never;
    for (const auto& defence : defences_) {
        time = std::min(time, defence->patched_at(host));
    }
    return time;
}

void Outbreak::count_patched() {
    // Patch times are pure functions of the host, so all rows can be counted before the outbreak;
    // an infection later takes its host out again.
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        const Worm& worm = worms_[w];
        if (!worm.patching_ends) {
            continue;
        }
        const auto number = static_cast<std::uint8_t>(w);
        parallel_pieces(std::ssize(worm.state), 1 << 16, [&](std::int64_t begin, std::int64_t end) {
            Tally changes;
            for (std::int64_t i = begin; i < end; ++i) {
                if (worm.state[static_cast<std::size_t>(i)] != Lifecycle::susceptible) {
                    continue;
                }
                const HostId id = model_.partition.to_global({static_cast<std::uint32_t>(i)});
                const TimeUs time = patched_at(id);
                if (time < model_.end_us) {
                    changes.add(series_.row_time(time), model_.population.cell_of(id), number,
                                Lifecycle::susceptible, worm.lifecycle.immune());
                }
            }
#pragma omp critical(annelid_count_patched)
            changes.take([&](const Change& c) {
                series_.change(c.row_time, *c.cell, worm.model.state_number(c.from),
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
