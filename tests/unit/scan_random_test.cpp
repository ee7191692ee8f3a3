// Vector `scan`, strategy random: a Poisson process of the stated rate on uniform targets, thinned
// by limits and success, and nothing outside a source's stay.
#include "engine/base/errors.hpp"
#include "models/vectors/scan.hpp"
#include "tests/unit/scan_fixture.hpp"
#include "tests/unit/statistics.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

// 1000 hosts in 10^6 addresses at 500 /s: half a hit a second, one in 1000 of them on oneself.
TEST(ScanRandom, CountsOfSourcesArePoisson) {
    const SmallWorld world(flat(1000));
    const TimeUs until = 20 * us_per_s;
    const double mean = 500 * 20 * 999.0 / 1e6;
    std::vector<double> counts;
    for (std::uint32_t ordinal = 0; ordinal < 4; ++ordinal) {
        const Scanned scanned =
            ScanRun{world, internet_scan(500, 1'000'000)}.run(all_hosts(world, until, ordinal));
        std::vector<double> here(1000);
        for (const Attempt& a : scanned.attempts) {
            here[static_cast<std::size_t>(a.source.value)] += 1;
        }
        counts.insert(counts.end(), here.begin(), here.end());
        const std::int64_t self = scanned.drawn - std::ssize(scanned.attempts);
        EXPECT_LT(std::abs(poisson_deviation(self, 1000 * mean / 999)), sigmas);
    }
    const auto n = static_cast<double>(counts.size());
    double sum = 0, squares = 0;
    for (const double c : counts) {
        sum += c;
        squares += (c - mean) * (c - mean);
    }
    EXPECT_NEAR(sum / n, mean, sigmas * std::sqrt(mean / n));
    // The fourth central moment of a Poisson law is m + 3 m^2.
    EXPECT_NEAR(squares / n, mean, sigmas * std::sqrt((mean + 2 * mean * mean) / n));
}

TEST(ScanRandom, TimesAreUniformInTheStay) {
    const SmallWorld world(flat(1000));
    const TimeUs until = 20 * us_per_s;
    std::vector<double> shares;
    for (const Attempt& a :
         ScanRun{world, internet_scan(500, 1'000'000)}.run(all_hosts(world, until)).attempts) {
        shares.push_back(static_cast<double>(a.time) / static_cast<double>(until));
    }
    EXPECT_GT(shares.size(), 9000u);
    EXPECT_GT(p_of_uniform_values(shares), level);
}

TEST(ScanRandom, GapsOfOneSourceAreExponential) {
    const SmallWorld world(flat(500));
    const double per_s = 40 * 499.0 / 1000;
    const Scanned scanned = ScanRun{world, internet_scan(40, 1000)}.run({{HostId{7}, 0, 0, never}});
    std::vector<double> shares;
    TimeUs last = 0;
    for (const Attempt& a : scanned.attempts) {
        shares.push_back(1 - std::exp(-per_s * to_seconds(a.time - last)));
        last = a.time;
    }
    EXPECT_LT(std::abs(poisson_deviation(std::ssize(shares), per_s * 1000)), sigmas);
    EXPECT_GT(p_of_uniform_values(shares), level);
}

