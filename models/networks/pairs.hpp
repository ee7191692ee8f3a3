// Numbers of unordered pairs: {u, v} with u < v is pair number v (v - 1) / 2 + u, so that pairs of
// the first n vertices are 0 … n (n - 1) / 2 - 1.
#pragma once

#include "engine/graph/edge_source.hpp"

#include <cmath>
#include <cstdint>

namespace annelid {

/// n (n - 1) / 2 for n <= 2^32: below 2^63.
inline std::uint64_t num_pairs(std::uint64_t n) {
    return n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n;
}

/// The pair of a number below 2^63. The root (IEEE: the same bits everywhere) is off by one at
/// most, which integers mend.
inline Edge unrank_pair(std::uint64_t number) {
    auto v = static_cast<std::uint64_t>(
        static_cast<std::int64_t>(std::sqrt(2 * static_cast<double>(number) + 0.25) + 0.5));
    v -= num_pairs(v) > number;
    v += num_pairs(v + 1) <= number;
    return {static_cast<Vertex>(number - num_pairs(v)), static_cast<Vertex>(v)};
}

}  // namespace annelid
