// Defence `credential_hygiene`: attempts by credentials of hosts where they are worthless.
#include "models/defences/credential_hygiene.hpp"

#include "tests/unit/credentials_fixture.hpp"
#include "tests/unit/passages.hpp"
#include "tests/unit/statistics.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

CredentialHygieneSettings hygiene(double share) {
    CredentialHygieneSettings out;
    out.share = share;
    return out;
}

TEST(CredentialHygiene, CoversAShareOfHostsAndALargerOneContainsIt) {
    const SmallWorld world(flat(10'000));
    const Gate some(world, hygiene(0.3)), more(world, hygiene(0.6));
    const AskedVector stolen("stolen", true);
    std::int64_t stopped = 0, stopped_more = 0;
    for (std::int64_t h = 1; h < 10'000; ++h) {
        const bool passes = some.passes(stolen, h, 0, 5, 5);
        EXPECT_EQ(some.passes(stolen, h, 9999 - h, 700, 900, 3), passes);
        EXPECT_GE(passes, more.passes(stolen, h, 0, 5, 5));
        stopped += passes ? 0 : 1;
        stopped_more += more.passes(stolen, h, 0, 5, 5) ? 0 : 1;
    }
    EXPECT_LT(std::abs(binomial_deviation(stopped, 9999, 0.3)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(stopped_more, 9999, 0.6)), sigmas);
    EXPECT_FALSE(Gate(world, hygiene(0)).model().abilities().stops);
}

TEST(CredentialHygiene, StopsNothingElse) {
    const SmallWorld world(two_countries());
    CredentialHygieneSettings settings = hygiene(1);
    settings.timing.start = 100;
    settings.timing.countries = {"AA"};
    const Gate gate(world, settings);
    const AskedVector stolen("stolen", true), scan("scan");
    EXPECT_FALSE(gate.passes(stolen, 5, 600, 100, 100));
    EXPECT_TRUE(gate.passes(stolen, 5, 600, 99, 150));   // drawn before
    EXPECT_TRUE(gate.passes(stolen, 600, 5, 100, 100));  // the source's scope
    EXPECT_TRUE(gate.passes(scan, 5, 600, 100, 100));
    settings.vectors = {"other"};
    EXPECT_TRUE(Gate(world, settings).passes(stolen, 5, 600, 100, 100));
}

/// Everything is opened by credentials in an enterprise of domains of 500.
Epidemic enterprise() {
    Epidemic out;
    out.num_hosts = 2000;
    out.world = [] {
        FlatSettings settings;
        settings.hosts = 2000;
        settings.organisation_hosts = 1000;
        settings.subnet_hosts = 50;
        settings.parts.domain_hosts = 1000;
        settings.parts.domain_from = 2;
        return make_flat(settings);
    };
    out.lifecycle =
        chain("exposed", {state("exposed", "infectious", fixed(5)), state("infectious")});
    out.others = {[](const VectorContext& context) {
        CredentialsSettings settings = domain_credentials(1);
        settings.local_yield = 1;
        return make_credentials("stolen", settings, context);
    }};
    out.seeds = {{HostId{310}, 0}, {HostId{1999}, 0}};
    return out;
}

TEST(CredentialHygieneInOutbreaks, OfAllHostsEndsTheSpread) {
    Epidemic epidemic = enterprise();
    const Outcome without = play(epidemic);
    const TimeUs start = without.events[without.events.size() / 3].time_us;
    CredentialHygieneSettings settings = hygiene(1);
    settings.timing.start = start;
    epidemic.defences = {defence("hygiene", settings)};
    const Outcome with = play(epidemic);
    EXPECT_EQ(before(with.events, start), before(without.events, start));
    EXPECT_EQ(with.events.size(), before(without.events, start).size());
    EXPECT_GT(without.events.size(), 1000u);
}

TEST(CredentialHygieneInOutbreaks, OfAShareSparesTheirSourcesOnly) {
    Epidemic epidemic = enterprise();
    epidemic.defences = {defence("defence", hygiene(0.5))};
    const Outcome got = play(epidemic);
    const SmallWorld world(epidemic.world());
    const Gate gate(world, hygiene(0.5));
    const AskedVector stolen("stolen", true);
    EXPECT_GT(got.events.size(), 100u);
    for (const Event& event : got.events) {
        EXPECT_TRUE(event.infector == no_host ||
                    gate.passes(stolen, event.infector.value, event.host.value, 1, 1));
    }
}

}  // namespace
}  // namespace annelid
