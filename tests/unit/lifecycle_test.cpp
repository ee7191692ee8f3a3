// Lifecycle and DwellTimes: states as written, latency, stays in infectious states, pure draws.
#include "engine/spread/lifecycle.hpp"

#include "tests/unit/statistics.hpp"

#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

using Kind = DistributionSpec::Kind;

DistributionSpec fixed(double mean) {
    return {.kind = Kind::fixed, .mean = mean};
}
DistributionSpec exponential(double mean) {
    return {.kind = Kind::exponential, .mean = mean};
}
DistributionSpec uniform(double lower, double upper) {
    return {.kind = Kind::uniform, .lower = lower, .upper = upper};
}

StateSpec plain(const std::string& name) {
    StateSpec state;
    state.name = name;
    return state;
}
StateSpec latent(const std::string& name, const std::string& next, DistributionSpec dwell) {
    return {.name = name, .infected = true, .next = next, .dwell = dwell};
}
StateSpec infectious(const std::string& name, const std::string& next = "",
                     DistributionSpec dwell = {}) {
    return {.name = name, .infected = true, .infectious = true, .next = next, .dwell = dwell};
}

LifecycleSpec spec(const std::string& entry, std::vector<StateSpec> states) {
    LifecycleSpec out;
    out.entry = entry;
    out.states = std::move(states);
    return out;
}

LifecycleSpec seir() {
    return spec("exposed",
                {latent("exposed", "infectious", fixed(15)), plain("removed"),
                 infectious("infectious", "removed", exponential(100)), plain("susceptible")});
}

StateId id(const Lifecycle& lifecycle, const std::string& name) {
    for (std::size_t s = 0; s < lifecycle.states().size(); ++s) {
        if (lifecycle.states()[s].name == name) {
            return static_cast<StateId>(s);
        }
    }
    ADD_FAILURE() << "no state " << name;
    return 0;
}

TEST(Lifecycle, PutsSusceptibleFirstAndImmuneLast) {
    const Lifecycle lifecycle(seir());
    std::vector<std::string> names;
    for (const auto& state : lifecycle.states()) {
        names.push_back(state.name);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"susceptible", "exposed", "removed", "infectious",
                                               "immune"}));
    EXPECT_EQ(lifecycle.entry(), 1);
    EXPECT_EQ(lifecycle.immune(), 4);
    EXPECT_FALSE(lifecycle.inert());
}

TEST(Lifecycle, FollowsTheChainAsWritten) {
    const Lifecycle lifecycle(seir());
    EXPECT_EQ(lifecycle[1].next, id(lifecycle, "infectious"));
    EXPECT_EQ(lifecycle[id(lifecycle, "infectious")].next, id(lifecycle, "removed"));
    for (const char* last : {"susceptible", "removed", "immune"}) {
        EXPECT_FALSE(lifecycle[id(lifecycle, last)].next) << last;
    }
    EXPECT_TRUE(lifecycle[1].infected);
    EXPECT_FALSE(lifecycle[1].infectious);
    EXPECT_TRUE(lifecycle[id(lifecycle, "infectious")].infectious);
    EXPECT_FALSE(lifecycle[lifecycle.immune()].infected);
}

TEST(Lifecycle, LetsTheWormNameItsStates) {
    StateSpec dormant = plain("dormant");
    dormant.disrupted = true;
    LifecycleSpec named =
        spec("ill", {infectious("ill", "well", fixed(1)), plain("well"), dormant});
    named.susceptible = "well";
    named.inert = "dormant";
    const Lifecycle lifecycle(named);
    EXPECT_EQ(lifecycle[Lifecycle::susceptible].name, "well");
    EXPECT_EQ(lifecycle[lifecycle.entry()].name, "ill");
    ASSERT_TRUE(lifecycle.inert());
    EXPECT_EQ(lifecycle[*lifecycle.inert()].name, "dormant");
    EXPECT_TRUE(lifecycle[*lifecycle.inert()].disrupted);
    EXPECT_TRUE(lifecycle.returns_to_susceptible());
}

TEST(Lifecycle, KnowsWhetherHostsReturn) {
    EXPECT_FALSE(Lifecycle(seir()).returns_to_susceptible());
    LifecycleSpec seirs = seir();
    seirs.states[1] = latent("removed", "susceptible", exponential(50));
    EXPECT_TRUE(Lifecycle(seirs).returns_to_susceptible());
}

