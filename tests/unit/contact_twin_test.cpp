// Vector `contact`: every event, count and diagnostic of small epidemics against the serial twin
// that queues every attempt of every link; the same result for any number of lanes and threads.
#include "tests/unit/contact_twin.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annelid {
namespace {

/// Edges between random vertices, with loops and repeats; some vertices have many.
EdgePiece random_edges(std::uint32_t vertices, std::size_t edges) {
    std::mt19937_64 random(11);
    const auto up_to = [&](std::uint32_t n) { return static_cast<Vertex>(random() % n); };
    EdgePiece out;
    for (std::size_t i = 0; i < edges; ++i) {
        out.edges.push_back({i % 4 == 0 ? up_to(20) : up_to(vertices), up_to(vertices)});
    }
    return out;
}
std::shared_ptr<const EdgeList> network(EdgePiece edges, bool directed = false) {
    return std::make_shared<EdgeList>(1000, directed, std::move(edges));
}

DistributionSpec gamma3(double mean_s) {
    return {.kind = DistributionSpec::Kind::gamma, .mean = mean_s, .shape = 3};
}
DistributionSpec uniform(double lower_s, double upper_s) {
    return {.kind = DistributionSpec::Kind::uniform, .lower = lower_s, .upper = upper_s};
}

LifecycleSpec seirs(DistributionSpec latent) {
    LifecycleSpec out = seir(latent, 80);
    out.states[2].next = "susceptible";
    out.states[2].dwell = exponential(50);
    return out;
}

ContactSettings contact_in(DistributionSpec time) {
    ContactSettings out;
    out.time = time;
    return out;
}

Epidemic epidemic_of(const LifecycleSpec& lifecycle, DistributionSpec time = exponential(60)) {
    static const auto edges = network(random_edges(1000, 4000));
    Epidemic out;
    out.lifecycle = lifecycle;
    out.contacts = {{"contact", contact_in(time)}};
    out.network = edges;
    return out;
}

using Epidemics = std::map<std::string, Epidemic>;

const Epidemics& life_cycles() {
    static const Epidemics all = {
        {"SI", epidemic_of(si())},
        {"SI, gamma", epidemic_of(si(), gamma3(60))},
        {"SI, fixed", epidemic_of(si(), fixed(20))},  // many attempts at one time
        {"SIR", epidemic_of(sir(40))},
        {"SIR, gamma", epidemic_of(sir(60), gamma3(60))},
        {"SIS", epidemic_of(sis(60), exponential(150))},
        {"SIS, gamma", epidemic_of(sis(60), gamma3(100))},
        {"SEIR", epidemic_of(seir(fixed(10), 80))},
        {"SEIR, random latency", epidemic_of(seir(uniform(5, 30), 80))},
        {"SEIRS", epidemic_of(seirs(fixed(10)), exponential(100))},
        {"SEIRS, random latency", epidemic_of(seirs(exponential(10)), uniform(20, 90))},
        {"infectious, dormant, infectious again and so on", epidemic_of(waking())},
        {"infectious twice",
         [] {
             LifecycleSpec spec = waking();
             spec.states[1].next = "again";
             spec.states.push_back(state("again", "susceptible", exponential(20)));
             spec.states.back().infectious = true;
             return epidemic_of(spec, exponential(100));
         }()},
        {"two infectious states",
         [] {
             LifecycleSpec spec = sir(40);
             spec.states[0].next = "late";
             spec.states.push_back(state("late", "removed", exponential(30)));
             spec.states.back().infectious = true;
             return epidemic_of(spec);
         }()},
    };
    return all;
}

/// What links can be and targets can refuse, for a life cycle.
Epidemics variants(const LifecycleSpec& lifecycle) {
    const Epidemic plain = epidemic_of(lifecycle);
    Epidemics out;
    const auto variant = [&](const std::string& name, auto change) { change(out[name] = plain); };
    EdgePiece edges = random_edges(1000, 4000);
    variant("directed", [&](Epidemic& e) { e.network = network(edges, true); });
    variant("multiple", [&](Epidemic& e) { e.multiple = Multiple::keep; });
    EdgePiece weighted = edges, temporal = edges;
    for (std::size_t i = 0; i < edges.edges.size(); ++i) {
        constexpr float weights[] = {0, 0.5f, 3};
        weighted.weights.push_back(weights[i % 3]);
        const TimeUs open = static_cast<TimeUs>(i % 7) * 20 * us_per_s;
        temporal.intervals.push_back({open, open + static_cast<TimeUs>(i % 4) * 60 * us_per_s});
    }
    EdgePiece both = weighted;
    both.intervals = temporal.intervals;
    variant("weighted", [&](Epidemic& e) { e.network = network(weighted); });
    variant("temporal", [&](Epidemic& e) {
        e.network = network(temporal);
        e.contacts[0].second.time = exponential(15);
    });
    variant("weighted, temporal, multiple, failing", [&](Epidemic& e) {
        e.network = network(both);
        e.multiple = Multiple::keep;
        e.contacts[0].second.success = 0.7;
        e.contacts[0].second.time = uniform(0, 40);
    });
    variant("failing", [](Epidemic& e) { e.contacts[0].second.success = 0.4; });
    variant("failing, multiple", [](Epidemic& e) {
        e.contacts[0].second.success = 0.4;
        e.multiple = Multiple::keep;
    });
    variant("not repeating", [](Epidemic& e) { e.contacts[0].second.repeat = false; });
    variant("failing, not repeating", [](Epidemic& e) {
        e.contacts[0].second.success = 0.4;
        e.contacts[0].second.repeat = false;
        e.contacts[0].second.time = gamma3(60);
    });
    const auto some_carry = [](HostId host) {
        return static_cast<Traits>(host.value % 3 == 0 ? trait_exposed : trait_exposed * 3);
    };
    variant("traits", [&](Epidemic& e) {
        e.traits = some_carry;
        e.contacts[0].second.requires_traits = {"home"};
    });
    variant("patching", [](Epidemic& e) {
        e.contacts[0].second.requires_traits = {"unpatched"};
        e.patching = PatchingSettings{};
        e.patching->rate_per_s = 0.02;
        e.patching->coverage = 0.8;
        e.patching->timing.start = 20 * us_per_s;
    });
    variant("two contacts", [](Epidemic& e) {
        e.contacts.emplace_back("dense", contact_in(gamma3(40)));
        e.contacts[1].second.success = 0.3;
        e.contacts[1].second.requires_traits = {"unpatched"};
        e.patching = PatchingSettings{};
        e.patching->rate_per_s = 0.02;
    });
    variant("contact and scan", [](Epidemic& e) { e.vectors = {{"scan", scan_of_10k(0.5)}}; });
    variant("contact and a scan that needs a hole", [](Epidemic& e) {
        e.vectors = {{"scan", scan_of_10k(0.5)}};
        e.vectors[0].second.requires_traits = {"unpatched"};
        e.patching = PatchingSettings{};
        e.patching->duration = 100 * us_per_s;
    });
    variant("contact that a sweep follows", [](Epidemic& e) {
        e.organisation_hosts = 300;
        ScanSettings around = scan_of_10k(1);
        around.scope = "organisation";
        around.strategy = "sweep";
        around.follows = "contact";
        e.vectors = {{"around", around}};
        e.contacts[0].second.success = 0.6;
        e.contacts[0].second.time = exponential(200);
    });
    return out;
}

void expect_twins(const Epidemic& epidemic) {
    const Outcome expected = play_contacts_serially(epidemic);
    for (const unsigned lanes : {1u, 2u, 3u}) {
        const Outcome got = play(epidemic, lanes);
        EXPECT_TRUE(got == expected) << lanes << " lanes: " << difference(got, expected);
    }
    EXPECT_GT(expected.events.size(), 100u);  // otherwise it proves little
}

void expect_twins_with_any_step(const Epidemics& epidemics) {
    for (auto [name, epidemic] : epidemics) {
        for (const TimeUs step : {TimeUs{20'000}, TimeUs{999'983}, 10 * us_per_s, 35 * us_per_s}) {
            SCOPED_TRACE(fmt::format("{}, step of {} us", name, step));
            epidemic.step_us = step;
            expect_twins(epidemic);
        }
    }
}

TEST(ContactTwin, AgreesOnEveryLifeCycle) {
    expect_twins_with_any_step(life_cycles());
}
TEST(ContactTwin, AgreesOnEveryKindOfLinkWithoutReinfection) {
    expect_twins_with_any_step(variants(sir(90)));
}
TEST(ContactTwin, AgreesOnEveryKindOfLinkWithLatency) {
    expect_twins_with_any_step(variants(seir(uniform(5, 20), 90)));
}
TEST(ContactTwin, AgreesOnEveryKindOfLinkWithReinfection) {
    expect_twins_with_any_step(variants(sis(40)));
}
TEST(ContactTwin, AgreesOnEveryKindOfLinkWithReinfectionAndLatency) {
    expect_twins_with_any_step(variants(seirs(fixed(5))));
}

TEST(ContactTwin, AgreesForOtherSeeds) {
    for (const Seed seed : {Seed{2, 0}, Seed{1, 1}, Seed{99, 7}}) {
        for (auto [name, epidemic] : life_cycles()) {
            SCOPED_TRACE(fmt::format("{}, seed {}", name, seed.seed));
            epidemic.seed = seed;
            epidemic.seeds = {{HostId{3}, 12'345}, {HostId{256}, 12'345}, {HostId{500}, 12'345}};
            epidemic.step_us = 7 * us_per_s;
            expect_twins(epidemic);
        }
    }
}

// DESIGN 2: exact in continuous time where the step is no longer than the latency.
TEST(ContactTwin, NothingIsPutOffWhereTheStepIsNoLongerThanTheLatency) {
    for (const std::string name : {"SEIR", "SEIRS"}) {
        Epidemic epidemic = life_cycles().at(name);
        epidemic.step_us = 1;
        const Outcome exact = play(epidemic);
        for (const TimeUs step : {TimeUs{31'000}, 3 * us_per_s, 10 * us_per_s}) {
            epidemic.step_us = step;
            const Outcome got = play(epidemic);
            EXPECT_EQ(got.totals.deferred_attempts, 0) << name;
            EXPECT_TRUE(got == exact) << name << ": " << difference(got, exact);
        }
        epidemic.step_us = 20 * us_per_s;
        EXPECT_GT(play(epidemic).totals.deferred_attempts, 0) << name;
    }
}

// So many attempts a step that lanes are played by several threads at once.
TEST(ContactTwin, IsTheSameForAnyNumberOfThreads) {
    for (const LifecycleSpec& lifecycle : {si(), seir(fixed(10), 80), sis(60)}) {
        Epidemic epidemic = epidemic_of(lifecycle, exponential(30));
        epidemic.num_hosts = 20'000;
        epidemic.network = std::make_shared<EdgeList>(20'000, false, random_edges(20'000, 200'000));
        epidemic.step_us = 5 * us_per_s;
        epidemic.end_us = 100 * us_per_s;
        const Outcome one = play(epidemic, 1);
        EXPECT_GT(one.totals.attempts / one.totals.steps, 800);  // parallel from 500 on
        for (const unsigned lanes : {2u, 4u, 5u}) {
            const Outcome several = play(epidemic, lanes);
            EXPECT_TRUE(several == one) << lanes << " lanes: " << difference(several, one);
        }
    }
}

}  // namespace
}  // namespace annelid
