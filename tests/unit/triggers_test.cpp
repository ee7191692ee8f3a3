// Triggers: each kind, their combinations, and when exactly they fire.
#include "engine/spread/triggers.hpp"

#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {

/// For messages of tests.
void PrintTo(const Fire& fire, std::ostream* out) {
    *out << "{" << fire.time << ", " << fire.rule << ", " << fire.group << "}";
}

namespace {

using Kind = TriggerRule::Kind;
using Fires = std::vector<Fire>;

constexpr StateId susceptible = 0, infectious = 1, disrupted = 2;

/// Numbers of rules are those of the lists that tests write.
TriggerRule at(TimeUs time) {
    return {.name = "at", .time = time};
}
TriggerRule count_of(Group per, std::int64_t at_least, std::vector<bool> states) {
    return {.name = "count",
            .kind = Kind::count,
            .per = per,
            .states = std::move(states),
            .at_least = at_least};
}
TriggerRule disrupted_of(Group per, std::int64_t at_least) {
    return count_of(per, at_least, {false, false, true});
}
TriggerRule found_in(Group per, std::int64_t at_least = 1) {
    return {.name = "found", .kind = Kind::detections, .per = per, .at_least = at_least};
}
TriggerRule combined(Kind kind, Group per, std::vector<std::size_t> of) {
    return {.name = "combined", .kind = kind, .per = per, .of = std::move(of)};
}

/// Triggers on the hosts of two countries; the last rule starts something.
struct Fixture {
    explicit Fixture(std::vector<TriggerRule> rules, std::vector<std::size_t> starters = {})
        : triggers(rules, population, Seed{1, 0},
                   starters.empty() ? std::vector{rules.size() - 1} : starters) {}

    void become(std::int64_t host, StateId from, StateId to, std::int64_t n = 1) {
        triggers.count_states(HostId{host}, population.cell_of(HostId{host}), 0, from, to, n);
    }
    void detect(std::int64_t host, std::uint8_t sensor = 0, bool infected = true) {
        triggers.count_detection(HostId{host}, sensor, infected);
    }
    Fires fire(TimeUs from, TimeUs until) {
        triggers.share(ranks);
        return triggers.fire(from, until);
    }

