// Vector `scan`, strategy sequential: address after address, as one counts them by hand.
#include "tests/unit/scan_fixture.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

ScanSettings sequential(const char* scope, double rate, double local_start = 0) {
    ScanSettings settings;
    settings.strategy = "sequential";
    settings.scope = scope;
    settings.rate = fixed_rate(rate);
    settings.local_start = local_start;
    return settings;
}

/// Probes address after address of a scope: `address` says where its hosts are.
std::vector<Attempt> by_hand(const ScanRun& scan, const Source& source, HostRange hosts,
                             std::int64_t addresses,
                             const std::function<std::int64_t(HostId)>& address) {
    const auto draw = Draws(scan.seed, Purpose::scan_start, "scan")
                          .pair(static_cast<std::uint64_t>(source.host.value), source.ordinal);
    std::int64_t at =
        to_unit(draw[1]) < scan.settings.local_start
            ? address(source.host)
            : static_cast<std::int64_t>(to_index(draw[0], static_cast<std::uint64_t>(addresses)));
    std::map<std::int64_t, std::vector<HostId>> members;
    for (HostId h = hosts.first; h < hosts.last; h.value += 1) {
        if (carries(scan.world.hosts.traits[static_cast<std::size_t>(h.value)],
                    trait_mask(scan.settings.requires_traits))) {
            members[address(h)].push_back(h);
        }
    }
    const double us_per_probe = 1e12 / std::floor(scan.settings.rate.mean * 1e6 + 0.5);
    std::vector<Attempt> out;
    std::uint32_t hits = 0;
    for (std::int64_t j = 1;; ++j) {
        at = (at + 1) % addresses;
        const TimeUs time =
            source.from + static_cast<TimeUs>(static_cast<double>(j) * us_per_probe + 0.5);
        if (time >= std::min(source.until, scan.end_us)) {
            return out;
        }
        for (const HostId h : members[at]) {
            out.push_back({time, h, source.host, hits++, 1});
        }
    }
}

void expect_as_by_hand(const ScanRun& scan, const std::vector<Source>& sources,
                       const std::function<HostRange(HostId)>& hosts,
                       const std::function<std::int64_t(HostId)>& addresses,
                       const std::function<std::int64_t(HostId)>& address) {
    std::vector<Attempt> expected;
    for (const Source& source : sources) {
        for (const Attempt& a :
             by_hand(scan, source, hosts(source.host), addresses(source.host), address)) {
            if (a.target != a.source) {
                expected.push_back(a);
            }
        }
    }
    std::sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) {
        return std::tie(a.source, a.time, a.target) < std::tie(b.source, b.time, b.target);
    });
    EXPECT_GT(expected.size(), 3u);
    EXPECT_EQ(scan.run(sources).attempts, expected) << scan.settings.scope;
}

const std::vector<Source> few = {{HostId{3}, 0, 0, never},
                                 {HostId{420}, 2, 5'300'000, 700 * us_per_s},
                                 {HostId{999}, 0, 12, never}};

TEST(ScanSequential, ProbesAddressAfterAddressOfItsScope) {
    SmallWorld world(two_countries());
    const Population& p = world.population;
    const auto check = [&](double local_start) {
        const auto scan = [&](const char* scope, double rate) {
            return ScanRun{world, sequential(scope, rate, local_start)};
        };
        const auto country = [&](HostId h) -> const Country& {
            return p.countries()[h.value < 600 ? 0 : 1];
        };
        expect_as_by_hand(
            scan("country", 50), few, [&](HostId h) { return country(h).hosts; },
            [&](HostId h) { return country(h).num_addresses; },
            [&](HostId h) { return p.address_of(h) - country(h).first_address; });
        const auto block = [&](HostId h) { return p.address_of(h) / 65536 * 65536; };
        expect_as_by_hand(
            scan("/16", 200), few, [&](HostId h) { return p.hosts_at(block(h), block(h) + 65536); },
            [](HostId) { return 65536; }, [&](HostId h) { return p.address_of(h) - block(h); });
        expect_as_by_hand(
            scan("subnet", 1), few, [&](HostId h) { return p.subnet_of(h); },
            [&](HostId) { return p.subnet_hosts(); },
            [&](HostId h) { return h.value - p.subnet_of(h).first.value; });
        // 155,536 addresses, of which the last is 155,535: spread over twice as many.
        ScanRun internet = scan("internet", 350);
        internet.settings.addresses = 311'072;
        expect_as_by_hand(
            internet, few, [&](HostId) { return p.all(); }, [](HostId) { return 311'072; },
            [&](HostId h) { return 2 * p.address_of(h); });
    };
    check(0);
    check(1);
    // A pool that lists its members gives the same hits on those.
    for (std::size_t h = 0; h < world.hosts.traits.size(); ++h) {
        world.hosts.traits[h] = h % 20 == 3 ? trait_unpatched : 0;
    }
    ScanRun listed{world, sequential("country", 5)};
    listed.settings.requires_traits = {"unpatched"};
    expect_as_by_hand(
        listed, {few[0]},
        [](HostId) {
            return HostRange{HostId{0}, HostId{600}};
        },
        [](HostId) { return 1000; }, [&](HostId h) { return p.address_of(h); });
}

TEST(ScanSequential, CountsProbesAndKeepsSteps) {
    const SmallWorld world(flat(200));
    ScanSettings settings = sequential("internet", 10);
    settings.addresses = 1000;
    settings.success = 0.5;
    ScanRun scan{world, settings};
    const std::vector<Source> sources = all_hosts(world, 400 * us_per_s);
    const Scanned expected = scan.run(sources);
    EXPECT_EQ(expected.scans, 200 * 4000);
    // 400 s x 10 / s / 5 addresses a host, half of them; a hit on oneself is in `drawn`.
    EXPECT_LT(std::abs(binomial_deviation(expected.drawn, 200 * 800, 0.5)), sigmas);
    for (const TimeUs step : {TimeUs{777'777}, 10'000 * us_per_s}) {
        scan.step_us = step;
        EXPECT_EQ(scan.run(sources).attempts, expected.attempts);
    }
}

TEST(ScanSequential, StartsAtItsOwnAddressWithTheGivenProbability) {
    const SmallWorld world(flat(2000));
    ScanSettings settings = sequential("internet", 1, 0.4);
    settings.addresses = 2'000'000;
    const Scanned scanned =
        ScanRun{world, settings, us_per_s, 1001 * us_per_s}.run(all_hosts(world));
    std::int64_t next_to_it = 0;
    for (const Attempt& a : scanned.attempts) {
        const bool next = a.target.value == (a.source.value + 1) % 2000;
        next_to_it += next && a.time == 1000 * us_per_s ? 1 : 0;
    }
    EXPECT_LT(std::abs(binomial_deviation(next_to_it, 2000, 0.4)), sigmas);
}

}  // namespace
}  // namespace annelid
