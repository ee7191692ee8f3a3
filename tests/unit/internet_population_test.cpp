// World `internet` over the tables of 2017: what it must add up to, and what its shares must be.
#include "models/populations/internet.hpp"
#include "models/populations/world_tables.hpp"
#include "tests/unit/population_checks.hpp"
#include "tests/unit/small_world.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

const std::filesystem::path folder =
    std::filesystem::path(ANNELID_SOURCE_DIR) / "inputs" / "world-2017";

const WorldTables& tables() {
    static const WorldTables out = WorldTables::read(folder);
    return out;
}

InternetSettings settings_of(std::int64_t hosts) {
    InternetSettings settings;
    settings.hosts = hosts;
    return settings;
}

Population internet(const InternetSettings& settings, std::uint64_t seed = 1) {
    return make_internet(settings, folder, {seed, 0});
}

constexpr std::int64_t million = 1'000'000;

const Population& world() {
    static const Population out = internet(settings_of(million));
    return out;
}

std::vector<Traits> traits_of(const Population& population) {
    std::vector<Traits> out(static_cast<std::size_t>(population.num_hosts()));
    population.draw_traits(HostId{0}, out);
    return out;
}

const std::vector<Traits>& traits() {
    static const std::vector<Traits> out = traits_of(world());
    return out;
}

const std::string& sector_of(const Population& population, const Cell& cell) {
    return population.sectors()[static_cast<std::size_t>(cell.sector)];
}

const std::string& code_of(const Population& population, const Cell& cell) {
    return population.countries()[static_cast<std::size_t>(cell.country)].code;
}

/// Calls visit(cell, hosts of it).
template <class Visit>
void for_each_cell(const Population& population, Visit visit) {
    const std::vector<Cell>& cells = population.cells();
    for (std::size_t c = 0; c < cells.size(); ++c) {
        visit(cells[c],
              HostRange{cells[c].first, c + 1 < cells.size() ? cells[c + 1].first
                                                             : HostId{population.num_hosts()}});
    }
}

std::int64_t count(const std::vector<Traits>& all, const HostRange& hosts, Traits trait) {
    return std::count_if(all.begin() + hosts.first.value, all.begin() + hosts.last.value,
                         [&](Traits t) { return carries(t, trait); });
}

TEST(Internet, HostsSumToTheModel) {
    EXPECT_EQ(world().num_hosts(), million);
    EXPECT_DOUBLE_EQ(world().address_scale(), million / 1.5e9);
    std::int64_t next = 0;
    for (const Country& country : world().countries()) {
        ASSERT_EQ(country.hosts.first.value, next) << country.code;
        ASSERT_GE(country.hosts.size(), 0);
        next = country.hosts.last.value;
    }
    EXPECT_EQ(next, million);
}

TEST(Internet, CellsTileTheHostsOfTheirCountries) {
    std::int64_t next = 0;
    std::int32_t last_country = -1, last_sector = -1;
    for_each_cell(world(), [&](const Cell& cell, const HostRange& hosts) {
        ASSERT_EQ(hosts.first.value, next);
        ASSERT_GT(hosts.size(), 0);
        next = hosts.last.value;
        const Country& country = world().countries()[static_cast<std::size_t>(cell.country)];
        EXPECT_LE(country.hosts.first, hosts.first);
        EXPECT_LE(hosts.last, country.hosts.last);
        EXPECT_TRUE(cell.country > last_country || cell.sector > last_sector);
        last_country = cell.country;
        last_sector = cell.sector;
    });
    EXPECT_EQ(next, million);
}

TEST(Internet, PlacesTileEachOther) {
    expect_places(world());
}

