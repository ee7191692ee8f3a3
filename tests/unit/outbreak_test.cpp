// Outbreak: every event, count and diagnostic of small epidemics against the serial twin; the
// window rule; the same result for any number of lanes.
#include "engine/spread/outbreak.hpp"

#include "tests/unit/epidemic.hpp"
#include "tests/unit/outbreak_twin.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annelid {
namespace {

void expect_twins(const Epidemic& epidemic) {
    const Outcome expected = play_serially(epidemic);
    const Outcome got = play(epidemic);
    EXPECT_TRUE(got == expected) << difference(got, expected);
    EXPECT_GT(got.events.size(), 100u);  // otherwise it proves little
}

/// A life cycle with a scan that hits a host once in 10 s.
Epidemic epidemic_of(const LifecycleSpec& lifecycle) {
    Epidemic out;
    out.lifecycle = lifecycle;
    out.vectors = {{"scan", scan_of_10k(1)}};
    return out;
}

Epidemic two_vectors() {
    Epidemic out = epidemic_of(sis(60));
    out.vectors = {{"fast", scan_of_10k(1.5)}, {"slow", scan_of_10k(0.2)}};
    out.vectors[0].second.success = 0.4;
    out.vectors[1].second.rate = exponential(0.2);
    return out;
}

/// The structure of WannaCry: far scans, a sweep of the own subnet, and one around each far hit.
Epidemic sweeping() {
    Epidemic out = epidemic_of(seir(fixed(15), 100));
    out.organisation_hosts = 300;
    ScanSettings subnet = scan_of_10k(1);
    subnet.scope = "subnet";
    subnet.strategy = "sweep";
    ScanSettings around = subnet;
    around.scope = "organisation";
    around.follows = "internet";
    around.success = 0.5;
    out.vectors = {{"around", around}, {"internet", scan_of_10k(0.1)}, {"subnet", subnet}};
    return out;
}

using Epidemics = std::map<std::string, Epidemic>;

/// A host is infectious as soon as it is infected.
const Epidemics& without_latency() {
    static const Epidemics all = {
        {"SI", epidemic_of(si())},
        {"SIR", epidemic_of(sir(40))},
        {"SIS", epidemic_of(sis(60))},
        {"two infectious states",
         [] {
             LifecycleSpec spec = sir(40);
             spec.states[0].next = "late";
             spec.states.push_back(state("late", "removed", exponential(30)));
             spec.states.back().infectious = true;
             return epidemic_of(spec);
         }()},
        {"two vectors", two_vectors()}};
    return all;
}

const Epidemics& with_latency() {
    static const Epidemics all = {
        {"SEIR", epidemic_of(seir(fixed(10), 80))},
        {"SEIR with a random latency",
         epidemic_of(seir({.kind = DistributionSpec::Kind::uniform, .lower = 5, .upper = 30}, 80))},
        {"SEIRS",
         [] {
             LifecycleSpec seirs = seir(exponential(10), 80);
             seirs.states[2].next = "susceptible";
             seirs.states[2].dwell = exponential(50);
             return epidemic_of(seirs);
         }()},
        {"infectious again and again", epidemic_of(waking())},
        {"sweeps", sweeping()}};
    return all;
}

Epidemics all_epidemics() {
    Epidemics all = without_latency();
    all.insert(with_latency().begin(), with_latency().end());
    return all;
}

TEST(Outbreak, IsItsSerialTwinWithStepsTooShortToMatter) {
    for (auto [name, epidemic] : all_epidemics()) {
        SCOPED_TRACE(name);
        if (name == "sweeps") {
            continue;  // their replies wait for a step, whose length therefore matters
        }
        epidemic.step_us = 50;
        expect_twins(epidemic);
        EXPECT_EQ(play(epidemic).totals.deferred_attempts, 0);
    }
}

void expect_twins_with_any_step(const Epidemics& epidemics) {
    for (auto [name, epidemic] : epidemics) {
        for (const TimeUs step : {TimeUs{999'983}, 10 * us_per_s, 35 * us_per_s, 1000 * us_per_s}) {
            SCOPED_TRACE(fmt::format("{}, step of {} us", name, step));
            epidemic.step_us = step;
            if (step < epidemic.end_us) {
                expect_twins(epidemic);
            } else {
                EXPECT_TRUE(play(epidemic) == play_serially(epidemic));
            }
        }
    }
}
TEST(Outbreak, IsItsSerialTwinWithAnyStep) {
    expect_twins_with_any_step(without_latency());
}
TEST(OutbreakWithLatency, IsItsSerialTwinWithAnyStep) {
    expect_twins_with_any_step(with_latency());
}

void expect_twins_for_other_seeds(const Epidemics& epidemics) {
    for (const Seed seed : {Seed{2, 0}, Seed{1, 1}, Seed{99, 7}}) {
        for (auto [name, epidemic] : epidemics) {
            SCOPED_TRACE(fmt::format("{}, seed {}", name, seed.seed));
            epidemic.seed = seed;
            epidemic.seeds = {{HostId{3}, 0}, {HostId{999}, 0}, {HostId{256}, 0}, {HostId{500}, 0}};
            expect_twins(epidemic);
        }
    }
}
TEST(Outbreak, IsItsSerialTwinForOtherSeeds) {
    expect_twins_for_other_seeds(without_latency());
}
TEST(OutbreakWithLatency, IsItsSerialTwinForOtherSeeds) {
    expect_twins_for_other_seeds(with_latency());
}

void expect_start_with_seeds(const Epidemics& epidemics) {
    for (auto [name, epidemic] : epidemics) {
        SCOPED_TRACE(name);
        epidemic.seeds = {{HostId{5}, 123'456'789}, {HostId{6}, 123'456'789}};
        const Outcome got = play(epidemic);
        const Outcome expected = play_serially(epidemic);
        EXPECT_TRUE(got == expected) << difference(got, expected);
        EXPECT_EQ(got.events.front().time_us, 123'456'789);
        EXPECT_EQ(got.events.front().vector, seed_vector);
        EXPECT_EQ(got.events.front().infector, no_host);
        EXPECT_EQ(got.totals.steps + got.totals.steps_skipped, 300);
    }
}
TEST(Outbreak, StartsWhenItsSeedsDo) {
    expect_start_with_seeds(without_latency());
}
TEST(OutbreakWithLatency, StartsWhenItsSeedsDo) {
    expect_start_with_seeds(with_latency());
}

// DESIGN 2: if the step is no longer than the shortest latency, the spread is exact in continuous
// time. A host that turns infectious in a step was infected before it, so nothing is put off.
TEST(OutbreakWithLatency, IsExactWhereTheStepIsNoLonger) {
    Epidemic epidemic = with_latency().at("SEIR");
    epidemic.step_us = 1;
    const Outcome exact = play(epidemic);
    for (const TimeUs step : {TimeUs{31'000}, 3 * us_per_s, 10 * us_per_s}) {
        epidemic.step_us = step;
        const Outcome got = play(epidemic);
        EXPECT_EQ(got.totals.deferred_attempts, 0) << "step of " << step << " us";
        EXPECT_TRUE(got == exact) << "step of " << step << " us: " << difference(got, exact);
    }
    epidemic.step_us = 20 * us_per_s;
    EXPECT_FALSE(play(epidemic) == exact);
}

TEST(Outbreak, PutsOffToTheStartOfTheNextStep) {
    Epidemic epidemic = without_latency().at("SI");
    epidemic.step_us = 20 * us_per_s;
    const Outcome got = play(epidemic);
    std::map<std::int64_t, TimeUs> infected;
    std::int64_t put_off = 0;
    for (const Event& event : got.events) {
        infected[event.host.value] = event.time_us;
    }
    for (const Event& event : got.events) {
        if (event.infector == no_host) {
            continue;
        }
        // Nobody passes on in the step in which it was infected, but for the seed.
        const TimeUs source_step = infected.at(event.infector.value) / epidemic.step_us;
        if (infected.at(event.infector.value) > 0) {
            EXPECT_GT(event.time_us / epidemic.step_us, source_step);
        }
        put_off += event.time_us % epidemic.step_us == 0 ? 1 : 0;
    }
    EXPECT_GT(put_off, 100);
    EXPECT_GE(got.totals.deferred_attempts, put_off);
    EXPECT_LT(got.totals.deferred_attempts, got.totals.attempts);
}

TEST(Outbreak, ASeedsFirstStepIsPlayedLikeAnyOther) {
    Epidemic epidemic = without_latency().at("SI");
    epidemic.step_us = epidemic.end_us;
    const Outcome got = play(epidemic);
    EXPECT_EQ(got.totals.deferred_attempts, 0);
    EXPECT_EQ(got.totals.steps, 1);
    EXPECT_GT(got.events.size(), 50u);
    const std::vector<std::int64_t> allowed = {-1, 17, 300, 999};
    for (const Event& event : got.events) {
        EXPECT_EQ(std::count(allowed.begin(), allowed.end(), event.infector.value), 1);
    }
}

TEST(Outbreak, SeedsAfterTheEndNeverAppear) {
    Epidemic epidemic = without_latency().at("SI");
    epidemic.seeds = {{HostId{5}, epidemic.end_us}};
    EXPECT_TRUE(play(epidemic).events.empty());
    epidemic.seeds = {};
    const Outcome got = play(epidemic);
    EXPECT_TRUE(got.events.empty());
    EXPECT_EQ(got.totals.steps, 0);
    EXPECT_EQ(got.totals.steps_skipped, 300);
}

TEST(Outbreak, IsTheSameForAnyNumberOfLanes) {
    for (auto [name, epidemic] : all_epidemics()) {
        for (const TimeUs step : {us_per_s, 35 * us_per_s}) {
            epidemic.step_us = step;
            const Outcome one = play(epidemic, 1);
            for (const unsigned lanes : {2u, 3u, 7u}) {
                const Outcome several = play(epidemic, lanes);
                EXPECT_TRUE(several == one)
                    << name << ", " << lanes << " lanes: " << difference(several, one);
            }
        }
    }
}

// So many attempts a step that lanes are played by several threads at once.
TEST(Outbreak, IsTheSameForAnyNumberOfThreads) {
    Epidemic epidemic = two_vectors();
    epidemic.num_hosts = 8000;
    for (auto& [name, settings] : epidemic.vectors) {
        settings.addresses = 80'000;
    }
    epidemic.step_us = 10 * us_per_s;
    const Outcome one = play(epidemic, 1);
    EXPECT_GT(one.totals.attempts / one.totals.steps, 1000);  // parallel from 500 on
    for (const unsigned lanes : {2u, 4u, 5u}) {
        const Outcome several = play(epidemic, lanes);
        EXPECT_TRUE(several == one) << lanes << " lanes: " << difference(several, one);
    }
}

TEST(Outbreak, EveryRowAddsUpToAllHosts) {
    for (const auto& [name, epidemic] : all_epidemics()) {
        const Outcome got = play(epidemic);
        const std::size_t width = epidemic.lifecycle.states.size() + 1;
        ASSERT_EQ(got.counts.size() % width, 0u);
        for (std::size_t row = 0; row < got.counts.size(); row += width) {
            std::int64_t sum = 0;
            for (std::size_t s = 0; s < width; ++s) {
                EXPECT_GE(got.counts[row + s], 0) << name;
                sum += got.counts[row + s];
            }
            EXPECT_EQ(sum, epidemic.num_hosts) << name;
        }
    }
}

TEST(Outbreak, NothingEarlierComesOncePlayed) {
    const Epidemic& epidemic = with_latency().at("SEIRS");
    TimeUs played = 0;
    std::int64_t infections = 0;
    play(epidemic, 2, [&](Outbreak& outbreak) {
        for (const Event& event : outbreak.take_events()) {
            EXPECT_TRUE(event.time_us >= played || event.infector == no_host);
            EXPECT_LT(event.time_us, outbreak.played_until());
            ++infections;
        }
        for (const Transition& transition : outbreak.take_transitions()) {
            EXPECT_TRUE(transition.time_us >= played || transition.from == 0);
            EXPECT_LT(transition.time_us, outbreak.played_until());
        }
        EXPECT_LE(outbreak.num_infections(), infections);  // as of the start of the step
        EXPECT_GT(outbreak.played_until(), played);
        played = outbreak.played_until();
    });
    EXPECT_GT(infections, 1000);
}

// The run file keeps times in microseconds and does not care how long a run goes on afterwards.
TEST(Outbreak, ALongerRunBeginsLikeAShorterOne) {
    Epidemic epidemic = with_latency().at("SEIRS");
    const Outcome whole = play(epidemic);
    epidemic.end_us = 99'999'999;
    const Outcome part = play(epidemic);
    ASSERT_LT(part.events.size(), whole.events.size());
    const Events beginning(whole.events.begin(), whole.events.begin() + std::ssize(part.events));
    EXPECT_EQ(part.events, beginning);
    EXPECT_GE(whole.events[part.events.size()].time_us, epidemic.end_us);
}

// A limit that binds, against theory: all sources together probe at the limit.
TEST(Outbreak, ALimitMakesGrowthLinear) {
    Epidemic epidemic = without_latency().at("SI");
    epidemic.num_hosts = 5000;
    epidemic.vectors[0].second = scan_of_10k(10);
    epidemic.vectors[0].second.total_rate_limit = 20;
    epidemic.end_us = 60 * us_per_s;
    epidemic.step_us = us_per_s / 10;
    const Outcome got = play(epidemic);
    // 20 probes a second from the start, half of them on hosts: 600 in 60 s.
    EXPECT_NEAR(static_cast<double>(got.totals.attempts), 600, 5 * std::sqrt(600.0));
    EXPECT_NEAR(static_cast<double>(got.totals.scans_represented), 1200, 2);
}

}  // namespace
}  // namespace annelid
