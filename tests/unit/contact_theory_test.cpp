// Vector `contact` against closed forms: final sizes are those of bond percolation, and steps that
// are too long slow growth down as DESIGN 2 says.
#include "tests/unit/contact_runs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annelid {
namespace {

struct Estimate {
    double mean, error;
};
Estimate estimate(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    double sum = 0, squares = 0;
    for (const double value : values) {
        sum += value;
        squares += value * value;
    }
    const double mean = sum / n;
    return {mean, std::sqrt((squares / n - mean * mean) / (n - 1))};
}

/// Standard errors that an estimate may lie off theory.
constexpr double errors = 4;

// ---- Percolation (Newman 2002) ----------------------------------------------------------------
// A source that is infectious for the fixed time D passes on along a link with the probability
// T = 1 - exp(-D / mean time), each link by itself: the hosts reached are a component of bond
// percolation. A link followed at random leads to none of the giant component with probability u,
// u = G1(1 - T + T u); a share S = 1 - G0(1 - T + T u) of hosts is in it, which is also the chance
// that one seed starts a large outbreak.

struct Degrees {
    std::function<double(double)> g0, g1;
};

double giant_share(const Degrees& degrees, double t) {
    double u = 0;
    for (int i = 0; i < 10'000; ++i) {
        u = degrees.g1(1 - t + t * u);
    }
    return 1 - degrees.g0(1 - t + t * u);
}

constexpr std::int64_t vertices = 10'000;

/// Half-edges are matched at random; the few loops and repeats are dropped by the graph.
std::vector<Edge> matched(const std::vector<int>& degrees, std::mt19937_64& random) {
    std::vector<Vertex> halves;
    for (std::size_t v = 0; v < degrees.size(); ++v) {
        halves.insert(halves.end(), static_cast<std::size_t>(degrees[v]), static_cast<Vertex>(v));
    }
    std::shuffle(halves.begin(), halves.end(), random);
    std::vector<Edge> edges;
    for (std::size_t i = 0; i + 1 < halves.size(); i += 2) {
        edges.push_back({halves[i], halves[i + 1]});
    }
    return edges;
}

using MakeEdges = std::function<std::vector<Edge>(std::mt19937_64&)>;

void expect_percolation(const MakeEdges& make_edges, const Degrees& degrees, double t) {
    constexpr int graphs = 100, runs = 4;
    Epidemic epidemic;
    epidemic.lifecycle = sir(1);
    epidemic.lifecycle.states[0].dwell = fixed(1);
    ContactSettings contact;
    contact.time = exponential(-1 / std::log(1 - t));
    epidemic.contacts = {{"contact", contact}};
    epidemic.seeds = {{HostId{0}, 0}};
    epidemic.step_us = 50'000;  // putting off changes when, not whether
    epidemic.end_us = 10'000 * us_per_s;
    std::mt19937_64 random(3);
    // Runs on one graph share its fluctuations: the unit is the graph.
    std::vector<double> sizes, large;
    for (int g = 0; g < graphs; ++g) {
        EdgePiece piece;
        piece.edges = make_edges(random);
        epidemic.network = std::make_shared<EdgeList>(vertices, false, std::move(piece));
        ContactRuns engine(epidemic);
        double sum = 0, num_large = 0;
        for (int run = 0; run < runs; ++run) {
            const Seed seed{7, static_cast<std::uint64_t>(g * runs + run)};
            const double share = engine.play(seed).final_size() / static_cast<double>(vertices);
            num_large += share > 0.05 ? 1 : 0;
            sum += share > 0.05 ? share : 0;
        }
        large.push_back(num_large / runs);
        if (num_large > 0) {
            sizes.push_back(sum / num_large);
        }
    }
    const double theory = giant_share(degrees, t);
    const Estimate size = estimate(sizes), chance = estimate(large);
    // Corrections for a finite graph are of the order of one vertex in its number.
    EXPECT_NEAR(size.mean, theory, errors * size.error + 2.0 / vertices);
    EXPECT_NEAR(chance.mean, theory, errors * chance.error);
    EXPECT_LT(size.error, 0.002);
    EXPECT_LT(chance.error, 0.04);
    ::testing::Test::RecordProperty(
        fmt::format("T = {}", t),
        fmt::format("theory {:.5f}, size {:.5f} +- {:.5f}, chance {:.4f} +- {:.4f}", theory,
                    size.mean, size.error, chance.mean, chance.error));
}

TEST(ContactPercolates, OnRandomGraphs) {
    const auto poisson = [](double x) { return std::exp(4 * (x - 1)); };
    const auto gnm = [](std::mt19937_64& random) {
        std::vector<Edge> edges;  // the few loops and repeats are dropped by the graph
        for (int i = 0; i < vertices * 2; ++i) {
            edges.push_back({static_cast<Vertex>(random() % vertices),
                             static_cast<Vertex>(random() % vertices)});
        }
        return edges;
    };
    expect_percolation(gnm, {poisson, poisson}, 0.4);
    expect_percolation(gnm, {poisson, poisson}, 0.7);
}

TEST(ContactPercolates, OnRegularGraphs) {
    const Degrees degrees{[](double x) { return std::pow(x, 4); },
                          [](double x) { return std::pow(x, 3); }};
    const auto regular = [](std::mt19937_64& random) {
        return matched(std::vector<int>(vertices, 4), random);
    };
    expect_percolation(regular, degrees, 0.5);
}

TEST(ContactPercolates, WhereDegreesDiffer) {
    // Half of the hosts have one link, half have nine.
    const Degrees degrees{[](double x) { return (x + std::pow(x, 9)) / 2; },
                          [](double x) { return (1 + 9 * std::pow(x, 8)) / 10; }};
    const auto mixed = [](std::mt19937_64& random) {
        std::vector<int> of(vertices, 1);
        std::fill(of.begin() + vertices / 2, of.end(), 9);
        std::shuffle(of.begin(), of.end(), random);  // the seed is as any other host
        return matched(of, random);
    };
    expect_percolation(mixed, degrees, 0.3);
}

// A host that is infectious for 1 s, dormant and infectious for 1 s again has two chances.
TEST(ContactPercolates, AnewInEachStay) {
    constexpr std::int64_t hosts = 20'001;
    Epidemic epidemic;
    epidemic.lifecycle =
        chain("infectious",
              {state("infectious", "dormant", fixed(1)), state("dormant", "again", fixed(1)),
               state("again", "removed", fixed(1)), state("removed")});
    epidemic.lifecycle.states[2].infectious = true;
    ContactSettings contact;
    contact.time = exponential(1);
    epidemic.contacts = {{"contact", contact}};
    EdgePiece star;
    for (Vertex v = 1; v < hosts; ++v) {
        star.edges.push_back({0, v});
    }
    epidemic.network = std::make_shared<EdgeList>(hosts, true, std::move(star));
    epidemic.seeds = {{HostId{0}, 0}};
    const double reached = ContactRuns(epidemic).play({}).final_size() - 1;
    const double share = 1 - std::exp(-2.0);
    EXPECT_NEAR(reached / (hosts - 1), share, errors * std::sqrt(share * (1 - share) / hosts));
}

// ---- The price of a step ----------------------------------------------------------------------
// SI with exponential times and no latency grows at the rate K. With steps of length D, x = K D, an
// attempt that is made in the step in which its source was infected is put off to the next: of
// those infected by drawn times in a step (B) half as many attempts as in a whole step are, of
// those infected at its start (A) all. With T for all so far
//
//   A' = x A + x B / 2,   B' = x T,   T' = T + A' + B'
//
// whose growth a step is (1 + 2 x + sqrt(1 + 2 x^2)) / 2 = exp(x (1 - x^2 / 6 - x^3 / 8 - ...)).

constexpr double begin_s = 1.5, end_s = 3.5;  // K = 1 / s; both are whole numbers of each step

double growth_in_theory(double x) {
    double a = 0, b = 0, total = 1, at_begin = 1;
    const auto first = std::lround(begin_s / x), last = std::lround(end_s / x);
    for (long step = 0; step < last; ++step) {
        at_begin = step == first ? total : at_begin;
        a = x * a + x * b / 2;
        b = x * total;
        total += a + b;
    }
    return std::log(total / at_begin) / (end_s - begin_s);
}

/// Growth rates of many runs on a graph in which hardly any host (1 %) is reached: what is left of
/// saturation, and of links that are used up, changes the bias by 2 % of itself.
class Growth {
  public:
    Growth() {
        constexpr int hosts = 50'000, degree = 100, seeds = 10;
        std::mt19937_64 random(9);
        EdgePiece piece;
        for (int i = 0; i < hosts / 2 * degree; ++i) {
            piece.edges.push_back(
                {static_cast<Vertex>(random() % hosts), static_cast<Vertex>(random() % hosts)});
        }
        epidemic_.lifecycle = si();
        epidemic_.network = std::make_shared<EdgeList>(hosts, false, std::move(piece));
        ContactSettings contact;
        contact.time = exponential(degree - 1);  // the way that a host was reached is no way on
        epidemic_.contacts = {{"contact", contact}};
        epidemic_.seeds.clear();
        for (int s = 0; s < seeds; ++s) {
            epidemic_.seeds.push_back({HostId{s * 4999}, 0});
        }
        epidemic_.end_us = from_seconds(end_s);
    }

