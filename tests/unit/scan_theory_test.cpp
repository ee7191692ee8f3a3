// Outbreaks by the strategies of vector `scan` against their closed forms
// (models/vectors/scan.hpp).
#include "engine/chance/permutation.hpp"
#include "tests/unit/epidemic.hpp"
#include "tests/unit/scan_fixture.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr std::int64_t all_hosts_of_world = 160'000;
constexpr std::int64_t carriers = 10'000;  ///< few enough that the pool lists them
constexpr std::int64_t first_sources = 200;
constexpr int replicates = 24;

/// Which hosts carry the trait: scattered, as evenly spaced ones are not hit at random times.
const Permutation& scattered() {
    static const Permutation order(all_hosts_of_world, Draws({}, Purpose::test).words(1));
    return order;
}
Traits traits_of(HostId host) {
    static const std::vector<char> carries_it = [] {
        std::vector<char> out(all_hosts_of_world);
        for (std::uint64_t i = 0; i < carriers; ++i) {
            out[scattered().inverse(i)] = 1;
        }
        return out;
    }();
    return carries_it[static_cast<std::size_t>(host.value)] != 0 ? trait_unpatched : Traits{0};
}

/// An SI epidemic in 10^6 addresses where a source hits a carrier every 10 s. The first sources are
/// no carriers, so that nobody meets them.
Epidemic outbreak_by(const std::string& strategy, double local_start, int replicate) {
    Epidemic e;
    e.num_hosts = all_hosts_of_world;
    e.traits = traits_of;
    e.lifecycle = si();
    ScanSettings scan = internet_scan(10, 1'000'000);
    scan.requires_traits = {"unpatched"};
    scan.strategy = strategy;
    scan.local_start = local_start;
    e.vectors = {{"scan", scan}};
    e.seed = {1, static_cast<std::uint64_t>(replicate)};
    // Replies wait for the next step: 10 ms of 10 s slow nothing that could be seen.
    e.step_us = 10'000;
    e.end_us = 71 * us_per_s;
    e.seeds.clear();
    for (std::uint64_t i = 0; i < first_sources; ++i) {
        const std::uint64_t host = scattered().inverse(carriers + i);
        e.seeds.push_back({HostId{static_cast<std::int64_t>(host)}, 0});
    }
    return e;
}

const std::vector<double> looks_s = {10, 25, 35, 45, 55, 70};

/// The share of carriers that is infected at each look, by theory.
std::vector<double> theory(const std::string& strategy, double local_start) {
    const double hits_per_s = 0.1;
    const auto slopes = [&](double infected, double starts) {
        const double new_ones = hits_per_s * starts * (1 - infected / carriers);
        return strategy == "permutation"
                   ? std::pair{new_ones,
                               hits_per_s * (first_sources + infected) - local_start * new_ones}
                   : std::pair{new_ones, (1 - local_start) * new_ones};
    };
    double infected = 0, starts = first_sources;
    std::vector<double> out;
    constexpr double dt = 1e-3;
    for (std::int64_t step = 0; out.size() < looks_s.size(); ++step) {
        if (static_cast<double>(step) * dt >= looks_s[out.size()] - dt / 2) {
            out.push_back(infected / carriers);
        }
        const auto [di, ds] = slopes(infected, starts);
        const auto [di2, ds2] = slopes(infected + dt / 2 * di, starts + dt / 2 * ds);
        infected += dt * di2;
        starts += dt * ds2;
    }
    return out;
}

/// Means over replicates lie within four of their standard errors of theory.
void expect_theory(const std::string& strategy, double local_start) {
    const std::vector<double> expected = theory(strategy, local_start);
    std::vector<double> sum(looks_s.size()), squares(looks_s.size());
    for (int r = 0; r < replicates; ++r) {
        const Outcome out = play(outbreak_by(strategy, local_start, r));
        for (std::size_t k = 0; k < looks_s.size(); ++k) {
            const auto infected = std::count_if(
                out.events.begin(), out.events.end(),
                [&](const Event& e) { return static_cast<double>(e.time_us) <= looks_s[k] * 1e6; });
            const double share = static_cast<double>(infected - first_sources) / carriers;
            sum[k] += share;
            squares[k] += share * share;
        }
    }
    for (std::size_t k = 0; k < looks_s.size(); ++k) {
        const double mean = sum[k] / replicates;
        const double error = std::sqrt((squares[k] / replicates - mean * mean) / (replicates - 1));
        EXPECT_LT(std::abs(mean - expected[k]), 4 * error)
            << strategy << " " << local_start << " at " << looks_s[k] << " s: " << mean << " not "
            << expected[k] << ", standard error " << error;
        EXPECT_LT(error, 0.01);
    }
}

