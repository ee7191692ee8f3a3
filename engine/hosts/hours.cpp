#include "engine/hosts/hours.hpp"

#include <algorithm>
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

/// Keys what is drawn for a host: its number in the whole world.
std::uint64_t id_in_whole(HostId host, const Cell& cell) {
    return static_cast<std::uint64_t>(host.value - cell.first.value + cell.whole_first.value);
}

bool is_working_day(std::int64_t day, const std::vector<std::int64_t>& holidays) {
    // 1970 began on a Thursday.
    const bool weekend = day + 3 - floor_div(day + 3, 7) * 7 >= 5;
    return !weekend && !std::binary_search(holidays.begin(), holidays.end(), day);
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
    Traits traits{};
    if (hosts_ != nullptr && partition_->is_local(host)) {
        traits = hosts_->traits[partition_->to_local(host).value];
    } else {
        population_.draw_traits(host, {&traits, 1});
    }
    return *std::find_if(rules_.begin(), rules_.end() - 1,
                         [&](const Rule& rule) { return carries(traits, rule.traits); });
}

/// What is added to a time to have the host's local time since 1970.
TimeUs Hours::ahead_of(HostId host, const Cell& cell) const {
    const LocalTime& local = countries_[static_cast<std::size_t>(cell.country)];
    TimeUs ahead = local.zones.front().ahead;
    if (local.zones.size() > 1) {
        const HostId first = population_.organisation_of(host).first;
        const double u = to_unit(zone_.bits(id_in_whole(first, cell)));
        ahead = std::find_if(local.zones.begin(), local.zones.end() - 1, [&](const Zone& zone) {
                    return u < zone.below;
                })->ahead;
    }
    return start_us_ + ahead;
}

HostHours Hours::of(HostId host) const {
    const Rule& rule = rule_of(host);
    const Cell& cell = population_.cell_of(host);
    const auto own = draws_.words(id_in_whole(host, cell));
    HostHours out;
    out.end_us_ = end_us_;
    out.always_ = unit(own[0]) < rule.always_on;
    if (out.always_) {
        return out;
    }
    const auto shifted = [&](TimeUs time, std::uint32_t word) {
        return time + static_cast<TimeUs>((2 * unit(word) - 1) * static_cast<double>(rule.jitter));
    };
    out.weekends_ = unit(own[1]) < rule.weekends;
    out.open_ = shifted(rule.open, own[2]);
    out.close_ = shifted(rule.close, own[3]);
    out.ahead_ = ahead_of(host, cell);
    out.holidays_ = &countries_[static_cast<std::size_t>(cell.country)].holidays;
    return out;
}

// What the plan of the host's role decides for all hosts that have it needs no draw.
bool Hours::is_on(HostId host, TimeUs time) const {
    const Rule& rule = rule_of(host);
    const Cell& cell = population_.cell_of(host);
    const LocalTime& local = countries_[static_cast<std::size_t>(cell.country)];
    const TimeUs since = time + ahead_of(host, cell) - rule.open;
    const std::int64_t day = floor_div(since, day_us);
    const TimeUs passed = since - day * day_us;
    const TimeUs length = rule.close - rule.open;
    const bool all_opened = passed >= rule.jitter && passed < length - rule.jitter;
    const bool all_closed = passed >= length + rule.jitter && passed < day_us - rule.jitter;
    const bool working_day = all_opened && is_working_day(day, local.holidays);
    if (working_day) {
        return true;
    }
    if (rule.always_on <= 0 && (all_closed || (all_opened && rule.weekends <= 0))) {
        return false;
    }
    const auto own = draws_.words(id_in_whole(host, cell));
    if (all_opened || all_closed) {
        return unit(own[0]) < rule.always_on || (all_opened && unit(own[1]) < rule.weekends);
    }
    return of(host).is_on(time);
}

TimeUs Hours::next_both_on(HostId one, HostId other, TimeUs from) const {
    const HostHours first = of(one), second = of(other);
    TimeUs time = first.next_on(from);
    for (;;) {
        const TimeUs later = second.next_on(time);
        time = first.next_on(later);
        if (time == later) {
            return time;
        }
    }
}

bool HostHours::works(std::int64_t day) const {
    return weekends_ || is_working_day(day, *holidays_);
}

std::int64_t HostHours::day_at(TimeUs time) const {
    return floor_div(time + ahead_ - open_, Hours::day_us);
}

TimeUs HostHours::opens(std::int64_t day) const {
    return day * Hours::day_us + open_ - ahead_;
}

TimeUs HostHours::closes(std::int64_t day) const {
    return day * Hours::day_us + close_ - ahead_;
}

bool HostHours::is_on(TimeUs time) const {
    if (always_) {
        return true;
    }
    // Hours of two days never overlap: whatever day opened last decides.
    const std::int64_t day = day_at(time);
    return time < closes(day) && works(day);
}

TimeUs HostHours::next_on(TimeUs from) const {
    if (from >= end_us_) {
        return never;
    }
    if (is_on(from)) {
        return from;
    }
    std::int64_t day = day_at(from) + 1;
    while (!works(day) && opens(day) < end_us_) {
        ++day;
    }
    return opens(day) < end_us_ ? opens(day) : never;
}

TimeUs HostHours::on_time_after(TimeUs from, TimeUs duration) const {
    if (always_) {
        const TimeUs time = std::min(never, from + duration);
        return time < end_us_ ? time : never;
    }
    TimeUs time = next_on(from);
    while (time < never) {
        const TimeUs close = closes(day_at(time));
        if (duration < close - time) {
            return time + duration < end_us_ ? time + duration : never;
        }
        duration -= close - time;
        time = next_on(close);
    }
    return never;
}

TimeUs HostHours::on_time_between(TimeUs from, TimeUs until) const {
    if (always_) {
        return std::max<TimeUs>(0, until - from);
    }
    TimeUs sum = 0;
    for (TimeUs time = next_on(from); time < until;) {
        const TimeUs close = std::min(until, closes(day_at(time)));
        sum += close - time;
        time = next_on(close);
    }
    return sum;
}

}  // namespace annelid
