// Patching by a rate and recovery against the equations of the two-factor model (Zou, Gong and
// Towsley 2002), with patching at a rate mu of its own and no congestion (eta = 0):
//
//   dS/dt = -beta S I - mu S      dI/dt = beta S I - gamma I      dQ/dt = mu S      dR/dt = gamma I
#include "tests/unit/defence_checks.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

/// Shares of hosts.
struct TwoFactor {
    double susceptible, infected, patched;
};

TwoFactor slope(const TwoFactor& y, double beta, double gamma, double mu) {
    return {-beta * y.susceptible * y.infected - mu * y.susceptible,
            beta * y.susceptible * y.infected - gamma * y.infected, mu * y.susceptible};
}

TwoFactor moved(const TwoFactor& y, const TwoFactor& by, double h) {
    return {y.susceptible + h * by.susceptible, y.infected + h * by.infected,
            y.patched + h * by.patched};
}

/// Runge-Kutta of fourth order, a hundred steps a row.
std::vector<TwoFactor> solve(TwoFactor y, double beta, double gamma, double mu, double row_s,
                             std::size_t rows) {
    std::vector<TwoFactor> out = {y};
    const double h = row_s / 100;
    for (std::size_t row = 1; row < rows; ++row) {
        for (int i = 0; i < 100; ++i) {
            const TwoFactor a = slope(y, beta, gamma, mu);
            const TwoFactor b = slope(moved(y, a, h / 2), beta, gamma, mu);
            const TwoFactor c = slope(moved(y, b, h / 2), beta, gamma, mu);
            const TwoFactor d = slope(moved(y, c, h), beta, gamma, mu);
            y = moved(moved(moved(moved(y, a, h / 6), b, h / 3), c, h / 3), d, h / 6);
        }
        out.push_back(y);
    }
    return out;
}

TEST(TwoFactorModel, PatchingAndRecoveryFollowItsEquations) {
    constexpr std::int64_t hosts = 20'000, seeds = 400;
    constexpr double beta = 0.1, gamma = 1.0 / 60, mu = 0.01;
    Epidemic epidemic;
    epidemic.num_hosts = hosts;
    epidemic.lifecycle = sir(1 / gamma);
    ScanSettings scan;
    scan.addresses = 10 * hosts;
    scan.rate = fixed(10 * beta);
    scan.requires_traits = {"unpatched"};
    epidemic.vectors = {{"scan", scan}};
    epidemic.seeds.clear();
    for (std::int64_t i = 0; i < seeds; ++i) {
        epidemic.seeds.push_back({HostId{i * (hosts / seeds)}, 0});
    }
    epidemic.step_us = 100'000;
    PatchingSettings patching;
    patching.rate_per_s = mu;
    epidemic.patching = patching;

    constexpr int runs = 10;
    const auto rows = static_cast<std::size_t>(epidemic.num_rows());
    std::vector<std::array<double, 3>> mean(rows);  // susceptible, infected, patched
    for (int r = 0; r < runs; ++r) {
        epidemic.seed.replicate = static_cast<std::uint64_t>(r);
        const Outcome got = play(epidemic);
        for (std::size_t row = 0; row < rows; ++row) {
            const auto at = static_cast<std::int64_t>(row);
            // States: susceptible, infectious, removed, immune.
            const std::array<std::size_t, 3> states = {0, 1, 3};
            for (std::size_t s = 0; s < 3; ++s) {
                mean[row][s] +=
                    static_cast<double>(count(epidemic, got, at, states[s])) / hosts / runs;
            }
        }
    }
    const auto expected = solve({1 - double{seeds} / hosts, double{seeds} / hosts, 0}, beta, gamma,
                                mu, to_seconds(epidemic.row_every_us), rows);
    double peak = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        EXPECT_NEAR(mean[row][0], expected[row].susceptible, 0.005) << "row " << row;
        EXPECT_NEAR(mean[row][1], expected[row].infected, 0.005) << "row " << row;
        EXPECT_NEAR(mean[row][2], expected[row].patched, 0.005) << "row " << row;
        peak = std::max(peak, mean[row][1]);
    }
    // Both factors matter: neither takes nearly all.
    EXPECT_GT(peak, 0.2);
    EXPECT_GT(expected.back().patched, 0.2);
}

}  // namespace
}  // namespace annelid