TEST(Internet, EveryOrganisationLiesInOneCell) {
    const std::vector<HostRange> all = organisations(world());
    ASSERT_GT(all.size(), 100'000u);
    for (const HostRange& organisation : all) {
        ASSERT_EQ(&world().cell_of(organisation.first),
                  &world().cell_of(HostId{organisation.last.value - 1}))
            << "host " << organisation.first.value;
    }
}

TEST(Internet, CountriesHaveBlocksOfAddressesOfTheirOwn) {
    std::int64_t end = 0;
    for (const Country& country : world().countries()) {
        EXPECT_EQ(country.first_address % 65536, 0) << country.code;
        EXPECT_GE(country.first_address, end) << country.code;
        EXPECT_GE(country.num_addresses, 1);
        end = country.first_address + country.num_addresses;
    }
    EXPECT_LE(end, std::int64_t{1} << 32);
}

TEST(Internet, KeepsTheDensityOfEachCountry) {
    double users_and_addresses = 0;
    std::vector<double> weights;
    for (const auto& row : tables().countries) {
        weights.push_back(std::sqrt(row.users * row.ipv4));
        users_and_addresses += weights.back();
    }
    ASSERT_EQ(world().countries().size(), weights.size());
    for (std::size_t c = 0; c < weights.size(); ++c) {
        const Country& country = world().countries()[c];
        EXPECT_NEAR(static_cast<double>(country.hosts.size()),
                    weights[c] / users_and_addresses * million, 1)
            << country.code;
        EXPECT_NEAR(static_cast<double>(country.num_addresses),
                    std::max(1.0, tables().countries[c].ipv4 * world().address_scale()), 0.51)
            << country.code;
    }
}

TEST(Internet, AddressesRiseAndBlocksFindTheirHosts) {
    expect_addresses(world());
}

TEST(Internet, SectorsShareTheHostsAsTheTableSays) {
    std::map<std::string, std::int64_t> hosts;
    for_each_cell(world(), [&](const Cell& cell, const HostRange& range) {
        hosts[sector_of(world(), cell)] += range.size();
    });
    double business = 0;
    for (const auto& sector : tables().sectors) {
        business += sector.name == "home" ? 0 : sector.share;
    }
    for (const auto& sector : tables().sectors) {
        const double share = sector.name == "home" ? 0.5 : 0.5 * sector.share / business;
        // Each country rounds to whole hosts.
        EXPECT_NEAR(static_cast<double>(hosts[sector.name]), share * million,
                    static_cast<double>(world().countries().size()))
            << sector.name;
    }
    InternetSettings settings = settings_of(100'000);
    settings.home_share = 0.2;
    const Population other = internet(settings);
    std::int64_t home = 0;
    for_each_cell(other, [&](const Cell& cell, const HostRange& range) {
        home += sector_of(other, cell) == "home" ? range.size() : 0;
    });
    EXPECT_NEAR(static_cast<double>(home), 20'000, 250);
}

/// Shares of the business hosts in organisations of at least 250, 50 and 10 employees.
std::array<double, 3> shares_in_large(const Population& population) {
    constexpr std::array<double, 3> least = {250, 50, 10};
    std::array<std::int64_t, 3> large{};
    std::int64_t all = 0;
    for (const HostRange& organisation : organisations(population)) {
        const Cell& cell = population.cell_of(organisation.first);
        const double pcs = tables().sectors[static_cast<std::size_t>(cell.sector)].pcs_per_employee;
        if (pcs > 0) {
            all += organisation.size();
            for (std::size_t i = 0; i < least.size(); ++i) {
                const auto hosts = static_cast<std::int64_t>(least[i] * pcs + 0.5);
                large[i] += organisation.size() >= hosts ? organisation.size() : 0;
            }
        }
    }
    std::array<double, 3> shares{};
    for (std::size_t i = 0; i < shares.size(); ++i) {
        shares[i] = static_cast<double>(large[i]) / static_cast<double>(all);
    }
    return shares;
}

// Near the scale of the main job firms of every class have room in their sector and country.
TEST(Internet, OrganisationsShareEmploymentAsTheTableSays) {
    const double sum = 29.2 + 20.8 + 17.2 + 33.0;
    const std::array<double, 3> shares = shares_in_large(internet(settings_of(40 * million)));
    EXPECT_NEAR(shares[0], 33.0 / sum, 0.03);
    EXPECT_NEAR(shares[1], (33.0 + 17.2) / sum, 0.03);
    EXPECT_NEAR(shares[2], (33.0 + 17.2 + 20.8) / sum, 0.03);
}

// An organisation keeps its size in a scaled world and cannot be larger than its sector in its
// country, so a small world has fewer large ones and never more.
TEST(Internet, ASmallWorldHasRoomForFewerLargeOrganisations) {
    const double at_1m = shares_in_large(world())[0];
    const double at_4m = shares_in_large(internet(settings_of(4 * million)))[0];
    const double at_16m = shares_in_large(internet(settings_of(16 * million)))[0];
    EXPECT_LT(at_1m, at_4m);
    EXPECT_LT(at_4m, at_16m);
    EXPECT_NEAR(at_16m, 0.33, 0.03);
}

TEST(Internet, AThousandHostsAreEnough) {
    const Population small = internet(settings_of(1000));
    EXPECT_EQ(small.num_hosts(), 1000);
    expect_places(small);
    expect_addresses(small);
    const std::vector<Traits> all = traits_of(small);
    for_each_cell(small, [&](const Cell& cell, const HostRange& hosts) {
        EXPECT_EQ(count(all, hosts, trait_home),
                  sector_of(small, cell) == "home" ? hosts.size() : 0);
    });
}

TEST(InternetTraits, HomesAreTheHostsOfTheHomeSector) {
    for_each_cell(world(), [&](const Cell& cell, const HostRange& hosts) {
        EXPECT_EQ(count(traits(), hosts, trait_home),
                  sector_of(world(), cell) == "home" ? hosts.size() : 0);
    });
}

TEST(InternetTraits, HaveTheSharesOfTheirTables) {
    const double business_7 = 69.0 / (69 + 14 + 9 + 5 + 1);
    const double all_7 = 49.46 / 91.51;
    const double home_7 = (all_7 - 0.5 * business_7) / 0.5;
    std::int64_t home = 0, business = 0, home_seven = 0, business_seven = 0, business_open = 0;
    std::int64_t home_out = 0, business_out = 0;
    for_each_cell(world(), [&](const Cell& cell, const HostRange& hosts) {
        const bool is_home = sector_of(world(), cell) == "home";
        (is_home ? home : business) += hosts.size();
        (is_home ? home_seven : business_seven) += count(traits(), hosts, trait_windows_7);
        (is_home ? home_out : business_out) += count(traits(), hosts, trait_outbound);
        business_open += is_home ? 0 : count(traits(), hosts, trait_unpatched);
    });
    EXPECT_LT(std::abs(binomial_deviation(home_seven, home, home_7)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(business_seven, business, business_7)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(business_open, business, 0.35)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(home_out, home, 0.5)), sigmas);
    EXPECT_EQ(business_out, business);
}

TEST(InternetTraits, HomesAreUnpatchedByCountry) {
    const std::map<std::string, double> avast = {{"RU", 0.2084}, {"IN", 0.1853}, {"BR", 0.1756},
                                                 {"CZ", 0.0981}, {"US", 0.15},   {"DE", 0.15}};
    int seen = 0;
    for_each_cell(world(), [&](const Cell& cell, const HostRange& hosts) {
        const auto found = avast.find(code_of(world(), cell));
        if (found == avast.end() || sector_of(world(), cell) != "home") {
            return;
        }
        ++seen;
        EXPECT_LT(std::abs(binomial_deviation(count(traits(), hosts, trait_unpatched), hosts.size(),
                                              found->second)),
                  sigmas)
            << found->first;
    });
    EXPECT_EQ(seen, 6);
}

TEST(InternetTraits, AsManyAreExposedAsThePortScanFound) {
    const HostRange all = world().all();
    const double expected = 800'000 / 1.5e9 * million;
    EXPECT_LT(std::abs(poisson_deviation(count(traits(), all, trait_exposed), expected)), sigmas);
    for (const auto& row : tables().countries) {
        const auto country = std::find_if(world().countries().begin(), world().countries().end(),
                                          [&](const Country& c) { return c.code == row.code; });
        ASSERT_NE(country, world().countries().end());
        const double share = row.open_445 / tables().open_445_total;
        if (share > 0.02) {
            EXPECT_LT(std::abs(poisson_deviation(count(traits(), country->hosts, trait_exposed),
                                                 expected * share)),
                      sigmas)
                << row.code;
        }
    }
}

TEST(InternetTraits, ExposureFollowsHomesAndSizes) {
    InternetSettings settings = settings_of(million);
    settings.exposed_windows = 3e7;  // enough of them to count
    const Population population = internet(settings);
    const std::vector<Traits> all = traits_of(population);
    // All in one country, so that only home and size differ. By 1, 2 to 9, 10 to 99, more hosts.
    struct Group {
        double weight = 0;
        std::int64_t exposed = 0;
    };
    std::map<int, Group> groups;
    double weights = 0;
    std::int64_t exposed = 0;
    for (const HostRange& organisation : organisations(population)) {
        const Cell& cell = population.cell_of(organisation.first);
        if (code_of(population, cell) != "US") {
            continue;
        }
        const bool home = sector_of(population, cell) == "home";
        const auto size = static_cast<double>(organisation.size());
        const int group = home ? -1 : static_cast<int>(std::ceil(std::log10(size + 0.5)));
        const double weight = (home ? 3 : 1) * std::sqrt(size);  // hosts x size^(0.5 - 1)
        const std::int64_t n = count(all, organisation, trait_exposed);
        groups[group].weight += weight;
        groups[group].exposed += n;
        weights += weight;
        exposed += n;
    }
    EXPECT_NEAR(static_cast<double>(exposed), 3e7 / 1.5e9 * million * 2215442 / 5547284,
                sigmas * std::sqrt(static_cast<double>(exposed)));
    ASSERT_GE(groups.size(), 4u);
    for (const auto& [group, g] : groups) {
        EXPECT_LT(std::abs(binomial_deviation(g.exposed, exposed, g.weight / weights)), sigmas)
            << "organisations of up to 10^" << group << " hosts";
    }
}

TEST(InternetTraits, AreTheSameInWhateverSlicesTheyAreDrawn) {
    const Draws draws({}, Purpose::test, "slices");
    std::vector<Traits> slice;
    for (std::uint64_t i = 0; i < 300; ++i) {
        const auto bits = draws.pair(i);
        const auto first = static_cast<std::int64_t>(to_index(bits[0], million));
        const auto most = static_cast<std::uint64_t>(std::min(million - first, std::int64_t{5000}));
        slice.assign(to_index(bits[1], i % 3 == 0 ? 3 : most) + 1, 0);
        slice.resize(std::min<std::size_t>(slice.size(), most));
        world().draw_traits(HostId{first}, slice);
        ASSERT_TRUE(std::equal(slice.begin(), slice.end(), traits().begin() + first))
            << slice.size() << " hosts from " << first;
    }
    for_each_cell(world(), [&](const Cell&, const HostRange& hosts) {
        Traits one = 0;
        world().draw_traits(hosts.first, std::span(&one, 1));
        ASSERT_EQ(one, traits()[static_cast<std::size_t>(hosts.first.value)]);
    });
}

TEST(InternetTraits, ALargerShareContainsASmallerOne) {
    const auto with = [](auto change) {
        InternetSettings settings = settings_of(200'000);
        settings.exposed_windows = 2e7;
        change(settings);
        return traits_of(internet(settings));
    };
    const auto base = with([](InternetSettings&) {});
    const auto expect_more = [&](const std::vector<Traits>& more, Traits trait) {
        std::int64_t gained = 0;
        for (std::size_t h = 0; h < base.size(); ++h) {
            ASSERT_TRUE(!carries(base[h], trait) || carries(more[h], trait)) << "host " << h;
            ASSERT_EQ(base[h] | trait, more[h] | trait) << "another trait of host " << h;
            gained += base[h] != more[h] ? 1 : 0;
        }
        EXPECT_GT(gained, 100);
    };
    expect_more(with([](InternetSettings& s) { s.unpatched_business = 0.5; }), trait_unpatched);
    expect_more(with([](InternetSettings& s) { s.exposed_windows = 2.5e7; }), trait_exposed);
    expect_more(with([](InternetSettings& s) { s.outbound_home = 0.6; }), trait_outbound);
}

TEST(InternetTraits, FollowTheSeedOfTheWorld) {
    const InternetSettings settings = settings_of(50'000);
    EXPECT_EQ(traits_of(internet(settings, 1)), traits_of(internet(settings, 1)));
    EXPECT_NE(traits_of(internet(settings, 1)), traits_of(internet(settings, 2)));
    EXPECT_NE(organisations(internet(settings, 1)), organisations(internet(settings, 2)));
}

TEST(WorldTables, AreRead) {
    EXPECT_GT(tables().countries.size(), 200u);
    EXPECT_TRUE(std::is_sorted(tables().countries.begin(), tables().countries.end(),
                               [](const auto& a, const auto& b) { return a.code < b.code; }));
    EXPECT_EQ(tables().sectors.front().name, "home");
    EXPECT_NEAR(tables().windows_7_of_windows_all, 49.46 / 91.51, 1e-12);
    EXPECT_NEAR(tables().windows_7_of_windows_business, 69.0 / 98, 1e-12);
    EXPECT_DOUBLE_EQ(tables().open_445_total, 5'547'284);
    double shared_out = 0;
    for (const auto& row : tables().countries) {
        shared_out += row.open_445;
    }
    EXPECT_NEAR(shared_out, tables().open_445_total, 1);
}

}  // namespace
}  // namespace annelid
