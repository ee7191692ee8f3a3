#include "models/networks/stochastic_block.hpp"

#include "models/networks/chosen_pairs.hpp"
#include "models/networks/pairs.hpp"

#include <fmt/format.h>

namespace annelid {

namespace {

/// The first `full` of the blocks have `size` vertices, the others one less.
struct Blocks {
    std::uint64_t number, size, full;

    Blocks(std::int64_t num_vertices, std::int64_t num_blocks)
        : number(static_cast<std::uint64_t>(num_blocks)),
          size((static_cast<std::uint64_t>(num_vertices) + number - 1) / number),
          full(static_cast<std::uint64_t>(num_vertices) - number * (size - 1)) {}

    bool has(std::uint64_t block, std::uint64_t i) const { return i < size - (block >= full); }
    Vertex vertex(std::uint64_t block, std::uint64_t i) const {
        return static_cast<Vertex>(block * (size - 1) + std::min(block, full) + i);
    }

    /// Pairs of full blocks, in and between them.
    unsigned __int128 pairs_inside() const {
        return static_cast<unsigned __int128>(num_pairs(size)) * number;
    }
    unsigned __int128 pairs_outside() const {
        return static_cast<unsigned __int128>(num_pairs(number)) * size * size;
    }
};

/// Numbers of pairs must fit.
constexpr auto most_pairs = static_cast<unsigned __int128>(1) << 63;

class StochasticBlock final : public EdgeSource {
  public:
    StochasticBlock(const Blocks& blocks, double p_in, double p_out, std::int64_t num_vertices,
                    Seed seed)
        : num_vertices_(num_vertices),
          blocks_(blocks),
          inside_(static_cast<std::uint64_t>(blocks.pairs_inside()), p_in,
                  Draws(seed, Purpose::network, "stochastic_block inside")),
          outside_(static_cast<std::uint64_t>(blocks.pairs_outside()), p_out,
                   Draws(seed, Purpose::network, "stochastic_block outside")) {}

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return false; }
    std::int64_t num_pieces() const override {
        return inside_.num_blocks() + outside_.num_blocks();
    }

    void append_piece(std::int64_t index, EdgePiece& out) const override {
        if (index < inside_.num_blocks()) {
            inside_.for_each(index, [&](std::uint64_t number) { append_inside(number, out); });
        } else {
            outside_.for_each(index - inside_.num_blocks(),
                              [&](std::uint64_t number) { append_outside(number, out); });
        }
    }

  private:
    void append_inside(std::uint64_t number, EdgePiece& out) const {
        const std::uint64_t per_block = num_pairs(blocks_.size);
        const std::uint64_t block = number / per_block;
        const Edge pair = unrank_pair(number % per_block);
        append(block, pair.from, block, pair.to, out);
    }

    void append_outside(std::uint64_t number, EdgePiece& out) const {
        const std::uint64_t per_pair = blocks_.size * blocks_.size;
        const Edge two = unrank_pair(number / per_pair);
        const std::uint64_t rest = number % per_pair;
        append(two.from, rest / blocks_.size, two.to, rest % blocks_.size, out);
    }

    void append(std::uint64_t block, std::uint64_t i, std::uint64_t other_block, std::uint64_t j,
                EdgePiece& out) const {
        if (blocks_.has(block, i) && blocks_.has(other_block, j)) {
            out.edges.push_back({blocks_.vertex(block, i), blocks_.vertex(other_block, j)});
        }
    }

    std::int64_t num_vertices_;
    Blocks blocks_;
    ChosenPairs inside_, outside_;
};

/// Vertices that one is linked to with the same probability, on average.
double partners_inside(std::int64_t num_vertices, std::int64_t blocks) {
    const Blocks all(num_vertices, blocks);
    const auto n = static_cast<double>(num_vertices);
    const double short_size = static_cast<double>(all.size - 1);
    const double in_full = static_cast<double>(all.full * all.size);
    return (in_full * short_size + (n - in_full) * (short_size - 1)) / n;
}

double partners_outside(std::int64_t num_vertices, std::int64_t blocks) {
    return static_cast<double>(num_vertices - 1) - partners_inside(num_vertices, blocks);
}

}  // namespace

Fields StochasticBlockSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the kind of network"};
    kind_field.choices = {"stochastic_block"};
    Field blocks_field{"blocks", &blocks, Unit::none, "number of blocks, of equal size"};
    blocks_field.min = 1;
    Field in_field{"degree_in", &inside.mean_degree, Unit::none,
                   "links of a host within its block on average, instead of p_in"};
    in_field.min = 0;
    Field out_field{"degree_out", &outside.mean_degree, Unit::none,
                    "links of a host to other blocks on average, instead of p_out"};
    out_field.min = 0;
    return {kind_field,
            blocks_field,
            Field{"p_in", &inside.p, Unit::share, "probability of each link within a block"},
            in_field,
            Field{"p_out", &outside.p, Unit::share, "probability of each link between blocks"},
            out_field};
}

KeyFaults StochasticBlockSettings::faults(std::int64_t num_vertices) const {
    if (blocks > num_vertices) {
        return {{"blocks", fmt::format("{} hosts cannot fill as many", num_vertices),
                 "use fewer blocks or more hosts"}};
    }
    if (Blocks(num_vertices, blocks).pairs_outside() > most_pairs) {
        return {{"blocks", "there are more than 2^63 pairs of hosts when blocks are filled up",
                 "use a number of blocks that divides the number of hosts"}};
    }
    KeyFaults out;
    check_density(inside, "p_in", "degree_in", partners_inside(num_vertices, blocks), out);
    check_density(outside, "p_out", "degree_out", partners_outside(num_vertices, blocks), out);
    return out;
}

std::unique_ptr<EdgeSource> make_stochastic_block(const StochasticBlockSettings& settings,
                                                  std::int64_t num_vertices, Seed seed) {
    refuse("network", settings.faults(num_vertices));
    const double p_in = settings.inside.probability(partners_inside(num_vertices, settings.blocks));
    const double p_out =
        settings.outside.probability(partners_outside(num_vertices, settings.blocks));
    return std::make_unique<StochasticBlock>(Blocks(num_vertices, settings.blocks), p_in, p_out,
                                             num_vertices, seed);
}

}  // namespace annelid
