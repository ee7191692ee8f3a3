// gnm: exact counts, every graph equally likely, degrees hypergeometric.
#include "engine/base/errors.hpp"
#include "models/networks/gnm.hpp"
#include "models/networks/pairs.hpp"
#include "tests/unit/network_checks.hpp"
#include "tests/unit/statistics.hpp"

#include <map>

namespace annelid {
namespace {

std::unique_ptr<EdgeSource> gnm(std::int64_t num_vertices, std::int64_t edges, Seed seed = {}) {
    GnmSettings settings;
    settings.edges = edges;
    return make_gnm(settings, num_vertices, seed);
}

TEST(Gnm, PairsAreNumberedExactly) {
    std::uint64_t number = 0;
    for (Vertex v = 1; v < 500; ++v) {
        for (Vertex u = 0; u < v; ++u) {
            ASSERT_EQ(unrank_pair(number++), (Edge{u, v}));
        }
    }
    // First and last pairs of rows, where a root in floating point is not enough.
    for (std::uint64_t v = 4294967295; v > 2; v -= v / 3) {
        const auto row = static_cast<Vertex>(v);
        EXPECT_EQ(unrank_pair(num_pairs(v)), (Edge{0, row}));
        EXPECT_EQ(unrank_pair(num_pairs(v) + v - 1), (Edge{row - 1, row}));
        EXPECT_EQ(unrank_pair(num_pairs(v) - 1), (Edge{row - 2, row - 1}));
    }
}

TEST(Gnm, HasItsEdgesOnce) {
    for (const std::int64_t m : {0, 1, 1000, 700'000}) {
        const auto edges = edges_of(*gnm(2000, m));
        EXPECT_EQ(std::ssize(edges), m);
        EXPECT_EQ(num_self_loops(edges), 0);
        EXPECT_EQ(num_repeats(edges), 0);
    }
    EXPECT_EQ(num_repeats(edges_of(*gnm(4'000'000'000, 300'000))), 0);
}

TEST(Gnm, CompleteGraphs) {
    EXPECT_TRUE(edges_of(*gnm(1, 0)).empty());
    EXPECT_TRUE(edges_of(*gnm(2, 0)).empty());
    EXPECT_EQ(in_order(edges_of(*gnm(2, 1))), (std::vector<Edge>{{0, 1}}));
    EXPECT_EQ(in_order(edges_of(*gnm(4, 6))),
              (std::vector<Edge>{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}));
}

TEST(Gnm, EveryGraphIsEquallyLikely) {
    std::map<std::vector<std::uint64_t>, std::int64_t> times;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        std::vector<std::uint64_t> graph;
        for (const Edge& edge : in_order(edges_of(*gnm(5, 3, {seed, 0})))) {
            graph.push_back(edge.from * 5 + edge.to);
        }
        ++times[graph];
    }
    std::vector<std::int64_t> counts;
    for (const auto& [graph, count] : times) {
        counts.push_back(count);
    }
    EXPECT_EQ(counts.size(), 120u);  // 3 of 10 pairs
    EXPECT_GT(p_of_uniform_counts(counts), level);
}

TEST(Gnm, DegreesVaryAsInTheory) {
    const std::int64_t n = 200'000, m = 1'000'000;
    const auto degrees = degrees_of(edges_of(*gnm(n, m)), n);
    const double share = static_cast<double>(m) / static_cast<double>(num_pairs(n));
    const double variance = (n - 1) * share * (1 - share) * (1 - 2.0 / n);
    EXPECT_EQ(mean_of(degrees), 10);
    // Fourth moment of a Poisson law: the variance of a variance is (2 v² + v) / n.
    EXPECT_NEAR(variance_of(degrees), variance,
                sigmas * std::sqrt((2 * variance * variance + variance) / n));
    const auto isolated = std::count(degrees.begin(), degrees.end(), 0);
    EXPECT_LT(std::abs(poisson_deviation(isolated, n * std::exp(-10.0))), sigmas);
}

TEST(Gnm, PiecesAreFixed) {
    expect_fixed_pieces(*gnm(3000, 1'000'000));
    EXPECT_EQ(gnm(3000, 1'000'000)->num_pieces(), 4);
    const auto one = in_order(edges_of(*gnm(3000, 1000)));
    EXPECT_NE(one, in_order(edges_of(*gnm(3000, 1000, {2, 0}))));
    EXPECT_NE(one, in_order(edges_of(*gnm(3000, 1000, {1, 1}))));
}

TEST(Gnm, RefusesMoreEdgesThanPairs) {
    GnmSettings settings;
    settings.edges = 11;
    expect_fault(settings.faults(5), "edges", "there are 10 pairs of 5 hosts");
    EXPECT_TRUE(settings.faults(6).empty());
    EXPECT_THROW(make_gnm(settings, 5, {}), InputError);
    settings.edges = 1;
    expect_fault(settings.faults(1), "edges", "there are 0 pairs of 1 hosts");
}

}  // namespace
}  // namespace annelid
