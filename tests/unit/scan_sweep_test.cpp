// Vector `scan`, strategy sweep: every address of a scope once, in a permuted order, at j / rate.
#include "engine/spread/calendar.hpp"
#include "tests/unit/scan_fixture.hpp"
#include "tests/unit/statistics.hpp"

#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

ScanSettings sweep(const char* scope, double rate) {
    ScanSettings settings;
    settings.strategy = "sweep";
    settings.scope = scope;
    settings.rate = fixed_rate(rate);
    return settings;
}

/// Subnets of 200, 200 and 200 hosts in 254 addresses each.
const Population three_subnets() {
    return flat(1800, 600);
}

TEST(ScanSweep, ProbesEveryHostOfTheSubnetOnce) {
    const SmallWorld world(three_subnets());
    const HostId source{250};
    const HostRange subnet = world.population.subnet_of(source);
    const TimeUs from = 777;
    const Scanned scanned = ScanRun{world, sweep("subnet", 0.5)}.run({{source, 0, from, never}});
    std::set<std::int64_t> targets, places;
    for (const Attempt& a : scanned.attempts) {
        EXPECT_TRUE(subnet.contains(a.target));
        EXPECT_TRUE(targets.insert(a.target.value).second) << a.target.value << " twice";
        // At j / rate exactly, for one of 254 addresses.
        ASSERT_EQ((a.time - from) % (2 * us_per_s), 0);
        places.insert((a.time - from) / (2 * us_per_s));
    }
    EXPECT_EQ(std::ssize(targets), subnet.size() - 1);  // all but itself
    EXPECT_EQ(std::ssize(places), subnet.size() - 1);
    EXPECT_GE(*places.begin(), 0);
    EXPECT_LT(*places.rbegin(), 254);
    EXPECT_EQ(scanned.scans, 254);
}

TEST(ScanSweep, OrganisationsAreSweptWithTheirEmptyAddresses) {
    const SmallWorld world(three_subnets());
    const Scanned scanned =
        ScanRun{world, sweep("organisation", 1)}.run({{HostId{700}, 0, 0, never}});
    std::set<std::int64_t> targets, places;
    for (const Attempt& a : scanned.attempts) {
        targets.insert(a.target.value);
        places.insert(a.time / us_per_s);
    }
    EXPECT_EQ(targets.size(), 599u);
    EXPECT_EQ(*targets.begin(), 600);
    EXPECT_EQ(*targets.rbegin(), 1199);
    EXPECT_EQ(places.size(), 599u);
    EXPECT_LT(*places.rbegin(), 3 * 254);
    EXPECT_EQ(scanned.scans, 3 * 254);
}

TEST(ScanSweep, BlocksAreSweptAddressByAddress) {
    Population::Parts parts;
    parts.countries = {{"AA", "all", {HostId{0}, HostId{3000}}, 0, 6000}};
    parts.sectors = {"none"};
    parts.cells = {{HostId{0}, 0, 0}};
    parts.runs = {{HostId{0}, 1}};
    parts.num_hosts = 3000;
    parts.real_hosts = 3000;
    parts.draw_traits = [](HostId, std::span<Traits> out) {
        std::fill(out.begin(), out.end(), all_traits);
    };
    const SmallWorld world{Population(std::move(parts))};
    const Scanned scanned = ScanRun{world, sweep("/24", 2)}.run({{HostId{1000}, 0, 0, never}});
    // Addresses 1792 to 2047 hold hosts 896 to 1023.
    std::set<std::int64_t> targets, places;
    for (const Attempt& a : scanned.attempts) {
        targets.insert(a.target.value);
        places.insert(a.time * 2 / us_per_s);
    }
    EXPECT_EQ(targets.size(), 127u);
    EXPECT_EQ(*targets.begin(), 896);
    EXPECT_EQ(*targets.rbegin(), 1023);
    EXPECT_EQ(places.size(), 127u);
    EXPECT_LT(*places.rbegin(), 256);
    EXPECT_EQ(scanned.scans, 256);
}

