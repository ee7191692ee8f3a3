// Series: rows of counts against a replay of the same changes in time order.
#include "engine/spread/series.hpp"

#include "engine/chance/draws.hpp"
#include "tests/unit/small_world.hpp"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr std::size_t num_states = 3, num_vectors = 2;
constexpr TimeUs every = 10;

/// Arrays of a run with `replicates` replicates, filled with a mark that no count has.
RunSeries arrays(const Population& population, std::size_t rows, std::size_t replicates = 1) {
    const std::size_t cells = rows * replicates;
    RunSeries out;
    out.counts.assign(cells * num_states, -99);
    out.country_counts.assign(cells * population.countries().size() * num_states, -99);
    out.sector_counts.assign(cells * population.sectors().size() * num_states, -99);
    out.vector_infections.assign(cells * num_vectors, -99);
    return out;
}

std::vector<std::int64_t> column(const std::vector<std::int64_t>& table, std::size_t width,
                                 std::size_t at) {
    std::vector<std::int64_t> out;
    for (std::size_t i = at; i < table.size(); i += width) {
        out.push_back(table[i]);
    }
    return out;
}

TEST(Series, AChangeShowsInTheFirstRowAtOrAfterIt) {
    const SmallWorld world(flat(100));
    const Cell& cell = world.population.cells()[0];
    Series series(world.population, num_states, num_vectors, every, 5);
    series.start(cell, 0, 100);
    series.change(0, cell, 0, 1);
    series.change(1, cell, 0, 1);
    series.change(10, cell, 0, 1);
    series.change(11, cell, 0, 1, 5);
    series.change(40, cell, 1, 2);
    series.change(41, cell, 0, 1);  // after the last row
    series.change(never, cell, 0, 1);
    series.infection(0, 0);
    series.infection(10, 1);
    series.infection(11, 1);
    series.infection(41, 1);
    RunSeries out = arrays(world.population, 5);
    series.write_to(out, 0, 5, world.ranks);
    EXPECT_EQ(column(out.counts, 3, 0), (std::vector<std::int64_t>{99, 97, 92, 92, 92}));
    EXPECT_EQ(column(out.counts, 3, 1), (std::vector<std::int64_t>{1, 3, 8, 8, 7}));
    EXPECT_EQ(column(out.counts, 3, 2), (std::vector<std::int64_t>{0, 0, 0, 0, 1}));
    EXPECT_EQ(column(out.vector_infections, 2, 0), (std::vector<std::int64_t>{1, 1, 1, 1, 1}));
    EXPECT_EQ(column(out.vector_infections, 2, 1), (std::vector<std::int64_t>{0, 1, 2, 2, 2}));
    EXPECT_EQ(out.country_counts, out.counts);
    EXPECT_EQ(out.sector_counts, out.counts);
}

TEST(Series, RowsBeforeAreThoseThatNothingCanChange) {
    const SmallWorld world(flat(10));
    const Series series(world.population, num_states, num_vectors, every, 5);
    EXPECT_EQ(series.rows_before(0), 0);
    EXPECT_EQ(series.rows_before(1), 1);
    EXPECT_EQ(series.rows_before(10), 1);  // something may yet happen at 10
    EXPECT_EQ(series.rows_before(11), 2);
    EXPECT_EQ(series.rows_before(40), 4);
    EXPECT_EQ(series.rows_before(41), 5);
    EXPECT_EQ(series.rows_before(1000), 5);
}

TEST(Series, WritesOneReplicateAndOnlyTheRowsAskedFor) {
    const SmallWorld world(flat(10));
    const Cell& cell = world.population.cells()[0];
    Series series(world.population, num_states, num_vectors, every, 4);
    series.start(cell, 0, 10);
    series.change(15, cell, 0, 2, 4);
    RunSeries out = arrays(world.population, 4, 3);
    series.write_to(out, 1, 3, world.ranks);
    for (const auto* table : {&out.counts, &out.country_counts, &out.sector_counts}) {
        const std::vector<std::int64_t> susceptible = column(*table, 3, 0);
        EXPECT_EQ(susceptible, (std::vector<std::int64_t>{-99, -99, -99, -99, 10, 10, 6, -99, -99,
                                                          -99, -99, -99}));
    }
    series.write_to(out, 1, 4, world.ranks);  // writing takes nothing away
    EXPECT_EQ(column(out.counts, 3, 2),
              (std::vector<std::int64_t>{-99, -99, -99, -99, 0, 0, 4, 4, -99, -99, -99, -99}));
}

TEST(Series, AgreesWithAReplayByCountryAndSector) {
    const SmallWorld world(two_countries());
    const Population& population = world.population;
    const std::int64_t rows = 12;
    Series series(population, num_states, num_vectors, every, rows);
    for (const Cell& cell : population.cells()) {
        series.start(cell, 0, 200);
    }
    struct Change {
        TimeUs time;
        HostId host;
        StateId from, to;
    };
    const Draws draws({}, Purpose::test, "series");
    std::vector<Change> changes;
    std::vector<std::pair<TimeUs, VectorId>> infections;
    for (std::uint64_t i = 0; i < 500; ++i) {
        const auto w = draws.words(i);
        changes.push_back({w[0] % 130, HostId{w[1] % 1000}, static_cast<StateId>(w[2] % 3),
                           static_cast<StateId>(w[3] % 3)});
        infections.emplace_back(w[1] % 130, static_cast<VectorId>(w[2] % 2));
        const Change& c = changes.back();
        series.change(c.time, population.cell_of(c.host), c.from, c.to);
        series.infection(infections.back().first, infections.back().second);
    }
    RunSeries out = arrays(population, static_cast<std::size_t>(rows));
    series.write_to(out, 0, rows, world.ranks);

    for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
        const auto now = static_cast<TimeUs>(row) * every;
        std::vector<std::int64_t> all(3), country(6), sector(6), by_vector(2);
        const auto add = [&](const Cell& cell, StateId state, std::int64_t n) {
            all[state] += n;
            country[static_cast<std::size_t>(cell.country) * 3 + state] += n;
            sector[static_cast<std::size_t>(cell.sector) * 3 + state] += n;
        };
        for (const Cell& cell : population.cells()) {
            add(cell, 0, 200);
        }
        for (const Change& c : changes) {
            if (c.time <= now) {
                add(population.cell_of(c.host), c.from, -1);
                add(population.cell_of(c.host), c.to, 1);
            }
        }
        for (const auto& [time, vector] : infections) {
            by_vector[vector] += time <= now ? 1 : 0;
        }
        const auto part = [&](const std::vector<std::int64_t>& table, std::size_t width) {
            const auto first = table.begin() + static_cast<std::ptrdiff_t>(row * width);
            return std::vector<std::int64_t>(first, first + static_cast<std::ptrdiff_t>(width));
        };
        EXPECT_EQ(part(out.counts, 3), all) << "row " << row;
        EXPECT_EQ(part(out.country_counts, 6), country) << "row " << row;
        EXPECT_EQ(part(out.sector_counts, 6), sector) << "row " << row;
        EXPECT_EQ(part(out.vector_infections, 2), by_vector) << "row " << row;
    }
}

}  // namespace
}  // namespace annelid
