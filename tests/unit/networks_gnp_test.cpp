// gnp: edges are binomial, pairs independent and equally likely, degrees binomial.
#include "engine/base/errors.hpp"
#include "models/networks/chosen_pairs.hpp"
#include "models/networks/gnp.hpp"
#include "models/networks/pairs.hpp"
#include "tests/unit/network_checks.hpp"
#include "tests/unit/statistics.hpp"

namespace annelid {
namespace {

std::unique_ptr<EdgeSource> gnp(std::int64_t num_vertices, double p, Seed seed = {}) {
    GnpSettings settings;
    settings.density.p = p;
    return make_gnp(settings, num_vertices, seed);
}

TEST(Gnp, ChosenNumbersAscendAcrossBlocks) {
    // 2^18 / 0.7 numbers a block, and a last block that is short.
    const ChosenPairs numbers(1'000'003, 0.7, Draws({}, Purpose::test, "chosen"));
    EXPECT_EQ(numbers.num_blocks(), 3);
    std::int64_t last = -1, count = 0;
    for (std::int64_t block = 0; block < numbers.num_blocks(); ++block) {
        numbers.for_each(block, [&](std::uint64_t number) {
            EXPECT_GT(static_cast<std::int64_t>(number), last);
            last = static_cast<std::int64_t>(number);
            ++count;
        });
    }
    EXPECT_LT(last, 1'000'003);
    EXPECT_LT(std::abs(binomial_deviation(count, 1'000'003, 0.7)), sigmas);
}

TEST(Gnp, ChosenNumbersMayBeHugeAndRare) {
    const std::uint64_t all = std::uint64_t{1} << 63;
    const double p = 0x1p-47;  // 65,536 on average, in one block
    const ChosenPairs numbers(all, p, Draws({}, Purpose::test, "rare"));
    std::vector<std::int64_t> counts(8);
    for (std::int64_t block = 0; block < numbers.num_blocks(); ++block) {
        numbers.for_each(block, [&](std::uint64_t number) { ++counts[number >> 60]; });
    }
    for (const std::int64_t count : counts) {
        EXPECT_LT(std::abs(poisson_deviation(count, 8192)), sigmas);
    }
    EXPECT_EQ(ChosenPairs(all, 0, Draws({}, Purpose::test)).num_blocks(), 0);
    for (const double tiny : {1e-30, 1e-310}) {
        const ChosenPairs none(all, tiny, Draws({}, Purpose::test));
        EXPECT_EQ(none.num_blocks(), 2);
        none.for_each(0, [](std::uint64_t) { FAIL(); });
        none.for_each(1, [](std::uint64_t) { FAIL(); });
    }
}

TEST(Gnp, NumberOfEdgesIsBinomial) {
    const std::int64_t n = 100, seeds = 4000;
    const double p = 0.3, pairs = 4950;
    std::vector<std::int64_t> counts;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        counts.push_back(std::ssize(edges_of(*gnp(n, p, {seed, 0}))));
    }
    const double variance = pairs * p * (1 - p);
    EXPECT_NEAR(mean_of(counts), pairs * p, sigmas * std::sqrt(variance / seeds));
    EXPECT_NEAR(variance_of(counts), variance, sigmas * variance * std::sqrt(2.0 / seeds));
}

TEST(Gnp, PairsAreIndependentAndEquallyLikely) {
    std::vector<std::int64_t> times(64);  // of each graph of four vertices
    for (std::uint64_t seed = 0; seed < 64'000; ++seed) {
        std::size_t graph = 0;
        for (const Edge& edge : edges_of(*gnp(4, 0.5, {seed, 0}))) {
            graph |= std::size_t{1} << (num_pairs(edge.to) + edge.from);
        }
        ++times.at(graph);
    }
    EXPECT_GT(p_of_uniform_counts(times), level);
}

TEST(Gnp, DegreesAreBinomial) {
    const std::int64_t n = 100'000;
    GnpSettings settings;
    settings.density.mean_degree = 12;
    const auto edges = edges_of(*make_gnp(settings, n, {}));
    EXPECT_LT(std::abs(poisson_deviation(std::ssize(edges), 600'000)), sigmas);
    EXPECT_EQ(num_repeats(edges), 0);
    EXPECT_EQ(num_self_loops(edges), 0);
    const auto degrees = degrees_of(edges, n);
    EXPECT_NEAR(variance_of(degrees), 12, sigmas * std::sqrt((2 * 12.0 * 12 + 12) / n));
    double share = std::exp(-12.0);  // Poisson, but for 12 / n
    for (std::int64_t k = 0; k < 30; ++k) {
        const auto count = std::count(degrees.begin(), degrees.end(), k);
        EXPECT_LT(std::abs(poisson_deviation(count, n * share)), sigmas) << "degree " << k;
        share *= 12.0 / static_cast<double>(k + 1);
    }
}

TEST(Gnp, NoneAndAll) {
    for (const std::int64_t n : {1, 2, 5, 1000}) {
        EXPECT_TRUE(edges_of(*gnp(n, 0)).empty());
        const auto all = edges_of(*gnp(n, 1));
        EXPECT_EQ(std::ssize(all), n * (n - 1) / 2);
        EXPECT_EQ(num_repeats(all), 0);
    }
    EXPECT_EQ(edges_of(*gnp(2, 1)), (std::vector<Edge>{{0, 1}}));
    EXPECT_LE(std::ssize(edges_of(*gnp(2, 0.5))), 1);
    GnpSettings settings;
    settings.density.mean_degree = 0;
    EXPECT_TRUE(edges_of(*make_gnp(settings, 1, {})).empty());
}

TEST(Gnp, PiecesAreFixed) {
    expect_fixed_pieces(*gnp(2000, 0.4));
    EXPECT_EQ(gnp(2000, 0.4)->num_pieces(), 4);
    const auto one = edges_of(*gnp(500, 0.1));
    EXPECT_NE(one, edges_of(*gnp(500, 0.1, {2, 0})));
    EXPECT_NE(one, edges_of(*gnp(500, 0.1, {1, 1})));
}

TEST(Gnp, RefusesNeitherAndBoth) {
    GnpSettings settings;
    expect_fault(settings.faults(10), "p", "neither it nor mean_degree is given");
    settings.density.mean_degree = 9.5;
    expect_fault(settings.faults(10), "mean_degree", "a host can have 9 links at most");
    EXPECT_TRUE(settings.faults(11).empty());
    settings.density.p = 0.1;
    expect_fault(settings.faults(11), "mean_degree", "p says the same");
    EXPECT_THROW(make_gnp(settings, 11, {}), InputError);
}

}  // namespace
}  // namespace annelid
