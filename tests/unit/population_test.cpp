// Population: places computed from tables of runs, against looking at every host; world `flat`.
#include "engine/hosts/population.hpp"

#include "tests/unit/population_checks.hpp"
#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annelid {
namespace {

TEST(Population, PlacesTileEachOther) {
    for (const std::int64_t organisation : {1, 2, 7, 253, 254, 255, 508, 509, 5000}) {
        for (const std::int64_t subnet : {1, 20, 254}) {
            SCOPED_TRACE(fmt::format("organisations of {}, subnets of {}", organisation, subnet));
            expect_places(flat(5001, organisation, subnet));
        }
    }
    expect_places(two_countries());
}

TEST(Population, AddressesRiseAndBlocksFindTheirHosts) {
    expect_addresses(flat(1));
    expect_addresses(flat(100'000));
    expect_addresses(flat(65'537));
    expect_addresses(two_countries());
}

TEST(Population, AddressesAreSpreadEvenly) {
    const Population population = flat(1000);
    for (std::int64_t h = 0; h < 1000; ++h) {
        EXPECT_EQ(population.address_of(HostId{h}), h * (std::int64_t{1} << 32) / 1000);
    }
    EXPECT_EQ(population.hosts_at(0, std::int64_t{1} << 32), population.all());
}

TEST(Population, BlocksThatHoldNobodyAreEmpty) {
    const Population population = two_countries();
    EXPECT_EQ(population.hosts_at(1000, 65536).size(), 0);          // between the countries
    EXPECT_EQ(population.hosts_at(155'536, 10'000'000).size(), 0);  // beyond them
    EXPECT_EQ(population.hosts_at(0, 65536), (HostRange{HostId{0}, HostId{600}}));
    EXPECT_EQ(population.hosts_at(500, 65537), (HostRange{HostId{300}, HostId{601}}));
    EXPECT_EQ(population.hosts_at(0, 1 << 24), population.all());
}

TEST(Population, KnowsTheCellOfEachHost) {
    const Population population = two_countries();
    for (std::int64_t h = 0; h < 1000; ++h) {
        const Cell& cell = population.cell_of(HostId{h});
        EXPECT_EQ(cell.country, h < 600 ? 0 : 1);
        EXPECT_EQ(cell.sector, (h >= 400 && h < 600) || h >= 900 ? 1 : 0);
    }
    EXPECT_EQ(population.organisation_of(HostId{399}), (HostRange{HostId{360}, HostId{400}}));
    EXPECT_EQ(population.organisation_of(HostId{400}), (HostRange{HostId{400}, HostId{425}}));
    EXPECT_EQ(population.organisation_of(HostId{997}), (HostRange{HostId{991}, HostId{998}}));
    EXPECT_EQ(population.organisation_of(HostId{999}), (HostRange{HostId{999}, HostId{1000}}));
}

TEST(Flat, TheLastOrganisationTakesTheRest) {
    const Population population = flat(1005, 13);
    const std::vector<HostRange> all = organisations(population);
    ASSERT_EQ(all.size(), 78u);
    for (const HostRange& organisation : all) {
        EXPECT_EQ(organisation.size(), organisation == all.back() ? 4 : 13);
    }
    EXPECT_EQ(organisations(flat(5, 100)).size(), 1u);
}

TEST(Flat, IsAsLargeAsItIsAndNeverScaled) {
    const Population population = flat(12'345, 10);
    EXPECT_EQ(population.num_hosts(), 12'345);
    EXPECT_EQ(population.real_hosts(), 12'345);
    EXPECT_EQ(population.address_scale(), 1);
    EXPECT_EQ(population.countries().size(), 1u);
    EXPECT_EQ(population.countries()[0].num_addresses, std::int64_t{1} << 32);
    std::vector<Traits> traits(10);
    population.draw_traits(HostId{100}, traits);
    std::vector<Traits> expected(10, all_traits);
    expected[0] |= trait_server | trait_domain_controller;  // an organisation of 10 has one
    EXPECT_EQ(traits, expected);
}

TEST(HostTable, StartsSusceptibleWithTheTraitsOfItsHosts) {
    const SmallWorld world(flat(70'000));
    EXPECT_EQ(world.hosts.state[0], LargeVector<StateId>(70'000, 0));
    EXPECT_EQ(world.hosts.traits, LargeVector<Traits>(70'000, all_traits));
}

// Against a search of all: stretches of any length, in populations of any size.
TEST(StartIndex, FindsTheStretchOfEveryHost) {
    const Draws draws({}, Purpose::test);
    for (std::uint64_t world = 0; world < 60; ++world) {
        const auto hosts = static_cast<std::int64_t>(1 + to_index(draws.bits(world), 3000));
        const double share = to_unit(draws.bits(world, 1));
        std::vector<OrganisationRun> runs = {{HostId{0}, 1}};
        for (std::int64_t h = 1; h < hosts; ++h) {
            // Short ones in the first half.
            const double here = h < hosts / 2 ? share : share / 50;
            if (happens(draws.bits(world, 2, static_cast<std::uint32_t>(h)), here)) {
                runs.push_back({HostId{h}, 1});
            }
        }
        const StartIndex index(runs, hosts);
        std::size_t at = 0;
        for (std::int64_t h = 0; h <= hosts; ++h) {
            while (at + 1 < runs.size() && runs[at + 1].first.value <= h) {
                ++at;
            }
            ASSERT_EQ(&index.find(runs, HostId{h}), &runs[at]) << h << " of " << hosts;
        }
    }
}

}  // namespace
}  // namespace annelid
