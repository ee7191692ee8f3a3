// stochastic_block: links in and between blocks, of equal sizes or not.
#include "engine/base/errors.hpp"
#include "models/networks/pairs.hpp"
#include "models/networks/stochastic_block.hpp"
#include "tests/unit/network_checks.hpp"
#include "tests/unit/statistics.hpp"

namespace annelid {
namespace {

std::unique_ptr<EdgeSource> blocks(std::int64_t num_vertices, std::int64_t num_blocks, double p_in,
                                   double p_out, Seed seed = {}) {
    StochasticBlockSettings settings;
    settings.blocks = num_blocks;
    settings.inside.p = p_in;
    settings.outside.p = p_out;
    return make_stochastic_block(settings, num_vertices, seed);
}

/// Larger blocks come first.
std::vector<std::int64_t> block_of_vertices(std::int64_t num_vertices, std::int64_t num_blocks) {
    std::vector<std::int64_t> out;
    for (std::int64_t block = 0; block < num_blocks; ++block) {
        const std::int64_t size = num_vertices / num_blocks + (block < num_vertices % num_blocks);
        out.insert(out.end(), static_cast<std::size_t>(size), block);
    }
    return out;
}

struct Counts {
    std::int64_t inside = 0, outside = 0;
};

Counts count(const std::vector<Edge>& edges, const std::vector<std::int64_t>& block) {
    Counts counts;
    for (const Edge& edge : edges) {
        ++(block.at(edge.from) == block.at(edge.to) ? counts.inside : counts.outside);
    }
    return counts;
}

Counts pairs(const std::vector<std::int64_t>& block) {
    Counts counts;
    for (std::size_t v = 0; v < block.size(); ++v) {
        for (std::size_t u = 0; u < v; ++u) {
            ++(block[u] == block[v] ? counts.inside : counts.outside);
        }
    }
    return counts;
}

TEST(StochasticBlock, LinksAreAsLikelyAsTheirBlocksSay) {
    for (const std::int64_t k : {1, 3, 7, 50, 1999, 2000}) {
        const std::int64_t n = 2000;
        const auto block = block_of_vertices(n, k);
        const auto edges = edges_of(*blocks(n, k, 0.3, 0.05));
        EXPECT_EQ(num_repeats(edges), 0);
        EXPECT_EQ(num_self_loops(edges), 0);
        const Counts found = count(edges, block), all = pairs(block);
        if (all.inside > 100) {
            EXPECT_LT(std::abs(binomial_deviation(found.inside, all.inside, 0.3)), sigmas) << k;
        } else {
            EXPECT_LE(found.inside, all.inside);
        }
        if (all.outside > 0) {
            EXPECT_LT(std::abs(binomial_deviation(found.outside, all.outside, 0.05)), sigmas) << k;
        } else {
            EXPECT_EQ(found.outside, 0);
        }
    }
}

TEST(StochasticBlock, EveryPairIsThereOnceAtMost) {
    for (const std::int64_t n : {1, 2, 3, 10, 30}) {
        for (std::int64_t k = 1; k <= n; ++k) {
            const auto block = block_of_vertices(n, k);
            const Counts all = pairs(block);
            const auto inside = edges_of(*blocks(n, k, 1, 0));
            EXPECT_EQ(num_repeats(inside), 0);
            EXPECT_EQ(count(inside, block).inside, all.inside) << n << " in " << k;
            EXPECT_EQ(count(inside, block).outside, 0);
            const auto outside = edges_of(*blocks(n, k, 0, 1));
            EXPECT_EQ(num_repeats(outside), 0);
            EXPECT_EQ(count(outside, block).inside, 0);
            EXPECT_EQ(count(outside, block).outside, all.outside) << n << " in " << k;
        }
    }
}

TEST(StochasticBlock, MeanDegreesAreMet) {
    const std::int64_t n = 100'003, k = 1000;
    StochasticBlockSettings settings;
    settings.blocks = k;
    settings.inside.mean_degree = 9;
    settings.outside.mean_degree = 3;
    const auto edges = edges_of(*make_stochastic_block(settings, n, {}));
    const Counts found = count(edges, block_of_vertices(n, k));
    EXPECT_LT(std::abs(poisson_deviation(found.inside, 4.5 * n)), sigmas);
    EXPECT_LT(std::abs(poisson_deviation(found.outside, 1.5 * n)), sigmas);
    const auto degrees = degrees_of(edges, n);
    const double variance = 9 * (1 - 9.0 / 99) + 3;
    EXPECT_NEAR(variance_of(degrees), variance,
                sigmas * std::sqrt((2 * variance * variance + variance) / n));
}

TEST(StochasticBlock, PiecesAreFixed) {
    expect_fixed_pieces(*blocks(3001, 4, 0.4, 0.1));
    EXPECT_EQ(blocks(3001, 4, 0.4, 0.1)->num_pieces(), 4);
    const auto one = edges_of(*blocks(500, 5, 0.1, 0.01));
    EXPECT_NE(one, edges_of(*blocks(500, 5, 0.1, 0.01, {2, 0})));
    EXPECT_NE(one, edges_of(*blocks(500, 5, 0.1, 0.01, {1, 1})));
}

TEST(StochasticBlock, RefusesWhatDoesNotFit) {
    StochasticBlockSettings settings;
    settings.inside.p = 0.5;
    settings.outside.mean_degree = 2;
    expect_fault(settings.faults(5), "blocks", "5 hosts cannot fill as many");
    EXPECT_TRUE(settings.faults(10).empty());
    settings.outside.mean_degree = 9.5;
    expect_fault(settings.faults(10), "degree_out", "a host can have 9 links at most");
    settings.outside = {};
    expect_fault(settings.faults(10), "p_out", "neither it nor degree_out is given");
    settings.outside.p = 0;
    settings.inside.mean_degree = 1;
    expect_fault(settings.faults(20), "degree_in", "p_in says the same");
    EXPECT_THROW(make_stochastic_block(settings, 20, {}), InputError);
    settings.inside.mean_degree = Density::unset;
    settings.blocks = 4'000'000'000;
    expect_fault(settings.faults(4'000'000'001), "blocks",
                 "there are more than 2^63 pairs of hosts when blocks are filled up");
}

}  // namespace
}  // namespace annelid