TEST(Lifecycle, BoundsTheLatencyFromBelow) {
    const auto latency = [](const std::string& entry, std::vector<StateSpec> states) {
        states.push_back(plain("susceptible"));
        return Lifecycle(spec(entry, std::move(states))).shortest_latency();
    };
    EXPECT_EQ(latency("i", {infectious("i")}), 0);
    EXPECT_EQ(latency("e", {latent("e", "i", fixed(15)), infectious("i")}), 15 * us_per_s);
    EXPECT_EQ(latency("e", {latent("e", "i", exponential(15)), infectious("i")}), 0);
    EXPECT_EQ(latency("e", {latent("e", "i", uniform(2.5, 9)), infectious("i")}), 2'500'000);
    EXPECT_EQ(latency("e", {latent("e", "f", uniform(2, 9)), latent("f", "g", exponential(4)),
                            latent("g", "i", fixed(3)), infectious("i")}),
              5 * us_per_s);
    EXPECT_EQ(latency("e", {latent("e", "d", fixed(1)), plain("d")}), never);
    EXPECT_EQ(latency("e", {latent("e", "f", fixed(1)), latent("f", "e", fixed(1))}), never);
    EXPECT_EQ(latency("e", {latent("e", "susceptible", fixed(1)), infectious("i")}), never);
}

TEST(Lifecycle, NoHostIsInfectiousBeforeTheBound) {
    const Lifecycle lifecycle(spec(
        "e", {plain("susceptible"), latent("e", "f", uniform(0.3, 0.7)),
              latent("f", "i", {.kind = Kind::gamma, .mean = 2, .shape = 1.5}), infectious("i")}));
    const DwellTimes dwell(lifecycle, {});
    TimeUs least = never;
    for (std::int64_t h = 0; h < 20'000; ++h) {
        const TimeUs left = dwell.end_of(1, 0, HostId{h}, 0);
        least = std::min(least, dwell.end_of(2, left, HostId{h}, 0));
    }
    EXPECT_GE(least, lifecycle.shortest_latency());
    EXPECT_LT(least, 2 * lifecycle.shortest_latency());  // and the bound is not idle
}

TEST(Lifecycle, RefusesWhatIsNoLifeCycle) {
    const auto refuses = [](const LifecycleSpec& wrong, const std::string& word) {
        try {
            const Lifecycle lifecycle(wrong);
            ADD_FAILURE() << "accepted, no word of " << word;
        } catch (const std::invalid_argument& e) {
            EXPECT_NE(std::string(e.what()).find(word), std::string::npos) << e.what();
        }
    };
    LifecycleSpec wrong = seir();
    wrong.entry = "ill";
    refuses(wrong, "entry = \"ill\"");
    wrong = seir();
    wrong.entry = "";
    refuses(wrong, "entry = \"\"");
    wrong = seir();
    wrong.susceptible = "healthy";
    refuses(wrong, "susceptible = \"healthy\"");
    wrong = seir();
    wrong.inert = "asleep";
    refuses(wrong, "inert = \"asleep\"");
    wrong = seir();
    wrong.states[0].next = "infected";
    refuses(wrong, "next = \"infected\"");
    wrong = seir();
    wrong.states.push_back(plain("removed"));
    refuses(wrong, "`removed`");
    wrong = seir();
    wrong.states.push_back(plain("immune"));
    refuses(wrong, "`immune`");
}

TEST(DwellTimes, EndsWhereTheDistributionSays) {
    const Lifecycle lifecycle(seir());
    const Seed seed{7, 3};
    const DwellTimes dwell(lifecycle, seed);
    EXPECT_EQ(dwell.end_of(1, 1000, HostId{5}, 0), 1000 + 15 * us_per_s);
    const Draws draws(seed, Purpose::dwell, "infectious");
    const Distribution law(exponential(100));
    for (std::int64_t h = 0; h < 100; ++h) {
        const auto bits = draws.bits(static_cast<std::uint64_t>(h), 2);
        EXPECT_EQ(dwell.end_of(3, 1000, HostId{h}, 2), 1000 + from_seconds(law.quantile(bits)));
    }
    for (const StateId last : {0, 2, 4}) {
        EXPECT_EQ(dwell.end_of(last, 1000, HostId{5}, 0), never);
    }
}

