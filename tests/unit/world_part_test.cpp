// A part of world `internet`: the hosts, organisations, traits and links that the whole world has.
#include "models/networks/enterprise.hpp"
#include "models/populations/internet.hpp"
#include "models/populations/working_hours.hpp"
#include "tests/unit/population_checks.hpp"
#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

const WorldTables& tables() {
    static const WorldTables out =
        WorldTables::read(std::filesystem::path(ANNELID_SOURCE_DIR) / "inputs" / "world-2017");
    return out;
}

std::vector<std::string> business() {
    std::vector<std::string> out;
    for (const auto& sector : tables().sectors) {
        if (sector.name != "home") {
            out.push_back(sector.name);
        }
    }
    return out;
}

Population world_of(std::int64_t hosts, std::vector<std::string> countries,
                    std::vector<std::string> sectors) {
    InternetSettings settings;
    settings.hosts = hosts;
    settings.countries = std::move(countries);
    settings.sectors = std::move(sectors);
    settings.parts.segment_hosts = 254;
    settings.parts.segment_openness = 0.5;
    return make_internet(settings, tables(), {1, 0});
}

constexpr std::int64_t num_whole = 1'000'000;

const std::shared_ptr<const Population>& whole() {
    static const auto out = std::make_shared<const Population>(world_of(num_whole, {}, {}));
    return out;
}
/// Named in another order than that of the tables.
const std::shared_ptr<const Population>& part() {
    static const auto out =
        std::make_shared<const Population>(world_of(num_whole, {"US", "DE", "UA"}, business()));
    return out;
}

bool is_in_part(HostId host) {
    const Cell& cell = whole()->cell_of(host);
    const std::string& code = whole()->countries()[static_cast<std::size_t>(cell.country)].code;
    return !whole()->is_home(cell) && (code == "UA" || code == "DE" || code == "US");
}

TEST(WorldPart, HoldsTheHostsThatTheWholeWorldHasThere) {
    std::int64_t next = 0;
    std::vector<Traits> of_whole(num_whole);
    std::vector<Traits> of_part(static_cast<std::size_t>(part()->num_hosts()));
    whole()->draw_traits(HostId{0}, of_whole);
    part()->draw_traits(HostId{0}, of_part);
    for (HostId host{0}; host.value < num_whole; ++host.value) {
        if (!is_in_part(host)) {
            ASSERT_FALSE(part()->from_whole(host));
            continue;
        }
        const HostId here{next++};
        ASSERT_EQ(part()->to_whole(here), host);
        ASSERT_EQ(part()->from_whole(host), here);
        ASSERT_EQ(of_part[static_cast<std::size_t>(here.value)],
                  of_whole[static_cast<std::size_t>(host.value)]);
        const HostRange mine = part()->organisation_of(here), its = whole()->organisation_of(host);
        ASSERT_EQ(mine.size(), its.size());
        ASSERT_EQ(part()->to_whole(mine.first), its.first);
        const Cell &cell = part()->cell_of(here), &whole_cell = whole()->cell_of(host);
        ASSERT_EQ(part()->countries()[static_cast<std::size_t>(cell.country)].code,
                  whole()->countries()[static_cast<std::size_t>(whole_cell.country)].code);
        ASSERT_EQ(part()->sectors()[static_cast<std::size_t>(cell.sector)],
                  whole()->sectors()[static_cast<std::size_t>(whole_cell.sector)]);
        const HostId last{its.last.value - 1};
        ASSERT_EQ(part()->may_talk(here, {mine.last.value - 1}), whole()->may_talk(host, last));
    }
    EXPECT_EQ(next, part()->num_hosts());
    EXPECT_GT(next, 50'000);
    EXPECT_EQ(part()->countries().size(), 3u);
    EXPECT_EQ(part()->sectors(), business());
    EXPECT_EQ(part()->num_whole_hosts(), num_whole);
    expect_places(*part());
}

TEST(WorldPart, IsNotScaled) {
    EXPECT_DOUBLE_EQ(part()->real_hosts() / static_cast<double>(part()->num_hosts()), 1500);
    EXPECT_EQ(part()->address_scale(), whole()->address_scale());
    EXPECT_EQ(whole()->real_hosts(), 1.5e9);
}

std::vector<Edge> edges_of(const std::shared_ptr<const Population>& population) {
    EnterpriseSettings settings;
    settings.site_links = 2;
    const auto source = make_enterprise(settings, population, {1, 0});
    EdgePiece all;
    for (std::int64_t i = 0; i < source->num_pieces(); ++i) {
        source->append_piece(i, all);
    }
    return all.edges;
}

TEST(WorldPart, HasTheLinksOfTheWholeWorldBetweenItsHosts) {
    std::vector<std::pair<std::int64_t, std::int64_t>> expected, got;
    for (const Edge& e : edges_of(whole())) {
        if (is_in_part(HostId{e.from}) && is_in_part(HostId{e.to})) {
            expected.emplace_back(e.from, e.to);
        }
    }
    for (const Edge& e : edges_of(part())) {
        got.emplace_back(part()->to_whole(HostId{e.from}).value,
                         part()->to_whole(HostId{e.to}).value);
    }
    EXPECT_GT(expected.size(), 50'000u);
    EXPECT_EQ(got, expected);
}

TEST(WorldPart, OfTheRealWorldCostsOnlyWhatItKeeps) {
    InternetSettings settings;
    settings.hosts = 1'500'000'000;
    settings.countries = {"LU"};
    settings.sectors = {"finance"};
    const Population luxembourg = make_internet(settings, tables(), {1, 0});
    EXPECT_EQ(luxembourg.real_hosts(), static_cast<double>(luxembourg.num_hosts()));
    EXPECT_GT(luxembourg.num_hosts(), 1000);
    EXPECT_LT(luxembourg.num_hosts(), 200'000);
    EXPECT_EQ(luxembourg.cells().size(), 1u);
}

TEST(WorldPart, RefusesPlacesThatTheTablesLack) {
    InternetSettings settings;
    settings.countries = {"UA", "XX"};
    settings.sectors = {"piracy"};
    const KeyFaults faults = settings.faults(tables());
    ASSERT_EQ(faults.size(), 2u);
    EXPECT_EQ(faults[0].key, "countries");
    EXPECT_EQ(faults[0].why, "the population has no XX");
    EXPECT_EQ(faults[1].key, "sectors");
}

TEST(WorldPart, IsOnWhenTheWholeWorldIs) {
    constexpr TimeUs hour = 3600 * us_per_s;
    HoursSettings settings;
    settings.rest.always_on = 0.2;
    settings.rest.jitter = hour;
    const auto make = [&](const Population& population) {
        return make_hours(settings, population, tables(), "2017-06-27 06:00:00", 72 * hour, {1, 0});
    };
    const auto there = make(*whole()), here = make(*part());
    std::int64_t on = 0, asked = 0;
    for (HostId host{0}; host.value < part()->num_hosts(); host.value += 17) {
        for (TimeUs time = 0; time < 24 * hour; time += 5 * hour, ++asked) {
            const bool is_on = here->is_on(host, time);
            ASSERT_EQ(is_on, there->is_on(part()->to_whole(host), time)) << host.value;
            on += is_on ? 1 : 0;
        }
    }
    EXPECT_GT(on, asked / 5);
    EXPECT_LT(on, asked * 4 / 5);
}

}  // namespace
}  // namespace annelid
