// geometric: every pair by brute force, degrees in theory, with and without borders.
#include "engine/base/errors.hpp"
#include "models/networks/geometric.hpp"
#include "models/networks/points.hpp"
#include "tests/unit/network_checks.hpp"
#include "tests/unit/statistics.hpp"

#include <numbers>

namespace annelid {
namespace {

std::unique_ptr<EdgeSource> square(std::int64_t num_vertices, double radius, bool torus,
                                   Seed seed = {}) {
    GeometricSettings settings;
    settings.radius = radius;
    settings.torus = torus;
    return make_geometric(settings, num_vertices, seed);
}

/// From coordinates in sides of the square.
std::vector<Edge> by_brute_force(std::int64_t num_vertices, double radius, bool torus) {
    const Points points(Seed{});
    std::vector<Edge> edges;
    for (Vertex u = 0; u < num_vertices; ++u) {
        for (Vertex v = u + 1; v < num_vertices; ++v) {
            double dx = std::abs(static_cast<double>(points.at(u).x - points.at(v).x)) * 0x1p-31;
            double dy = std::abs(static_cast<double>(points.at(u).y - points.at(v).y)) * 0x1p-31;
            if (torus) {
                dx = dx > 0.5 ? 1 - dx : dx;
                dy = dy > 0.5 ? 1 - dy : dy;
            }
            if (std::hypot(dx, dy) <= radius) {
                edges.push_back({u, v});
            }
        }
    }
    return edges;
}

TEST(Geometric, EveryPairIsAsBruteForceSays) {
    for (const bool torus : {true, false}) {
        for (const std::int64_t n : {1, 2, 3, 10, 17, 18, 19, 100, 1500}) {
            for (const double radius :
                 {0.0, 0.01, 0.1, 0.2, 1.0 / 4, 1.0 / 3, 0.34, 0.5, 0.6, 1.0}) {
                const auto edges = edges_of(*square(n, radius, torus));
                EXPECT_TRUE(in_order(edges) == by_brute_force(n, radius, torus))
                    << n << " vertices, radius " << radius << (torus ? ", torus" : "");
            }
        }
    }
}

TEST(Geometric, DegreesAreAsInTheory) {
    const std::int64_t n = 200'000;
    const double radius = 0.004, pi = std::numbers::pi;
    const auto edges = edges_of(*square(n, radius, true));
    EXPECT_EQ(num_self_loops(edges), 0);
    EXPECT_EQ(num_repeats(edges), 0);
    const double mean = pi * radius * radius * (n - 1);
    // On the torus links of different pairs are uncorrelated: their number varies as Poisson's.
    EXPECT_LT(std::abs(poisson_deviation(std::ssize(edges), mean * n / 2)), sigmas);
    // Degrees are binomial, those of near vertices alike: each counts for mean + 1 of them.
    const auto degrees = degrees_of(edges, n);
    EXPECT_NEAR(variance_of(degrees), mean,
                sigmas * std::sqrt((2 * mean * mean + mean) / n * (mean + 1)));
}

TEST(Geometric, BordersCostLinks) {
    const std::int64_t n = 100'000;
    const double r = 0.05;
    const auto edges = edges_of(*square(n, r, false));
    // P(distance <= r) in the square: π r² - 8 r³ / 3 + r⁴ / 2.
    const double share = std::numbers::pi * r * r - 8 * r * r * r / 3 + r * r * r * r / 2;
    const double pairs = 0.5 * n * (n - 1);
    // The number of vertices near the border varies, too.
    EXPECT_NEAR(static_cast<double>(std::ssize(edges)) / pairs, share, 0.003 * share);
}

TEST(Geometric, PointsAreUniform) {
    const Points points(Seed{5, 1});
    std::vector<std::int64_t> counts(64);
    for (Vertex v = 0; v < 100'000; ++v) {
        const Point point = points.at(v);
        ++counts.at(static_cast<std::size_t>((point.y >> 28) * 8 + (point.x >> 28)));
    }
    EXPECT_GT(p_of_uniform_counts(counts), level);
}

TEST(Geometric, PiecesAreFixed) {
    expect_fixed_pieces(*square(100'000, 0.01, true));
    EXPECT_EQ(square(100'000, 0.01, true)->num_pieces(), 6);
    expect_fixed_pieces(*square(2000, 0.7, false));
    const auto one = edges_of(*square(500, 0.1, true));
    EXPECT_NE(one, edges_of(*square(500, 0.1, true, {2, 0})));
    EXPECT_NE(one, edges_of(*square(500, 0.1, true, {1, 1})));
}

TEST(Geometric, RefusesOtherUnits) {
    GeometricSettings settings;
    EXPECT_TRUE(settings.faults(1).empty());
    settings.radius = 10;
    expect_fault(settings.faults(1), "radius", "it is in sides of the square");
    EXPECT_THROW(make_geometric(settings, 1, {}), InputError);
}

}  // namespace
}  // namespace annelid
