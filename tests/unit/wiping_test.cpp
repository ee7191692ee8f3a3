// A worm that wipes: hosts spread until they reboot, are out of use, and come back when re-imaged.
#include "tests/unit/epidemic.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs minute = 60 * us_per_s;

/// Infectious for 10 to 60 min, then wiped: for ever, or until it is re-imaged.
LifecycleSpec wiper(const std::string& after, double reimaging_s = 0) {
    LifecycleSpec out = chain(
        "infectious",
        {state("infectious", "wiped",
               {.kind = DistributionSpec::Kind::uniform, .lower = 600, .upper = 3600}),
         state("wiped", after, after.empty() ? DistributionSpec{} : exponential(reimaging_s))});
    out.states[1].disrupted = true;
    if (after == "reimaged") {
        out.states.push_back(state("reimaged"));
        out.states.back().infected = false;
    }
    return out;
}

Epidemic epidemic_of(const LifecycleSpec& lifecycle) {
    Epidemic out;
    out.lifecycle = lifecycle;
    out.vectors = {{"scan", scan_of_10k(0.05)}};  // a host is hit every 200 s
    out.end_us = 6 * 60 * minute;
    out.step_us = 5 * us_per_s;
    out.row_every_us = 10 * minute;
    return out;
}

/// Number of a state by its name: the susceptible one first, the others as they are written.
StateId id(const LifecycleSpec& spec, const std::string& name) {
    const Lifecycle lifecycle(spec);
    for (std::size_t s = 0; s < lifecycle.states().size(); ++s) {
        if (lifecycle.states()[s].name == name) {
            return static_cast<StateId>(s);
        }
    }
    return 255;
}

/// From events and transitions alone: stays, sources and the series must agree.
void expect_wiping(const Epidemic& epidemic) {
    const StateId infectious = id(epidemic.lifecycle, "infectious");
    const StateId wiped = id(epidemic.lifecycle, "wiped");
    EXPECT_TRUE(Lifecycle(epidemic.lifecycle)[wiped].disrupted);
    EXPECT_FALSE(Lifecycle(epidemic.lifecycle)[wiped].infectious);
    const Outcome got = play(epidemic);
    std::map<std::int64_t, std::vector<std::pair<TimeUs, TimeUs>>> stays;
    std::vector<double> dwells;
    for (const Transition& t : got.transitions) {
        if (t.to == infectious) {
            stays[t.host.value].push_back({t.time_us, never});
        }
        if (t.to == wiped) {
            ASSERT_EQ(t.from, infectious);
            auto& [from, until] = stays[t.host.value].back();
            until = t.time_us;
            ASSERT_GE(until - from, 10 * minute);
            ASSERT_LE(until - from, 60 * minute);
            if (from < epidemic.end_us - 60 * minute) {  // as far as all are seen
                dwells.push_back(to_seconds(until - from - 10 * minute) / 3000);
            }
        }
    }
    EXPECT_GT(dwells.size(), 500u);
    EXPECT_GT(p_of_uniform_values(dwells), 1e-3);
    for (const Event& event : got.events) {
        if (event.infector != no_host) {
            const auto& of = stays[event.infector.value];
            ASSERT_TRUE(std::any_of(of.begin(), of.end(), [&](const auto& stay) {
                return stay.first <= event.time_us &&
                       event.time_us < stay.second + epidemic.step_us;
            }));
        }
    }
    // The series count those out of use: everything that went in and did not come out by then.
    const std::size_t states = Lifecycle(epidemic.lifecycle).states().size();
    for (std::int64_t row = 0; row < epidemic.num_rows(); ++row) {
        std::int64_t expected = 0;
        for (const Transition& t : got.transitions) {
            if (t.time_us <= row * epidemic.row_every_us) {
                expected += (t.to == wiped ? 1 : 0) - (t.from == wiped ? 1 : 0);
            }
        }
        ASSERT_EQ(got.counts[static_cast<std::size_t>(row) * states + wiped], expected);
    }
    EXPECT_EQ(got.counts[(static_cast<std::size_t>(epidemic.num_rows()) - 1) * states + wiped],
              std::count(got.states.begin(), got.states.end(), wiped));
}

TEST(Wiping, TakesHostsOutOfUseForEver) {
    const Epidemic epidemic = epidemic_of(wiper(""));
    expect_wiping(epidemic);
    const Outcome got = play(epidemic);
    EXPECT_GT(got.events.size(), 900u);
    EXPECT_LE(got.events.size(), 1000u);
}

TEST(Wiping, EndsWhereHostsAreReimagedAndImmune) {
    const Epidemic epidemic = epidemic_of(wiper("reimaged", 1800));
    expect_wiping(epidemic);
    const Outcome got = play(epidemic);
    const StateId reimaged = id(epidemic.lifecycle, "reimaged");
    EXPECT_GT(std::count(got.states.begin(), got.states.end(), reimaged), 800);
    EXPECT_LE(got.events.size(), 1000u);  // nobody twice
}

TEST(Wiping, GoesOnWhereHostsAreReimagedAndUnpatched) {
    const Epidemic epidemic = epidemic_of(wiper("susceptible", 1800));
    expect_wiping(epidemic);
    EXPECT_GT(play(epidemic).events.size(), 2000u);  // again and again
}

}  // namespace
}  // namespace annelid
