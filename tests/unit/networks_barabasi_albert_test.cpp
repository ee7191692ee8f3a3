// barabasi_albert: the law of degrees, attachment by degree, and the seed graph.
#include "engine/base/errors.hpp"
#include "models/networks/barabasi_albert.hpp"
#include "tests/unit/network_checks.hpp"
#include "tests/unit/statistics.hpp"

namespace annelid {
namespace {

std::unique_ptr<EdgeSource> growth(std::int64_t num_vertices, std::int64_t edges_per_host,
                                   Seed seed = {}) {
    BarabasiAlbertSettings settings;
    settings.edges_per_host = edges_per_host;
    return make_barabasi_albert(settings, num_vertices, seed);
}

TEST(BarabasiAlbert, DegreesFollowTheLaw) {
    const std::int64_t n = 300'000;
    for (const std::int64_t m : {1, 3, 8}) {
        const auto edges = edges_of(*growth(n, m));
        EXPECT_EQ(std::ssize(edges), m * (m + 1) / 2 + (n - m - 1) * m);
        EXPECT_EQ(num_self_loops(edges), 0);
        const auto degrees = degrees_of(edges, n);
        EXPECT_EQ(*std::min_element(degrees.begin(), degrees.end()), m);
        const auto two_m = static_cast<double>(2 * m * (m + 1));
        for (std::int64_t k = m; k < m + 40; ++k) {
            const auto d = static_cast<double>(k);
            const double share = two_m / (d * (d + 1) * (d + 2));
            // Counts vary less than if vertices were independent, and are off the limit by O(m).
            const auto count = static_cast<double>(std::count(degrees.begin(), degrees.end(), k));
            EXPECT_NEAR(count, n * share,
                        5.0 * static_cast<double>(m) + sigmas * std::sqrt(n * share))
                << "m = " << m << ", degree " << k;
        }
        // The tail beyond k sums to m (m + 1) / ((k + 1) (k + 2)): exponent 3.
        for (const std::int64_t k : {50, 100, 200, 400}) {
            const auto d = static_cast<double>(k);
            const double expected = n * two_m / 2 / ((d + 1) * (d + 2));
            const auto count = static_cast<double>(std::count_if(
                degrees.begin(), degrees.end(), [&](std::int64_t degree) { return degree > k; }));
            EXPECT_NEAR(count, expected,
                        5.0 * static_cast<double>(m) + sigmas * std::sqrt(expected))
                << "m = " << m << ", beyond " << k;
        }
    }
}

// m = 1: vertex 2 joins vertices 0 and 1 evenly; vertex 3 the middle one with probability 1/2.
TEST(BarabasiAlbert, AttachesByDegree) {
    std::vector<std::int64_t> second(2);
    std::int64_t to_middle = 0;
    const std::int64_t seeds = 20'000;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const auto edges = edges_of(*growth(4, 1, {seed, 0}));
        ASSERT_EQ(edges.size(), 3u);
        ASSERT_EQ(edges[1].from, 2u);
        ASSERT_EQ(edges[2].from, 3u);
        ++second.at(edges[1].to);
        to_middle += edges[2].to == edges[1].to;
    }
    EXPECT_GT(p_of_uniform_counts(second), level);
    EXPECT_LT(std::abs(binomial_deviation(to_middle, seeds, 0.5)), sigmas);
}

TEST(BarabasiAlbert, EdgesGoToEarlierVertices) {
    const std::int64_t n = 50'000, m = 5;
    const auto edges = edges_of(*growth(n, m));
    for (const Edge& edge : edges) {
        ASSERT_LT(edge.to, edge.from);
    }
    // Σ degree² is about m (m + 1) t ln t after t vertices; what it sums to varies with the hubs.
    const double expected = (m * m - 1) * std::log(n) * std::log(n) / 16;
    EXPECT_GT(static_cast<double>(num_repeats(edges)), expected / 2);
    EXPECT_LT(static_cast<double>(num_repeats(edges)), expected * 2);
}

TEST(BarabasiAlbert, StartsWithACompleteGraph) {
    EXPECT_EQ(in_order(edges_of(*growth(2, 1))), (std::vector<Edge>{{0, 1}}));
    EXPECT_EQ(in_order(edges_of(*growth(4, 3))),
              (std::vector<Edge>{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}));
}

TEST(BarabasiAlbert, PiecesAreFixed) {
    expect_fixed_pieces(*growth(100'001, 6));
    EXPECT_EQ(growth(100'001, 6)->num_pieces(), 3);
    const auto one = edges_of(*growth(500, 2));
    EXPECT_NE(one, edges_of(*growth(500, 2, {2, 0})));
    EXPECT_NE(one, edges_of(*growth(500, 2, {1, 1})));
    // The older part of a larger network is the smaller one.
    const auto larger = edges_of(*growth(600, 2));
    EXPECT_TRUE(std::equal(one.begin(), one.end(), larger.begin()));
}

TEST(BarabasiAlbert, RefusesMoreEdgesThanOthers) {
    BarabasiAlbertSettings settings;
    settings.edges_per_host = 1;
    expect_fault(settings.faults(1), "edges_per_host", "a new host of 1 has 0 others at most");
    EXPECT_TRUE(settings.faults(2).empty());
    settings.edges_per_host = 5;
    expect_fault(settings.faults(5), "edges_per_host", "a new host of 5 has 4 others at most");
    EXPECT_THROW(make_barabasi_albert(settings, 5, {}), InputError);
}

}  // namespace
}  // namespace annelid
