#include "models/networks/geometric.hpp"

#include "models/networks/cell_grid.hpp"
#include "models/networks/pieces.hpp"
#include "models/networks/points.hpp"

#include <algorithm>
#include <vector>

namespace annelid {

namespace {

/// Distances squared that are links: whole numbers up to this one.
std::int64_t reach_squared(double radius) {
    const double reach = radius * static_cast<double>(side);
    return static_cast<std::int64_t>(reach * reach);
}

struct Placed {
    Vertex vertex = 0;
    Point point;
};

class Geometric final : public EdgeSource {
  public:
    Geometric(double radius, bool torus, std::int64_t num_vertices, Seed seed)
        : num_vertices_(num_vertices),
          torus_(torus),
          reach_squared_(reach_squared(radius)),
          points_(seed),
          grid_(points_, num_vertices, reach_squared_, torus),
          piece_vertices_(vertices_of_piece(radius, num_vertices)) {}

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return false; }
    std::int64_t num_pieces() const override {
        return (num_vertices_ + piece_vertices_ - 1) / piece_vertices_;
    }

    /// A piece has the links of some vertices, in the order of cells, to those behind them.
    void append_piece(std::int64_t index, EdgePiece& out) const override {
        const std::int64_t first = index * piece_vertices_;
        const std::int64_t last = std::min(num_vertices_, first + piece_vertices_);
        std::vector<Placed> near;
        std::vector<Edge> links;
        for (std::int64_t cell = grid_.cell_at(first);
             cell < grid_.num_cells() && grid_.first(cell) < last; ++cell) {
            near.clear();
            append_points(cell, near);
            const std::int64_t own = std::ssize(near);
            grid_.for_each_forward(cell, [&](std::int64_t other) { append_points(other, near); });
            links.resize(near.size());
            const std::int64_t begin = std::max<std::int64_t>(0, first - grid_.first(cell));
            const std::int64_t end = std::min(own, last - grid_.first(cell));
            for (std::int64_t i = begin; i < end; ++i) {
                append_links(near, static_cast<std::size_t>(i), links, out);
            }
        }
    }

  private:
    /// About 2^18 edges, or as many vertices where they have few.
    static std::int64_t vertices_of_piece(double radius, std::int64_t num_vertices) {
        const double share = std::min(1.0, 3.14159 * radius * radius);
        const double edges_per_vertex = share * static_cast<double>(num_vertices) / 2;
        return std::max<std::int64_t>(
            1, static_cast<std::int64_t>(piece_edges / std::max(1.0, edges_per_vertex)));
    }

    void append_points(std::int64_t cell, std::vector<Placed>& out) const {
        for (const Vertex vertex : grid_.vertices(cell)) {
            out.push_back({vertex, points_.at(vertex)});
        }
    }

    /// From the i-th point to those behind it. All are written, only links stay: a branch on
    /// chance would cost more.
    void append_links(const std::vector<Placed>& near, std::size_t i, std::vector<Edge>& links,
                      EdgePiece& out) const {
        const Placed from = near[i];
        std::size_t num_links = 0;
        for (std::size_t j = i + 1; j < near.size(); ++j) {
            links[num_links] = {from.vertex, near[j].vertex};
            num_links += square_distance(from.point, near[j].point, torus_) <= reach_squared_;
        }
        out.edges.insert(out.edges.end(), links.data(), links.data() + num_links);
    }

    std::int64_t num_vertices_;
    bool torus_;
    std::int64_t reach_squared_;
    Points points_;
    CellGrid grid_;
    std::int64_t piece_vertices_;
};

}  // namespace

Fields GeometricSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the kind of network"};
    kind_field.choices = {"geometric"};
    Field radius_field{"radius", &radius, Unit::none,
                       "hosts no further apart are linked, in sides of the square"};
    radius_field.min = 0;
    radius_field.max = 1;
    return {kind_field, radius_field,
            Field{"torus", &torus, Unit::none, "opposite sides of the square meet"}};
}

KeyFaults GeometricSettings::faults(std::int64_t) const {
    if (!(radius >= 0 && radius <= 1)) {
        return {{"radius", "it is in sides of the square", "use 0 to 1"}};
    }
    return {};
}

std::unique_ptr<EdgeSource> make_geometric(const GeometricSettings& settings,
                                           std::int64_t num_vertices, Seed seed) {
    refuse("network", settings.faults(num_vertices));
    return std::make_unique<Geometric>(settings.radius, settings.torus, num_vertices, seed);
}

}  // namespace annelid
