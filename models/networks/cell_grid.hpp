// Points sorted into the square cells of a grid, so that neighbours are found in adjacent cells.
#pragma once

#include "engine/graph/edge_source.hpp"
#include "models/networks/points.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace annelid {

/// 4 B a vertex, and 4 B a cell: there are at most half as many as vertices.
class CellGrid {
  public:
    /// Points no further apart than the root of `reach_squared` are in the same cell or in adjacent
    /// ones, on the torus also across its borders.
    CellGrid(const Points& points, std::int64_t num_vertices, std::int64_t reach_squared,
             bool torus);

    std::int64_t num_cells() const { return width_ * width_; }

    /// Where a cell begins in the order of vertices by cell; at num_cells(), their number.
    std::int64_t first(std::int64_t cell) const { return first_[static_cast<std::size_t>(cell)]; }

    /// The cell that holds the vertex at a place in that order.
    std::int64_t cell_at(std::int64_t place) const;

    /// In ascending order.
    std::span<const Vertex> vertices(std::int64_t cell) const {
        const std::int64_t begin = first(cell);
        return {order_.data() + begin, static_cast<std::size_t>(first(cell + 1) - begin)};
    }

    /// Calls visit(cell) for half of the adjacent cells: every adjacent pair comes up once.
    template <typename Visit>
    void for_each_forward(std::int64_t cell, const Visit& visit) const {
        if (width_ == 1) {
            return;
        }
        constexpr std::array<std::array<std::int64_t, 2>, 4> steps = {
            {{1, 0}, {-1, 1}, {0, 1}, {1, 1}}};
        for (const auto& [dx, dy] : steps) {
            std::int64_t x = cell % width_ + dx, y = cell / width_ + dy;
            if (torus_) {
                x = (x + width_) % width_;
                y %= width_;
            }
            if (x >= 0 && x < width_ && y < width_) {
                visit(y * width_ + x);
            }
        }
    }

  private:
    std::int64_t cell_of(const Point& point) const {
        return (point.y * width_ >> 31) * width_ + (point.x * width_ >> 31);
    }

    bool torus_;
    std::int64_t width_;                ///< cells in a row
    std::vector<std::uint32_t> first_;  ///< by cell, and the number of vertices
    std::vector<Vertex> order_;         ///< vertices by cell
};

}  // namespace annelid
