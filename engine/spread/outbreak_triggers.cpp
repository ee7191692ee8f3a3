// An outbreak: triggers, and the defences that they start for one group after the other.
#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>

namespace annelid {

std::vector<std::string> OutbreakModel::sensors() const {
    std::vector<std::string> out;
    for (const auto& defence : defences) {
        if (defence->abilities().is_sensor()) {
            out.push_back(defence->name());
        }
    }
    return out;
}

/// This rank's hosts of a group.
Outbreak::LocalRanges Outbreak::local_ranges(Group per, std::int64_t group) const {
    const Population& population = model_.population;
    const auto local = [&](HostId first, HostId last) {
        return std::pair(model_.partition.num_local_below(first),
                         model_.partition.num_local_below(last));
    };
    if (per == Group::world) {
        return {{0, model_.partition.num_local()}};
    }
    if (per == Group::organisation) {
        const HostRange hosts = population.organisation_of(HostId{group});
        return {local(hosts.first, hosts.last)};
    }
    LocalRanges out;
    const std::vector<Cell>& cells = population.cells();
    for (std::size_t c = 0; c < cells.size(); ++c) {
        if (group_of(population, per, cells[c].first) == group) {
            out.push_back(local(cells[c].first, c + 1 < cells.size()
                                                    ? cells[c + 1].first
                                                    : HostId{population.num_hosts()}));
        }
    }
    return out;
}

/// Collective. Tells triggers on all ranks what has been counted, and starts what fires at once.
void Outbreak::share_counts() {
    if (triggers_) {
        count_scans_seen();
        triggers_->share(ranks_);
        trigger(window_.end + 1);
    }
}

/// Starts what triggers fire before `until`, with counts as they are; the same on all ranks.
void Outbreak::trigger(TimeUs until) {
    if (!triggers_ || until <= triggered_until_) {
        return;
    }
    for (const Fire& fire : triggers_->fire(std::exchange(triggered_until_, until), until)) {
        for (const Starter& starter : model_.starters) {
            if (starter.trigger == fire.rule) {
                begin(starter.defence, model_.triggers[fire.rule].per, fire.group,
                      fire.time + starter.delay);
            }
        }
    }
}

void Outbreak::begin(std::size_t d, Group per, std::int64_t group, TimeUs time) {
    if (time >= model_.end_us) {
        return;
    }
    const auto number = static_cast<std::int32_t>(group);
    starts_.push_back({time, settings_.replicate, static_cast<std::uint8_t>(d),
                       per == Group::country ? number : -1, per == Group::sector ? number : -1,
                       per == Group::organisation ? group : -1});
    defences_[d]->begin(group, time);
    const Abilities& able = model_.defences[d]->abilities();
    if (able.patches) {
        count_patched_by(d, per, group);
    }
    if (able.detects) {
        look_around(d, per, group, time);
    }
    if (able.isolates) {
        isolate_detected(d, window_.end);
    }
}

/// A sensor that begins looks at the hosts that have a worm already, as if they had got it then.
void Outbreak::look_around(std::size_t d, Group per, std::int64_t group, TimeUs time) {
    for (const auto& [first, last] : local_ranges(per, group)) {
        for (std::int64_t i = first; i < last; ++i) {
            const LocalHost host{static_cast<std::uint32_t>(i)};
            Lane& lane = lane_with(host);
            for (std::size_t w = 0; w < worms_.size(); ++w) {
                const StateId state = worms_[w].state[host.value];
                if (state != Lifecycle::susceptible && state != worms_[w].lifecycle.immune()) {
                    lane.playing_acts.clear();
                    lane.next_act = 0;
                    sight(lane, d, w, host, infections_of(lane, w, host) - 1,
                          Lifecycle::susceptible, state, time);
                    keep_acts(lane);
                }
            }
        }
    }
}

/// An isolation that begins takes in what was detected before.
void Outbreak::isolate_detected(std::size_t d, TimeUs now) {
    for (Lane& lane : lanes_) {
        for (auto& [local, care] : lane.care) {
            const LocalHost host{local};
            if (care.detected < never) {
                isolate(lane, host,
                        defences_[d]->isolation(model_.partition.to_global(host),
                                                hosts_.traits[local], care.detected),
                        now);
            }
        }
    }
}

}  // namespace annelid
