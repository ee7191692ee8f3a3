// Defence `throttling`: attempts of throttled sources are thinned exactly.
#include "models/defences/throttling.hpp"

#include "tests/unit/passages.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

ThrottlingSettings limited(double per_s) {
    ThrottlingSettings out;
    out.limit_per_s = per_s;
    return out;
}
ThrottlingSettings thinned(double factor) {
    ThrottlingSettings out;
    out.factor = factor;
    return out;
}

/// Which of 10,000 attempts of one source get through.
std::vector<bool> kept(const Gate& gate, double rate_per_s,
                       const AskedVector& vector = AskedVector(), std::int64_t source = 5,
                       TimeUs from = 0) {
    std::vector<bool> out;
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        const TimeUs time = from + i * us_per_s / 10;
        out.push_back(gate.passes(vector, source, 600, time, time + 1, i, rate_per_s));
    }
    return out;
}
std::int64_t count_of(const std::vector<bool>& all) {
    return std::count(all.begin(), all.end(), true);
}

TEST(Throttling, KeepsAShareOfTheRate) {
    const SmallWorld world(two_countries());
    const Gate slow(world, limited(1)), slower(world, limited(0.25)), factor(world, thinned(0.1));
    EXPECT_EQ(count_of(kept(slow, 1)), 10'000);
    EXPECT_EQ(count_of(kept(slow, 0.2)), 10'000);
    const auto some = kept(slow, 4), fewer = kept(slower, 4);
    EXPECT_LT(std::abs(binomial_deviation(count_of(some), 10'000, 0.25)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(count_of(fewer), 10'000, 0.0625)), sigmas);
    for (std::size_t i = 0; i < some.size(); ++i) {
        ASSERT_LE(fewer[i], some[i]);
    }
    EXPECT_LT(std::abs(binomial_deviation(count_of(kept(factor, 4)), 10'000, 0.1)), sigmas);
    EXPECT_EQ(count_of(kept(Gate(world, limited(0)), 4)), 0);
    EXPECT_EQ(count_of(kept(Gate(world, thinned(0)), 4)), 0);
}

TEST(Throttling, DrawsForEachAttemptBySourceTimeAndVector) {
    const SmallWorld world(two_countries());
    const Gate gate(world, thinned(0.5));
    const auto first = kept(gate, 4);
    EXPECT_EQ(kept(gate, 4), first);
    const std::vector<std::vector<bool>> others = {
        kept(gate, 4, AskedVector(), 6), kept(gate, 4, AskedVector("other")),
        kept(gate, 4, AskedVector(), 5, 17),  // the same ordinals in a later infection
        kept(Gate(world, thinned(0.5), {}, "another"), 4)};
    for (const std::vector<bool>& other : others) {
        std::int64_t same = 0;
        for (std::size_t i = 0; i < first.size(); ++i) {
            same += first[i] == other[i] ? 1 : 0;
        }
        EXPECT_LT(std::abs(binomial_deviation(same, 10'000, 0.5)), sigmas);
    }
}

TEST(Throttling, HoldsForScansUnlessVectorsAreNamed) {
    const SmallWorld world(two_countries());
    const AskedVector link("link");
    EXPECT_EQ(count_of(kept(Gate(world, thinned(0)), 0, link)), 10'000);
    EXPECT_EQ(count_of(kept(Gate(world, limited(0)), 0, link)), 10'000);
    ThrottlingSettings settings = thinned(0);
    settings.vectors = {"link"};
    EXPECT_EQ(count_of(kept(Gate(world, settings), 0, link)), 0);
    EXPECT_EQ(count_of(kept(Gate(world, settings), 4, AskedVector("scan"))), 10'000);
}

TEST(Throttling, AsksForTheSourceAtTheDrawnTime) {
    const SmallWorld world(two_countries());
    ThrottlingSettings settings = thinned(0);
    settings.timing.start = 100;
    settings.timing.countries = {"AA"};
    const Gate gate(world, settings);
    const AskedVector scan;
    EXPECT_TRUE(gate.passes(scan, 5, 600, 99, 200, 0, 4));
    EXPECT_FALSE(gate.passes(scan, 5, 600, 100, 200, 0, 4));
    EXPECT_TRUE(gate.passes(scan, 700, 5, 100, 200, 0, 4));
    EXPECT_TRUE(gate.passes(scan, no_host.value, 5, 100, 200, 0, 4));
}

TEST(Throttling, HasALimitOrAFactor) {
    const SmallWorld world(two_countries());
    ThrottlingSettings both = limited(1);
    both.factor = 0.5;
    EXPECT_NE(refusal(world, both).find("defence.defence.factor"), std::string::npos);
    EXPECT_NE(refusal(world, ThrottlingSettings{}).find("defence.defence.limit"),
              std::string::npos);
}

// What strategies of scan say of themselves.
TEST(Throttling, ScansKnowTheRatesOfHostsOnEveryRank) {
    const SmallWorld world(flat(1000));
    for (const char* strategy :
         {"random", "sweep", "sequential", "permutation", "divide_and_conquer"}) {
        for (const std::int64_t hit_list : {0, 3}) {
            ScanSettings settings = scan_of_10k(7);
            settings.strategy = strategy;
            settings.scope = std::string(strategy) == "sweep" ? "subnet" : "internet";
            settings.hit_list = std::string(strategy) == "sweep" ? 0 : hit_list;
            if (std::string(strategy) == "divide_and_conquer") {
                settings.hit_list = 0;
            }
            const auto model = make_scan("scan", settings, world.context());
            const auto process = model->start({Seed{}, us_per_s, 100 * us_per_s, 1});
            EXPECT_DOUBLE_EQ(process->rate_per_s(HostId{500}), 7) << strategy;
        }
    }
    ScanSettings settings = scan_of_10k(7);
    settings.rate = exponential(7);
    const auto model = make_scan("scan", settings, world.context());
    const auto process = model->start({Seed{}, us_per_s, 100 * us_per_s, 1});
    EXPECT_NE(process->rate_per_s(HostId{500}), process->rate_per_s(HostId{501}));
}

/// Few infected in a large world: a Yule process of rate K = 0.5 /s from 50 seeds on.
Epidemic young(std::uint64_t replicate) {
    Epidemic out;
    out.num_hosts = 200'000;
    out.lifecycle = si();
    ScanSettings scan;
    scan.rate = fixed(5);
    scan.addresses = 2'000'000;
    out.vectors = {{"scan", scan}};
    out.seeds.clear();
    for (std::int64_t i = 0; i < 50; ++i) {
        out.seeds.push_back({HostId{i * 4000 + 7}, 0});
    }
    out.step_us = 10'000;
    out.end_us = 20 * us_per_s;
    out.row_every_us = 20 * us_per_s;
    out.seed = {1, replicate};
    return out;
}

// With all sources throttled to a share f, K falls to f K: after t, n0 exp(f K t) are infected on
// average, with a variance of n0 exp(f K t) (exp(f K t) - 1) (Yule 1925).
TEST(ThrottlingInOutbreaks, SlowsGrowthByItsFactor) {
    for (const ThrottlingSettings& settings : {thinned(0.2), limited(1)}) {
        const double growth = std::exp(0.2 * 0.5 * 20);
        const int runs = 20;
        std::int64_t infected = 0;
        for (int i = 0; i < runs; ++i) {
            Epidemic epidemic = young(static_cast<std::uint64_t>(i));
            epidemic.defences = {defence("throttle", settings)};
            infected += std::ssize(play(epidemic).events);
        }
        const double mean = 50 * growth * runs;
        const double sd = std::sqrt(50 * growth * (growth - 1) * runs);
        EXPECT_LT(std::abs(static_cast<double>(infected) - mean) / sd, sigmas) << infected;
    }
}

TEST(ThrottlingInOutbreaks, ChangesNothingBeforeItStarts) {
    const TimeUs start = 6 * us_per_s;
    Epidemic epidemic = young(3);
    epidemic.end_us = 10 * us_per_s;
    const Outcome without = play(epidemic);
    ThrottlingSettings settings = limited(0.1);
    settings.timing.start = start;
    epidemic.defences = {defence("throttle", settings)};
    const Outcome with = play(epidemic);
    EXPECT_EQ(before(with.events, start), before(without.events, start));
    EXPECT_GT(before(with.events, start).size(), 100u);
    EXPECT_LT(with.events.size(), without.events.size());
    const Outcome again = play(epidemic, 3);
    EXPECT_TRUE(with == again) << difference(with, again);
}

}  // namespace
}  // namespace annelid
