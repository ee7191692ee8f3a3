#include "engine/spread/cascades.hpp"

namespace annelid {

namespace {

using Wide = __int128;  // a number of hosts times a million

}  // namespace

Cascades::Cascades(const std::vector<Dependency>& dependencies,
                   const std::vector<ServicePlace>& places, std::size_t num_sectors)
    : dependencies_(dependencies),
      num_sectors_(num_sectors),
      since_(num_sectors == 0 ? 0 : places.size() / num_sectors * dependencies.size(), never) {
    for (const ServicePlace& place : places) {
        places_.push_back({place.organisations, place.hosts});
    }
}

TimeUs Cascades::next_time() const {
    return due_.empty() ? never : std::get<0>(*due_.begin());
}

void Cascades::play(TimeUs time, std::span<const Crossing> crossings,
                    std::vector<ServiceChange>& out) {
    std::set<std::size_t> touched;  // countries
    for (const Crossing& crossing : crossings) {
        const auto country = static_cast<std::size_t>(crossing.country);
        Place& place = places_[country * num_sectors_ + static_cast<std::size_t>(crossing.sector)];
        const std::int64_t sign = crossing.out ? 1 : -1;
        place.organisations_out += sign;
        place.hosts_out += sign * crossing.hosts;
        out.push_back({time, crossing.country, crossing.sector, crossing.organisation,
                       ServiceChange::Kind::own, sign});
        touched.insert(country);
    }
    while (!due_.empty() && std::get<0>(*due_.begin()) <= time) {
        touched.insert(std::get<1>(*due_.begin()));
        due_.erase(due_.begin());
    }
    for (const std::size_t country : touched) {
        refresh(country, time, out);
    }
}

void Cascades::save(StateWriter& out) const {
    RowWriter places = out.of_all("places"), since = out.of_all("since");
    for (const Place& place : places_) {
        places.add_all(place.organisations_out, place.hosts_out, place.by_dependency, place.lost);
    }
    for (const TimeUs time : since_) {
        since.add_all(time);
    }
    RowWriter due = out.of_all("due");
    for (const auto& [time, country, dependency] : due_) {
        due.add_all(time, country, dependency);
    }
}

void Cascades::load(const StateReader& in) {
    std::size_t i = 0;
    in.each_of_all("places", [&](StateRow& row) {
        row.require(i < places_.size());
        Place& place = places_[i++];
        row.read(place.organisations_out, place.hosts_out, place.by_dependency, place.lost);
    });
    i = 0;
    in.each_of_all("since", [&](StateRow& row) {
        row.require(i < since_.size());
        row.read(since_[i++]);
    });
    in.each_of_all("due", [&](StateRow& row) {
        TimeUs time = 0;
        std::size_t country = 0, dependency = 0;
        row.read(time, country, dependency);
        row.require(dependency < dependencies_.size() &&
                    country < since_.size() / dependencies_.size());
        due_.insert({time, country, dependency});
    });
}

bool Cascades::fails_by_itself(const Dependency& dependency, std::size_t country) const {
    const Place& provider = places_[country * num_sectors_ + dependency.provider];
    return Wide{provider.hosts_out} * parts_per_million >
           Wide{dependency.share_ppm} * provider.hosts;
}

/// The least set of dependencies that have failed, and the sectors lost by them: from those whose
/// providers fail by themselves, along those whose backup is used up.
std::vector<bool> Cascades::find_failed(std::size_t country, TimeUs time,
                                        std::vector<bool>& lost) const {
    const std::size_t n = dependencies_.size();
    std::vector<bool> failed(n), passed_on(n);
    for (std::size_t d = 0; d < n; ++d) {
        failed[d] = fails_by_itself(dependencies_[d], country);
    }
    for (std::size_t d = 0; d < n;) {
        const Dependency& dependency = dependencies_[d];
        const TimeUs since = since_[country * n + d];
        const bool used_up =
            dependency.backup == 0 || (since < never && since + dependency.backup <= time);
        if (!failed[d] || passed_on[d] || !used_up) {
            ++d;
            continue;
        }
        passed_on[d] = true;
        for (const std::size_t sector : dependency.dependents) {
            lost[sector] =
                lost[sector] || places_[country * num_sectors_ + sector].organisations > 0;
        }
        for (std::size_t other = 0; other < n; ++other) {
            failed[other] = failed[other] || lost[dependencies_[other].provider];
        }
        d = 0;
    }
    return failed;
}

void Cascades::refresh(std::size_t country, TimeUs time, std::vector<ServiceChange>& out) {
    const std::size_t n = dependencies_.size();
    std::vector<bool> lost(num_sectors_);
    const std::vector<bool> failed = find_failed(country, time, lost);
    for (std::size_t d = 0; d < n; ++d) {
        TimeUs& since = since_[country * n + d];
        const TimeUs backup = dependencies_[d].backup;
        if (failed[d] && since >= never) {
            since = time;
            if (backup > 0 && time + backup < never) {
                due_.insert({time + backup, country, d});
            }
        } else if (!failed[d] && since < never) {
            due_.erase({since + backup, country, d});
            since = never;
        }
    }
    for (std::size_t sector = 0; sector < num_sectors_; ++sector) {
        Place& place = places_[country * num_sectors_ + sector];
        place.lost = lost[sector];
        const std::int64_t now = place.lost ? place.organisations - place.organisations_out : 0;
        if (now != place.by_dependency) {
            out.push_back({time, static_cast<std::int32_t>(country),
                           static_cast<std::int32_t>(sector), no_host,
                           ServiceChange::Kind::dependency, now - place.by_dependency});
        }
        place.by_dependency = now;
    }
}

}  // namespace annelid
