// Population `graph` with a table of its hosts.
#include "models/populations/graph.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

struct GraphPopulation : ::testing::Test {
    HostAttributes read(const std::string& table, std::int64_t hosts) {
        std::ofstream(file) << table;
        return read_host_attributes(file, hosts);
    }
    const std::filesystem::path file =
        std::filesystem::path(::testing::TempDir()) /
        (std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + ".csv");
};

Traits traits_of(const Population& population, std::int64_t host) {
    Traits traits = 0;
    population.draw_traits(HostId{host}, {&traits, 1});
    return traits;
}

TEST_F(GraphPopulation, ARunOfHostsThatAreAlikeIsACell) {
    const Population population =
        make_graph_population(6, read("sector,country\nx,B\nx,B\ny,B\nx,A\nx,A\nx,B\n", 6));
    ASSERT_EQ(population.countries().size(), 2u);
    EXPECT_EQ(population.countries()[0].code, "A");
    EXPECT_EQ(population.sectors(), (std::vector<std::string>{"x", "y"}));
    const std::vector<Cell>& cells = population.cells();
    ASSERT_EQ(cells.size(), 4u);
    const std::int64_t expected[4][3] = {{0, 1, 0}, {2, 1, 1}, {3, 0, 0}, {5, 1, 0}};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(cells[i].first.value, expected[i][0]);
        EXPECT_EQ(cells[i].country, expected[i][1]);
        EXPECT_EQ(cells[i].sector, expected[i][2]);
    }
    EXPECT_EQ(&population.cell_of(HostId{4}), &cells[2]);
    EXPECT_EQ(population.organisation_of(HostId{4}), (HostRange{HostId{4}, HostId{5}}));
}

TEST_F(GraphPopulation, TraitsWithoutAColumnAreCarriedByAll) {
    const Population population =
        make_graph_population(3, read("host,home,unpatched\n2,0,1\n0,1,0\n1,0,0\n", 3));
    EXPECT_EQ(traits_of(population, 0), all_traits & ~trait_unpatched);
    EXPECT_EQ(traits_of(population, 1), all_traits & ~trait_unpatched & ~trait_home);
    EXPECT_EQ(traits_of(population, 2), all_traits & ~trait_home);
    // The world is flat otherwise, addresses included.
    EXPECT_EQ(population.countries()[0].code, "--");
    EXPECT_EQ(population.hosts_at(0, std::int64_t{1} << 32), population.all());
    EXPECT_EQ(population.cells().size(), 1u);
}

TEST_F(GraphPopulation, WithoutTraitsNoneAreKept) {
    EXPECT_TRUE(read("country\nA\nB\n", 2).traits.empty());
    EXPECT_EQ(make_graph_population(2, read("country\nA\nB\n", 2)).cells().size(), 2u);
}

TEST_F(GraphPopulation, LabelsComeWithoutHosts) {
    const HostAttributes found = read("host,country\n7,B\n7,A\n", 0);
    EXPECT_EQ(found.labels.countries, (std::vector<std::string>{"A", "B"}));
    EXPECT_TRUE(found.labels.sectors.empty());
    EXPECT_TRUE(found.cells.empty());
    EXPECT_TRUE(found.labels.scattered());
    EXPECT_FALSE(read("host,sector\n0,B\n", 0).labels.scattered());
}

/// As many labels as a column may have; more is an error (tests/cli).
TEST_F(GraphPopulation, CountsEveryLabel) {
    constexpr std::int64_t labels = 65'536;
    std::string table = "country,sector\n";
    for (std::int64_t host = 0; host < 2 * labels; ++host) {
        table += std::to_string(host * 7 % labels) + ',' + std::to_string(host / labels) + '\n';
    }
    const Population population = make_graph_population(2 * labels, read(table, 2 * labels));
    ASSERT_EQ(population.countries().size(), static_cast<std::size_t>(labels));
    for (std::int64_t host = 0; host < 2 * labels; ++host) {
        const Cell& cell = population.cell_of(HostId{host});
        ASSERT_EQ(population.countries()[static_cast<std::size_t>(cell.country)].code,
                  std::to_string(host * 7 % labels));
        ASSERT_EQ(population.sectors()[static_cast<std::size_t>(cell.sector)],
                  std::to_string(host / labels));
    }
}

}  // namespace
}  // namespace annelid