TEST(ScanSweep, OrderIsAUniformPermutationForEachStay) {
    const SmallWorld world(three_subnets());
    std::vector<std::int64_t> places(254);
    std::int64_t same_place = 0, pairs = 0;
    for (std::uint32_t ordinal = 0; ordinal < 20; ++ordinal) {
        std::vector<Source> sources = all_hosts(world, never, ordinal);
        sources = {sources.begin() + 200, sources.begin() + 400};
        const Scanned scanned = ScanRun{world, sweep("subnet", 1)}.run(sources);
        // Where host 300 comes in the order of each source of its subnet.
        std::vector<TimeUs> of_300;
        for (const Attempt& a : scanned.attempts) {
            places[static_cast<std::size_t>(a.time / us_per_s)] += 1;
            if (a.target.value == 300) {
                of_300.push_back(a.time);
            }
        }
        ASSERT_EQ(of_300.size(), 199u);
        for (std::size_t i = 1; i < of_300.size(); ++i) {
            same_place += of_300[i] == of_300[i - 1] ? 1 : 0;
            ++pairs;
        }
    }
    EXPECT_GT(p_of_uniform_counts(places), level);
    EXPECT_LT(std::abs(binomial_deviation(same_place, pairs, 1.0 / 254)), sigmas);
}

TEST(ScanSweep, EndsWithTheStayAndTheRun) {
    const SmallWorld world(three_subnets());
    ScanRun scan{world, sweep("subnet", 1)};
    const auto whole = scan.run({{HostId{5}, 0, 0, never}});
    const auto cut = scan.run({{HostId{5}, 0, 0, 100 * us_per_s}});
    std::vector<Attempt> expected;
    std::copy_if(whole.attempts.begin(), whole.attempts.end(), std::back_inserter(expected),
                 [](const Attempt& a) { return a.time < 100 * us_per_s; });
    EXPECT_EQ(cut.attempts, expected);
    EXPECT_EQ(cut.scans, 100);
    scan.end_us = 100 * us_per_s;
    const auto ended = scan.run({{HostId{5}, 0, 0, never}});
    EXPECT_EQ(ended.attempts, expected);
    EXPECT_EQ(ended.scans, 100);
}

