#include "models/networks/watts_strogatz.hpp"

#include "models/networks/pieces.hpp"

#include <fmt/format.h>

namespace annelid {

namespace {

class WattsStrogatz final : public EdgeSource {
  public:
    WattsStrogatz(const WattsStrogatzSettings& settings, std::int64_t num_vertices, Seed seed)
        : num_vertices_(num_vertices),
          half_(settings.neighbours / 2),
          rewire_(settings.rewire),
          draws_(seed, Purpose::network, "watts_strogatz") {}

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return false; }
    std::int64_t num_pieces() const override { return num_edge_pieces(num_edges()); }

    void append_piece(std::int64_t index, EdgePiece& out) const override {
        const auto [first, last] = edges_of_piece(index, num_edges());
        Edge* edge = append_edges(out, last - first);
        std::int64_t from = first / half_, step = first % half_;
        for (std::int64_t i = first; i < last; ++i) {
            const std::int64_t next = from + ++step;
            const std::int64_t to = next < num_vertices_ ? next : next - num_vertices_;
            *edge++ = rewired({static_cast<Vertex>(from), static_cast<Vertex>(to)}, i);
            if (step == half_) {
                ++from;
                step = 0;
            }
        }
    }

  private:
    std::int64_t num_edges() const { return num_vertices_ * half_; }

    Edge rewired(Edge edge, std::int64_t number) const {
        const auto bits = draws_.pair(static_cast<std::uint64_t>(number));
        if (!happens(bits[0], rewire_)) {
            return edge;
        }
        const auto others = static_cast<std::uint64_t>(num_vertices_ - 1);
        const auto other = static_cast<Vertex>(to_index(bits[1], others));
        return {edge.from, other + (other >= edge.from)};
    }

    std::int64_t num_vertices_;
    std::int64_t half_;  ///< edges of a vertex
    double rewire_;
    Draws draws_;  ///< by edge
};

}  // namespace

Fields WattsStrogatzSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the kind of network"};
    kind_field.choices = {"watts_strogatz"};
    Field neighbours_field{"neighbours", &neighbours, Unit::none,
                           "links of a host to the nearest on the ring; an even number"};
    neighbours_field.min = 2;
    return {kind_field, neighbours_field,
            Field{"rewire", &rewire, Unit::share, "probability that a link is moved at random"}};
}

KeyFaults WattsStrogatzSettings::faults(std::int64_t num_vertices) const {
    KeyFaults out;
    if (neighbours % 2 != 0) {
        out.push_back({"neighbours", "a host has as many on either side, so it is even",
                       fmt::format("use {} or {}", std::max<std::int64_t>(2, neighbours - 1),
                                   neighbours + 1)});
    } else if (neighbours >= num_vertices) {
        out.push_back({"neighbours", fmt::format("the ring has {} hosts", num_vertices),
                       "use fewer neighbours or more hosts"});
    }
    return out;
}

std::unique_ptr<EdgeSource> make_watts_strogatz(const WattsStrogatzSettings& settings,
                                                std::int64_t num_vertices, Seed seed) {
    refuse("network", settings.faults(num_vertices));
    return std::make_unique<WattsStrogatz>(settings, num_vertices, seed);
}

}  // namespace annelid