// A microsecond holds many hits of so fast a source: rounding gap by gap would lose or gain time.
TEST(ScanRandom, AFastSourceKeepsItsRate) {
    const SmallWorld world(flat(1000));
    ScanRun scan{world, internet_scan(3e6, 1000)};
    scan.end_us = us_per_s / 10;
    const Scanned scanned = scan.run({{HostId{0}, 0, 0, never}});
    EXPECT_LT(std::abs(poisson_deviation(scanned.drawn, 3e6 / 10)), sigmas);
    EXPECT_EQ(scanned.scans, 300'000);
}

TEST(ScanRandom, TargetsAreUniform) {
    const SmallWorld world(flat(300));
    std::vector<std::int64_t> counts(300);
    for (const Attempt& a :
         ScanRun{world, internet_scan(100, 1000)}.run({{HostId{299}, 0, 0, never}}).attempts) {
        counts[static_cast<std::size_t>(a.target.value)] += 1;
    }
    EXPECT_EQ(counts.back(), 0);  // oneself
    counts.pop_back();
    EXPECT_GT(p_of_uniform_counts(counts), level);
    EXPECT_GT(*std::min_element(counts.begin(), counts.end()), 0);
}

TEST(ScanRandom, AListedPoolIsHitAtTheRateOfItsMembers) {
    SmallWorld world(flat(3200));
    for (std::size_t h = 0; h < 3200; ++h) {
        world.hosts.traits[h] = h % 32 == 5 ? trait_exposed : trait_home;
    }
    ScanSettings settings = internet_scan(100, 10'000);
    settings.requires_traits = {"exposed"};
    const Scanned scanned = ScanRun{world, settings}.run({{HostId{0}, 0, 0, never}});
    EXPECT_LT(std::abs(poisson_deviation(scanned.drawn, 100.0 * 100 / 10'000 * 1000)), sigmas);
    std::vector<std::int64_t> counts(100);
    for (const Attempt& a : scanned.attempts) {
        ASSERT_EQ(a.target.value % 32, 5);
        counts[static_cast<std::size_t>(a.target.value / 32)] += 1;
    }
    EXPECT_GT(p_of_uniform_counts(counts), level);
}

TEST(ScanRandom, RatesFollowTheirDistributionHostByHost) {
    const SmallWorld world(flat(1000));
    ScanSettings settings = internet_scan(0, 10'000);
    settings.rate = {.kind = DistributionSpec::Kind::exponential, .mean = 50};
    const Seed seed{3, 0};
    ScanRun scan{world, settings};
    scan.end_us = 100 * us_per_s;
    scan.seed = seed;
    const Scanned scanned = scan.run(all_hosts(world));
    std::vector<double> counts(1000);
    for (const Attempt& a : scanned.attempts) {
        counts[static_cast<std::size_t>(a.source.value)] += 1;
    }
    const Draws draws(seed, Purpose::host_rate, "scan");
    const Distribution law(settings.rate);
    double sum = 0, variance = 0;
    std::int64_t scans = 0;
    for (std::uint64_t h = 0; h < 1000; ++h) {
        const double rate = law.quantile(draws.bits(h));
        const double mean = rate * 999 / 10'000 * 100;
        scans += static_cast<std::int64_t>(std::floor(std::floor(rate * 1e6 + 0.5) * 100 / 1e6));
        // (c - m)^2 / m has mean 1 and variance 2 + 1 / m.
        sum += (counts[h] - mean) * (counts[h] - mean) / mean - 1;
        variance += 2 + 1 / mean;
    }
    EXPECT_LT(std::abs(sum), sigmas * std::sqrt(variance));
    EXPECT_EQ(scanned.scans, scans);
}

struct ScopeCase {
    const char* scope;
    double addresses;
    std::function<HostRange(const Population&, HostId)> hosts;
};

/// 40,000 hosts of 2 countries in 2^26 addresses, 1/64 of all.
Population scaled_world() {
    Population::Parts parts;
    const std::int64_t half = std::int64_t{1} << 25;
    parts.countries = {{"AA", "first", {HostId{0}, HostId{30'000}}, 0, half},
                       {"BB", "second", {HostId{30'000}, HostId{40'000}}, half, half / 1024}};
    parts.sectors = {"none"};
    parts.cells = {{HostId{0}, 0, 0}, {HostId{30'000}, 1, 0}};
    parts.runs = {{HostId{0}, 600}, {HostId{30'000}, 500}};
    parts.num_hosts = 40'000;
    parts.real_hosts = 40'000 * 64.0;
    parts.address_scale = 1.0 / 64;
    parts.draw_traits = [](HostId, std::span<Traits> out) {
        std::fill(out.begin(), out.end(), all_traits);
    };
    return Population(std::move(parts));
}

TEST(ScanRandom, ReachesItsScopeAndNoFurther) {
    const SmallWorld world(scaled_world());
    const auto block = [](std::int64_t size) {
        return [size](const Population& p, HostId host) {
            const std::int64_t first = p.address_of(host) / size * size;
            return p.hosts_at(first, first + size);
        };
    };
    const std::vector<ScopeCase> cases = {
        {"internet", 0x1p26, [](const Population& p, HostId) { return p.all(); }},
        {"country", 0x1p25, [](const Population& p, HostId) { return p.countries()[0].hosts; }},
        {"/8", 0x1p18, block(1 << 18)},
        {"/16", 0x1p16, block(1 << 16)},
        {"/24", 256, block(256)},
        {"organisation", 3 * 254,
         [](const Population& p, HostId host) { return p.organisation_of(host); }},
        {"subnet", 254, [](const Population& p, HostId host) { return p.subnet_of(host); }}};
    for (const ScopeCase& c : cases) {
        SCOPED_TRACE(c.scope);
        // Dense blocks lie in the second country, the others in the first.
        const HostId source{std::string(c.scope) == "/24" ? 30'500 : 1234};
        const HostRange hosts = c.hosts(world.population, source);
        ASSERT_TRUE(hosts.contains(source));
        ASSERT_GT(hosts.size(), 10);
        ScanSettings settings;
        settings.scope = c.scope;
        const double others = static_cast<double>(hosts.size() - 1);
        settings.rate = fixed_rate(20 * c.addresses / others);  // 20 hits a second
        const Scanned scanned = ScanRun{world, settings}.run({{source, 0, 0, never}});
        EXPECT_LT(std::abs(poisson_deviation(std::ssize(scanned.attempts), 20'000)), sigmas);
        std::vector<std::int64_t> counts(
            static_cast<std::size_t>(std::min<std::int64_t>(hosts.size(), 100)));
        for (const Attempt& a : scanned.attempts) {
            ASSERT_TRUE(hosts.contains(a.target)) << a.target.value;
            const std::int64_t place = a.target.value - hosts.first.value;
            counts[static_cast<std::size_t>(place * std::ssize(counts) / hosts.size())] += 1;
        }
        EXPECT_EQ(std::count(counts.begin(), counts.end(), 0), hosts.size() < 100 ? 1 : 0);
    }
}

TEST(ScanRandom, RefusesBlocksThatAScaledWorldCannotHold) {
    const auto refuses = [](double scale, const char* scope, const char* strategy) {
        Population::Parts parts;
        parts.countries = {{"AA", "all", {HostId{0}, HostId{10}}, 0, 1 << 20}};
        parts.sectors = {"none"};
        parts.cells = {{HostId{0}, 0, 0}};
        parts.runs = {{HostId{0}, 1}};
        parts.num_hosts = 10;
        parts.real_hosts = 10;
        parts.address_scale = scale;
        parts.draw_traits = [](HostId, std::span<Traits>) {};
        const SmallWorld world{Population(std::move(parts))};
        ScanSettings settings;
        settings.rate = fixed_rate(1);
        settings.scope = scope;
        settings.strategy = strategy;
        try {
            make_scan("near", settings, world.context());
            return false;
        } catch (const InputError& e) {
            EXPECT_NE(std::string(e.what()).find("worm.vector.near"), std::string::npos);
            return true;
        }
    };
    EXPECT_TRUE(refuses(0.9 / 256, "/8", "random"));
    EXPECT_FALSE(refuses(1.0 / 256, "/8", "random"));
    EXPECT_TRUE(refuses(0.9 / 65536, "/16", "random"));
    EXPECT_FALSE(refuses(1.0 / 65536, "/16", "random"));
    for (const char* scope : {"internet", "country", "/8"}) {
        EXPECT_TRUE(refuses(1, scope, "sweep")) << scope;
    }
    EXPECT_FALSE(refuses(1, "/16", "sweep"));
}

// The same source in any cut of time: steps only say when ranks talk.
TEST(ScanRandom, StepsChangeNothing) {
    const SmallWorld world(flat(200));
    ScanRun scan{world, internet_scan(10, 1000)};
    const std::vector<Source> sources = all_hosts(world, 40 * us_per_s);
    scan.step_us = 1000;
    const std::vector<Attempt> expected = scan.run(sources).attempts;
    EXPECT_GT(expected.size(), 1000u);
    for (const TimeUs step : {TimeUs{1}, TimeUs{777'777}, 40 * us_per_s, 10'000 * us_per_s}) {
        scan.step_us = step;
        EXPECT_EQ(scan.run(sources).attempts, expected) << "step of " << step << " us";
    }
}

TEST(ScanRandom, StaysBetweenFromUntilAndTheEnd) {
    const SmallWorld world(flat(200));
    ScanRun scan{world, internet_scan(20, 1000)};
    scan.end_us = 100 * us_per_s;
    std::vector<Source> sources = all_hosts(world), shorter = sources;
    for (Source& source : sources) {
        source.from = 37 * source.host.value;
        source.until = never;
    }
    for (std::size_t i = 0; i < sources.size(); ++i) {
        shorter[i] = sources[i];
        shorter[i].until = sources[i].from + static_cast<TimeUs>(i) * us_per_s;
    }
    const std::vector<Attempt> whole = scan.run(sources).attempts;
    std::vector<Attempt> expected;
    for (const Attempt& a : whole) {
        ASSERT_GE(a.time, 37 * a.source.value);
        ASSERT_LT(a.time, scan.end_us);
        if (a.time < shorter[static_cast<std::size_t>(a.source.value)].until) {
            expected.push_back(a);
        }
    }
    // A stay that ends sooner is the beginning of the longer one.
    EXPECT_EQ(scan.run(shorter).attempts, expected);
    EXPECT_LT(expected.size(), whole.size());
}

TEST(ScanRandom, TimesMoveWithTheSource) {
    const SmallWorld world(flat(50));
    const ScanRun scan{world, internet_scan(20, 1000)};
    const auto early = scan.run({{HostId{3}, 0, 0, 50 * us_per_s}}).attempts;
    const auto late = scan.run({{HostId{3}, 0, 12'345, 50 * us_per_s + 12'345}}).attempts;
    ASSERT_EQ(early.size(), late.size());
    for (std::size_t i = 0; i < early.size(); ++i) {
        EXPECT_EQ(early[i].time + 12'345, late[i].time);
        EXPECT_EQ(early[i].target, late[i].target);
    }
}

TEST(ScanRandom, DependsOnSeedSourceAndStay) {
    const SmallWorld world(flat(50));
    ScanRun scan{world, internet_scan(20, 1000)};
    const auto times = [&](std::int64_t host, std::uint32_t ordinal, Seed seed) {
        scan.seed = seed;
        std::vector<TimeUs> out;
        for (const Attempt& a : scan.run({{HostId{host}, ordinal, 0, never}}).attempts) {
            out.push_back(a.time);
        }
        return out;
    };
    const auto base = times(3, 0, {1, 0});
    EXPECT_EQ(base, times(3, 0, {1, 0}));
    EXPECT_NE(base, times(4, 0, {1, 0}));
    EXPECT_NE(base, times(3, 1, {1, 0}));
    EXPECT_NE(base, times(3, 0, {2, 0}));
    EXPECT_NE(base, times(3, 0, {1, 1}));
}

TEST(ScanRandom, SuccessKeepsAShareOfTheSameHits) {
    const SmallWorld world(flat(500));
    ScanSettings settings = internet_scan(10, 1000);
    const std::vector<Source> sources = all_hosts(world, 20 * us_per_s);
    const std::vector<Attempt> all = ScanRun{world, settings}.run(sources).attempts;
    settings.success = 0.3;
    const std::vector<Attempt> some = ScanRun{world, settings}.run(sources).attempts;
    settings.success = 0.5;
    const std::vector<Attempt> more = ScanRun{world, settings}.run(sources).attempts;
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), std::ssize(all), 0.3)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(more), std::ssize(all), 0.5)), sigmas);
    EXPECT_TRUE(is_part(some, more));
    EXPECT_TRUE(is_part(more, all));
    settings.success = 0;
    const Scanned none = ScanRun{world, settings}.run(sources);
    EXPECT_EQ(none.drawn, 0);
}

TEST(ScanRandom, OnlySourcesWithTheTraitsScan) {
    SmallWorld world(flat(200));
    for (std::size_t h = 0; h < 200; ++h) {
        world.hosts.traits[h] = h % 3 == 0 ? trait_outbound | trait_home : trait_home;
    }
    ScanSettings settings = internet_scan(10, 1000);
    settings.requires_traits = {"home"};
    const auto all = ScanRun{world, settings}.run(all_hosts(world, 10 * us_per_s));
    settings.source_requires = {"outbound", "home"};
    const auto some = ScanRun{world, settings}.run(all_hosts(world, 10 * us_per_s));
    std::vector<Attempt> expected;
    std::copy_if(all.attempts.begin(), all.attempts.end(), std::back_inserter(expected),
                 [](const Attempt& a) { return a.source.value % 3 == 0; });
    EXPECT_EQ(some.attempts, expected);
    EXPECT_EQ(all.scans, 200 * 10 * 10);
    EXPECT_EQ(some.scans, 67 * 10 * 10);
}

TEST(ScanRandom, MeanAttemptsCountSourcesThatScanAndHostsThatFit) {
    SmallWorld world(flat(1000));
    for (std::size_t h = 0; h < 1000; ++h) {
        const bool fit = h % 5 == 0, source = h % 10 == 0;
        world.hosts.traits[h] =
            static_cast<Traits>((fit ? trait_exposed : 0) | (source ? trait_outbound : 0));
    }
    ScanSettings settings = internet_scan(30, 100'000);
    settings.requires_traits = {"exposed"};
    const auto mean = [&] {
        return make_scan("scan", settings, world.context())->mean_attempts_per_s();
    };
    EXPECT_DOUBLE_EQ(mean(), 30 * 200 / 1e5);
    settings.success = 0.5;
    EXPECT_DOUBLE_EQ(mean(), 15 * 200 / 1e5);
    settings.source_requires = {"outbound"};
    EXPECT_DOUBLE_EQ(mean(), 15 * 100 / 1e5);
}

TEST(ScanRandom, RepresentsItsScansExactly) {
    const SmallWorld world(flat(10));
    ScanRun scan{world, internet_scan(0.3, 1000)};
    scan.end_us = 100 * us_per_s;
    EXPECT_EQ(scan.run({{HostId{0}, 0, 0, never}}).scans, 30);
    EXPECT_EQ(scan.run({{HostId{0}, 0, 0, 10 * us_per_s}}).scans, 3);
    EXPECT_EQ(scan.run({{HostId{0}, 0, 90 * us_per_s, never}}).scans, 3);
    EXPECT_EQ(scan.run({{HostId{0}, 0, 0, 9'999'999}}).scans, 2);
    EXPECT_EQ(scan.run({{HostId{0}, 0, 0, never}, {HostId{1}, 0, 5 * us_per_s, never}}).scans, 58);
    EXPECT_EQ(scan.run({}).scans, 0);
}

}  // namespace
}  // namespace annelid
