// Defence `update_revocation`: from its begin those who comply take no update.
#include "models/defences/update_revocation.hpp"

#include "tests/unit/passages.hpp"
#include "tests/unit/statistics.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

UpdateRevocationSettings from(TimeUs start) {
    UpdateRevocationSettings out;
    out.timing.start = start;
    return out;
}

TEST(UpdateRevocation, StopsUpdatesOnly) {
    const SmallWorld world(two_countries());
    const AskedVector update("update", false, true), scan("scan");
    const Gate gate(world, from(100));
    EXPECT_TRUE(gate.passes(update, no_host.value, 5, 99, 99));
    EXPECT_FALSE(gate.passes(update, no_host.value, 5, 100, 100));
    EXPECT_FALSE(gate.passes(update, no_host.value, 5, 99, 100));
    EXPECT_TRUE(gate.passes(scan, 7, 5, 100, 100));
    UpdateRevocationSettings settings = from(0);
    settings.vectors = {"vendor"};
    const Gate one(world, settings);
    EXPECT_TRUE(one.passes(update, no_host.value, 5, 1, 1));
    EXPECT_FALSE(one.passes(AskedVector("vendor", false, true), no_host.value, 5, 1, 1));
}

TEST(UpdateRevocation, AShareOfHostsOrOfOrganisationsStillTakesIt) {
    const SmallWorld world(flat(20'000, 10));
    const AskedVector update("update", false, true);
    UpdateRevocationSettings settings = from(0);
    settings.timing.compliance = 0.7;
    for (const char* complies : {"host", "organisation"}) {
        settings.timing.complies = complies;
        const Gate gate(world, settings);
        std::int64_t hosts = 0, mixed = 0;
        for (std::int64_t h = 0; h < 20'000; ++h) {
            const bool stopped = !gate.passes(update, no_host.value, h, 1, 1);
            hosts += stopped ? 1 : 0;
            mixed += stopped != !gate.passes(update, no_host.value, h / 10 * 10, 1, 1) ? 1 : 0;
        }
        if (std::string(complies) == "organisation") {
            EXPECT_LT(std::abs(binomial_deviation(hosts / 10, 2000, 0.7)), sigmas);
            EXPECT_EQ(mixed, 0);
        } else {
            EXPECT_LT(std::abs(binomial_deviation(hosts, 20'000, 0.7)), sigmas);
            EXPECT_GT(mixed, 1000);
        }
    }
}

Epidemic poisoned(const std::string& live) {
    Epidemic out;
    out.lifecycle = si();
    SupplyChainSettings vendor;
    vendor.client_share = 1;
    vendor.poll = fixed(150);
    vendor.live = {live};
    out.vendors = {{"update", vendor}};
    out.seeds = {};
    return out;
}

// Everybody complies: the live time ends earlier, and nothing else happens.
TEST(UpdateRevocationInOutbreaks, IsTheEndOfTheLiveTime) {
    for (const char* schedule : {"periodic", "poisson"}) {
        Epidemic epidemic = poisoned("10 s to 80 s");
        epidemic.vendors[0].second.schedule = schedule;
        const Outcome expected = play(epidemic);
        epidemic.vendors[0].second.live = {"10 s to 200 s"};
        const Outcome without = play(epidemic);
        epidemic.defences = {defence("revocation", from(80 * us_per_s))};
        const Outcome got = play(epidemic);
        EXPECT_EQ(got.events, expected.events);
        EXPECT_EQ(got.counts, expected.counts);
        EXPECT_GT(expected.events.size(), 200u);
        EXPECT_GT(without.events.size(), expected.events.size() + 100);
    }
}

TEST(UpdateRevocationInOutbreaks, WhoDoesNotComplyStillTakesIt) {
    Epidemic epidemic = poisoned("10 s to 200 s");
    const Outcome without = play(epidemic);
    UpdateRevocationSettings settings = from(40 * us_per_s);
    settings.timing.compliance = 0.6;
    epidemic.defences = {defence("defence", settings)};
    const Outcome with = play(epidemic);
    const SmallWorld world(flat(1000));
    const Gate gate(world, settings);
    const AskedVector update("update", false, true);
    Events expected;
    for (const Event& event : without.events) {
        if (gate.passes(update, no_host.value, event.host.value, event.time_us, event.time_us)) {
            expected.push_back(event);
        }
    }
    EXPECT_EQ(with.events, expected);
    EXPECT_LT(with.events.size(), 800u);
    EXPECT_GT(with.events.size(), 400u);
}

}  // namespace
}  // namespace annelid
