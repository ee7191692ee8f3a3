// configuration: laws of degrees, every matching equally likely, each half-edge at its vertex.
#include "engine/base/errors.hpp"
#include "models/networks/configuration.hpp"
#include "models/networks/degree_law.hpp"
#include "models/networks/half_edges.hpp"
#include "tests/unit/network_checks.hpp"
#include "tests/unit/statistics.hpp"

#include <map>

namespace annelid {
namespace {

ConfigurationSettings power_law(double exponent, std::int64_t min_degree, std::int64_t max_degree) {
    ConfigurationSettings settings;
    settings.exponent = exponent;
    settings.min_degree = min_degree;
    settings.max_degree = max_degree;
    return settings;
}

ConfigurationSettings poisson(double mean) {
    ConfigurationSettings settings;
    settings.degrees = "poisson";
    settings.mean_degree = mean;
    return settings;
}

ConfigurationSettings regular(std::int64_t degree) {
    ConfigurationSettings settings;
    settings.degrees = "regular";
    settings.degree = degree;
    return settings;
}

/// Counts of degrees against a law: number expected of each degree from 0 on.
void expect_degrees(const ConfigurationSettings& settings, std::int64_t num_vertices,
                    const std::vector<double>& shares) {
    const auto edges = edges_of(*make_configuration(settings, num_vertices, {}));
    const auto degrees = degrees_of(edges, num_vertices);
    for (std::size_t k = 0; k < shares.size(); ++k) {
        const auto count = std::count(degrees.begin(), degrees.end(), static_cast<std::int64_t>(k));
        // The half-edge that may be left out moves one vertex.
        const double sd =
            std::sqrt(static_cast<double>(num_vertices) * shares[k] * (1 - shares[k]));
        EXPECT_NEAR(static_cast<double>(count), static_cast<double>(num_vertices) * shares[k],
                    sigmas * sd + 1)
            << "degree " << k;
    }
}

TEST(Configuration, PowerLawsAreRealised) {
    for (const double exponent : {0.0, 2.1, 3.0}) {
        std::vector<double> shares(61);
        double sum = 0;
        for (std::size_t k = 3; k <= 60; ++k) {
            sum += shares[k] = std::pow(static_cast<double>(k), -exponent);
        }
        for (double& share : shares) {
            share /= sum;
        }
        expect_degrees(power_law(exponent, 3, 60), 200'000, shares);
    }
}

TEST(Configuration, PoissonDegreesAreRealised) {
    for (const double mean : {0.3, 7.5, 40.0}) {
        std::vector<double> shares;
        for (int k = 0; k < 80; ++k) {
            shares.push_back(std::exp(k * std::log(mean) - mean - std::lgamma(k + 1)));
        }
        expect_degrees(poisson(mean), 100'000, shares);
    }
    const DegreeLaw law = DegreeLaw::poisson(100'000);
    const Draws draws({}, Purpose::test, "poisson");
    std::vector<std::int64_t> many;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        many.push_back(law.draw(draws.bits(i)));
    }
    EXPECT_NEAR(mean_of(many), 1e5, sigmas * std::sqrt(1e5 / 2e4));
    EXPECT_NEAR(variance_of(many), 1e5, sigmas * 1e5 * std::sqrt(2.0 / 2e4));
}

TEST(Configuration, RegularDegreesAreExact) {
    const auto degrees =
        degrees_of(edges_of(*make_configuration(regular(7), 100'000, {})), 100'000);
    EXPECT_EQ(std::count(degrees.begin(), degrees.end(), 7), 100'000);
    // 101 · 7 is odd: the last half-edge, of the last vertex, is left out.
    auto odd = degrees_of(edges_of(*make_configuration(regular(7), 101, {})), 101);
    EXPECT_EQ(odd.back(), 6);
    odd.pop_back();
    EXPECT_EQ(std::count(odd.begin(), odd.end(), 7), 100);
}

TEST(Configuration, EveryMatchingIsEquallyLikely) {
    std::map<std::vector<std::uint64_t>, std::int64_t> times;  // six vertices, three edges
    for (std::uint64_t seed = 0; seed < 15'000; ++seed) {
        std::vector<std::uint64_t> matching;
        for (const Edge& edge : in_order(edges_of(*make_configuration(regular(1), 6, {seed, 0})))) {
            matching.push_back(edge.from * 6 + edge.to);
        }
        ++times[matching];
    }
    std::vector<std::int64_t> counts;
    for (const auto& [matching, count] : times) {
        counts.push_back(count);
    }
    EXPECT_EQ(counts.size(), 15u);
    EXPECT_GT(p_of_uniform_counts(counts), level);
}

TEST(Configuration, SelfLoopsAndRepeatsAreAsManyAsInTheory) {
    const std::int64_t seeds = 300;
    std::int64_t loops = 0, repeats = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        auto edges = edges_of(*make_configuration(regular(4), 2000, {seed, 0}));
        loops += num_self_loops(edges);
        std::erase_if(edges, [](const Edge& edge) { return edge.from == edge.to; });
        repeats += num_repeats(edges);
    }
    // Poisson with means r = (d - 1) / 2 and r² in the limit of many vertices.
    EXPECT_LT(std::abs(poisson_deviation(loops, 1.5 * seeds)), sigmas);
    EXPECT_LT(std::abs(poisson_deviation(repeats, 2.25 * seeds)), sigmas);
}

TEST(Configuration, HalfEdgesFindTheirVertices) {
    const Draws draws({}, Purpose::test, "half-edges");
    for (const std::int64_t n : {1, 2, 15, 16, 17, 1000}) {
        for (const std::uint64_t kind : {0, 1, 2}) {
            const auto degree = [&](std::int64_t v) -> std::int64_t {
                const std::uint64_t bits = draws.bits(static_cast<std::uint64_t>(v));
                // Small; mostly none; one hub among many without any.
                return kind == 0   ? to_index(bits, 5)
                       : kind == 1 ? (bits % 50 == 0) * 3
                                   : (v == n / 2) * 100'000;
            };
            const HalfEdges half_edges(n, degree);
            std::vector<std::uint64_t> numbers, owners;
            for (std::int64_t v = 0; v < n; ++v) {
                for (std::int64_t i = degree(v); i > 0; --i) {
                    numbers.push_back(numbers.size());
                    owners.push_back(static_cast<std::uint64_t>(v));
                }
            }
            EXPECT_EQ(half_edges.size(), std::ssize(owners));
            std::reverse(numbers.begin(), numbers.end());
            half_edges.find_owners(numbers);
            std::reverse(numbers.begin(), numbers.end());
            EXPECT_EQ(numbers, owners) << n << " vertices, kind " << kind;
        }
    }
}

TEST(Configuration, NoneAndFew) {
    for (const std::int64_t n : {1, 2}) {
        EXPECT_TRUE(edges_of(*make_configuration(regular(0), n, {})).empty());
        EXPECT_TRUE(edges_of(*make_configuration(poisson(0), n, {})).empty());
    }
    EXPECT_EQ(in_order(edges_of(*make_configuration(regular(1), 2, {}))),
              (std::vector<Edge>{{0, 1}}));
}

TEST(Configuration, PiecesAreFixed) {
    expect_fixed_pieces(*make_configuration(power_law(2.2, 3, 5000), 100'000, {}));
    const auto edges_for = [](Seed seed) {
        return edges_of(*make_configuration(poisson(4), 500, seed));
    };
    EXPECT_NE(edges_for({1, 0}), edges_for({2, 0}));
    EXPECT_NE(edges_for({1, 0}), edges_for({1, 1}));
}

TEST(Configuration, RefusesDegreesThatDoNotFit) {
    expect_fault(power_law(2, 5, 4).faults(100), "min_degree", "max_degree is 4");
    expect_fault(power_law(2, 1, 100).faults(100), "max_degree",
                 "a host can have 99 links at most");
    expect_fault(poisson(1.5).faults(2), "mean_degree", "a host can have 1 links at most");
    expect_fault(regular(1).faults(1), "degree", "a host can have 0 links at most");
    EXPECT_TRUE(power_law(2, 1, 99).faults(100).empty());
    EXPECT_TRUE(regular(1).faults(2).empty());
    EXPECT_THROW(make_configuration(regular(5), 5, {}), InputError);
}

}  // namespace
}  // namespace annelid
