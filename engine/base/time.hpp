// Simulated time: whole microseconds since the start of a run, so that times compare exactly.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace annelid {

using TimeUs = std::int64_t;

inline constexpr TimeUs us_per_s = 1'000'000;
/// Later than anything that happens; far enough from the largest integer that sums cannot overflow.
inline constexpr TimeUs never = std::numeric_limits<TimeUs>::max() / 4;

inline double to_seconds(TimeUs t) {
    return static_cast<double>(t) / us_per_s;
}

/// Nearest microsecond; what would lie beyond `never` is `never`.
inline TimeUs from_seconds(double seconds) {
    const double us = seconds * static_cast<double>(us_per_s);
    return us < static_cast<double>(never) ? static_cast<TimeUs>(std::floor(us + 0.5)) : never;
}

}  // namespace annelid