TEST(ScanTheory, RandomScansGrowAsALogistic) {
    expect_theory("random", 0);
}
TEST(ScanTheory, SequentialScansFromDrawnStartsGrowAsRandomOnes) {
    expect_theory("sequential", 0);
}
TEST(ScanTheory, SequentialScansFromTheirOwnAddressAddNothing) {
    expect_theory("sequential", 0.4);
}
TEST(ScanTheory, PermutationScansEndSooner) {
    expect_theory("permutation", 0);
}
TEST(ScanTheory, PermutationScansFromTheirOwnPlaceStartSlower) {
    expect_theory("permutation", 1);
}

// All walk side by side: one host after the other, whatever their number.
TEST(ScanTheory, SequentialScansThatAllStartAtHomeGrowLinearly) {
    Epidemic e;
    e.num_hosts = 1024;  // exactly ten addresses apart
    e.lifecycle = si();
    ScanSettings scan = scan_of_10k(5);
    scan.addresses = 10'240;
    scan.strategy = "sequential";
    scan.local_start = 1;
    e.vectors = {{"scan", scan}};
    e.seeds = {{HostId{17}, 0}};
    const Outcome out = play(e);
    ASSERT_EQ(out.events.size(), 150u);  // the seed, and one every 10 addresses, until 300 s
    for (std::size_t i = 0; i < out.events.size(); ++i) {
        EXPECT_EQ(out.events[i].host.value, 17 + static_cast<std::int64_t>(i));
        EXPECT_EQ(out.events[i].time_us, static_cast<TimeUs>(i) * 2 * us_per_s);
    }
}

// r N / A: 4 in 10 more hits where only 10^6 / 1.4 addresses are routed.
TEST(ScanTheory, RoutableSpaceIsASmallerNumberOfAddresses) {
    const SmallWorld world(flat(1000));
    const double routable = 4294967296.0 / 3654353889.0;
    for (const double share : {1.0, routable}) {
        const auto addresses = static_cast<std::int64_t>(1e6 / share + 0.5);
        const Scanned scanned =
            ScanRun{world, internet_scan(50, addresses)}.run(all_hosts(world, 500 * us_per_s));
        EXPECT_LT(std::abs(poisson_deviation(scanned.drawn, 1000 * 500 * 50 * 1e-3 * share)),
                  sigmas);
    }
}

Epidemic with_list(std::int64_t length, int num_seeds = 1) {
    Epidemic e;
    e.lifecycle = si();
    ScanSettings scan = scan_of_10k(10);
    scan.addresses = std::int64_t{1} << 32;  // scans hit nobody while the list lasts
    scan.hit_list = length;
    e.vectors = {{"scan", scan}};
    e.seeds.clear();
    for (int i = 0; i < num_seeds; ++i) {
        e.seeds.push_back({HostId{100 * i + 17}, 0});
    }
    e.step_us = 50'000;
    e.end_us = 20 * us_per_s;
    return e;
}

std::set<HostId> infected_in(const Outcome& out) {
    std::set<HostId> hosts_of;
    for (const Event& event : out.events) {
        EXPECT_TRUE(hosts_of.insert(event.host).second);
    }
    return hosts_of;
}

