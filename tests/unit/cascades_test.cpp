// Outages between sectors: backups, chains, cycles, and what is counted where causes overlap.
#include "engine/spread/cascades.hpp"

#include "tests/unit/services_world.hpp"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

using Changes = std::vector<ServiceChange>;

constexpr std::size_t power = 0, telecom = 1, bank = 2;

/// Organisations of one host each: hosts 0 and 1 are power, 2 and 3 telecom, 4 to 6 banks. Of
/// country B, 7 is power and 8 a bank.
Population two_lands() {
    return service_world({"power", "telecom", "bank"},
                         {{{1, 1}, {1, 1}, {1, 1, 1}}, {{1}, {}, {1}}});
}

ServiceRules with(std::vector<Dependency> dependencies) {
    ServiceRules rules;
    rules.dependencies = std::move(dependencies);
    return rules;
}

Dependency on(std::size_t provider, std::vector<std::size_t> of, TimeUs backup,
              std::int64_t share_ppm = 500'000) {
    return {"d", provider, std::move(of), share_ppm, backup};
}

Changes played(const std::vector<Dependency>& dependencies,
               const std::vector<Disruption>& disruptions) {
    return play_services(with(dependencies), two_lands(), disruptions);
}

TEST(Cascades, DependentsLoseServiceWhenTheirBackupEnds) {
    // One of two power companies is half of them: not more than the share.
    EXPECT_EQ(
        played({on(power, {telecom, bank}, 10)}, {{0, 5, true}, {1, 20, true}, {1, 50, false}}),
        (Changes{own(5, 0, 0, 0), own(20, 0, 0, 1), by_dependency(30, 0, 1, 2),
                 by_dependency(30, 0, 2, 3), own(50, 0, 0, 1, false), by_dependency(50, 0, 1, -2),
                 by_dependency(50, 0, 2, -3)}));
}

TEST(Cascades, SharesGoByHosts) {
    const Population population = service_world({"power", "bank"}, {{{3, 1, 1}, {1}}});
    const ServiceRules rules = with({on(0, {1}, 0)});
    // Two companies of three, two hosts of five; then one company, three hosts.
    EXPECT_EQ(play_services(rules, population, {{3, 1, true}, {4, 2, true}}),
              (Changes{own(1, 0, 0, 3), own(2, 0, 0, 4)}));
    EXPECT_EQ(play_services(rules, population, {{0, 1, true}, {1, 2, true}}),
              (Changes{own(2, 0, 0, 0), by_dependency(2, 0, 1, 1)}));
}

TEST(Cascades, AProviderThatIsBackInTimeDoesNoHarm) {
    const auto with_return_at = [](TimeUs time) {
        return played({on(power, {bank}, 10)}, {{0, 1, true}, {1, 5, true}, {0, time, false}});
    };
    const Changes harmless = {own(1, 0, 0, 0), own(5, 0, 0, 1), own(14, 0, 0, 0, false)};
    EXPECT_EQ(with_return_at(14), harmless);
    EXPECT_EQ(with_return_at(15).size(), 3u);  // at the very instant
    EXPECT_EQ(with_return_at(16).size(), 5u);
    // The backup is full again afterwards.
    EXPECT_EQ(played({on(power, {bank}, 10)},
                     {{0, 1, true}, {1, 5, true}, {1, 14, false}, {1, 15, true}, {1, 26, false}}),
              (Changes{own(1, 0, 0, 0), own(5, 0, 0, 1), own(14, 0, 0, 1, false), own(15, 0, 0, 1),
                       by_dependency(25, 0, 2, 3), own(26, 0, 0, 1, false),
                       by_dependency(26, 0, 2, -3)}));
}

TEST(Cascades, CountriesStandAlone) {
    EXPECT_EQ(played({on(power, {bank}, 3)}, {{7, 1, true}}),
              (Changes{own(1, 1, 0, 7), by_dependency(4, 1, 2, 1)}));
}

TEST(Cascades, ChainsTakeOneBackupAfterTheOther) {
    const std::vector<Dependency> chain = {on(telecom, {bank}, 7), on(power, {telecom}, 10)};
    EXPECT_EQ(played(chain, {{0, 5, true}, {1, 5, true}, {1, 100, false}}),
              (Changes{own(5, 0, 0, 0), own(5, 0, 0, 1), by_dependency(15, 0, 1, 2),
                       by_dependency(22, 0, 2, 3), own(100, 0, 0, 1, false),
                       by_dependency(100, 0, 1, -2), by_dependency(100, 0, 2, -3)}));
    // Country B has no telecom to pass it on.
    EXPECT_EQ(played(chain, {{7, 5, true}}), (Changes{own(5, 1, 0, 7)}));
}

TEST(Cascades, ChainsWithoutBackupsPlayAtOnce) {
    const std::vector<Dependency> chain = {on(telecom, {bank}, 0), on(power, {telecom}, 0)};
    EXPECT_EQ(played(chain, {{0, 5, true}, {1, 6, true}}),
              (Changes{own(5, 0, 0, 0), own(6, 0, 0, 1), by_dependency(6, 0, 1, 2),
                       by_dependency(6, 0, 2, 3)}));
}