TEST(ScanSweep, StepsChangeNothing) {
    const SmallWorld world(three_subnets());
    ScanRun scan{world, sweep("subnet", 3)};
    const auto expected = scan.run(all_hosts(world, 50 * us_per_s)).attempts;
    EXPECT_GT(expected.size(), 100'000u);
    for (const TimeUs step : {TimeUs{333}, 1000 * us_per_s}) {
        scan.step_us = step;
        EXPECT_EQ(scan.run(all_hosts(world, 50 * us_per_s)).attempts, expected);
    }
}

TEST(ScanSweep, SuccessKeepsAShareOfTheProbes) {
    const SmallWorld world(three_subnets());
    ScanRun scan{world, sweep("subnet", 10)};
    const auto all = scan.run(all_hosts(world));
    scan.settings.success = 0.25;
    const auto some = scan.run(all_hosts(world));
    EXPECT_LT(std::abs(binomial_deviation(some.drawn, all.drawn, 0.25)), sigmas);
    EXPECT_EQ(some.scans, all.scans);
}

TEST(ScanSweep, LeavesOutHostsThatDoNotFit) {
    SmallWorld world(three_subnets());
    for (std::size_t h = 0; h < world.hosts.traits.size(); ++h) {
        world.hosts.traits[h] = h % 4 == 0 ? trait_unpatched : 0;
    }
    ScanSettings settings = sweep("subnet", 1);
    const ScanRun all{world, settings};
    const auto every = all.run({{HostId{0}, 0, 0, never}}).attempts;
    settings.requires_traits = {"unpatched"};
    std::vector<Attempt> expected;
    std::copy_if(every.begin(), every.end(), std::back_inserter(expected),
                 [](const Attempt& a) { return a.target.value % 4 == 0; });
    const ScanRun some{world, settings};
    EXPECT_EQ(some.run({{HostId{0}, 0, 0, never}}).attempts, expected);
    // The same probes where the pool lists its members.
    for (std::size_t h = 0; h < world.hosts.traits.size(); ++h) {
        world.hosts.traits[h] = h % 4 == 0 && h < 200 ? trait_unpatched : 0;
    }
    EXPECT_EQ(some.run({{HostId{0}, 0, 0, never}}).attempts, expected);
}

TEST(ScanSweep, FollowsAHitFromTheNextStepOnAroundItsTarget) {
    const SmallWorld world(three_subnets());
    ScanSettings settings = sweep("subnet", 1);
    settings.follows = "other";
    const auto model = make_scan("sweep", settings, world.context());
    EXPECT_EQ(model->follows(), "other");
    const auto process = model->start({{}, us_per_s, 1000 * us_per_s, 1});
    const Source source{HostId{5}, 0, 0, 100 * us_per_s};
    const Window window{7, 7 * us_per_s, 8 * us_per_s};
    process->follow({HostId{5}, HostId{450}, 7'400'000, 7'400'000, 3}, source, window, 0);
    process->follow({HostId{5}, HostId{450}, 7'600'000, 7'600'000, 4}, source, window, 0);
    std::set<std::int64_t> targets;
    std::vector<TimeUs> of_450;
    AttemptSink sink(world.partition, 1);
    for (std::int64_t step = process->next_step(0); step != no_step; step = process->next_step(0)) {
        ASSERT_GE(step, 8);
        const Window now{step, step * us_per_s, (step + 1) * us_per_s};
        sink.begin(1, now.begin, {});
        process->emit(now, 0, sink);
    }
    for (const Attempt& a : sink.to_lane()[0]) {
        EXPECT_EQ(a.source.value, 5);
        EXPECT_GE(a.time, 8 * us_per_s);
        EXPECT_LT(a.time, source.until);
        EXPECT_TRUE(world.population.subnet_of(HostId{450}).contains(a.target));
        targets.insert(a.target.value);
        if (a.target.value == 450) {
            of_450.push_back(a.time);
        }
    }
    // Two sweeps of 92 of 254 addresses, in orders of their own; 200 of the addresses hold hosts.
    EXPECT_LT(std::abs(binomial_deviation(sink.attempts(), 2 * 92, 200.0 / 254)), sigmas);
    EXPECT_GT(targets.size(), 92u * 200 / 254);
    EXPECT_EQ(process->scans_represented().whole, 2 * 92);
    EXPECT_EQ(sink.deferred(), 0);
}

/// Places in the order of a sweep, which hit number `hit` starts, at which a probe of a host works.
std::set<TimeUs> places(std::uint32_t hit, double success) {
    const SmallWorld world(three_subnets());
    ScanSettings settings = sweep("subnet", 1);
    settings.success = success;
    settings.follows = "other";
    const auto model = make_scan("sweep", settings, world.context());
    const auto process = model->start({{}, us_per_s, 1000 * us_per_s, 1});
    process->follow({HostId{5}, HostId{450}, 0, 0, hit}, {HostId{5}, 0, 0, never}, {0, 0, us_per_s},
                    0);
    AttemptSink sink(world.partition, 1);
    for (std::int64_t step = process->next_step(0); step != no_step; step = process->next_step(0)) {
        sink.begin(1, 0, {});
        process->emit({step, step * us_per_s, (step + 1) * us_per_s}, 0, sink);
    }
    std::set<TimeUs> out;
    for (const Attempt& a : sink.to_lane()[0]) {
        out.insert(a.time / us_per_s);
    }
    return out;
}

TEST(ScanSweep, EverySweepDrawsItsOwnSuccessesHoweverManyHitsCameBefore) {
    const std::set<TimeUs> early = places(65'535, 1), late = places(131'071, 1);
    const std::set<TimeUs> early_half = places(65'535, 0.5), late_half = places(131'071, 0.5);
    std::int64_t common = 0, alike = 0;
    for (const TimeUs place : early) {
        common += late.count(place) > 0 ? 1 : 0;
        alike += late.count(place) > 0 && early_half.count(place) == late_half.count(place) ? 1 : 0;
    }
    EXPECT_GT(common, 100);
    EXPECT_LT(std::abs(binomial_deviation(alike, common, 0.5)), sigmas);
}

TEST(ScanSweep, CountsNeighbours) {
    SmallWorld world(three_subnets());
    const auto neighbours = [&](const ScanSettings& settings) {
        return make_scan("scan", settings, world.context())->num_neighbours(HostId{10});
    };
    EXPECT_EQ(neighbours(sweep("subnet", 1)), 199);
    EXPECT_EQ(neighbours(sweep("organisation", 1)), 599);
    EXPECT_EQ(neighbours(sweep("/24", 1)), 0);  // reaches far
    for (std::size_t h = 0; h < world.hosts.traits.size(); ++h) {
        world.hosts.traits[h] = h % 4 == 0 ? trait_unpatched : 0;
    }
    ScanSettings settings = sweep("subnet", 1);
    settings.requires_traits = {"unpatched"};
    EXPECT_EQ(neighbours(settings), 50);
}

}  // namespace
}  // namespace annelid
