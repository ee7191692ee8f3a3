// Triggers of a scenario: the rules that the engine plays, and the alliance of 2017.
#include "models/defences/trigger_rules.hpp"

#include "models/defences/alliance.hpp"
#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

using Kind = TriggerRule::Kind;

Counted per(const std::string& group, std::int64_t at_least = 1) {
    Counted out;
    out.per = group;
    out.at_least = at_least;
    return out;
}
template <class T>
T of(std::vector<std::string> parts) {
    T out;
    out.of = std::move(parts);
    return out;
}
DetectionsTrigger found_per(const std::string& group) {
    DetectionsTrigger out;
    out.counted = per(group);
    return out;
}

struct Rules : testing::Test {
    std::vector<TriggerRule> made() const {
        const DefenceContext context{
            world.population, world.partition, world.hosts, {{"first", {"AA", "ZZ"}}}};
        return make_triggers(tables,
                             {{"susceptible", "ill", "dead", "immune"},
                              {"one", "two"},
                              {"cut", "patches", "sensor"},
                              {"small", "large"}},
                             context);
    }
    TriggerRule made(const std::string& name) const {
        const std::vector<TriggerRule> rules = made();
        return *std::find_if(rules.begin(), rules.end(),
                             [&](const TriggerRule& rule) { return rule.name == name; });
    }

    SmallWorld world{two_countries()};
    TriggerTables tables;
};

TEST_F(Rules, StandAfterThoseThatTheyLookAt) {
    tables.triggers["a"] = of<AllTrigger>({"d", "b"});
    tables.triggers["b"] = of<NoneTrigger>({"c"});
    tables.triggers["c"] = TimeTrigger{.at = 7};
    tables.triggers["d"] = found_per("country");
    tables.sharing["e"] = {.alliance = "first", .trigger = "a", .delay = 9, .compliance = 0.5};
    const std::vector<TriggerRule> rules = made();
    ASSERT_EQ(rules.size(), 5u);
    for (std::size_t n = 0; n < rules.size(); ++n) {
        for (const std::size_t part : rules[n].of) {
            EXPECT_LT(part, n);
        }
    }
    const TriggerRule all = made("a");
    EXPECT_EQ(all.kind, Kind::all);
    EXPECT_EQ(all.per, Group::country);
    ASSERT_EQ(all.of.size(), 2u);
    EXPECT_EQ(rules[all.of[0]].name, "d");
    EXPECT_EQ(rules[all.of[1]].name, "b");
    EXPECT_EQ(rules[all.of[1]].per, Group::world);
    EXPECT_EQ(made("c").time, 7);
    const TriggerRule alert = made("e");
    EXPECT_EQ(alert.kind, Kind::alert);
    EXPECT_EQ(alert.per, Group::country);
    EXPECT_EQ(rules[alert.of[0]].name, "a");
    EXPECT_EQ(alert.members, (std::vector<bool>{true, false}));
    EXPECT_EQ(alert.delay, 9);
    EXPECT_EQ(alert.compliance, 0.5);
    // The engine takes them as they are.
    EXPECT_NO_THROW(Triggers(rules, world.population, Seed{1, 0}, {4}));
}

TEST_F(Rules, CountWhatTheyNameByItsNumber) {
    CountTrigger count;
    count.states = {"dead", "ill"};
    count.worm = "two";
    count.counted = per("sector", 5);
    count.counted.share = 0.25;
    count.counted.alliances = {"first"};
    count.counted.sectors = {"office"};
    tables.triggers["count"] = count;
    tables.triggers["any worm"] = CountTrigger{.states = {"ill"}, .counted = {}};
    DetectionsTrigger found;
    found.sensors = {"sensor", "cut"};
    found.false_alarms = false;
    tables.triggers["found"] = found;
    tables.triggers["scans"] = ScansTrigger{.telescope = "large", .at_least = 8};
    tables.triggers["out"] = OutagesTrigger{.counted = per("organisation")};

    const TriggerRule rule = made("count");
    EXPECT_EQ(rule.states, (std::vector<bool>{false, true, true, false}));
    EXPECT_EQ(rule.worm, 1);
    EXPECT_EQ(rule.per, Group::sector);
    EXPECT_EQ(rule.at_least, 5);
    EXPECT_EQ(rule.share, 0.25);
    EXPECT_EQ(rule.cells, (std::vector<bool>{false, true, false, false}));
    EXPECT_EQ(made("any worm").worm, -1);
    EXPECT_TRUE(made("any worm").cells.empty());
    EXPECT_EQ(made("found").sensors, (std::vector<std::uint8_t>{2, 0}));
    EXPECT_FALSE(made("found").false_alarms);
    EXPECT_EQ(made("scans").telescope, 1u);
    EXPECT_EQ(made("scans").at_least, 8);
    EXPECT_EQ(made("out").kind, Kind::outages);
    EXPECT_EQ(made("out").per, Group::organisation);
}

