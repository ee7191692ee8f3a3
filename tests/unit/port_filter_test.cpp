// Defence `port_filter`: which edges an attempt crosses, and who filters there when.
#include "models/defences/port_filter.hpp"

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

PortFilterSettings filter_at(const std::string& at, const std::string& direction = "both") {
    PortFilterSettings out;
    out.at = at;
    out.direction = direction;
    return out;
}

// Hosts of two_countries(): AA is homes of 40 from 0 on and offices of 25 from 400 on; BB homes of
// 50 from 600 on and offices of 7 from 900 on.

TEST(PortFilter, StandsAtItsEdges) {
    const SmallWorld world(two_countries());
    const Gate internet(world, filter_at("internet"));
    EXPECT_TRUE(internet.passes(0, 39));
    EXPECT_FALSE(internet.passes(0, 40));
    EXPECT_FALSE(internet.passes(400, 425));
    EXPECT_TRUE(internet.passes(400, 424));
    const Gate country(world, filter_at("country"));
    EXPECT_TRUE(country.passes(0, 599));
    EXPECT_FALSE(country.passes(599, 600));
    EXPECT_FALSE(country.passes(999, 0));
    const Gate organisation(world, filter_at("organisation"));
    EXPECT_TRUE(organisation.passes(0, 40));  // two households
    EXPECT_FALSE(organisation.passes(0, 400));
    EXPECT_FALSE(organisation.passes(400, 0));
    EXPECT_FALSE(organisation.passes(400, 425));
    EXPECT_TRUE(organisation.passes(400, 424));
}

TEST(PortFilter, LooksOneWayAtTheTimeOfThatWay) {
    const SmallWorld world(two_countries());
    const AskedVector scan;
    const TimeUs start = 100 * us_per_s;
    for (const char* direction : {"in", "out", "both"}) {
        SCOPED_TRACE(direction);
        PortFilterSettings settings = filter_at("country", direction);
        settings.timing.start = start;
        settings.timing.duration = 50 * us_per_s;
        const Gate gate(world, settings);
        const bool in = std::string(direction) != "out", out = std::string(direction) != "in";
        EXPECT_TRUE(gate.passes(0, 600, start - 1));
        EXPECT_FALSE(gate.passes(0, 600, start));
        EXPECT_FALSE(gate.passes(0, 600, start + 50 * us_per_s - 1));
        EXPECT_TRUE(gate.passes(0, 600, start + 50 * us_per_s));
        // Drawn before it begins, but put off to a step after that; and the same at its end.
        EXPECT_EQ(gate.passes(scan, 0, 600, start - 1, start), !in);
        EXPECT_EQ(gate.passes(scan, 0, 600, start + 50 * us_per_s - 1, start + 50 * us_per_s),
                  !out);
    }
}

TEST(PortFilter, ProtectsThoseInScopeByDirection) {
    const SmallWorld world(two_countries());
    PortFilterSettings settings = filter_at("country", "in");
    settings.timing.countries = {"AA"};
    const Gate in(world, settings);
    EXPECT_TRUE(in.passes(0, 600));
    EXPECT_FALSE(in.passes(600, 0));
    settings.direction = "out";
    const Gate out(world, settings);
    EXPECT_FALSE(out.passes(0, 600));
    EXPECT_TRUE(out.passes(600, 0));
    settings = filter_at("organisation", "out");
    settings.timing.sectors = {"office"};
    const Gate offices(world, settings);
    EXPECT_FALSE(offices.passes(400, 0));
    EXPECT_TRUE(offices.passes(0, 400));
}

