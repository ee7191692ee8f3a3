#include "engine/hosts/hours.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace annelid {

namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

/// 32 random bits in the open interval (0, 1).
double unit(std::uint32_t word) {
    return (static_cast<double>(word) + 0.5) * 0x1.0p-32;
}

}  // namespace

Hours::Hours(const Population& population, std::vector<Rule> rules,
             std::vector<LocalTime> countries, std::int64_t start_s, TimeUs end_us, Seed seed)
    : population_(population),
      rules_(std::move(rules)),
      countries_(std::move(countries)),
      start_us_(start_s * us_per_s),
      end_us_(end_us),
      draws_(seed, Purpose::hours),
      zone_(seed, Purpose::time_zone) {}

const Hours::Rule& Hours::rule_of(HostId host) const {
    if (rules_.size() == 1) {
        return rules_.front();
    }
    std::array<Traits, 1> traits{};
    population_.draw_traits(host, traits);
    return *std::find_if(rules_.begin(), rules_.end() - 1,
                         [&](const Rule& rule) { return carries(traits[0], rule.traits); });
}

Hours::Schedule Hours::schedule_of(HostId host) const {
    const Rule& rule = rule_of(host);
    const auto own = draws_.words(static_cast<std::uint64_t>(population_.to_whole(host).value));
    if (unit(own[0]) < rule.always_on) {
        return {true, true, 0, 0, 0, nullptr};
    }
    const auto shifted = [&](TimeUs time, std::uint32_t word) {
        return time + static_cast<TimeUs>((2 * unit(word) - 1) * static_cast<double>(rule.jitter));
    };
    const auto country = static_cast<std::size_t>(population_.cell_of(host).country);
    const LocalTime& local = countries_[country];
    TimeUs ahead = local.zones.front().ahead;
    if (local.zones.size() > 1) {
        const HostId place = population_.to_whole(population_.organisation_of(host).first);
        const double u = to_unit(zone_.bits(static_cast<std::uint64_t>(place.value)));
        ahead = std::find_if(local.zones.begin(), local.zones.end() - 1, [&](const Zone& zone) {
                    return u < zone.below;
                })->ahead;
    }
    return {false,
            unit(own[1]) < rule.weekends,
            shifted(rule.open, own[2]),
            shifted(rule.close, own[3]),
            start_us_ + ahead,
            &local.holidays};
}

bool Hours::Schedule::works(std::int64_t day) const {
    // 1970 began on a Thursday.
    const bool weekend = day + 3 - floor_div(day + 3, 7) * 7 >= 5;
    return weekends || (!weekend && !std::binary_search(holidays->begin(), holidays->end(), day));
}

std::int64_t Hours::Schedule::day_at(TimeUs time) const {
    return floor_div(time + ahead - open, day_us);
}

bool Hours::Schedule::is_on(TimeUs time) const {
    // Hours of two days never overlap: whatever day opened last decides.
    const std::int64_t day = day_at(time);
    return time < closes(day) && works(day);
}

bool Hours::is_on(HostId host, TimeUs time) const {
    const Schedule schedule = schedule_of(host);
    return schedule.always || schedule.is_on(time);
}

TimeUs Hours::next_on(const Schedule& schedule, TimeUs from) const {
    if (from >= end_us_) {
        return never;
    }
    if (schedule.always || schedule.is_on(from)) {
        return from;
    }
    std::int64_t day = schedule.day_at(from) + 1;
    while (!schedule.works(day) && schedule.opens(day) < end_us_) {
        ++day;
    }
    return schedule.opens(day) < end_us_ ? schedule.opens(day) : never;
}

TimeUs Hours::next_on(HostId host, TimeUs from) const {
    return next_on(schedule_of(host), from);
}

TimeUs Hours::next_both_on(HostId one, HostId other, TimeUs from) const {
    const Schedule first = schedule_of(one), second = schedule_of(other);
    TimeUs time = next_on(first, from);
    for (;;) {
        const TimeUs later = next_on(second, time);
        time = next_on(first, later);
        if (time == later) {
            return time;
        }
    }
}

TimeUs Hours::on_time_after(HostId host, TimeUs from, TimeUs duration) const {
    const Schedule schedule = schedule_of(host);
    if (schedule.always) {
        const TimeUs time = std::min(never, from + duration);
        return time < end_us_ ? time : never;
    }
    TimeUs time = next_on(schedule, from);
    while (time < never) {
        const TimeUs closes = schedule.closes(schedule.day_at(time));
        if (duration < closes - time) {
            return time + duration < end_us_ ? time + duration : never;
        }
        duration -= closes - time;
        time = next_on(schedule, closes);
    }
    return never;
}

TimeUs Hours::on_time_between(HostId host, TimeUs from, TimeUs until) const {
    const Schedule schedule = schedule_of(host);
    if (schedule.always) {
        return std::max<TimeUs>(0, until - from);
    }
    TimeUs sum = 0;
    for (TimeUs time = next_on(schedule, from); time < until;) {
        const TimeUs closes = std::min(until, schedule.closes(schedule.day_at(time)));
        sum += closes - time;
        time = next_on(schedule, closes);
    }
    return sum;
}

}  // namespace annelid
