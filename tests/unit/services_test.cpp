// When an organisation is out of service by itself: weights, threshold, exact times.
#include "models/services/services.hpp"

#include "engine/base/errors.hpp"
#include "models/populations/enterprise.hpp"
#include "models/populations/internet.hpp"
#include "tests/unit/services_world.hpp"
#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

using Changes = std::vector<ServiceChange>;

ServiceRules threshold(std::int64_t ppm) {
    ServiceRules rules;
    rules.threshold_ppm = ppm;
    return rules;
}

TEST(Services, AnOrganisationIsOutFromTheHostThatCrossesTheThreshold) {
    const Population population = service_world({"office"}, {{{4, 4, 5}}});
    // Half of four is not more than half; half of five is.
    EXPECT_EQ(play_services(threshold(500'000), population,
                            {{4, 10, true},
                             {5, 20, true},
                             {6, 31, true},
                             {8, 40, true},
                             {9, 41, true},
                             {10, 43, true}}),
              (Changes{own(31, 0, 0, 4), own(43, 0, 0, 8)}));
}

TEST(Services, ExactlyTheThresholdIsNotOut) {
    // 10 hosts: three tenths are three of them; floating point would make 0.3 x 10 either.
    const Population population = service_world({"office"}, {{{10}}});
    const std::vector<Disruption> three = {{0, 1, true}, {1, 2, true}, {2, 3, true}};
    EXPECT_TRUE(play_services(threshold(300'000), population, three).empty());
    EXPECT_EQ(play_services(threshold(299'999), population, three), (Changes{own(3, 0, 0, 0)}));
    EXPECT_EQ(play_services(threshold(0), population, three), (Changes{own(1, 0, 0, 0)}));
}

TEST(Services, AnOrganisationIsBackWhenItNoLongerIsAboveTheThreshold) {
    const Population population = service_world({"office"}, {{{4}}});
    EXPECT_EQ(play_services(threshold(250'000), population,
                            {{0, 5, true},
                             {1, 6, true},
                             {0, 7, false},
                             {2, 9, true},
                             {2, 12, false},
                             {1, 13, false}}),
              (Changes{own(6, 0, 0, 0), own(7, 0, 0, 0, false), own(9, 0, 0, 0),
                       own(12, 0, 0, 0, false)}));
}

TEST(Services, WhatHappensAtTheSameTimeIsTakenTogether) {
    const Population population = service_world({"office"}, {{{2, 2}}});
    // A swap of hosts at 9 leaves the first organisation out; a blink at 12 is none; in
    // whatever order they are told.
    std::vector<Disruption> told = {{0, 5, true},   {1, 9, true},   {0, 9, false},
                                    {2, 9, true},   {3, 9, true},   {2, 20, false},
                                    {3, 20, false}, {1, 12, false}, {1, 12, true}};
    for (std::size_t turn = 0; turn < told.size(); ++turn) {
        EXPECT_EQ(play_services(threshold(400'000), population, told),
                  (Changes{own(5, 0, 0, 0), own(9, 0, 0, 2), own(20, 0, 0, 2, false)}));
        std::rotate(told.begin(), told.begin() + 1, told.end());
    }
}

TEST(Services, HouseholdsAreNoOrganisations) {
    const Population population = service_world({"home", "office"}, {{{3, 3}, {1, 2}}});
    const auto places = count_services(population);
    EXPECT_EQ(places[0].organisations, 0);
    EXPECT_EQ(places[1].organisations, 2);
    EXPECT_EQ(places[1].hosts, 3);
    EXPECT_EQ(play_services(threshold(0), population, {{0, 1, true}, {7, 2, true}, {8, 3, true}}),
              (Changes{own(2, 0, 1, 7)}));
}

TEST(Services, ServersWeighMore) {
    // 40 hosts: servers are the first of every 20, the last of these controls the domain, the last
    // of every 20 is an administrator's.
    Population::Parts parts = service_parts({"office"}, {{{40}}});
    parts.organisations.servers = {1, 20};
    parts.organisations.administrators = {1, 20};
    parts.organisations.domain_from = 10;
    parts.organisations.domain_hosts = 1000;
    const Population population(std::move(parts));
    const Organisation layout = population.layout_of(HostId{0});
    ASSERT_TRUE(layout.is_server(HostId{0}) && layout.is_server(HostId{20}));
    ASSERT_TRUE(layout.is_administrator(HostId{19}) && layout.is_administrator(HostId{39}));
    ASSERT_EQ(layout.controller(layout.domain_of(HostId{5}), 0), HostId{20});
    ServiceRules rules;
    rules.weights = {1, 5, 3, 20};
    // 36 workstations, a server, two administrators, a controller that is a server too: 67 in all.
    const auto crosses = [&](std::int64_t host, std::int64_t weight) {
        rules.threshold_ppm = weight * parts_per_million / 67 - 1;
        EXPECT_EQ(play_services(rules, population, {{host, 1, true}}), (Changes{own(1, 0, 0, 0)}));
        rules.threshold_ppm = weight * parts_per_million / 67 + 1;
        EXPECT_TRUE(play_services(rules, population, {{host, 1, true}}).empty());
    };
    crosses(1, 1);
    crosses(0, 5);
    crosses(19, 3);
    crosses(20, 20);
}

TEST(Services, TheLargestWeightOfAHostsRolesCounts) {
    const RoleWeights weights{4, 2, 3, 1};
    EXPECT_EQ(weights.of(0), 4);
    EXPECT_EQ(weights.of(trait_unpatched), 4);
    EXPECT_EQ(weights.of(trait_server), 2);
    EXPECT_EQ(weights.of(trait_server | trait_domain_controller), 2);
    EXPECT_EQ(weights.of(trait_server | trait_administrator), 3);
    EXPECT_EQ(weights.of(trait_domain_controller), 1);
}

TEST(Services, WeightsOfLargeOrganisationsAreSummedInBlocks) {
    // More than one block of hosts; out with the controllers, servers and administrators alone?
    EnterprisePopulationSettings settings;
    settings.hosts = 10'000;
    settings.servers = 700;
    settings.administrators = 100;
    const Population population = make_enterprise_population(settings, {});
    ServiceRules rules;
    rules.weights = {1, 5, 2, 20};
    std::int64_t weight = 0;
    std::vector<std::int64_t> of(10'000);
    std::vector<Traits> traits(10'000);
    population.draw_traits(HostId{0}, traits);
    for (std::size_t h = 0; h < traits.size(); ++h) {
        of[h] = rules.weights.of(traits[h]);
        weight += of[h];
    }
    EXPECT_GT(weight, 10'000 + 4 * 600);
    // Host by host it is out from the first that brings more than a third.
    std::vector<Disruption> told;
    std::int64_t sum = 0, expected = -1;
    for (std::int64_t h = 0; h < 10'000; ++h) {
        told.push_back({h, h, true});
        sum += of[static_cast<std::size_t>(h)];
        if (expected < 0 && sum * parts_per_million > 333'333 * weight) {
            expected = h;
        }
    }
    rules.threshold_ppm = 333'333;
    EXPECT_EQ(play_services(rules, population, told), (Changes{own(expected, 0, 0, 0)}));
}

TEST(Services, CountsOrganisationsAsTheyStandInAWorld) {
    InternetSettings settings;
    settings.hosts = 200'000;
    const Population internet = make_internet(
        settings, WorldTables::read(std::string(ANNELID_SOURCE_DIR) + "/inputs/world-2017"), {});
    const Population two = two_countries(), even = flat(103, 10);
    for (const Population* population : {&internet, &two, &even}) {
        std::map<std::pair<int, int>, ServicePlace> expected;
        for (const HostRange& organisation : organisations(*population)) {
            const Cell& cell = population->cell_of(organisation.first);
            if (!population->is_home(cell)) {
                ServicePlace& place = expected[{cell.country, cell.sector}];
                place.organisations += 1;
                place.hosts += organisation.size();
            }
        }
        const auto places = count_services(*population);
        const std::size_t sectors = population->sectors().size();
        ASSERT_EQ(places.size(), sectors * population->countries().size());
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto& place =
                expected[{static_cast<int>(i / sectors), static_cast<int>(i % sectors)}];
            ASSERT_EQ(places[i].organisations, place.organisations) << i;
            ASSERT_EQ(places[i].hosts, place.hosts) << i;
        }
    }
}

// Of population `graph`: one run of hosts over all cells.
TEST(Services, OrganisationsOfOneHostMayRunOnOverCells) {
    Population::Parts parts = service_parts({"office", "home"}, {{{1, 1}, {1, 1, 1}}, {{1}, {}}});
    parts.runs = {{HostId{0}, 1}};
    const auto places = count_services(Population(std::move(parts)));
    EXPECT_EQ(places[0].organisations, 2);
    EXPECT_EQ(places[1].organisations, 0);
    EXPECT_EQ(places[2].organisations, 1);
}

TEST(ServiceSettings, BecomeRules) {
    const Population population =
        service_world({"home", "power", "telecom", "bank"}, {{{1}, {1}, {1}, {1}}});
    ServiceSettings settings;
    settings.threshold = 1.0 / 3;
    settings.dependencies = {{"phones", "telecom", {"bank"}, 0.25, 5}, {"power", "power"}};
    const ServiceRules rules = make_service_rules(settings, population);
    EXPECT_EQ(rules.threshold_ppm, 333'333);
    EXPECT_EQ(rules.weights.domain_controller, settings.domain_controller_weight);
    ASSERT_EQ(rules.dependencies.size(), 2u);
    EXPECT_EQ(rules.dependencies[0].provider, 2u);
    EXPECT_EQ(rules.dependencies[0].dependents, (std::vector<std::size_t>{3}));
    EXPECT_EQ(rules.dependencies[0].share_ppm, 250'000);
    EXPECT_EQ(rules.dependencies[0].backup, 5);
    EXPECT_EQ(rules.dependencies[1].dependents, (std::vector<std::size_t>{2, 3}));
}

TEST(ServiceSettings, RefuseWhatCannotBe) {
    const Population population = service_world({"home", "power", "bank"}, {{{1}, {1}, {1}}});
    const auto fault = [&](const DependencySettings& dependency) {
        ServiceSettings settings;
        settings.dependencies = {dependency};
        try {
            make_service_rules(settings, population);
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(fault({"d", "power", {"bank"}}), "");
    for (const DependencySettings& bad :
         std::vector<DependencySettings>{{"d", "water"},
                                         {"d", "home"},
                                         {"d", "power", {"bank", "power"}},
                                         {"d", "power", {"home"}},
                                         {"d", "power", {}, 1}}) {
        EXPECT_NE(fault(bad).find("service.dependency.d"), std::string::npos) << fault(bad);
    }
}

}  // namespace
}  // namespace annelid