TEST(PortFilter, OrganisationsComplyAsOneAndAShareOfThem) {
    const SmallWorld world(flat(40'000, 20));
    std::vector<std::int64_t> filtering;
    std::vector<bool> before(2000);
    for (const double share : {0.2, 0.7}) {
        PortFilterSettings settings = filter_at("internet", "in");
        settings.timing.compliance = share;
        const Gate gate(world, settings);
        std::int64_t stopped = 0;
        for (std::int64_t o = 0; o < 2000; ++o) {
            const std::int64_t elsewhere = (o * 20 + 20) % 40'000;
            const bool passes = gate.passes(elsewhere, o * 20);
            EXPECT_EQ(gate.passes(elsewhere + 7, o * 20 + 19), passes);
            EXPECT_LE(before[static_cast<std::size_t>(o)], !passes);  // nested
            before[static_cast<std::size_t>(o)] = !passes;
            stopped += passes ? 0 : 1;
        }
        EXPECT_LT(std::abs(binomial_deviation(stopped, 2000, share)), sigmas);
    }
    PortFilterSettings settings = filter_at("internet");
    settings.timing.compliance = 0;
    EXPECT_FALSE(Gate(world, settings).model().abilities().stops);
}

TEST(PortFilter, StopsOnlyItsVectorsAndNothingWithoutASource) {
    const SmallWorld world(two_countries());
    PortFilterSettings settings = filter_at("internet");
    settings.vectors = {"exploit", "probe"};
    const Gate gate(world, settings);
    const TimeUs now = us_per_s;
    EXPECT_FALSE(gate.passes(AskedVector("probe"), 0, 600, now, now));
    EXPECT_FALSE(gate.passes(AskedVector("petya/exploit"), 0, 600, now, now));
    EXPECT_TRUE(gate.passes(AskedVector("exploit/other"), 0, 600, now, now));
    EXPECT_TRUE(gate.passes(AskedVector("mail"), 0, 600, now, now));
    EXPECT_TRUE(Gate(world, filter_at("internet"))
                    .passes(AskedVector("update", false, true), no_host.value, 600, now, now));
}

TEST(PortFilter, BeginsWhereItsTriggerFires) {
    const SmallWorld world(two_countries());
    PortFilterSettings settings = filter_at("country", "in");
    settings.timing.trigger = "alarm";
    Gate gate(world, settings, {{"alarm", Group::country}});
    EXPECT_TRUE(gate.passes(0, 600, 1000 * us_per_s));
    gate.process().begin(1, 500 * us_per_s);
    EXPECT_TRUE(gate.passes(0, 600, 500 * us_per_s - 1));
    EXPECT_FALSE(gate.passes(0, 600, 500 * us_per_s));
    EXPECT_TRUE(gate.passes(600, 0, 1000 * us_per_s));
}

/// Traits of a source on another rank are drawn, not looked up.
TEST(PortFilter, AnswersAlikeOnEveryRank) {
    const Population population = flat_with_traits(
        100, [](HostId host) { return host.value % 3 == 0 ? trait_exposed : Traits{0}; });
    PortFilterSettings settings = filter_at("internet", "out");
    settings.timing.traits = {"exposed"};
    const AskedVector scan;
    const AskedProcess process(0);
    for (const int rank : {0, 1}) {
        const Partition partition(population, 2, rank);
        const HostTable hosts(population, partition);
        const auto model = make_defence("filter", settings, {population, partition, hosts});
        const auto defence = model->start({});
        for (std::int64_t h = 0; h < 99; ++h) {
            EXPECT_EQ(defence->lets_pass({HostId{h}, HostId{99}, 0, 1, 1, 0, scan, process}),
                      h % 3 != 0);
        }
    }
}

TEST(PortFilter, RefusesPlacesThatThereAreNot) {
    const SmallWorld world(two_countries());
    PortFilterSettings settings = filter_at("country");
    settings.timing.countries = {"CC"};
    EXPECT_NE(refusal(world, settings).find("defence.defence.countries"), std::string::npos);
    EXPECT_EQ(refusal(world, filter_at("country")), "");
}

/// An outbreak over both countries by a scan that finds one host in ten.
Epidemic over_borders() {
    Epidemic out;
    out.world = two_countries;
    out.lifecycle = si();
    out.vectors = {{"scan", scan_of_10k(1)}};
    return out;
}

TEST(PortFilterInOutbreaks, ClosedBordersAreNotCrossed) {
    const TimeUs start = 60 * us_per_s;
    Epidemic epidemic = over_borders();
    const Outcome without = play(epidemic);
    PortFilterSettings settings = filter_at("country");
    settings.timing.start = start;
    epidemic.defences = {defence("border", settings)};
    for (const unsigned lanes : {1u, 3u}) {
        const Outcome with = play(epidemic, lanes);
        EXPECT_EQ(before(with.events, start), before(without.events, start));
        EXPECT_GT(before(with.events, start).size(), 20u);
        const auto crossed = [&](const Event& event) {
            return event.infector != no_host &&
                   (event.host.value < 600) != (event.infector.value < 600);
        };
        EXPECT_GT(std::count_if(without.events.begin(), without.events.end(),
                                [&](const Event& e) { return e.time_us >= start && crossed(e); }),
                  100);
        for (const Event& event : with.events) {
            EXPECT_FALSE(event.time_us >= start && crossed(event));
        }
    }
}

/// Where everything that comes in is dropped for a country alone, it still infects the other.
TEST(PortFilterInOutbreaks, OneWayIsOneWay) {
    Epidemic epidemic = over_borders();
    PortFilterSettings settings = filter_at("country", "in");
    settings.timing.countries = {"AA"};
    epidemic.defences = {defence("border", settings)};
    epidemic.seeds = {{HostId{700}, 0}};
    for (const Event& event : play(epidemic).events) {
        EXPECT_GE(event.host.value, 600);
    }
    epidemic.seeds = {{HostId{7}, 0}};
    const Outcome got = play(epidemic);
    EXPECT_TRUE(std::any_of(got.events.begin(), got.events.end(),
                            [](const Event& event) { return event.host.value >= 600; }));
}

}  // namespace
}  // namespace annelid
