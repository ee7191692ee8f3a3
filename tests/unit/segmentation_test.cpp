// Defence `segmentation`: the rule of a population's segments, from a time on and for some.
#include "models/defences/segmentation.hpp"

#include "tests/unit/passages.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

FlatSettings offices() {
    FlatSettings out;
    out.hosts = 40'000;
    out.organisation_hosts = 4000;
    out.subnet_hosts = 50;
    out.roles.hosts_per_server = 40;
    return out;
}

SegmentationSettings cut_into(std::int64_t segment_hosts, double openness = 0,
                              bool servers_open = false) {
    SegmentationSettings out;
    out.segment_hosts = segment_hosts;
    out.openness = openness;
    out.servers_open = servers_open;
    return out;
}

// Closed segments need no draw, so that the population's own rule says the same.
TEST(Segmentation, IsThePopulationsRule) {
    const SmallWorld world(make_flat(offices()));
    for (const bool servers_open : {false, true}) {
        FlatSettings cut = offices();
        cut.parts.segment_hosts = 200;
        cut.parts.segment_servers_open = servers_open;
        const Population expected = make_flat(cut);
        const Gate gate(world, cut_into(200, 0, servers_open));
        std::int64_t passed = 0;
        for (std::int64_t from = 4000; from < 8000; from += 13) {
            for (std::int64_t to = 4000; to < 8000; to += 17) {
                const bool passes = gate.passes(from, to);
                ASSERT_EQ(passes, expected.may_talk(HostId{from}, HostId{to}));
                passed += passes ? 1 : 0;
            }
        }
        EXPECT_GT(passed, 2000);
        EXPECT_LT(passed, 10'000);
        EXPECT_TRUE(gate.passes(0, 4000));  // another organisation
    }
}

TEST(Segmentation, OpensAShareOfPairsEachWayByItself) {
    const SmallWorld world(make_flat(offices()));
    const Gate some(world, cut_into(50, 0.2)), more(world, cut_into(50, 0.5));
    std::int64_t open = 0, both = 0, pairs = 0;
    for (std::int64_t a = 0; a < 80; ++a) {
        for (std::int64_t b = 0; b < 80; ++b) {
            const bool passes = some.passes(a * 50 + 3, b * 50 + 5);
            ASSERT_EQ(some.passes(a * 50 + 40, b * 50 + 49), passes);
            ASSERT_LE(passes, more.passes(a * 50 + 3, b * 50 + 5));
            if (a != b) {
                ++pairs;
                open += passes ? 1 : 0;
                both += passes && some.passes(b * 50 + 3, a * 50 + 5) ? 1 : 0;
            }
        }
    }
    EXPECT_LT(std::abs(binomial_deviation(open, pairs, 0.2)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(both / 2, pairs / 2, 0.04)), sigmas);
    EXPECT_FALSE(Gate(world, cut_into(50, 1)).model().abilities().stops);
}

TEST(Segmentation, CutsThoseThatComplyFromItsBegin) {
    FlatSettings many = offices();
    many.organisation_hosts = 100;
    const SmallWorld world(make_flat(many));
    SegmentationSettings settings = cut_into(50);
    settings.timing.start = 10 * us_per_s;
    settings.timing.compliance = 0.3;
    const Gate gate(world, settings);
    std::int64_t cut = 0;
    for (std::int64_t first = 0; first < 40'000; first += 100) {
        EXPECT_TRUE(gate.passes(first, first + 99, 10 * us_per_s - 1));
        EXPECT_EQ(gate.passes(first, first + 99, 10 * us_per_s),
                  gate.passes(first + 60, first + 10, 50 * us_per_s));
        cut += gate.passes(first, first + 99, 10 * us_per_s) ? 0 : 1;
    }
    EXPECT_LT(std::abs(binomial_deviation(cut, 400, 0.3)), sigmas);
}

TEST(SegmentationInOutbreaks, KeepTheWormInTheSegmentsThatHaveIt) {
    Epidemic epidemic;
    epidemic.num_hosts = 2000;
    epidemic.world = [] {
        FlatSettings out;
        out.hosts = 2000;
        out.organisation_hosts = 1000;
        out.subnet_hosts = 50;
        return make_flat(out);
    };
    epidemic.lifecycle = si();
    ScanSettings scan;
    scan.scope = "organisation";
    scan.rate = fixed(1);
    epidemic.vectors = {{"scan", scan}};
    epidemic.seeds = {{HostId{310}, 0}, {HostId{1999}, 0}};
    const Outcome without = play(epidemic);
    const TimeUs start = 2 * us_per_s;
    SegmentationSettings settings = cut_into(100);
    settings.timing.start = start;
    epidemic.defences = {defence("segments", settings)};
    const Outcome with = play(epidemic);
    EXPECT_EQ(before(with.events, start), before(without.events, start));
    std::vector<bool> has_it(20);
    for (const Event& event : before(with.events, start)) {
        has_it[static_cast<std::size_t>(event.host.value / 100)] = true;
    }
    // Which are not all, and are full in the end.
    const auto segments = std::count(has_it.begin(), has_it.end(), true);
    EXPECT_LT(segments, 20);
    EXPECT_GT(segments, 2);
    EXPECT_EQ(with.events.size(), static_cast<std::size_t>(100 * segments));
    EXPECT_EQ(without.events.size(), 2000u);
    for (const Event& event : with.events) {
        EXPECT_TRUE(has_it[static_cast<std::size_t>(event.host.value / 100)]);
    }
    // From the start: only the segments of the seeds.
    epidemic.defences = {defence("segments", cut_into(100))};
    EXPECT_EQ(play(epidemic).events.size(), 200u);
}

}  // namespace
}  // namespace annelid
