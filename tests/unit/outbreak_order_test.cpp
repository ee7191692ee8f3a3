// Outbreak: what becomes of attempts that a test writes down one by one: who wins, what is refused,
// and what vectors are told.
#include "engine/spread/outbreak.hpp"
#include "tests/unit/epidemic.hpp"
#include "tests/unit/scripted_vector.hpp"
#include "tests/unit/small_world.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs second = us_per_s;

/// 900 hosts (four blocks of lanes), seeds at time 0, steps of 1 s for 100 s.
class OutbreakOrder : public testing::TestWithParam<unsigned> {
  protected:
    void add(const std::string& name, std::vector<ScriptedAttempt> script, Traits required = 0,
             const std::string& follows = "") {
        logs_.push_back(std::make_unique<ScriptedVector::Log>());
        vectors_.push_back(std::make_unique<ScriptedVector>(name, std::move(script), pool_,
                                                            *logs_.back(), required, follows));
    }

    void run(const LifecycleSpec& spec, std::vector<std::int64_t> seeds = {0}) {
        const Lifecycle lifecycle(spec);
        const OutbreakModel model{world_.population, world_.partition, {{lifecycle, vectors_}},
                                  defences_,         step_us_,         100 * second};
        Series series(world_.population, lifecycle.states().size(), vectors_.size() + 1, second,
                      101);
        std::vector<SeedHost> seed_hosts;
        for (const std::int64_t seed : seeds) {
            seed_hosts.push_back({HostId{seed}, 0});
        }
        OutbreakSettings settings;
        settings.transitions = true;
        settings.lanes = GetParam();
        Outbreak outbreak(model, settings, world_.hosts, series, world_.ranks, seed_hosts);
        while (outbreak.play_step()) {
        }
        events_ = outbreak.take_events();
        transitions_ = outbreak.take_transitions();
        sort_rows(events_);
        sort_rows(transitions_);
        counts_ = outbreak.counts();
    }

    /// Time, infector and vector of all infections of a host.
    struct Infection {
        TimeUs time;
        std::int64_t infector;
        int vector;
        bool operator==(const Infection&) const = default;
    };
    std::vector<Infection> infections(std::int64_t host) const {
        std::vector<Infection> out;
        for (const Event& event : events_) {
            if (event.host.value == host) {
                out.push_back({event.time_us, event.infector.value, event.vector});
            }
        }
        return out;
    }
    using Infections = std::vector<Infection>;

    SmallWorld world_{flat(900)};
    Pool pool_{world_.population, world_.partition, world_.hosts, 0, world_.ranks};
    TimeUs step_us_ = second;
    std::vector<std::unique_ptr<ScriptedVector::Log>> logs_;
    std::vector<std::unique_ptr<VectorModel>> vectors_;
    std::vector<std::unique_ptr<DefenceModel>> defences_;
    Events events_;
    Transitions transitions_;
    OutbreakCounts counts_;
};
INSTANTIATE_TEST_SUITE_P(Lanes, OutbreakOrder, testing::Values(1, 2, 3));

TEST_P(OutbreakOrder, TheEarlierAttemptWins) {
    add("v", {{5'700'000, 0, 300}, {5'300'000, 1, 300}, {5'500'000, 2, 300}});
    run(si(), {0, 1, 2});
    EXPECT_EQ(infections(300), (Infections{{5'300'000, 1, 1}}));
    EXPECT_EQ(counts_.attempts, 3);
    EXPECT_EQ(counts_.deferred_attempts, 0);
}

TEST_P(OutbreakOrder, OfThoseThatArePutOffTheEarlierDrawnWins) {
    add("v", {{4'700'000, 0, 300, 0, 6}, {4'300'000, 1, 300, 0, 6}, {6'000'000, 2, 300, 0, 6}});
    run(si(), {0, 1, 2});
    EXPECT_EQ(infections(300), (Infections{{6 * second, 1, 1}}));
    EXPECT_EQ(counts_.deferred_attempts, 2);
}

TEST_P(OutbreakOrder, TiesGoBySourceThenVector) {
    add("a", {{5'500'000, 2, 300}, {5'500'000, 1, 301}, {5'500'000, 1, 302, 7}});
    add("b", {{5'500'000, 1, 300}, {5'500'000, 1, 301}, {5'500'000, 0, 302, 9}});
    run(si(), {0, 1, 2});
    EXPECT_EQ(infections(300), (Infections{{5'500'000, 1, 2}}));
    EXPECT_EQ(infections(301), (Infections{{5'500'000, 1, 1}}));
    EXPECT_EQ(infections(302), (Infections{{5'500'000, 0, 2}}));
}