TEST(Cascades, CyclesLetGoWithTheirRoot) {
    for (const TimeUs backup : {TimeUs{0}, TimeUs{4}}) {
        const std::vector<Dependency> cycle = {on(power, {telecom}, backup),
                                               on(telecom, {power}, backup)};
        // Power is out by telecom, and telecom by power as well; that does not keep them out.
        EXPECT_EQ(played(cycle, {{2, 5, true}, {3, 5, true}, {2, 30, false}, {3, 30, false}}),
                  (Changes{own(5, 0, 1, 2), own(5, 0, 1, 3), by_dependency(5 + backup, 0, 0, 2),
                           own(30, 0, 1, 2, false), own(30, 0, 1, 3, false),
                           by_dependency(30, 0, 0, -2)}))
            << backup;
    }
}

TEST(Cascades, ACycleHoldsWhileAnyRootHolds) {
    const std::vector<Dependency> cycle = {on(power, {telecom}, 4), on(telecom, {power, bank}, 4)};
    const Changes changes = played(cycle, {{2, 0, true},
                                           {3, 0, true},
                                           {0, 20, true},
                                           {1, 20, true},
                                           {2, 30, false},
                                           {3, 30, false},
                                           {0, 40, false}});
    // Both are roots from 20 to 30; then telecom is out by dependency, and banks never came back.
    EXPECT_EQ(changes,
              (Changes{own(0, 0, 1, 2), own(0, 0, 1, 3), by_dependency(4, 0, 0, 2),
                       by_dependency(4, 0, 2, 3), own(20, 0, 0, 0), own(20, 0, 0, 1),
                       by_dependency(20, 0, 0, -2), own(30, 0, 1, 2, false),
                       own(30, 0, 1, 3, false), by_dependency(30, 0, 1, 2), own(40, 0, 0, 0, false),
                       by_dependency(40, 0, 1, -2), by_dependency(40, 0, 2, -3)}));
}

TEST(Cascades, AnOrganisationThatIsOutForBothReasonsCountsOnce) {
    EXPECT_EQ(played({on(power, {bank}, 10)}, {{4, 0, true},
                                               {0, 1, true},
                                               {1, 1, true},
                                               {5, 12, true},
                                               {4, 13, false},
                                               {0, 20, false}}),
              (Changes{own(0, 0, 2, 4), own(1, 0, 0, 0), own(1, 0, 0, 1),
                       by_dependency(11, 0, 2, 2), own(12, 0, 2, 5), by_dependency(12, 0, 2, -1),
                       own(13, 0, 2, 4, false), by_dependency(13, 0, 2, 1), own(20, 0, 0, 0, false),
                       by_dependency(20, 0, 2, -2)}));
}

TEST(Cascades, WhatFallsTogetherIsPlayedTogether) {
    // The last bank goes out at the instant at which the backup ends, and with it the provider.
    EXPECT_EQ(
        played({on(power, {bank}, 10)}, {{0, 1, true}, {1, 1, true}, {4, 11, true}}),
        (Changes{own(1, 0, 0, 0), own(1, 0, 0, 1), own(11, 0, 2, 4), by_dependency(11, 0, 2, 2)}));
    // One power company relieves the other: the failure has no gap.
    EXPECT_EQ(played({on(power, {bank}, 10, 400'000)},
                     {{0, 1, true}, {1, 6, true}, {0, 6, false}, {1, 15, false}}),
              (Changes{own(1, 0, 0, 0), own(6, 0, 0, 0, false), own(6, 0, 0, 1),
                       by_dependency(11, 0, 2, 3), own(15, 0, 0, 1, false),
                       by_dependency(15, 0, 2, -3)}));
}

TEST(Cascades, TellWhenABackupEndsNext) {
    const Population population = two_lands();
    const ServiceRules rules = with({on(telecom, {bank}, 7), on(power, {telecom}, 10)});
    Services services(rules, population);
    const Communicator ranks;
    EXPECT_EQ(services.next_time(), never);
    services.disrupt(HostId{0}, 5, true);
    services.disrupt(HostId{1}, 5, true);
    EXPECT_TRUE(services.settle({0, 0, 5}, ranks).empty());  // not yet
    EXPECT_EQ(services.next_time(), never);
    EXPECT_EQ(services.settle({0, 5, 6}, ranks).size(), 2u);
    EXPECT_EQ(services.next_time(), 15);
    EXPECT_TRUE(services.settle({0, 6, 15}, ranks).empty());
    EXPECT_FALSE(services.cascades().lost(0, telecom));
    EXPECT_EQ(services.settle({0, 15, 16}, ranks).size(), 1u);
    EXPECT_TRUE(services.cascades().lost(0, telecom));
    EXPECT_EQ(services.next_time(), 22);
    // Late, at its exact time.
    EXPECT_EQ(services.settle({0, 16, 1000}, ranks), (Changes{by_dependency(22, 0, 2, 3)}));
    EXPECT_EQ(services.next_time(), never);
}

}  // namespace
}  // namespace annelid