    Population population = two_countries();
    Communicator ranks;
    Triggers triggers;
};

TEST(Triggers, ATimeIsExactAndFiresOnce) {
    Fixture f({at(15)});
    EXPECT_EQ(f.triggers.next_time(), 15);
    EXPECT_EQ(f.fire(0, 10), Fires{});
    EXPECT_EQ(f.fire(10, 15), Fires{});
    EXPECT_EQ(f.fire(15, 20), (Fires{{15, 0, 0}}));
    EXPECT_EQ(f.fire(20, 30), Fires{});
    EXPECT_EQ(f.triggers.next_time(), never);
    EXPECT_EQ(Fixture({at(0)}).fire(0, 1), (Fires{{0, 0, 0}}));
}

TEST(Triggers, CountsFireFromTheEndOfTheStretchInWhichTheyAreReached) {
    Fixture f({disrupted_of(Group::world, 3)});
    EXPECT_EQ(f.fire(0, 10), Fires{});
    f.become(5, infectious, disrupted, 2);
    EXPECT_EQ(f.fire(10, 20), Fires{});
    EXPECT_EQ(f.triggers.next_time(), never);
    f.become(900, susceptible, disrupted);
    f.triggers.share(f.ranks);
    EXPECT_EQ(f.triggers.next_time(), 20);
    EXPECT_EQ(f.fire(20, 30), (Fires{{20, 0, 0}}));
    f.become(900, susceptible, disrupted);
    EXPECT_EQ(f.fire(30, 40), Fires{});
}

TEST(Triggers, CountsFallAgain) {
    Fixture f({disrupted_of(Group::world, 2), at(30), combined(Kind::all, Group::world, {0, 1})});
    f.become(1, infectious, disrupted, 2);
    EXPECT_EQ(f.fire(0, 10), Fires{});
    EXPECT_EQ(f.triggers.next_time(), 30);
    f.become(1, disrupted, susceptible);
    EXPECT_EQ(f.fire(10, 40), Fires{});
    EXPECT_EQ(f.triggers.next_time(), never);
    f.become(1, infectious, infectious);
    f.become(1, infectious, disrupted);
    EXPECT_EQ(f.fire(40, 50), (Fires{{40, 2, 0}}));
}

TEST(Triggers, CountsAreOfTheirStatesWormAndGroup) {
    TriggerRule of_second = disrupted_of(Group::world, 1);
    of_second.worm = 1;
    Fixture f({of_second, disrupted_of(Group::country, 2), disrupted_of(Group::sector, 2),
               count_of(Group::world, 3, {false, true, true})},
              {0, 1, 2, 3});
    f.become(0, susceptible, disrupted);     // AA, home
    f.become(650, susceptible, infectious);  // BB, home
    EXPECT_EQ(f.fire(0, 10), Fires{});
    f.become(950, susceptible, disrupted);  // BB, office
    EXPECT_EQ(f.fire(10, 20), (Fires{{10, 3, 0}}));
    f.become(651, infectious, disrupted);  // BB, home
    EXPECT_EQ(f.fire(20, 30), (Fires{{20, 1, 1}, {20, 2, 0}}));
    f.triggers.count_states(HostId{0}, f.population.cells()[0], 1, susceptible, disrupted);
    EXPECT_EQ(f.fire(30, 40), (Fires{{30, 0, 0}, {30, 1, 0}}));
}

TEST(Triggers, AScopeCountsItsCellsAlone) {
    TriggerRule rule = disrupted_of(Group::country, 1);
    rule.cells = {false, true, false, false};  // AA, office
    Fixture f({rule});
    f.become(0, susceptible, disrupted);
    f.become(999, susceptible, disrupted);
    EXPECT_EQ(f.fire(0, 10), Fires{});
    f.become(400, susceptible, disrupted);
    EXPECT_EQ(f.fire(10, 20), (Fires{{10, 0, 0}}));
}

/// The count at which a share of a scope is reached.
std::int64_t reached_at(double share, const std::vector<bool>& cells) {
    TriggerRule rule = disrupted_of(Group::world, 1);
    rule.share = share;
    rule.cells = cells;
    Fixture f({rule});
    const std::int64_t host = cells.empty() || cells[0] ? 0 : 400;
    for (std::int64_t n = 1; n <= 1001; ++n) {
        f.become(host, susceptible, disrupted);
        if (!f.fire(n, n + 1).empty()) {
            return n;
        }
    }
    return 0;
}

TEST(Triggers, SharesAreComparedExactly) {
    // In doubles 0.1 x 10 and the like lie a little above or below the whole number.
    EXPECT_EQ(reached_at(0.1, {}), 100);
    EXPECT_EQ(reached_at(0.3, {}), 300);
    EXPECT_EQ(reached_at(0.7, {}), 700);
    EXPECT_EQ(reached_at(0.001, {}), 1);
    EXPECT_EQ(reached_at(0.0011, {}), 2);
    EXPECT_EQ(reached_at(1, {}), 1000);
    EXPECT_EQ(reached_at(0.333333333, {}), 334);
    EXPECT_EQ(reached_at(0.55, {false, true, false, false}), 110);  // of 200 hosts
    EXPECT_EQ(reached_at(0.551, {false, true, false, false}), 111);
    EXPECT_EQ(reached_at(1e-12, {}), 1);
}

TEST(Triggers, SharesAreOfTheGroupsOwnHosts) {
    TriggerRule rule = disrupted_of(Group::country, 1);
    rule.share = 0.01;
    rule.cells = {true, true, false, true};
    Fixture f({rule});  // 1 % of 600 hosts, of 100
    f.become(0, susceptible, disrupted, 5);
    f.become(900, susceptible, disrupted, 1);
    EXPECT_EQ(f.fire(0, 10), (Fires{{0, 0, 1}}));
    f.become(0, susceptible, disrupted, 1);
    EXPECT_EQ(f.fire(10, 20), (Fires{{10, 0, 0}}));

    rule = disrupted_of(Group::organisation, 1);
    rule.share = 0.1;
    Fixture of_organisations({rule});  // of 40 hosts, of 7
    for (const std::int64_t host : {0, 1, 2, 900}) {
        of_organisations.become(host, susceptible, disrupted);
    }
    EXPECT_EQ(of_organisations.fire(0, 10), (Fires{{0, 0, 900}}));
    of_organisations.become(3, susceptible, disrupted);
    EXPECT_EQ(of_organisations.fire(10, 20), (Fires{{10, 0, 0}}));
}

TEST(Triggers, DetectionsAreOfTheirSensors) {
    TriggerRule rule = found_in(Group::country, 2);
    rule.sensors = {1, 3};
    TriggerRule rightly = found_in(Group::country);
    rightly.false_alarms = false;
    Fixture f({rule, rightly}, {0, 1});
    f.detect(10, 3, false);
    f.detect(10, 2, false);
    EXPECT_EQ(f.fire(0, 10), Fires{});
    f.detect(11, 1, true);
    EXPECT_EQ(f.fire(10, 20), (Fires{{10, 0, 0}, {10, 1, 0}}));
}

TEST(Triggers, OutagesEndAgain) {
    TriggerRule rule{.name = "out", .kind = Kind::outages, .per = Group::sector, .at_least = 2};
    TriggerRule own = rule;
    own.per = Group::organisation;
    own.at_least = 1;
    Fixture f({rule, own}, {0, 1});
    f.triggers.count_outage(HostId{400}, true);
    EXPECT_EQ(f.fire(0, 10), (Fires{{0, 1, 400}}));
    f.triggers.count_outage(HostId{400}, false);
    f.triggers.count_outage(HostId{425}, true);
    EXPECT_EQ(f.fire(10, 20), (Fires{{10, 1, 425}}));
    f.triggers.count_outage(HostId{900}, true);
    EXPECT_EQ(f.fire(20, 30), (Fires{{20, 0, 1}, {20, 1, 900}}));
}

TEST(Triggers, ScansAreOfTheirTelescope) {
    TriggerRule rule{.name = "scans", .kind = Kind::scans, .at_least = 1000, .telescope = 1};
    Fixture f({rule});
    f.triggers.count_scans(0, 5000);
    f.triggers.count_scans(1, 999);
    EXPECT_EQ(f.fire(0, 10), Fires{});
    f.triggers.count_scans(1, 1);
    EXPECT_EQ(f.fire(10, 20), (Fires{{10, 0, 0}}));
}

TEST(Triggers, CombinationsAreAndOrNot) {
    // Of two counts: neither, one, both reached.
    const auto fires = [](Kind kind, bool first, bool second) {
        Fixture f({disrupted_of(Group::world, 1), found_in(Group::world),
                   combined(kind, Group::world, {0, 1})});
        if (first) {
            f.become(0, susceptible, disrupted);
        }
        if (second) {
            f.detect(0);
        }
        return !f.fire(0, 10).empty();
    };
    for (const bool first : {false, true}) {
        for (const bool second : {false, true}) {
            EXPECT_EQ(fires(Kind::all, first, second), first && second);
            EXPECT_EQ(fires(Kind::any, first, second), first || second);
            EXPECT_EQ(fires(Kind::none, first, second), !first && !second);
        }
    }
}

TEST(Triggers, CombinationsWithTimesSwitchAtThem) {
    // (t >= 5 and not t >= 12) or t >= 30, and a count.
    const std::vector<TriggerRule> rules = {at(5),
                                            at(12),
                                            at(30),
                                            combined(Kind::none, Group::world, {1}),
                                            combined(Kind::all, Group::world, {0, 3}),
                                            combined(Kind::any, Group::world, {4, 2}),
                                            disrupted_of(Group::world, 1),
                                            combined(Kind::all, Group::world, {5, 6})};
    const auto fires_at = [&](TimeUs counted) {
        Fixture f(rules);
        f.fire(0, counted);
        f.become(0, susceptible, disrupted);
        f.triggers.share(f.ranks);
        const TimeUs next = f.triggers.next_time();
        const Fires fires = f.fire(counted, 100);
        EXPECT_EQ(fires.size(), 1u);
        EXPECT_EQ(fires.empty() ? never : fires[0].time, next);
        return next;
    };
    EXPECT_EQ(fires_at(0), 5);
    EXPECT_EQ(fires_at(4), 5);
    EXPECT_EQ(fires_at(11), 11);
    EXPECT_EQ(fires_at(12), 30);
    EXPECT_EQ(fires_at(50), 50);
}

/// Only what a starter looks at is counted.
TEST(Triggers, WantsWhatIsLookedAt) {
    const std::vector<TriggerRule> rules = {disrupted_of(Group::organisation, 1),
                                            found_in(Group::world),
                                            TriggerRule{.name = "scans", .kind = Kind::scans},
                                            TriggerRule{.name = "out", .kind = Kind::outages},
                                            combined(Kind::any, Group::world, {1, 2})};
    const auto wanted = [&](std::vector<std::size_t> starters) {
        const Fixture f(rules, std::move(starters));
        return std::vector<bool>{f.triggers.wants_states(), f.triggers.wants_hosts(),
                                 f.triggers.wants_detections(), f.triggers.wants_outages(),
                                 f.triggers.wants_scans()};
    };
    EXPECT_EQ(wanted({0}), (std::vector<bool>{true, true, false, false, false}));
    EXPECT_EQ(wanted({4}), (std::vector<bool>{false, false, true, false, true}));
    EXPECT_EQ(wanted({3}), (std::vector<bool>{false, false, false, true, false}));
}

TEST(Triggers, AnOrganisationLooksAtItsCountryAndSector) {
    Fixture f({found_in(Group::organisation), disrupted_of(Group::country, 1),
               disrupted_of(Group::sector, 1), at(50),
               combined(Kind::all, Group::organisation, {0, 1, 2, 3})});
    f.detect(0);    // AA, home
    f.detect(410);  // AA, office
    f.detect(900);  // BB, office
    EXPECT_EQ(f.fire(0, 60), Fires{});
    f.become(420, susceptible, disrupted);  // AA, office, another organisation
    f.triggers.share(f.ranks);
    EXPECT_EQ(f.triggers.next_time(), 60);
    EXPECT_EQ(f.fire(60, 70), (Fires{{60, 4, 400}}));
    f.become(999, susceptible, disrupted);  // BB, office
    EXPECT_EQ(f.fire(70, 80), (Fires{{70, 4, 900}}));
    f.detect(451);  // AA, office
    EXPECT_EQ(f.fire(80, 90), (Fires{{80, 4, 450}}));
    f.detect(411);
    EXPECT_EQ(f.fire(90, 100), Fires{});
}

TEST(Triggers, AnOrganisationCanLookAtWhatItDoesNotHave) {
    Fixture f({found_in(Group::organisation, 2),
               TriggerRule{.name = "out", .kind = Kind::outages, .per = Group::organisation},
               combined(Kind::none, Group::organisation, {1}), at(20),
               combined(Kind::all, Group::organisation, {0, 2, 3})});
    for (const std::int64_t host : {0, 1, 40, 41, 80}) {
        f.detect(host);
    }
    f.triggers.count_outage(HostId{40}, true);
    EXPECT_EQ(f.fire(0, 10), Fires{});
    EXPECT_EQ(f.triggers.next_time(), 20);
    EXPECT_EQ(f.fire(10, 30), (Fires{{20, 4, 0}}));
    f.triggers.count_outage(HostId{40}, false);
    EXPECT_EQ(f.fire(30, 40), (Fires{{30, 4, 40}}));
}

TEST(Triggers, KnowsWhatIsFalseWhereNothingHappens) {
    using enum TriggerRule::Kind;
    const Group own = Group::organisation;
    const std::vector<TriggerRule> rules = {found_in(own),
                                            at(5),
                                            combined(none, own, {0}),
                                            combined(all, own, {0, 2}),
                                            combined(any, own, {0, 1}),
                                            combined(all, own, {0, 1}),
                                            combined(none, own, {2, 1}),
                                            combined(all, own, {2, 2}),
                                            combined(any, own, {2, 1}),
                                            combined(any, own, {0, 3})};
    EXPECT_EQ(truth_when_idle(rules, 0), false);
    EXPECT_EQ(truth_when_idle(rules, 2), true);
    EXPECT_EQ(truth_when_idle(rules, 3), false);
    EXPECT_EQ(truth_when_idle(rules, 4), std::nullopt);  // from then on true everywhere
    EXPECT_EQ(truth_when_idle(rules, 5), false);
    EXPECT_EQ(truth_when_idle(rules, 6), false);  // found, and before then
    EXPECT_EQ(truth_when_idle(rules, 7), true);
    EXPECT_EQ(truth_when_idle(rules, 8), true);
    EXPECT_EQ(truth_when_idle(rules, 9), false);
}

TEST(Triggers, RefusesRulesThatCannotBe) {
    const auto refused = [](const std::vector<TriggerRule>& rules) {
        EXPECT_THROW(Fixture f(rules), std::invalid_argument);
    };
    refused({combined(Kind::all, Group::world, {0})});
    refused({found_in(Group::country), combined(Kind::all, Group::sector, {0})});
    refused({found_in(Group::country), combined(Kind::all, Group::world, {0})});
    refused({found_in(Group::host)});
    refused({TriggerRule{.name = "scans", .kind = Kind::scans, .per = Group::country}});
    refused({found_in(Group::world),
             TriggerRule{.name = "alert", .kind = Kind::alert, .per = Group::world, .of = {0}}});
}

/// Counts that change at chosen times, played in stretches of any length: nothing depends on how
/// time is cut, nor on stretches that are left out until next_time().
class Cutting : public testing::TestWithParam<TimeUs> {};

Fires played(TimeUs every, bool skip) {
    TriggerRule alert{.name = "alert", .kind = Kind::alert, .per = Group::country, .of = {2}};
    alert.delay = 17;
    alert.members = {true, true};
    Fixture f(
        {disrupted_of(Group::country, 2), at(31), combined(Kind::all, Group::country, {0, 1}),
         alert, found_in(Group::organisation), combined(Kind::all, Group::organisation, {3, 4}),
         at(77), combined(Kind::none, Group::world, {6}),
         combined(Kind::all, Group::country, {3, 7})},
        {2, 3, 5, 8});
    const std::vector<std::pair<TimeUs, std::function<void()>>> changes = {
        {12, [&] { f.become(3, susceptible, disrupted, 2); }},
        {24, [&] { f.detect(905); }},
        {60, [&] { f.become(3, disrupted, susceptible, 2); }},
        {96, [&] { f.become(950, susceptible, disrupted, 3); }},
    };
    Fires out;
    TimeUs now = 0;
    for (std::size_t next = 0; next <= changes.size(); ++next) {
        const TimeUs until = next < changes.size() ? changes[next].first : 200;
        while (now < until) {
            TimeUs end = std::min(until, now + every);
            if (skip && f.triggers.next_time() >= end) {
                now = end;
                continue;
            }
            const Fires fires = f.fire(now, end);
            out.insert(out.end(), fires.begin(), fires.end());
            now = end;
        }
        if (next < changes.size()) {
            f.fire(until, until);  // what a change is in is never left out
            changes[next].second();
            f.triggers.share(f.ranks);
        }
    }
    return out;
}

TEST_P(Cutting, ChangesNothing) {
    const Fires expected = {{31, 2, 0},   {31, 3, 0}, {31, 8, 0}, {48, 3, 1},
                            {48, 5, 900}, {48, 8, 1}, {96, 2, 1}};
    EXPECT_EQ(played(GetParam(), false), expected);
    EXPECT_EQ(played(GetParam(), true), expected);
}

INSTANTIATE_TEST_SUITE_P(Triggers, Cutting, testing::Values(1, 2, 3, 7, 12, 50, 200));

/// One country of many, each with ten hosts in one organisation.
Population countries(std::int32_t many) {
    Population::Parts parts;
    parts.sectors = {"all"};
    for (std::int32_t c = 0; c < many; ++c) {
        const HostId first{10 * c}, last{10 * c + 10};
        parts.countries.push_back(
            {"C" + std::to_string(c), "country", {first, last}, 1000 * c, 1000});
        parts.cells.push_back({first, c, 0});
        parts.runs.push_back({first, 10});
    }
    parts.num_hosts = 10 * many;
    parts.draw_traits = [](HostId, std::span<Traits> out) {
        std::fill(out.begin(), out.end(), all_traits);
    };
    return Population(std::move(parts));
}

struct Alliance {
    Alliance(double compliance, TimeUs delay, std::int32_t many, std::int32_t members)
        : population(countries(many)),
          triggers(rules(compliance, delay, many, members), population, Seed{3, 1}, {1}) {}