TEST_P(OutbreakOrder, AHostIsInfectedOnce) {
    add("v", {{5'000'000, 0, 300}, {5'000'001, 0, 300}, {7'000'000, 0, 300}, {8'000'000, 0, 1}});
    run(si(), {0, 1});
    EXPECT_EQ(infections(300).size(), 1u);
    EXPECT_EQ(infections(1), (Infections{{0, -1, 0}}));
    EXPECT_EQ(counts_.attempts, 4);
}

TEST_P(OutbreakOrder, AHitOnOneselfIsWasted) {
    LifecycleSpec brief = sis(1);
    brief.states[0].dwell = fixed(2.5);
    add("v", {{2'700'000, 0, 0}, {2'900'000, 1, 0}});
    run(brief, {0, 1});
    EXPECT_EQ(infections(0), (Infections{{0, -1, 0}, {2'900'000, 1, 1}}));
    EXPECT_EQ(counts_.attempts, 2);
}

TEST_P(OutbreakOrder, AHostsOwnChangeComesFirst) {
    LifecycleSpec brief = sis(1);
    brief.states[0].dwell = fixed(10);
    add("v", {{9'999'999, 5, 0},
              {10'000'000, 5, 0},
              {9'500'000, 5, 1, 0, 10},  // put off to 10 s, when its target recovers
              {10'000'001, 5, 2}});
    run(brief, {0, 1, 2});
    EXPECT_EQ(infections(0), (Infections{{0, -1, 0}, {10 * second, 5, 1}}));
    EXPECT_EQ(infections(1), (Infections{{0, -1, 0}, {10 * second, 5, 1}}));
    EXPECT_EQ(infections(2), (Infections{{0, -1, 0}, {10'000'001, 5, 1}}));
}

TEST_P(OutbreakOrder, AHostChangesAsOftenAsItMustInOneStep) {
    step_us_ = 60 * second;
    LifecycleSpec brief = sis(1);
    brief.states[0].dwell = fixed(10);
    add("v", {{40 * second, 5, 0}, {25 * second, 5, 0}, {20 * second, 5, 0}, {9 * second, 5, 0}});
    run(brief);
    EXPECT_EQ(infections(0), (Infections{{0, -1, 0}, {20 * second, 5, 1}, {40 * second, 5, 1}}));
    std::vector<std::tuple<TimeUs, int, int>> changes;
    for (const Transition& t : transitions_) {
        changes.emplace_back(t.time_us / second, t.from, t.to);
    }
    EXPECT_EQ(changes, (std::vector<std::tuple<TimeUs, int, int>>{
                           {0, 0, 1}, {10, 1, 0}, {20, 0, 1}, {30, 1, 0}, {40, 0, 1}, {50, 1, 0}}));
    EXPECT_EQ(counts_.steps, 1);
    EXPECT_EQ(counts_.steps_skipped, 1);
}

TEST_P(OutbreakOrder, PassesThroughStatesWithoutDwell) {
    LifecycleSpec brief = seir(fixed(0), 1);
    brief.states[1].dwell = fixed(0);
    add("v", {{5 * second, 0, 300}});
    run(brief);
    std::vector<std::tuple<TimeUs, int, int>> changes;
    for (const Transition& t : transitions_) {
        if (t.host.value == 300) {
            changes.emplace_back(t.time_us / second, t.from, t.to);
        }
    }
    EXPECT_EQ(changes,
              (std::vector<std::tuple<TimeUs, int, int>>{{5, 0, 1}, {5, 1, 2}, {5, 2, 3}}));
    EXPECT_TRUE(logs_[0]->launched.empty());  // nobody was infectious for any time
}

TEST_P(OutbreakOrder, TargetsMustCarryWhatTheVectorRequires) {
    for (std::size_t h = 0; h < 900; ++h) {
        world_.hosts.traits[h] = h % 2 == 0 ? trait_exposed | trait_home : trait_home;
    }
    add("v", {{5 * second, 0, 300}, {5 * second, 0, 301}}, trait_exposed);
    run(si());
    EXPECT_EQ(infections(300).size(), 1u);
    EXPECT_EQ(infections(301).size(), 0u);
}

TEST_P(OutbreakOrder, HostsThatStartImmuneStaySo) {
    const Lifecycle lifecycle(si());
    world_.hosts.state[0][300] = lifecycle.immune();
    add("v", {{5 * second, 0, 300}});
    run(si());
    EXPECT_TRUE(infections(300).empty());
    EXPECT_EQ(world_.hosts.state[0][300], lifecycle.immune());
}