    /// ln(infected at the end / at the beginning), a value per group of runs.
    std::vector<double> with_step(double step_s) const {
        constexpr int groups = 50, runs = 20;
        Epidemic epidemic = epidemic_;
        epidemic.step_us = from_seconds(step_s);
        ContactRuns engine(epidemic);
        std::vector<double> out;
        for (int g = 0; g < groups; ++g) {
            double at_begin = 0, at_end = 0;
            for (int run = 0; run < runs; ++run) {
                const Spread spread = engine.play({11, static_cast<std::uint64_t>(g * runs + run)});
                at_end += spread.infections;
                at_begin += static_cast<double>(
                    std::count_if(spread.first_infected.begin(), spread.first_infected.end(),
                                  [](double time) { return time < begin_s; }));
            }
            out.push_back(std::log(at_end / at_begin) / (end_s - begin_s));
        }
        return out;
    }

  private:
    Epidemic epidemic_;
};

/// (K' / K - 1) for a step, from runs with the same draws: their noise cancels in part.
Estimate bias_of(const std::vector<double>& with_step, const std::vector<double>& exact) {
    std::vector<double> values;
    for (std::size_t g = 0; g < exact.size(); ++g) {
        values.push_back(with_step[g] / exact[g] - 1);
    }
    return estimate(values);
}

TEST(ContactStep, SlowsGrowthByTheSixthOfItsSquare) {
    const Growth growth;
    constexpr double shortest = 0.005;
    const std::vector<double> exact = growth.with_step(shortest);
    double by_theory = 0, weights = 0;
    std::vector<double> logs, log_errors;
    for (const double x : {0.125, 0.25, 0.5}) {
        const Estimate bias = bias_of(growth.with_step(x), exact);
        const double theory = growth_in_theory(x) / growth_in_theory(shortest) - 1;
        EXPECT_NEAR(bias.mean, theory, errors * bias.error) << "step " << x;
        ::testing::Test::RecordProperty(
            fmt::format("step {}", x),
            fmt::format("theory {:.5f}, bias {:.5f} +- {:.5f}", theory, bias.mean, bias.error));
        const double weight = std::pow(theory / bias.error, 2);
        by_theory += weight * bias.mean / theory;
        weights += weight;
        logs.push_back(std::log2(std::abs(bias.mean)));
        log_errors.push_back(bias.error / std::abs(bias.mean) / std::log(2));
    }
    // All orders of theory scaled by one factor, so the leading coefficient is the sixth of it.
    const double coefficient = by_theory / weights / 6, error = 1 / std::sqrt(weights) / 6;
    EXPECT_NEAR(coefficient, 1.0 / 6, errors * error);
    EXPECT_LT(error, 0.01);
    // Each step is twice the last one: the order of the bias is the difference of the logarithms.
    const double order = logs[2] - logs[1], order_error = std::hypot(log_errors[1], log_errors[2]);
    EXPECT_NEAR(order, 2, errors * order_error);
    EXPECT_LT(order_error, 0.3);
    ::testing::Test::RecordProperty(
        "fit", fmt::format("coefficient {:.4f} +- {:.4f}, order {:.2f} +- {:.2f}", coefficient,
                           error, order, order_error));
}

}  // namespace
}  // namespace annelid
