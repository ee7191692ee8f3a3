// Random points of the unit square, as a pure function of their number.
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace annelid {

/// Coordinates in units of 2^-31 of the side.
struct Point {
    std::int64_t x = 0, y = 0;
};

inline constexpr std::int64_t side = std::int64_t{1} << 31;

class Points {
  public:
    explicit Points(Seed seed) : draws_(seed, Purpose::network, "geometric") {}

    Point at(Vertex v) const {
        const auto words = draws_.words(v);
        return {words[0] >> 1, words[1] >> 1};
    }

  private:
    Draws draws_;
};

/// Below 2^63. On the torus the shorter way counts.
inline std::int64_t square_distance(const Point& a, const Point& b, bool torus) {
    std::int64_t dx = std::abs(a.x - b.x), dy = std::abs(a.y - b.y);
    if (torus) {
        dx = std::min(dx, side - dx);
        dy = std::min(dy, side - dy);
    }
    return dx * dx + dy * dy;
}

}  // namespace annelid