TEST(DwellTimes, HasTheMeanOfTheDistribution) {
    const Lifecycle lifecycle(seir());
    const DwellTimes dwell(lifecycle, {});
    const int n = 20'000;
    double sum = 0;
    std::vector<double> shares;
    for (std::int64_t h = 0; h < n; ++h) {
        const double stay_s = to_seconds(dwell.end_of(3, 0, HostId{h}, 0));
        sum += stay_s;
        shares.push_back(1 - std::exp(-stay_s / 100));
    }
    EXPECT_NEAR(sum / n, 100, sigmas * 100 / std::sqrt(n));
    EXPECT_GT(p_of_uniform_values(shares), level);
}

TEST(DwellTimes, NeverIsLaterThanAnySum) {
    const Lifecycle lifecycle(
        spec("i", {plain("susceptible"), infectious("i", "susceptible", fixed(1e12))}));
    const DwellTimes dwell(lifecycle, {});
    EXPECT_EQ(dwell.end_of(1, never - 5, HostId{0}, 0), never);
    EXPECT_EQ(dwell.infectious_until(1, never - 5, HostId{0}, 0), never);
}

TEST(DwellTimes, AreAFunctionOfHostOrdinalStateAndSeed) {
    const Lifecycle lifecycle(seir());
    const DwellTimes dwell(lifecycle, {1, 0}), same(lifecycle, {1, 0});
    const auto stay = [](const DwellTimes& d, std::int64_t host, std::uint32_t ordinal) {
        return d.end_of(3, 0, HostId{host}, ordinal);
    };
    EXPECT_EQ(stay(dwell, 4, 1), stay(same, 4, 1));
    const TimeUs first = stay(dwell, 4, 0);
    EXPECT_NE(first, stay(dwell, 5, 0));
    EXPECT_NE(first, stay(dwell, 4, 1));
    EXPECT_NE(first, stay(DwellTimes(lifecycle, {2, 0}), 4, 0));
    EXPECT_NE(first, stay(DwellTimes(lifecycle, {1, 1}), 4, 0));
    EXPECT_EQ(first, stay(dwell, 4, 0));  // whatever was asked between
    EXPECT_EQ(dwell.end_of(3, 777, HostId{4}, 0), first + 777);
}

// Common random numbers: another state before it does not change how long a host is infectious.
TEST(DwellTimes, DoNotDependOnOtherStates) {
    const Lifecycle with(seir());
    const Lifecycle without(
        spec("infectious", {plain("susceptible"), plain("removed"),
                            infectious("infectious", "removed", exponential(100))}));
    const DwellTimes a(with, {}), b(without, {});
    for (std::int64_t h = 0; h < 50; ++h) {
        EXPECT_EQ(a.end_of(3, 0, HostId{h}, 0), b.end_of(2, 0, HostId{h}, 0));
    }
}

TEST(DwellTimes, InfectiousUntilSpansAllInfectiousStates) {
    const Lifecycle lifecycle(
        spec("early", {plain("susceptible"), infectious("early", "late", exponential(10)),
                       infectious("late", "removed", exponential(30)), plain("removed")}));
    const DwellTimes dwell(lifecycle, {});
    for (std::int64_t h = 0; h < 100; ++h) {
        const HostId host{h};
        const TimeUs change = dwell.end_of(1, 500, host, 1);
        const TimeUs until = dwell.end_of(2, change, host, 1);
        EXPECT_EQ(dwell.infectious_until(1, 500, host, 1), until);
        EXPECT_EQ(dwell.infectious_until(2, change, host, 1), until);
        EXPECT_EQ(dwell.infectious_until(3, until, host, 1), until);
    }
}

TEST(DwellTimes, InfectiousForEverWhereNothingEndsIt) {
    const HostId host{9};
    const Lifecycle last(
        spec("a", {plain("susceptible"), infectious("a", "b", fixed(1)), infectious("b")}));
    EXPECT_EQ(DwellTimes(last, {}).infectious_until(1, 0, host, 0), never);
    const Lifecycle circle(spec("a", {plain("susceptible"), infectious("a", "b", fixed(1)),
                                      infectious("b", "a", fixed(2))}));
    EXPECT_EQ(DwellTimes(circle, {}).infectious_until(1, 0, host, 0), never);
}

TEST(DwellTimes, AStayCanBeEmpty) {
    const Lifecycle lifecycle(
        spec("i", {plain("susceptible"), infectious("i", "susceptible", fixed(0))}));
    const DwellTimes dwell(lifecycle, {});
    EXPECT_EQ(dwell.end_of(1, 42, HostId{1}, 0), 42);
    EXPECT_EQ(dwell.infectious_until(1, 42, HostId{1}, 0), 42);
}

}  // namespace
}  // namespace annelid