TEST_P(OutbreakOrder, VectorsLearnOfEveryStayOnce) {
    LifecycleSpec spec = chain(
        "exposed", {state("exposed", "infectious", fixed(3)), state("infectious", "late", fixed(4)),
                    state("late", "susceptible", fixed(5))});
    spec.states[2].infectious = true;
    add("v", {{5 * second, 0, 300}, {30 * second, 0, 0}, {30 * second, 300, 0}});
    run(spec);
    std::vector<std::tuple<std::int64_t, std::uint32_t, TimeUs, TimeUs>> got;
    for (const Source& s : logs_[0]->launched) {
        got.emplace_back(s.host.value, s.ordinal, s.from / second, s.until / second);
    }
    EXPECT_EQ(got, (std::vector<std::tuple<std::int64_t, std::uint32_t, TimeUs, TimeUs>>{
                       {0, 0, 3, 12}, {300, 0, 8, 17}, {0, 1, 33, 42}}));
}

TEST_P(OutbreakOrder, SourcesLearnOfHitsThatTheirTargetsCouldTake) {
    for (std::size_t h = 0; h < 900; ++h) {
        world_.hosts.traits[h] = h == 303 ? trait_home : all_traits;
    }
    LifecycleSpec brief = sir(1);
    brief.states[0].dwell = fixed(20);
    add("far",
        {{5'500'000, 0, 300, 11},
         {6'500'000, 0, 300, 12},     // infected by then
         {7'500'000, 0, 303, 13},     // lacks the trait
         {8'500'000, 0, 0, 14},       // oneself
         {4'500'000, 0, 301, 15, 9},  // put off
         {19'500'000, 0, 302, 16}},   // the source stops before the next step
        trait_exposed);
    add("near", {}, 0, "far");
    run(brief);
    std::vector<std::tuple<std::uint32_t, std::int64_t, TimeUs>> got;
    for (const Hit& hit : logs_[1]->followed) {
        EXPECT_EQ(hit.source.value, 0);
        got.emplace_back(hit.ordinal, hit.target.value, hit.time);
    }
    std::sort(got.begin(), got.end());
    // The source is infectious until 20 s, so the last hit is still told in its last step.
    EXPECT_EQ(
        got, (std::vector<std::tuple<std::uint32_t, std::int64_t, TimeUs>>{{11, 300, 5'500'000},
                                                                           {12, 300, 6'500'000},
                                                                           {15, 301, 9'000'000},
                                                                           {16, 302, 19'500'000}}));
    EXPECT_EQ(counts_.deferred_replies, 4);
    EXPECT_TRUE(logs_[1]->launched.empty());  // it starts with hits only
    EXPECT_EQ(logs_[0]->launched.size(), 4u);
    EXPECT_TRUE(logs_[0]->followed.empty());
}

TEST_P(OutbreakOrder, SourcesThatStoppedLearnNothing) {
    LifecycleSpec brief = sir(1);
    brief.states[0].dwell = fixed(20.2);
    add("far", {{20'100'000, 0, 300}, {19'000'000, 0, 301, 0, 21}});
    add("near", {}, 0, "far");
    run(brief);
    EXPECT_EQ(infections(300).size(), 1u);
    EXPECT_EQ(infections(301).size(), 1u);  // its source was infectious at the drawn time
    EXPECT_TRUE(logs_[1]->followed.empty());
    EXPECT_EQ(counts_.deferred_replies, 0);
}

// Host 0 recovers at 20.2 s and is infected again at 20.5 s, in the same step.
TEST_P(OutbreakOrder, AnEarlierStayOfASourceLearnsNothingLater) {
    LifecycleSpec brief = sis(1);
    brief.states[0].dwell = fixed(20.2);
    add("back", {{20'500'000, 1, 0}});
    add("far", {{20'100'000, 0, 300}, {20'150'000, 0, 301, 0, 21}, {20'600'000, 0, 302, 5, 21}});
    add("near", {}, 0, "far");
    run(brief, {0, 1});
    ASSERT_EQ(infections(0).size(), 2u);
    ASSERT_EQ(infections(300).size(), 1u);
    ASSERT_EQ(logs_[2]->followed.size(), 1u);
    EXPECT_EQ(logs_[2]->followed[0].ordinal, 5u);
}

TEST_P(OutbreakOrder, SkipsStepsInWhichNothingHappens) {
    add("v", {{5 * second, 0, 300}, {70 * second, 0, 301}, {100 * second, 0, 302}});
    run(si());
    EXPECT_EQ(counts_.steps, 2);
    EXPECT_EQ(counts_.steps_skipped, 98);
    EXPECT_TRUE(infections(302).empty());  // the run is over
}

}  // namespace
}  // namespace annelid
