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

}  // namespace annelid
