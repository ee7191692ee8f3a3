#include "models/networks/cell_grid.hpp"

#include <cmath>

namespace annelid {

namespace {

/// Cells in a row: as many as are at least as wide as the reach, and hold two vertices on average.
std::int64_t grid_width(std::int64_t num_vertices, std::int64_t reach_squared, bool torus) {
    const auto all = static_cast<unsigned __int128>(side) * side;
    const auto too_narrow = [&](std::int64_t width) {
        return static_cast<unsigned __int128>(width) * static_cast<std::uint64_t>(width) *
                   static_cast<std::uint64_t>(reach_squared) >
               all;
    };
    auto width = static_cast<std::int64_t>(std::sqrt(static_cast<double>(num_vertices) / 2)) + 1;
    while (width > 1 && 2 * width * width > num_vertices) {
        --width;
    }
    if (too_narrow(width)) {
        width = static_cast<std::int64_t>(
                    std::sqrt(static_cast<double>(all) / static_cast<double>(reach_squared))) +
                1;
        while (width > 1 && too_narrow(width)) {
            --width;
        }
    }
    // Around a torus of one or two cells, a cell would be adjacent to itself or twice to another.
    return torus && width < 3 ? 1 : width;
}

}  // namespace

CellGrid::CellGrid(const Points& points, std::int64_t num_vertices, std::int64_t reach_squared,
                   bool torus)
    : torus_(torus),
      width_(grid_width(num_vertices, reach_squared, torus)),
      first_(static_cast<std::size_t>(width_ * width_) + 1),
      order_(static_cast<std::size_t>(num_vertices)) {
    const auto cell = [&](std::int64_t v) {
        return static_cast<std::size_t>(cell_of(points.at(static_cast<Vertex>(v))));
    };
    for (std::int64_t v = 0; v < num_vertices; ++v) {
        ++first_[cell(v)];
    }
    // From the ends of cells backwards, so that placing leaves their beginnings.
    std::uint32_t end = 0;
    for (std::uint32_t& first : first_) {
        end += first;
        first = end;
    }
    for (std::int64_t v = num_vertices - 1; v >= 0; --v) {
        order_[--first_[cell(v)]] = static_cast<Vertex>(v);
    }
}

std::int64_t CellGrid::cell_at(std::int64_t place) const {
    const auto behind =
        std::upper_bound(first_.begin(), first_.end(), static_cast<std::uint32_t>(place));
    return behind - first_.begin() - 1;
}

}  // namespace annelid
