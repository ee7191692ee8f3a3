#include "models/networks/rmat.hpp"

#include "engine/chance/permutation.hpp"
#include "models/networks/pieces.hpp"
#include "models/networks/quadrant_table.hpp"

#include <array>
#include <bit>
#include <span>
#include <vector>

#include <fmt/format.h>

namespace annelid {

namespace {

std::array<double, 4> shares_of(const RmatSettings& settings) {
    const double d = 1 - settings.a - settings.b - settings.c;
    return {settings.a, settings.b, settings.c, std::max(0.0, d)};
}

class Rmat final : public EdgeSource {
  public:
    Rmat(const RmatSettings& settings, std::int64_t num_vertices, Seed seed)
        : num_vertices_(num_vertices),
          num_edges_(settings.edge_factor * num_vertices),
          draws_(seed, Purpose::network, "rmat"),
          scrambled_(settings.scramble),
          names_(static_cast<std::uint64_t>(num_vertices),
                 Draws(seed, Purpose::network, "rmat names").words(0)),
          full_(QuadrantTable::most_levels, shares_of(settings)),
          rest_(std::max(1u, levels() % QuadrantTable::most_levels), shares_of(settings)) {}

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return false; }
    std::int64_t num_pieces() const override { return num_edge_pieces(num_edges_); }

    void append_piece(std::int64_t index, EdgePiece& out) const override {
        const auto [first, last] = edges_of_piece(index, num_edges_);
        Edge* edge = append_edges(out, last - first);
        std::array<std::uint64_t, 1024> ends;
        const std::int64_t most = std::ssize(ends) / 2;
        for (std::int64_t i = first; i < last; i += most) {
            const std::int64_t batch = std::min(most, last - i);
            for (std::int64_t j = 0; j < batch; ++j) {
                draw(static_cast<std::uint64_t>(i + j), &ends[static_cast<std::size_t>(2 * j)]);
            }
            const std::span drawn(ends.data(), static_cast<std::size_t>(2 * batch));
            if (scrambled_) {
                names_.apply(drawn);
            }
            for (std::size_t j = 0; j < drawn.size(); j += 2) {
                *edge++ = {static_cast<Vertex>(drawn[j]), static_cast<Vertex>(drawn[j + 1])};
            }
        }
    }

  private:
    unsigned levels() const {
        return static_cast<unsigned>(std::countr_zero(static_cast<std::uint64_t>(num_vertices_)));
    }

    /// Source and target of an edge: a word for every five levels.
    void draw(std::uint64_t edge, std::uint64_t* ends) const {
        std::uint64_t row = 0, column = 0;
        std::array<std::uint32_t, 4> words{};
        unsigned num_words = 0;
        const auto descend = [&](const QuadrantTable& table) {
            if (num_words % 4 == 0) {
                words = draws_.words(edge, num_words / 4);
            }
            const QuadrantTable::Cell cell = table.draw(words[num_words++ % 4]);
            row = (row << table.levels()) | cell.row;
            column = (column << table.levels()) | cell.column;
        };
        unsigned left = levels();
        for (; left >= QuadrantTable::most_levels; left -= QuadrantTable::most_levels) {
            descend(full_);
        }
        if (left > 0) {
            descend(rest_);
        }
        ends[0] = row;
        ends[1] = column;
    }

    std::int64_t num_vertices_;
    std::int64_t num_edges_;
    Draws draws_;
    bool scrambled_;
    Permutation names_;
    QuadrantTable full_;  ///< of five levels
    QuadrantTable rest_;  ///< of the levels that are left
};

}  // namespace

Fields RmatSettings::fields() {
    const std::string graph500 = "Graph500 specification";
    Field kind_field{"kind", &kind, Unit::none, "the kind of network"};
    kind_field.choices = {"rmat"};
    Field factor_field{"edge_factor", &edge_factor, Unit::none, "links per host, repeated ones too",
                       graph500};
    factor_field.min = 0;
    factor_field.max = 1'000'000;
    return {kind_field,
            factor_field,
            Field{"a", &a, Unit::share, "chance of the quadrant (0,0) at each level", graph500},
            Field{"b", &b, Unit::share, "chance of the quadrant (0,1)", graph500},
            Field{"c", &c, Unit::share, "chance of the quadrant (1,0)", graph500},
            Field{"scramble", &scramble, Unit::none, "hosts in random order, not by degree"}};
}

KeyFaults RmatSettings::faults(std::int64_t num_vertices) const {
    KeyFaults out;
    const auto n = static_cast<std::uint64_t>(num_vertices);
    if (!std::has_single_bit(n)) {
        const std::uint64_t below = std::bit_floor(n);
        out.push_back({"kind",
                       fmt::format("rmat needs a power of two as the number of hosts, not {}", n),
                       fmt::format("use {} or {} hosts", below, 2 * below)});
    }
    // Three shares written in decimals may miss 1 by their rounding.
    if (a + b + c > 1 + 1e-12) {
        out.push_back({"a", fmt::format("a + b + c is {:g}, above 1", a + b + c),
                       "lower one of them: the fourth quadrant has the rest"});
    }
    return out;
}

std::unique_ptr<EdgeSource> make_rmat(const RmatSettings& settings, std::int64_t num_vertices,
                                      Seed seed) {
    refuse("network", settings.faults(num_vertices));
    return std::make_unique<Rmat>(settings, num_vertices, seed);
}

}  // namespace annelid
