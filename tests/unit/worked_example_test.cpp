// The worked examples of models/README.md: they are built as they stand there
// (tests/CMakeLists.txt).
#include "models/defences/allow_listing.hpp"
#include "models/program/read_kind.hpp"
#include "models/vectors/removable_media.hpp"
#include "tests/unit/defence_checks.hpp"
#include "tests/unit/epidemic.hpp"
#include "tests/unit/scenario_fixture.hpp"
#include "tests/unit/statistics.hpp"

#include <cmath>
#include <cstdint>
#include <variant>

#include <gtest/gtest.h>

namespace annelid {
namespace {

class WorkedExample : public ScenarioTest {};

/// SI in one organisation, or in many.
Epidemic by_sticks(std::int64_t hosts, std::int64_t organisation) {
    RemovableMediaSettings settings;
    settings.interval = exponential(100);
    Epidemic e;
    e.num_hosts = hosts;
    e.organisation_hosts = organisation;
    e.lifecycle = si();
    e.others = {[settings](const VectorContext& context) {
        return make_removable_media("sticks", settings, context);
    }};
    e.seeds.clear();
    for (std::int64_t i = 0; i < 40; ++i) {
        e.seeds.push_back({HostId{i * hosts / 40}, 0});
    }
    e.end_us = 2'000 * us_per_s;
    return e;
}

// A logistic: from 10 % to 90 % in 2 ln 9 intervals.
TEST_F(WorkedExample, GrowsAsALogistic) {
    Epidemic epidemic = by_sticks(4'000, 4'000);
    double ratio = 0;
    constexpr int runs = 10;
    for (int r = 0; r < runs; ++r) {
        epidemic.seed.replicate = static_cast<std::uint64_t>(r);
        const Outcome got = play(epidemic);
        ASSERT_GT(got.events.size(), 3'900u);
        const double took = to_seconds(got.events[3'600].time_us - got.events[400].time_us);
        ratio += took / (2 * std::log(9.0) * 100) / runs;
    }
    EXPECT_NEAR(ratio, 1, 0.03);
}

TEST_F(WorkedExample, StaysInItsOrganisationOnAnyLayout) {
    const Epidemic epidemic = by_sticks(4'000, 50);
    const Outcome got = play(epidemic);
    EXPECT_GT(got.events.size(), 1'900u);
    EXPECT_LE(got.events.size(), 2'000u);  // 40 seeds in organisations of 50
    for (const Event& event : got.events) {
        ASSERT_TRUE(event.infector == no_host ||
                    event.host.value / 50 == event.infector.value / 50);
    }
    for (const unsigned lanes : {2u, 3u}) {
        EXPECT_EQ(difference(play(epidemic, lanes), got), "");
        Epidemic restarted = epidemic;
        restarted.restarts_every = 20;
        EXPECT_EQ(difference(play(restarted, lanes), got), "");
    }
}

TEST_F(WorkedExample, IsReadOnceItIsInTheVariant) {
    using Vectors = std::variant<ScanSettings, RemovableMediaSettings>;
    Vectors settings;
    const auto document = open(R"(
kind = "removable_media"
interval = { distribution = "exponential", mean = "6 h" }
requires = ["unpatched"]
)");
    EXPECT_TRUE(read_kind(document->root(), settings, true)) << problems();
    const auto& media = std::get<RemovableMediaSettings>(settings);
    EXPECT_EQ(media.interval.mean, 6 * 3600);
    EXPECT_EQ(media.requires_traits, std::vector<std::string>{"unpatched"});
    const auto wrong = open("kind = \"removable_media\"\ninterval = \"-6 h\"\n");
    EXPECT_FALSE(read_kind(wrong->root(), settings, true));
    EXPECT_NE(problems().find("x.toml:2: interval = \"-6 h\""), std::string::npos) << problems();
}

AllowListingSettings listing(double strength, TimeUs start = 0) {
    AllowListingSettings settings;
    settings.strength = strength;
    settings.timing.start = start;
    return settings;
}

/// SI by random scans with K = 0.1 per s.
Epidemic with_listing(const AllowListingSettings& settings) {
    Epidemic e;
    e.num_hosts = 4'000;
    e.lifecycle = si();
    e.vectors = {{"scan", scan_of_10k(0.25)}};
    e.seeds.clear();
    for (std::int64_t i = 0; i < 40; ++i) {
        e.seeds.push_back({HostId{i * 100}, 0});
    }
    e.end_us = 400 * us_per_s;
    e.step_us = 200'000;
    e.defences = {[settings](const DefenceContext& context) {
        return make_defence("listing", settings, context);
    }};
    return e;
}

// Logistic of a growth that is (1 - strength) of what it was.
TEST_F(WorkedExample, SlowsGrowthByWhatIsNotListed) {
    Epidemic epidemic = with_listing(listing(0.5));
    double ratio = 0;
    constexpr int runs = 10;
    for (int r = 0; r < runs; ++r) {
        epidemic.seed.replicate = static_cast<std::uint64_t>(r);
        const Outcome got = play(epidemic);
        ASSERT_GT(got.events.size(), 3'900u);
        const double took = to_seconds(got.events[3'600].time_us - got.events[400].time_us);
        ratio += took / (2 * std::log(9.0) / 0.05) / runs;
    }
    EXPECT_NEAR(ratio, 1, 0.03);
}

TEST_F(WorkedExample, ChangesNothingBeforeItBeginsOnAnyLayout) {
    const TimeUs start = 30 * us_per_s;
    const Outcome without = play(with_listing(listing(0)));
    const Outcome with = play(with_listing(listing(1, start)));
    EXPECT_EQ(before(with.events, start), before(without.events, start));
    EXPECT_GT(with.events.size(), 200u);
    EXPECT_EQ(before(with.events, start).size(), with.events.size());
    EXPECT_EQ(difference(play(with_listing(listing(1, start)), 3), with), "");
}

}  // namespace
}  // namespace annelid
