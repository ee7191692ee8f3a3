// Defence `kill_switch`: it stops those that would turn infectious from its time on, and nothing
// else.
#include "models/defences/kill_switch.hpp"

#include "tests/unit/defence_checks.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>

#include <gtest/gtest.h>

namespace annelid {
namespace {

// States: susceptible, exposed, infectious, inert, immune.
class KillSwitchTest : public testing::Test {
  protected:
    KillSwitchTest() {
        epidemic_.lifecycle = sei(fixed(10));
        epidemic_.vectors = {{"scan", scan_of_10k(1)}};
        without_ = play(epidemic_);
    }
    const Outcome& with(double reach, TimeUs time) {
        KillSwitchSettings settings;
        settings.reach = reach;
        settings.time = time;
        epidemic_.kill_switch = settings;
        outcome_ = play(epidemic_);
        return outcome_;
    }

    Epidemic epidemic_;
    Outcome without_, outcome_;
};

TEST_F(KillSwitchTest, WithFullReachNobodyTurnsInfectiousAfterIt) {
    const TimeUs time = 70 * us_per_s;
    const Outcome& got = with(1, time);
    std::set<std::int64_t> infectious;
    std::int64_t inert = 0, late = 0;
    for (const Transition& t : got.transitions) {
        if (t.to == 2) {
            EXPECT_LT(t.time_us, time);
            infectious.insert(t.host.value);
        }
        if (t.to == 3) {
            EXPECT_GE(t.time_us, time);
            EXPECT_EQ(t.from, 1);
            ++inert;
        }
    }
    // Those that were infectious already go on.
    for (const Event& event : got.events) {
        late += event.time_us >= time ? 1 : 0;
        EXPECT_TRUE(event.infector == no_host || infectious.count(event.infector.value) == 1);
    }
    EXPECT_GT(infectious.size(), 20u);
    EXPECT_GT(late, 20);
    EXPECT_GE(inert, late - 20);
    EXPECT_LT(got.events.size(), without_.events.size());
    EXPECT_EQ(before(got.events, time), before(without_.events, time));
    EXPECT_EQ(before(got.transitions, time), before(without_.transitions, time));
}

TEST_F(KillSwitchTest, HoldsFromTheMicrosecondOfItsTime) {
    TimeUs turned = 0;
    for (const Transition& t : without_.transitions) {
        turned = t.to == 2 && t.time_us < 60 * us_per_s ? t.time_us : turned;
    }
    const auto turns = [&](const Outcome& outcome) {
        return std::any_of(outcome.transitions.begin(), outcome.transitions.end(),
                           [&](const auto& t) { return t.to == 2 && t.time_us == turned; });
    };
    EXPECT_FALSE(turns(with(1, turned)));
    EXPECT_TRUE(turns(with(1, turned + 1)));
}

TEST_F(KillSwitchTest, WithoutReachOrAfterTheEndItChangesNothing) {
    EXPECT_TRUE(with(0, 0) == without_) << difference(outcome_, without_);
    EXPECT_TRUE(with(1, epidemic_.end_us) == without_) << difference(outcome_, without_);
}

TEST_F(KillSwitchTest, ReachesAShareOfHostsAndAlwaysTheSame) {
    // Most hosts are seeds, so that nearly all are infected in spite of it.
    epidemic_.seeds.clear();
    for (std::int64_t h = 0; h < 1000; h += h % 10 == 8 ? 2 : 1) {
        epidemic_.seeds.push_back({HostId{h}, 0});
    }
    const auto inert = [&](double reach) {
        std::set<std::int64_t> out;
        for (const Transition& t : with(reach, 0).transitions) {
            if (t.to == 3) {
                out.insert(t.host.value);
            }
        }
        EXPECT_EQ(outcome_.events.size(), 1000u);
        return out;
    };
    const auto some = inert(0.3), more = inert(0.6);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), 1000, 0.3)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(more), 1000, 0.6)), sigmas);
    EXPECT_TRUE(std::includes(more.begin(), more.end(), some.begin(), some.end()));
}

