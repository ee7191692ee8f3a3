#include "models/networks/barabasi_albert.hpp"

#include "models/networks/pairs.hpp"
#include "models/networks/pieces.hpp"

#include <fmt/format.h>

namespace annelid {

namespace {

/// Edges are numbered in the order in which they come; edge e has the ends 2 e, at the vertex that
/// brings it, and 2 e + 1.
class BarabasiAlbert final : public EdgeSource {
  public:
    BarabasiAlbert(std::int64_t edges_per_host, std::int64_t num_vertices, Seed seed)
        : num_vertices_(num_vertices),
          per_vertex_(static_cast<std::uint64_t>(edges_per_host)),
          first_edges_(num_pairs(per_vertex_ + 1)),
          draws_(seed, Purpose::network, "barabasi_albert") {}

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return false; }
    std::int64_t num_pieces() const override { return num_edge_pieces(num_edges()); }

    void append_piece(std::int64_t index, EdgePiece& out) const override {
        const auto [first, last] = edges_of_piece(index, num_edges());
        Edge* edge = append_edges(out, last - first);
        for (std::int64_t i = first; i < last; ++i) {
            const auto end = 2 * static_cast<std::uint64_t>(i);
            *edge++ = {vertex_at(end), vertex_at(end + 1)};
        }
    }

  private:
    std::int64_t num_edges() const {
        const auto later = num_vertices_ - static_cast<std::int64_t>(per_vertex_) - 1;
        return static_cast<std::int64_t>(first_edges_) +
               later * static_cast<std::int64_t>(per_vertex_);
    }

    Vertex vertex_at(std::uint64_t end) const {
        while (true) {
            const std::uint64_t edge = end / 2;
            if (edge < first_edges_) {
                const Edge known = unrank_pair(edge);
                return end % 2 == 0 ? known.to : known.from;
            }
            const std::uint64_t later = (edge - first_edges_) / per_vertex_;
            if (end % 2 == 0) {
                return static_cast<Vertex>(per_vertex_ + 1 + later);
            }
            const std::uint64_t ends_before = 2 * (first_edges_ + later * per_vertex_);
            end = to_index(draws_.bits(edge), ends_before);
        }
    }

    std::int64_t num_vertices_;
    std::uint64_t per_vertex_;   ///< m
    std::uint64_t first_edges_;  ///< of the complete graph
    Draws draws_;                ///< by edge
};

}  // namespace

Fields BarabasiAlbertSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the kind of network"};
    kind_field.choices = {"barabasi_albert"};
    Field edges_field{"edges_per_host", &edges_per_host, Unit::none,
                      "links that each new host brings: half the mean degree"};
    edges_field.min = 1;
    return {kind_field, edges_field};
}

KeyFaults BarabasiAlbertSettings::faults(std::int64_t num_vertices) const {
    if (edges_per_host >= num_vertices) {
        return {
            {"edges_per_host",
             fmt::format("a new host of {} has {} others at most", num_vertices, num_vertices - 1),
             "use fewer links or more hosts"}};
    }
    return {};
}

std::unique_ptr<EdgeSource> make_barabasi_albert(const BarabasiAlbertSettings& settings,
                                                 std::int64_t num_vertices, Seed seed) {
    refuse("network", settings.faults(num_vertices));
    return std::make_unique<BarabasiAlbert>(settings.edges_per_host, num_vertices, seed);
}

}  // namespace annelid