    static std::vector<TriggerRule> rules(double compliance, TimeUs delay, std::int32_t many,
                                          std::int32_t members) {
        TriggerRule alert{.name = "nato", .kind = Kind::alert, .per = Group::country, .of = {0}};
        alert.delay = delay;
        alert.compliance = compliance;
        for (std::int32_t c = 0; c < many; ++c) {
            alert.members.push_back(c < members);
        }
        return {found_in(Group::country), alert};
    }
    void detect_in(std::int64_t country) {
        triggers.count_detection(HostId{10 * country}, 0, true);
        triggers.share(ranks);
    }

    Population population;
    Communicator ranks;
    Triggers triggers;
};

TEST(AlertSharing, MembersKnowADelayAfterTheFirstOfThem) {
    Alliance a(1, 25, 5, 3);
    EXPECT_EQ(a.triggers.fire(0, 100), Fires{});
    a.detect_in(4);  // no member: nobody else hears of it
    EXPECT_EQ(a.triggers.next_time(), 100);
    EXPECT_EQ(a.triggers.fire(100, 110), (Fires{{100, 1, 4}}));
    EXPECT_EQ(a.triggers.next_time(), never);
    a.detect_in(1);
    EXPECT_EQ(a.triggers.fire(110, 120), (Fires{{110, 1, 1}}));
    EXPECT_EQ(a.triggers.next_time(), 135);
    a.detect_in(0);  // before it hears of the other
    EXPECT_EQ(a.triggers.fire(120, 130), (Fires{{120, 1, 0}}));
    EXPECT_EQ(a.triggers.fire(130, 140), (Fires{{135, 1, 2}}));
    a.detect_in(3);
    EXPECT_EQ(a.triggers.fire(140, 150), (Fires{{140, 1, 3}}));
}

TEST(AlertSharing, WithoutDelayAllKnowAtOnce) {
    Alliance a(1, 0, 3, 3);
    a.detect_in(2);
    EXPECT_EQ(a.triggers.fire(0, 10), (Fires{{0, 1, 0}, {0, 1, 1}, {0, 1, 2}}));
}

TEST(AlertSharing, WhoDoesNotComplyNeitherTellsNorHears) {
    // Those who hear at a compliance, when each in turn is the first.
    constexpr std::int32_t many = 60;
    const auto hear = [](double compliance) {
        std::vector<std::size_t> heard;
        for (std::int32_t first = 0; first < many; ++first) {
            Alliance a(compliance, 5, many, many);
            a.detect_in(first);
            EXPECT_EQ(a.triggers.fire(0, 1), (Fires{{0, 1, first}}));
            heard.push_back(1 + a.triggers.fire(1, 100).size());
        }
        return heard;
    };
    EXPECT_EQ(hear(0), std::vector<std::size_t>(many, 1));
    EXPECT_EQ(hear(1), std::vector<std::size_t>(many, many));
    const std::vector<std::size_t> some = hear(0.3), more = hear(0.6);
    const auto comply = [](const std::vector<std::size_t>& heard) {
        return static_cast<std::size_t>(
            std::count_if(heard.begin(), heard.end(), [](std::size_t n) { return n > 1; }));
    };
    // Binomial(60, 0.3) and (60, 0.6), within 4 standard deviations.
    EXPECT_NEAR(static_cast<double>(comply(some)), 18, 14.2);
    EXPECT_NEAR(static_cast<double>(comply(more)), 36, 15.2);
    for (std::size_t c = 0; c < many; ++c) {
        EXPECT_TRUE(some[c] == 1 || some[c] == comply(some));
        EXPECT_TRUE(more[c] == 1 || more[c] == comply(more));
        EXPECT_LE(some[c] > 1, more[c] > 1) << "who complies at 0.3 does at 0.6";
    }
}

TEST(AlertSharing, CompliesAsADefenceOfTheSameNameDoes) {
    constexpr std::int32_t many = 60;
    Alliance a(0.5, 5, many, many);
    Scope scope;
    scope.compliance = 0.5;
    scope.complies = Group::country;
    const Activation activation(a.population, scope, Group::world, 0, never, Seed{3, 1}, "nato");
    std::int32_t first = 0;
    std::vector<std::int64_t> expected;
    for (std::int32_t c = many - 1; c >= 0; --c) {
        if (activation.in_scope(HostId{10 * c}, all_traits)) {
            first = c;
            expected.insert(expected.begin(), c);
        }
    }
    a.detect_in(first);
    std::vector<std::int64_t> heard;
    for (const Fire& fire : a.triggers.fire(0, 10)) {
        heard.push_back(fire.group);
    }
    EXPECT_EQ(heard, expected);
}

TEST(AlertSharing, AnAlertStaysRaised) {
    TriggerRule alert{.name = "nato", .kind = Kind::alert, .per = Group::country, .of = {0}};
    alert.members = {true, true};
    alert.delay = 30;
    Fixture f({disrupted_of(Group::country, 1), alert});
    f.become(0, susceptible, disrupted);
    EXPECT_EQ(f.fire(0, 10), (Fires{{0, 1, 0}}));
    f.become(0, disrupted, susceptible);
    EXPECT_EQ(f.fire(10, 50), (Fires{{30, 1, 1}}));
}

}  // namespace
}  // namespace annelid