TEST_F(KillSwitchTest, IsTheTwins) {
    for (const double reach : {0.5, 1.0}) {
        for (const TimeUs time : {TimeUs{0}, 25 * us_per_s}) {
            epidemic_.step_us = 100;  // replays nothing but exact times
            with(reach, time);
            expect_twins(epidemic_);
        }
    }
    // Without latency a host looks it up when it is infected.
    epidemic_.lifecycle = chain("infectious", {state("infectious"), state("inert")});
    epidemic_.lifecycle.inert = "inert";
    for (const TimeUs step : {us_per_s, 30 * us_per_s}) {
        epidemic_.step_us = step;
        with(0.7, 30 * us_per_s);
        expect_twins(epidemic_);
    }
}

TEST_F(KillSwitchTest, BeginsWhereItsTriggerFiresAndKeepsToItsScope) {
    const SmallWorld world(two_countries());
    DefenceContext context = defence_context(world);
    context.triggers = {{"alarm", Group::country}};
    KillSwitchSettings settings;
    settings.reach = 1;
    settings.timing.trigger = "alarm";
    const auto model = make_defence("switch", settings, context);
    const auto process = model->start({});
    EXPECT_FALSE(process->makes_inert(HostId{700}, 0, 1000));
    process->begin(1, 500);
    EXPECT_FALSE(process->makes_inert(HostId{700}, 0, 499));
    EXPECT_TRUE(process->makes_inert(HostId{700}, 0, 500));
    EXPECT_FALSE(process->makes_inert(HostId{5}, 0, 1000));

    settings = {};
    settings.reach = 1;
    settings.time = 100;
    settings.timing.countries = {"AA"};
    settings.timing.sectors = {"office"};
    const auto of_offices = make_defence("switch", settings, context);
    const auto offices = of_offices->start({});
    for (std::int64_t h = 0; h < 1000; ++h) {
        EXPECT_FALSE(offices->makes_inert(HostId{h}, 0, 99));
        EXPECT_EQ(offices->makes_inert(HostId{h}, 0, 100), 400 <= h && h < 600);
    }
}

TEST_F(KillSwitchTest, HasATimeOrATrigger) {
    KillSwitchSettings settings;
    DefenceNames names;
    names.triggers = {"alarm"};
    const auto faulty = [&] {
        const KeyFaults faults = settings.faults(names);
        return faults.empty() ? "" : faults.front().key;
    };
    EXPECT_EQ(faulty(), "time");
    settings.timing.trigger = "alarm";
    EXPECT_EQ(faulty(), "");
    settings.time = 0;
    EXPECT_EQ(faulty(), "time");
    settings.timing.trigger = "";
    EXPECT_EQ(faulty(), "");
}

TEST_F(KillSwitchTest, HasOneDrawAHostOfItsOwn) {
    KillSwitchSettings settings;
    settings.reach = 0.5;
    settings.time = 0;
    const SmallWorld world(flat(200));
    const DefenceContext context = defence_context(world);
    const auto model = make_defence("a", settings, context);
    const auto other = make_defence("b", settings, context);
    const auto a = model->start({1, 0}), b = other->start({1, 0}), c = model->start({1, 1});
    int differ_by_name = 0, differ_by_replicate = 0;
    for (std::int64_t h = 0; h < 200; ++h) {
        const bool inert = a->makes_inert(HostId{h}, 0, 5);
        EXPECT_EQ(inert, a->makes_inert(HostId{h}, 3, 500));
        differ_by_name += inert != b->makes_inert(HostId{h}, 0, 5) ? 1 : 0;
        differ_by_replicate += inert != c->makes_inert(HostId{h}, 0, 5) ? 1 : 0;
    }
    EXPECT_GT(differ_by_name, 50);
    EXPECT_GT(differ_by_replicate, 50);
}

}  // namespace
}  // namespace annelid