TEST(ScanHitList, DoublesEveryProbeUntilItIsUsedUp) {
    const Outcome out = play(with_list(255));
    ASSERT_EQ(out.events.size(), 256u);
    for (int k = 0; k <= 8; ++k) {
        EXPECT_EQ(std::count_if(out.events.begin(), out.events.end(),
                                [&](const Event& e) { return e.time_us <= k * 100'000; }),
                  1 << k);
        EXPECT_EQ(std::count_if(out.events.begin(), out.events.end(),
                                [&](const Event& e) { return e.time_us < k * 100'000; }),
                  k == 0 ? 0 : 1 << (k - 1));
    }
    // Every source probes 10 /s from its infection to the end at 20 s, on the list and after it.
    EXPECT_EQ(out.totals.scans_represented, 256 * 200 - (7 * 256 + 1));
    EXPECT_EQ(out.totals.attempts, 255);
    EXPECT_EQ(out.totals.deferred_attempts, 0);
}

TEST(ScanHitList, FirstSourcesShareIt) {
    for (const std::int64_t length :
         {std::int64_t{1}, std::int64_t{2}, std::int64_t{100}, std::int64_t{995}}) {
        const Outcome out = play(with_list(length, 5));
        EXPECT_EQ(std::ssize(infected_in(out)), 5 + length);
        // Each has at most a fifth, rounded up, which takes as many probes as it has binary digits.
        const auto digits = std::bit_width(static_cast<std::uint64_t>((length + 4) / 5));
        EXPECT_LE(out.events.back().time_us, digits * 100'000);
    }
}

TEST(ScanHitList, LongerListsContainShorterOnes) {
    const std::set<HostId> part = infected_in(play(with_list(50)));
    const std::set<HostId> whole = infected_in(play(with_list(300)));
    EXPECT_TRUE(std::includes(whole.begin(), whole.end(), part.begin(), part.end()));
}

TEST(ScanHitList, ProbesThatFailHandNothingOver) {
    Epidemic e = with_list(900);
    e.vectors[0].second.success = 0.3;
    e.end_us = 100 * us_per_s;
    const Outcome out = play(e);
    // Every entry is probed, by somebody, once.
    EXPECT_LT(std::abs(binomial_deviation(out.totals.attempts, 900, 0.3)), sigmas);
    EXPECT_EQ(std::ssize(infected_in(out)), 1 + out.totals.attempts);
}

TEST(ScanHitList, HoldsOnlyCarriers) {
    Epidemic e = with_list(40);
    e.traits = [](HostId host) { return host.value % 10 == 7 ? trait_unpatched : Traits{0}; };
    e.vectors[0].second.requires_traits = {"unpatched"};
    for (const HostId host : infected_in(play(e))) {
        EXPECT_EQ(host.value % 10, 7);
    }
    EXPECT_EQ(play(e).events.size(), 41u);
}

/// A list of n from one host is a logistic that starts with n + 1, once it is used up.
TEST(ScanHitList, ScansGoOnWhereItEnds) {
    constexpr std::int64_t list = 1023;  // used up after ten probes
    double sum = 0, squares = 0;
    for (int r = 0; r < replicates; ++r) {
        Epidemic e = outbreak_by("random", 0, r);
        e.seeds.resize(1);
        e.vectors[0].second.hit_list = list;
        e.end_us = 40 * us_per_s;
        const Outcome out = play(e);
        const double half_s = to_seconds(out.events[carriers / 2].time_us);
        sum += half_s;
        squares += half_s * half_s;
    }
    const double mean = sum / replicates;
    const double error = std::sqrt((squares / replicates - mean * mean) / (replicates - 1));
    // dW/dt = K W (1 - W / (carriers + 1)) of the sources W, the first one among them.
    const auto logit = [](double sources) { return std::log(sources / (carriers + 1 - sources)); };
    const double growth = 0.1 * (carriers + 1) / carriers;
    const double expected = 1 + (logit(carriers / 2 + 1) - logit(list + 1)) / growth;
    EXPECT_LT(std::abs(mean - expected), 4 * error) << mean << ", " << expected;
    EXPECT_LT(error, 0.2);
}

TEST(ScanTheory, LanesChangeNothing) {
    for (const char* strategy : {"sequential", "permutation"}) {
        Epidemic e = outbreak_by(strategy, 0.5, 0);
        e.num_hosts = 3000;
        e.traits = nullptr;
        e.lifecycle = sis(20);
        e.end_us = 40 * us_per_s;
        e.vectors[0].second.hit_list = 100;
        e.vectors[0].second.addresses = 30'000;
        e.vectors[0].second.success = 0.9;
        e.seeds = {{HostId{17}, 0}, {HostId{2300}, 0}, {HostId{2999}, 0}};
        e.step_us = us_per_s;
        const Outcome plain = play(e, 1);
        EXPECT_GT(plain.events.size(), 3000u);
        EXPECT_GT(strategy == std::string("permutation") ? plain.totals.deferred_replies : 1, 0);
        for (const unsigned lanes : {2u, 3u}) {
            const Outcome other = play(e, lanes);
            EXPECT_TRUE(plain == other) << strategy << ": " << difference(plain, other);
        }
    }
}

}  // namespace
}  // namespace annelid
