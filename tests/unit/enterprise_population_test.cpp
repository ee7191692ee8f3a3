// Population `enterprise`: exact numbers of each role and of unpatched hosts.
#include "models/populations/enterprise.hpp"
#include "tests/unit/population_checks.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

std::vector<Traits> traits_of(const Population& population) {
    std::vector<Traits> out(static_cast<std::size_t>(population.num_hosts()));
    population.draw_traits(HostId{0}, out);
    return out;
}

std::int64_t count(const std::vector<Traits>& traits, Traits role) {
    return std::count_if(traits.begin(), traits.end(), [&](Traits t) { return carries(t, role); });
}

EnterprisePopulationSettings large() {
    EnterprisePopulationSettings settings;
    settings.hosts = 49'000;
    settings.servers = 4'000;
    settings.administrators = 123;
    settings.domain_controllers = 7;
    settings.parts.domain_hosts = 12'500;
    return settings;
}

TEST(EnterprisePopulation, HasSoManyOfEachRole) {
    const Population population = make_enterprise_population(large(), {1, 0});
    const std::vector<Traits> traits = traits_of(population);
    EXPECT_EQ(count(traits, trait_server), 4'000);
    EXPECT_EQ(count(traits, trait_administrator), 123);
    EXPECT_EQ(count(traits, trait_domain_controller), 4 * 7);  // of four domains
    EXPECT_EQ(count(traits, trait_domain_controller | trait_server), 4 * 7);
    EXPECT_EQ(count(traits, trait_exposed), 0);
    EXPECT_EQ(population.organisation_of(HostId{31'000}), population.all());
    expect_places(population);
}

TEST(EnterprisePopulation, LeavesExactlySoManyHostsUnpatched) {
    EnterprisePopulationSettings settings;
    settings.hosts = 107;
    std::vector<std::int64_t> drawn(107);
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        settings.unpatched_hosts = 3;
        const auto three = traits_of(make_enterprise_population(settings, {seed, 0}));
        settings.unpatched_hosts = 5;
        const auto five = traits_of(make_enterprise_population(settings, {seed, 0}));
        ASSERT_EQ(count(three, trait_unpatched), 3);
        ASSERT_EQ(count(five, trait_unpatched), 5);
        for (std::size_t h = 0; h < 107; ++h) {
            ASSERT_LE(three[h] & trait_unpatched, five[h] & trait_unpatched);
            drawn[h] += carries(three[h], trait_unpatched) ? 1 : 0;
        }
    }
    EXPECT_GT(p_of_uniform_counts(drawn), level);
    settings.unpatched_hosts = 0;
    EXPECT_EQ(count(traits_of(make_enterprise_population(settings, {})), trait_unpatched), 0);
}

TEST(EnterprisePopulation, LeavesAShareUnpatched) {
    EnterprisePopulationSettings settings = large();
    settings.unpatched = 0.2;
    const auto few = traits_of(make_enterprise_population(settings, {1, 0}));
    settings.unpatched = 0.4;
    const auto many = traits_of(make_enterprise_population(settings, {1, 0}));
    EXPECT_LT(std::abs(binomial_deviation(count(few, trait_unpatched), 49'000, 0.2)), sigmas);
    for (std::size_t h = 0; h < few.size(); ++h) {
        ASSERT_LE(few[h] & trait_unpatched, many[h] & trait_unpatched);
    }
}

TEST(EnterprisePopulation, RefusesMoreOfAKindThanThereAreHosts) {
    EnterprisePopulationSettings settings;
    settings.hosts = 40;
    settings.servers = 41;
    settings.administrators = 40;
    settings.unpatched_hosts = 41;
    settings.parts.domain_hosts = 100;
    settings.country = "Ukraine";
    settings.sector = "home";
    std::vector<std::string> keys;
    for (const KeyFault& fault : settings.faults()) {
        keys.push_back(fault.key);
    }
    EXPECT_EQ(keys, (std::vector<std::string>{"domain_hosts", "servers", "unpatched_hosts",
                                              "country", "sector"}));
    settings = {};
    settings.country = "UA";
    EXPECT_TRUE(settings.faults().empty());
}

}  // namespace
}  // namespace annelid
