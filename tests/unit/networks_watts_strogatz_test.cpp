// watts_strogatz: a ring without rewiring; degrees, targets and clustering with it.
#include "engine/base/errors.hpp"
#include "models/networks/watts_strogatz.hpp"
#include "tests/unit/network_checks.hpp"
#include "tests/unit/statistics.hpp"

namespace annelid {
namespace {

std::unique_ptr<EdgeSource> ring(std::int64_t num_vertices, std::int64_t neighbours, double rewire,
                                 Seed seed = {}) {
    WattsStrogatzSettings settings;
    settings.neighbours = neighbours;
    settings.rewire = rewire;
    return make_watts_strogatz(settings, num_vertices, seed);
}

/// Closed over all connected triples.
double clustering(const std::vector<Edge>& edges, std::int64_t num_vertices) {
    std::vector<std::vector<Vertex>> others(static_cast<std::size_t>(num_vertices));
    auto once = in_order(edges);
    once.erase(std::unique(once.begin(), once.end()), once.end());
    for (const Edge& edge : once) {
        others[edge.from].push_back(edge.to);
        others[edge.to].push_back(edge.from);
    }
    double closed = 0, triples = 0;
    for (auto& list : others) {
        std::sort(list.begin(), list.end());
        triples += static_cast<double>(list.size() * (list.size() - 1) / 2);
    }
    for (const auto& list : others) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                const auto& far = others[list[i]];
                closed += std::binary_search(far.begin(), far.end(), list[j]);
            }
        }
    }
    return closed / triples;
}

TEST(WattsStrogatz, IsARingWithoutRewiring) {
    const std::int64_t n = 100'000, k = 6;
    const auto edges = in_order(edges_of(*ring(n, k, 0)));
    std::vector<Edge> expected;
    for (std::int64_t i = 0; i < n; ++i) {
        for (std::int64_t j = 1; j <= k / 2; ++j) {
            expected.push_back({static_cast<Vertex>(i), static_cast<Vertex>((i + j) % n)});
        }
    }
    EXPECT_EQ(edges, in_order(expected));
    EXPECT_NEAR(clustering(edges, n), 3.0 * (k - 2) / (4 * (k - 1)), 1e-12);
}

TEST(WattsStrogatz, ClusteringFallsAsInTheory) {
    const std::int64_t n = 50'000, k = 10;
    for (const double p : {0.01, 0.1, 0.3}) {
        const double kept = (1 - p) * (1 - p) * (1 - p);
        // Triangles are about 15 n; those that share an edge fall together.
        EXPECT_NEAR(clustering(edges_of(*ring(n, k, p)), n), 3.0 * (k - 2) / (4 * (k - 1)) * kept,
                    0.01)
            << "p = " << p;
    }
}

TEST(WattsStrogatz, EdgesMoveWithTheProbabilityAndAnywhere) {
    const std::int64_t n = 20'000, k = 8;
    const double p = 0.2;
    const auto edges = edges_of(*ring(n, k, p));
    ASSERT_EQ(std::ssize(edges), n * k / 2);
    EXPECT_EQ(num_self_loops(edges), 0);
    std::int64_t moved = 0;
    std::vector<std::int64_t> distance(20);
    for (std::size_t i = 0; i < edges.size(); ++i) {
        const auto from = static_cast<std::int64_t>(i) / (k / 2);
        const auto home = (from + static_cast<std::int64_t>(i) % (k / 2) + 1) % n;
        EXPECT_EQ(edges[i].from, from);
        if (edges[i].to != home) {
            ++moved;
            ++distance[static_cast<std::size_t>((edges[i].to - from + n) % n * 20 / n)];
        }
    }
    EXPECT_LT(std::abs(binomial_deviation(moved, n * k / 2, p)), sigmas);
    EXPECT_GT(p_of_uniform_counts(distance), level);
    EXPECT_LT(num_repeats(edges), 30);  // p k² / 2 = 6.4 or so
}

TEST(WattsStrogatz, DegreesVaryAsInTheory) {
    // Of the k/2 edges that come in, each stays with probability 1 - p; Poisson(p k / 2) others
    // come from anywhere: variance p (1 - p) k/2 + p k/2 (Barrat and Weigt 2000).
    const std::int64_t n = 200'000, k = 10;
    for (const double p : {0.1, 0.5, 1.0}) {
        const auto degrees = degrees_of(edges_of(*ring(n, k, p)), n);
        EXPECT_EQ(mean_of(degrees), k);
        EXPECT_GE(*std::min_element(degrees.begin(), degrees.end()), k / 2);
        const double variance = p * (1 - p) * k / 2 + p * k / 2;
        EXPECT_NEAR(variance_of(degrees), variance,
                    sigmas * std::sqrt((2 * variance * variance + variance) / n));
    }
}

TEST(WattsStrogatz, SmallRings) {
    EXPECT_EQ(in_order(edges_of(*ring(3, 2, 0))), (std::vector<Edge>{{0, 1}, {0, 2}, {1, 2}}));
    const auto all = edges_of(*ring(7, 6, 0));
    EXPECT_EQ(std::ssize(all), 21);
    EXPECT_EQ(num_repeats(all), 0);
    for (const Edge& edge : edges_of(*ring(3, 2, 1))) {
        EXPECT_NE(edge.from, edge.to);
    }
}

TEST(WattsStrogatz, PiecesAreFixed) {
    expect_fixed_pieces(*ring(100'001, 14, 0.3));
    EXPECT_EQ(ring(100'001, 14, 0.3)->num_pieces(), 3);
    const auto one = edges_of(*ring(500, 6, 0.5));
    EXPECT_NE(one, edges_of(*ring(500, 6, 0.5, {2, 0})));
    EXPECT_NE(one, edges_of(*ring(500, 6, 0.5, {1, 1})));
}

TEST(WattsStrogatz, RefusesRingsThatDoNotClose) {
    WattsStrogatzSettings settings;
    settings.neighbours = 5;
    expect_fault(settings.faults(100), "neighbours",
                 "a host has as many on either side, so it is even");
    EXPECT_EQ(settings.faults(100)[0].advice, "use 4 or 6");
    settings.neighbours = 2;
    expect_fault(settings.faults(1), "neighbours", "the ring has 1 hosts");
    expect_fault(settings.faults(2), "neighbours", "the ring has 2 hosts");
    EXPECT_TRUE(settings.faults(3).empty());
    EXPECT_THROW(make_watts_strogatz(settings, 2, {}), InputError);
}

}  // namespace
}  // namespace annelid
