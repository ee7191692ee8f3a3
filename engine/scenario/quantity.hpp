// Quantities as text: numbers with units, dates. Parsing and printing are inverse to the bit.
#pragma once

#include "engine/base/time.hpp"

#include <cstdint>
#include <string>

namespace annelid {

/// Thrown where a value is not what it should be; whoever knows file, line and key reports it.
struct Refusal {
    std::string why;
    std::string advice;
};

/// "250 us", "10 ms", "1 s", "10 min", "7.65 h", "3 d", "2 w", "never"; to the nearest microsecond.
TimeUs parse_duration_us(const std::string& text);
/// The same in seconds, not rounded. "never" is to_seconds(never).
double parse_duration_s(const std::string& text);
/// "25 /s", "358 /min", "10 /h", "1 /d"; per second.
double parse_rate(const std::string& text);
/// "35 %" as 0.35.
double parse_percent(const std::string& text);

/// In the largest unit in which it is a whole number.
std::string print_duration_us(TimeUs time_us);
/// The same for seconds; what is whole in no unit is printed in seconds.
std::string print_duration_s(double seconds);
std::string print_rate(double per_s);
/// Shortest text that reads back as the same double; also a TOML number.
std::string print_number(double value);

/// True for "YYYY-MM-DD hh:mm:ss" on the calendar.
bool is_datetime(const std::string& text);
/// Seconds since 1970-01-01 00:00:00 UTC of such a text; InputError where it is none.
std::int64_t seconds_since_epoch(const std::string& datetime);

}  // namespace annelid
