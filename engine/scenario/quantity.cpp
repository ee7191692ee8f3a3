#include "engine/scenario/quantity.hpp"

#include "engine/base/errors.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace annelid {
namespace {

struct TimeUnit {
    const char* name;
    std::int64_t us;
};
// Largest first: printing takes the first that fits.
constexpr TimeUnit time_units[] = {
    {"w", 604'800'000'000},
    {"d", 86'400'000'000},
    {"h", 3'600'000'000},
    {"min", 60'000'000},
    {"s", 1'000'000},
    {"ms", 1'000},
    {"us", 1},
};

struct RateUnit {
    const char* name;
    double seconds;
};
constexpr RateUnit rate_units[] = {{"/s", 1}, {"/min", 60}, {"/h", 3600}, {"/d", 86400}};

const Refusal too_long{"more than 73,000 years do not fit", "write \"never\""};

/// A number and what follows it.
struct Parts {
    double value = 0;
    std::optional<std::int64_t> whole;  ///< where the number is written as an integer
    std::string unit;
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Appends the digits from `at` on to `number`; `_` may stand between two digits, as in TOML.
std::size_t take_digits(std::string_view text, std::size_t at, std::string& number) {
    while (at < text.size()) {
        const bool separator = text[at] == '_' && at > 0 && is_digit(text[at - 1]) &&
                               at + 1 < text.size() && is_digit(text[at + 1]);
        if (!is_digit(text[at]) && !separator)
            break;
        if (!separator)
            number += text[at];
        ++at;
    }
    return at;
}

Parts split(const std::string& written, const Refusal& refusal) {
    const std::string text = trimmed(written);
    std::string number;
    std::size_t at = 0;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
        if (text[at] == '-')
            number += '-';
        ++at;
    }
    const std::string_view rest = std::string_view(text).substr(at);
    if (rest.starts_with("inf") || rest.starts_with("nan") || rest.starts_with("NaN"))
        throw Refusal{"it must be finite", refusal.advice};
    const std::size_t signs = number.size();
    at = take_digits(text, at, number);
    if (number.size() == signs)
        throw refusal;

    bool whole = true;
    if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
        whole = false;
        number += '.';
        at = take_digits(text, at + 1, number);
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        std::string exponent = "e";
        std::size_t after = at + 1;
        if (after < text.size() && (text[after] == '-' || text[after] == '+'))
            exponent += text[after++];
        const std::size_t empty = exponent.size();
        after = take_digits(text, after, exponent);
        if (exponent.size() > empty) {
            whole = false;
            number += exponent;
            at = after;
        }
    }

    Parts parts;
    const char* end = number.data() + number.size();
    if (std::from_chars(number.data(), end, parts.value).ec != std::errc())
        throw Refusal{"the number does not fit into a double", refusal.advice};
    std::int64_t integer = 0;
    if (whole && std::from_chars(number.data(), end, integer).ec == std::errc())
        parts.whole = integer;
    parts.unit = trimmed(text.substr(at));
    return parts;
}

const TimeUnit& time_unit(const std::string& name) {
    for (const TimeUnit& unit : time_units) {
        if (name == unit.name)
            return unit;
    }
    const char* units = "use us, ms, s, min, h, d or w";
    if (name.empty())
        throw Refusal{"a duration needs a unit", units};
    throw Refusal{fmt::format("{} is no unit of time", in_quotes(name)), units};
}

Parts split_duration(const std::string& text) {
    return split(text, {"a duration is a number and a unit", "try \"10 min\""});
}

/// Whole units below a second divide, since 1e-3 and 1e-6 are no exact doubles.
double in_seconds(double value, const TimeUnit& unit) {
    const std::int64_t seconds = unit.us / us_per_s;
    if (seconds > 0)
        return value * static_cast<double>(seconds);
    const std::int64_t per_second = us_per_s / unit.us;
    return value / static_cast<double>(per_second);
}

std::optional<std::chrono::sys_seconds> read_datetime(const std::string& text) {
    constexpr std::string_view pattern = "0000-00-00 00:00:00";
    if (text.size() != pattern.size())
        return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (pattern[i] == '0' ? !is_digit(text[i]) : text[i] != pattern[i])
            return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t length) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + length, value);
        return value;
    };
    using namespace std::chrono;
    const year_month_day day{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                             std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    if (!day.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59)
        return std::nullopt;
    return sys_days(day) + hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2));
}

}  // namespace

TimeUs parse_duration_us(const std::string& text) {
    if (trimmed(text) == "never")
        return never;
    const Parts parts = split_duration(text);
    const TimeUnit& unit = time_unit(parts.unit);
    if (parts.whole) {
        const std::int64_t limit = never / unit.us;
        if (*parts.whole > limit || *parts.whole < -limit)
            throw too_long;
        return *parts.whole * unit.us;
    }
    const double us = parts.value * static_cast<double>(unit.us);
    if (!(std::abs(us) < static_cast<double>(never)))
        throw too_long;
    return std::llround(us);
}

double parse_duration_s(const std::string& text) {
    if (trimmed(text) == "never")
        return to_seconds(never);
    const Parts parts = split_duration(text);
    const double seconds = in_seconds(parts.value, time_unit(parts.unit));
    if (!(std::abs(seconds) < to_seconds(never)))
        throw too_long;
    return seconds;
}

double parse_rate(const std::string& text) {
    const Parts parts = split(text, {"a rate is a number and a unit", "try \"25 /s\""});
    const char* units = "use /s, /min, /h or /d";
    for (const RateUnit& unit : rate_units) {
        if (parts.unit == unit.name)
            return parts.value / unit.seconds;
    }
    if (parts.unit.empty())
        throw Refusal{"a rate needs a unit", units};
    throw Refusal{fmt::format("{} is no unit of a rate", in_quotes(parts.unit)), units};
}

double parse_percent(const std::string& text) {
    const Refusal refusal{"a share is a number from 0 to 1", "try 0.35 or \"35 %\""};
    const Parts parts = split(text, refusal);
    if (parts.unit != "%")
        throw refusal;
    return parts.value / 100;
}

std::string print_duration_us(TimeUs time_us) {
    if (time_us >= never)
        return "never";
    if (time_us == 0)
        return "0 s";
    const auto unit = std::find_if(std::begin(time_units), std::end(time_units),
                                   [&](const TimeUnit& u) { return time_us % u.us == 0; });
    return fmt::format("{} {}", time_us / unit->us, unit->name);
}

std::string print_duration_s(double seconds) {
    if (seconds >= to_seconds(never))
        return "never";
    for (const TimeUnit& unit : time_units) {
        const double us_per_unit = static_cast<double>(unit.us);
        const double count = std::round(seconds / us_per_unit * static_cast<double>(us_per_s));
        const bool exact = count != 0 && std::abs(count) < 1e15;
        if (exact && in_seconds(count, unit) == seconds)
            return fmt::format("{} {}", static_cast<std::int64_t>(count), unit.name);
    }
    return print_number(seconds) + " s";
}

std::string print_rate(double per_s) {
    return print_number(per_s) + " /s";
}

std::string print_number(double value) {
    // TOML has no negative integer zero.
    if (value == 0)
        return std::signbit(value) ? "-0.0" : "0";
    return fmt::format("{}", value);
}

bool is_datetime(const std::string& text) {
    return read_datetime(text).has_value();
}

std::int64_t seconds_since_epoch(const std::string& datetime) {
    const auto time = read_datetime(datetime);
    if (!time)
        throw InputError(in_quotes(datetime) + " (not a date and time): write YYYY-MM-DD hh:mm:ss");
    return time->time_since_epoch().count();
}

}  // namespace annelid
