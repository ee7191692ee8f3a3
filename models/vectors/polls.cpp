#include "models/vectors/polls.hpp"

#include "engine/scenario/quantity.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>
#include <utility>

namespace annelid {

namespace {

/// No software asks more often.
constexpr TimeUs shortest_period = us_per_s;

LiveTime read_live_time(const std::string& text) {
    const std::size_t to = text.find(" to ");
    if (to == std::string::npos) {
        throw Refusal{in_quotes(text) + " is not from one time to another",
                      "write \"3 h to 8 h\", counted from the start"};
    }
    const LiveTime live{parse_duration_us(text.substr(0, to)),
                        parse_duration_us(text.substr(to + 4))};
    if (live.from < 0) {
        throw Refusal{in_quotes(text) + " begins before the start", "begin at \"0 s\" or later"};
    }
    if (live.until <= live.from) {
        throw Refusal{in_quotes(text) + " ends before it begins", "write the earlier time first"};
    }
    return live;
}

/// How many events a unit Poisson process has in a unit of time, by inversion.
std::size_t unit_poisson(double u, std::size_t most) {
    double chance = 0x1.78b56362cef38p-2;  // exp(-1)
    double sum = chance;
    std::size_t n = 0;
    while (u >= sum && n < most) {
        ++n;
        chance /= static_cast<double>(n);
        sum += chance;
    }
    return n;
}

}  // namespace

std::vector<LiveTime> read_live_times(const std::vector<std::string>& texts) {
    std::vector<LiveTime> out;
    for (const std::string& text : texts) {
        out.push_back(read_live_time(text));
    }
    std::sort(out.begin(), out.end(),
              [](const LiveTime& a, const LiveTime& b) { return a.from < b.from; });
    for (std::size_t i = 1; i < out.size(); ++i) {
        if (out[i].from < out[i - 1].until) {
            throw Refusal{"two live times overlap from " + print_duration_us(out[i].from) + " on",
                          "merge them, or give another vendor a vector of its own"};
        }
    }
    return out;
}

Polls::Polls(Distribution period, bool periodic, Seed seed, const std::string& label,
             const Population& population, const Hours* hours)
    : period_(std::move(period)),
      periodic_(periodic),
      poll_(seed, Purpose::poll, label),
      time_(seed, Purpose::poll_time, label),
      success_(seed, Purpose::poll_success, label),
      population_(&population),
      hours_(hours) {}

Polls::Cell Polls::draw_cell(std::uint64_t id, TimeUs period, std::uint64_t phase_bits,
                             std::uint32_t cell) const {
    const auto place = [&](std::uint64_t bits) {
        return static_cast<TimeUs>(to_index(bits, static_cast<std::uint64_t>(period)));
    };
    Cell out;
    if (periodic_) {
        out.offsets[0] = place(phase_bits);
        out.size = 1;
        return out;
    }
    out.size = unit_poisson(to_unit(time_.bits(id, cell)), most_in_cell);
    for (std::uint32_t i = 0; i < out.size; ++i) {
        out.offsets[i] = place(time_.bits(id, cell, i + 1));
    }
    std::sort(out.offsets.begin(), out.offsets.begin() + std::ptrdiff_t(out.size));
    return out;
}

TimeUs Polls::first(HostId host, TimeUs from, TimeUs until, double success) const {
    const auto id = static_cast<std::uint64_t>(population_->to_whole(host).value);
    const auto own = poll_.pair(id);
    const TimeUs period = std::max(shortest_period, from_seconds(period_.quantile(own[0])));
    if (success <= 0 || period >= never) {
        return never;
    }
    // The host's own clock, and when it shows so much.
    const TimeUs shown = hours_ != nullptr ? hours_->on_time_between(host, 0, from) : from;
    const auto at = [&](TimeUs clock) {
        return hours_ != nullptr ? hours_->on_time_after(host, from, clock - shown)
                                 : from + (clock - shown);
    };
    for (TimeUs begin = shown / period * period; at(std::max(begin, shown)) < until;
         begin += period) {
        const auto cell = static_cast<std::uint32_t>(begin / period);
        const Cell polls = draw_cell(id, period, own[1], cell);
        for (std::uint32_t i = 0; i < polls.size; ++i) {
            const TimeUs clock = begin + polls.offsets[i];
            const bool works = success >= 1 || happens(success_.bits(id, cell, i), success);
            if (clock >= shown && works) {
                const TimeUs time = at(clock);
                return time < until ? time : never;
            }
        }
    }
    return never;
}

}  // namespace annelid
