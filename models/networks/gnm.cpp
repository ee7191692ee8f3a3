#include "models/networks/gnm.hpp"

#include "engine/chance/permutation.hpp"
#include "models/networks/pairs.hpp"
#include "models/networks/pieces.hpp"

#include <array>
#include <numeric>
#include <span>

#include <fmt/format.h>

namespace annelid {

namespace {

class Gnm final : public EdgeSource {
  public:
    Gnm(std::int64_t num_edges, std::int64_t num_vertices, Seed seed)
        : num_vertices_(num_vertices),
          num_edges_(num_edges),
          order_(std::max<std::uint64_t>(1, num_pairs(static_cast<std::uint64_t>(num_vertices))),
                 Draws(seed, Purpose::network, "gnm").words(0)) {}

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return false; }
    std::int64_t num_pieces() const override { return num_edge_pieces(num_edges_); }

    void append_piece(std::int64_t index, EdgePiece& out) const override {
        const auto [first, last] = edges_of_piece(index, num_edges_);
        Edge* edge = append_edges(out, last - first);
        std::array<std::uint64_t, 1024> buffer;
        for (std::int64_t i = first; i < last; i += std::ssize(buffer)) {
            const auto batch = std::min(std::ssize(buffer), last - i);
            const std::span pairs(buffer.data(), static_cast<std::size_t>(batch));
            std::iota(pairs.begin(), pairs.end(), static_cast<std::uint64_t>(i));
            order_.apply(pairs);
            edge = std::transform(pairs.begin(), pairs.end(), edge, unrank_pair);
        }
    }

  private:
    std::int64_t num_vertices_;
    std::int64_t num_edges_;
    Permutation order_;  ///< of pair numbers
};

}  // namespace

Fields GnmSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the kind of network"};
    kind_field.choices = {"gnm"};
    Field edges_field{"edges", &edges, Unit::none, "number of links"};
    edges_field.min = 0;
    edges_field.required = true;
    return {kind_field, edges_field};
}

KeyFaults GnmSettings::faults(std::int64_t num_vertices) const {
    const auto most =
        static_cast<std::int64_t>(num_pairs(static_cast<std::uint64_t>(num_vertices)));
    if (edges > most) {
        return {{"edges", fmt::format("there are {} pairs of {} hosts", most, num_vertices),
                 "use fewer links or more hosts"}};
    }
    return {};
}

std::unique_ptr<EdgeSource> make_gnm(const GnmSettings& settings, std::int64_t num_vertices,
                                     Seed seed) {
    refuse("network", settings.faults(num_vertices));
    return std::make_unique<Gnm>(settings.edges, num_vertices, seed);
}

}  // namespace annelid