TEST_F(Rules, HaveTheFinestGroupOfTheirParts) {
    tables.triggers["country"] = found_per("country");
    tables.triggers["organisation"] = found_per("organisation");
    tables.triggers["sector"] = found_per("sector");
    tables.triggers["time"] = TimeTrigger{};
    tables.triggers["country and time"] = of<AllTrigger>({"time", "country"});
    tables.triggers["own and all"] = of<AllTrigger>({"country and time", "organisation", "sector"});
    tables.triggers["times"] = of<AnyTrigger>({"time", "time"});
    EXPECT_TRUE(check_parts(tables, tables.names()).empty());
    const auto groups = groups_of(tables);
    EXPECT_EQ(groups.at("country and time"), Group::country);
    EXPECT_EQ(groups.at("own and all"), Group::organisation);
    EXPECT_EQ(groups.at("times"), Group::world);

    tables.triggers["crossed"] = of<AnyTrigger>({"country", "sector"});
    EXPECT_EQ(check_parts(tables, {}).count("crossed"), 1u);
}

TEST_F(Rules, AreLookedAtOnlyWhereSomethingHappens) {
    tables.triggers["found"] = found_per("organisation");
    tables.triggers["time"] = TimeTrigger{};
    tables.triggers["quiet"] = of<NoneTrigger>({"found"});
    tables.triggers["either"] = of<AnyTrigger>({"found", "time"});
    tables.triggers["fine"] = of<AllTrigger>({"found", "quiet", "time"});
    EXPECT_TRUE(check_parts(tables, {"fine"}).empty());
    EXPECT_EQ(check_parts(tables, {"fine", "quiet"}).count("quiet"), 1u);
    EXPECT_EQ(check_parts(tables, {"either"}).count("either"), 1u);
}

TEST_F(Rules, TellTheCirclesThatTheyAreIn) {
    tables.triggers["a"] = of<AllTrigger>({"b"});
    tables.triggers["b"] = of<NoneTrigger>({"c", "b"});
    tables.triggers["c"] = of<AnyTrigger>({"a"});
    EXPECT_EQ(order_of(tables).circles,
              (std::vector<std::vector<std::string>>{{"a", "b", "c", "a"}, {"b", "b"}}));
}

TEST_F(Rules, TellWhyTheyNeverFire) {
    TriggerRule rule{.name = "count", .kind = Kind::count, .at_least = 1000};
    EXPECT_EQ(why_never(rule, world.population, 1), "");
    rule.at_least = 1001;
    EXPECT_NE(why_never(rule, world.population, 1), "");
    EXPECT_EQ(why_never(rule, world.population, 2), "");
    rule.at_least = 601;
    EXPECT_EQ(why_never(rule, world.population, 1), "");
    rule.per = Group::country;  // of 600 and 400 hosts
    EXPECT_NE(why_never(rule, world.population, 1), "");
    rule.at_least = 1;
    rule.cells = {false, false, false, false};
    for (const Group group : {Group::country, Group::organisation}) {
        rule.per = group;
        EXPECT_NE(why_never(rule, world.population, 1), "");
    }
    rule.kind = Kind::scans;
    EXPECT_EQ(why_never(rule, world.population, 1), "");
}

TEST(Alliance, NatoHad29MembersInJune2017) {
    const std::string inputs = ANNELID_SOURCE_DIR "/inputs/world-2017/";
    std::vector<std::string> members = read_alliance(inputs + "nato-2017.csv");
    EXPECT_EQ(members.size(), 29u);
    std::sort(members.begin(), members.end());
    EXPECT_EQ(std::unique(members.begin(), members.end()), members.end());
    // Montenegro had joined three weeks before NotPetya; North Macedonia and others came later.
    const auto is_member = [&](const std::string& code) {
        return std::binary_search(members.begin(), members.end(), code);
    };
    EXPECT_TRUE(is_member("ME"));
    for (const char* other : {"MK", "FI", "SE", "UA", "UK"}) {
        EXPECT_FALSE(is_member(other)) << other;
    }
}

}  // namespace
}  // namespace annelid
