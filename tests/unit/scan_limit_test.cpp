// Vector `scan` with total_rate_limit: probes are thinned to the limit and no further, and counted.
#include "tests/unit/scan_fixture.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

/// All hosts, half of them from 500 s on, under a limit on the sum of their rates.
class ScanLimitTest : public testing::Test {
  protected:
    ScanLimitTest() : sources_(all_hosts(world_)) {
        for (std::size_t h = 0; h < sources_.size(); h += 2) {
            sources_[h].from = 500 * us_per_s;
        }
    }
    Scanned run(double limit_per_s) const {
        ScanSettings settings = internet_scan(10, 10'000);
        settings.total_rate_limit = limit_per_s;
        return ScanRun{world_, settings}.run(sources_);
    }
    static std::int64_t in(const std::vector<Attempt>& all, bool second_half) {
        return std::count_if(all.begin(), all.end(), [&](const Attempt& a) {
            return (a.time >= 500 * us_per_s) == second_half;
        });
    }

    SmallWorld world_{flat(100)};
    std::vector<Source> sources_;
};

TEST_F(ScanLimitTest, DoesNothingWhereItIsNotReached) {
    const Scanned free = run(0);
    EXPECT_EQ(run(1000).attempts, free.attempts);
    EXPECT_NE(run(999).attempts, free.attempts);
}

// 500 /s of all sources in the first half, 1000 /s in the second.
TEST_F(ScanLimitTest, KeepsTheShareThatFits) {
    const Scanned free = run(0), limited = run(400), less = run(600);
    const std::int64_t first = in(free.attempts, false), second = in(free.attempts, true);
    EXPECT_LT(std::abs(binomial_deviation(in(limited.attempts, false), first, 0.8)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(in(limited.attempts, true), second, 0.4)), sigmas);
    EXPECT_EQ(in(less.attempts, false), first);
    EXPECT_LT(std::abs(binomial_deviation(in(less.attempts, true), second, 0.6)), sigmas);
    EXPECT_TRUE(is_part(limited.attempts, less.attempts));
    EXPECT_TRUE(is_part(less.attempts, free.attempts));
}

TEST_F(ScanLimitTest, FreesWhatSourcesThatStopLeave) {
    for (Source& source : sources_) {
        source.from = 0;
        source.until = source.host.value < 50 ? 500 * us_per_s : never;
    }
    const Scanned free = run(0), limited = run(250);
    EXPECT_LT(
        std::abs(binomial_deviation(in(limited.attempts, false), in(free.attempts, false), 0.25)),
        sigmas);
    EXPECT_LT(
        std::abs(binomial_deviation(in(limited.attempts, true), in(free.attempts, true), 0.5)),
        sigmas);
}

// One row a second, so that hosts change their number at the start of a step.
TEST_F(ScanLimitTest, RepresentsTheScansThatFit) {
    EXPECT_EQ(run(0).scans, 500 * 500 + 1000 * 500);
    EXPECT_EQ(run(400).scans, 400 * 1000);
    EXPECT_EQ(run(600).scans, 500 * 500 + 600 * 500);
    EXPECT_EQ(run(1e9).scans, 500 * 500 + 1000 * 500);
}

// Nothing is hit, so that no step is played between the start and the end.
TEST_F(ScanLimitTest, IsWeighedAnewInSkippedSteps) {
    ScanRun scan{world_, internet_scan(10, 1'000'000'000'000'000)};
    scan.settings.total_rate_limit = 15;
    const Scanned scanned = scan.run({{HostId{0}, 0, 0, 100 * us_per_s},
                                      {HostId{1}, 0, 20 * us_per_s, 500 * us_per_s},
                                      {HostId{2}, 0, 20 * us_per_s, 700 * us_per_s}});
    ASSERT_EQ(scanned.drawn, 0);
    EXPECT_EQ(scanned.scans, 20 * 10 + 480 * 15 + 200 * 10);
}

// Promise 1: whatever ranks own the sources. Each source alone stands for the sources of a rank.
TEST(ScanLimit, ScansAddUpWhoeverOwnsTheSources) {
    const SmallWorld world(flat(100));
    ScanRun scan{world, internet_scan(0.3, 1000)};
    scan.end_us = 25 * us_per_s;
    for (const double limit : {0.0, 1e9}) {
        scan.settings.total_rate_limit = limit;
        Scans sum;
        for (const Source& source : all_hosts(world)) {
            const Scans scans = scan.run({source}).exact_scans;
            sum.whole += scans.whole;
            sum.pico += scans.pico;
        }
        EXPECT_EQ(sum.whole + sum.pico / 1'000'000'000'000, scan.run(all_hosts(world)).scans)
            << "limit " << limit;
    }
}

/// A limit that is never reached must not change the count of scans.
class IdleLimit : public testing::Test {
  protected:
    static void expect_same_scans(ScanRun scan, const std::vector<Source>& sources) {
        const Scanned free = scan.run(sources);
        scan.settings.total_rate_limit = 1e9;
        const Scanned limited = scan.run(sources);
        ASSERT_EQ(limited.attempts, free.attempts);
        // Rates count from the start of a step, so each end of a stay may be off by a step.
        const double a_step = scan.settings.rate.mean * to_seconds(scan.step_us) *
                              static_cast<double>(sources.size());
        EXPECT_NEAR(static_cast<double>(limited.scans), static_cast<double>(free.scans),
                    2 * a_step + 1);
    }
};

TEST_F(IdleLimit, CountsScansOfStepsThatAreSkipped) {
    const SmallWorld world(flat(100));
    // A hit in 10 s, steps of 1 s: most steps are skipped.
    expect_same_scans({world, internet_scan(100, 100'000)}, {{HostId{1}, 0, 0, never}});
}

TEST_F(IdleLimit, CountsScansOfSourcesThatNeverHit) {
    const SmallWorld world(flat(100));
    expect_same_scans({world, internet_scan(100, std::int64_t{1} << 40)},
                      {{HostId{1}, 0, 0, never}});
}

TEST_F(IdleLimit, CountsScansOfARunOfOneStep) {
    const SmallWorld world(flat(100));
    ScanRun scan{world, internet_scan(100, 1000)};
    scan.step_us = scan.end_us;
    const std::vector<Source> sources = {{HostId{1}, 0, 0, never}};
    scan.settings.total_rate_limit = 1e9;
    EXPECT_EQ(scan.run(sources).scans, 100'000);
}

TEST_F(IdleLimit, CountsScansAfterTheLastHit) {
    const SmallWorld world(flat(100));
    expect_same_scans({world, internet_scan(100, 100'000)},
                      {{HostId{1}, 0, 0, 5 * us_per_s}, {HostId{2}, 0, 0, 200 * us_per_s}});
}

}  // namespace
}  // namespace annelid
