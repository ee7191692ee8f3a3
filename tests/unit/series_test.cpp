// Series: rows of counts against a replay of the same changes in time order.
#include "engine/spread/series.hpp"

#include "engine/chance/draws.hpp"
#include "tests/unit/small_world.hpp"

#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr std::size_t num_states = 3, num_vectors = 2;
constexpr TimeUs every = 10;

using Integers = std::vector<std::int64_t>;

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

TEST(Series, FurtherSeriesShowAChangeInTheFirstRowAtOrAfterIt) {
    const SmallWorld world(flat(10));
    Series series(world.population, num_states, num_vectors, every, 5);
    const std::size_t cleaned = series.add("/cleaned", 2), isolated = series.add("/isolated", 1);
    series.change_further(cleaned, 0, 0, 1);
    series.change_further(cleaned, 10, 1, 3);
    series.change_further(cleaned, 11, 0, 2);
    series.change_further(cleaned, 41, 0, 100);  // after the last row
    series.change_further(cleaned, never, 1, 100);
    series.change_further(isolated, 1, 0, 7);
    series.change_further(isolated, 29, 0, -4);
    RunSeries out = arrays(world.population, 5);
    series.write_to(out, 0, 5, world.ranks);
    ASSERT_EQ(out.further.size(), 2u);
    EXPECT_EQ(column(out.further["/cleaned"], 2, 0), (Integers{1, 1, 3, 3, 3}));
    EXPECT_EQ(column(out.further["/cleaned"], 2, 1), (Integers{0, 3, 3, 3, 3}));
    EXPECT_EQ(out.further["/isolated"], (Integers{0, 7, 7, 3, 3}));
}

TEST(Series, FurtherSeriesAreWrittenByReplicateAndFlush) {
    const SmallWorld world(flat(10));
    RunSeries out = arrays(world.population, 4, 3);
    for (const std::size_t index : {0, 1, 2}) {
        Series series(world.population, num_states, num_vectors, every, 4);
        const std::size_t outages = series.add("/outages", 1);
        series.add_integral("/service_lost_s", {outages});
        series.change_further(outages, 5, 0, static_cast<std::int64_t>(index + 1) * us_per_s);
        series.write_to(out, index, 2, world.ranks);  // a flush
        ASSERT_EQ(out.further["/outages"].size(), 12u);
        EXPECT_EQ(out.further["/outages"][index * 4 + 2], 0);  // not yet
        series.change_further(outages, 25, 0, us_per_s);
        series.write_to(out, index, 4, world.ranks);
    }
    const std::int64_t m = us_per_s;
    EXPECT_EQ(out.further["/outages"], (Integers{0, m, m, 2 * m,          //
                                                 0, 2 * m, 2 * m, 3 * m,  //
                                                 0, 3 * m, 3 * m, 4 * m}));
    EXPECT_EQ(out.further["/service_lost_s"],
              (Integers{0, 5, 15, 30, 0, 10, 30, 55, 0, 15, 45, 80}));
}

TEST(Series, AnIntegralTakesEachChangeAtItsExactTime) {
    // time(r) N(r) - sum of by * t, over both series.
    const SmallWorld world(flat(10));
    const TimeUs row_us = 7'654'321;
    const std::int64_t rows = 30, width = 3;
    Series series(world.population, num_states, num_vectors, row_us, rows);
    const std::size_t own = series.add("/outages", width);
    const std::size_t by_others = series.add("/outages_by_dependency", width);
    series.add_integral("/service_lost_s", {own, by_others});
    struct Change {
        TimeUs time;
        std::size_t at;
        std::int64_t by;
    };
    std::vector<Change> changes;
    const Draws draws({}, Purpose::test, "integral");
    for (std::uint64_t i = 0; i < 300; ++i) {
        const auto w = draws.words(i);
        const TimeUs out_of_service = w[0] % (rows * row_us);
        const TimeUs back = out_of_service + 1 + w[1] % (20 * row_us);
        for (const auto& [time, sign] : {std::pair(out_of_service, 1), std::pair(back, -1)}) {
            changes.push_back({time, w[2] % std::size_t{width}, sign * std::int64_t{1 + w[3] % 5}});
            series.change_further(i % 2 == 0 ? own : by_others, time, changes.back().at,
                                  changes.back().by);
        }
    }
    RunSeries out = arrays(world.population, static_cast<std::size_t>(rows));
    series.write_to(out, 0, rows, world.ranks);
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::size_t at = 0; at < width; ++at) {
            std::int64_t count = 0, moments = 0;
            for (const Change& change : changes) {
                if (change.at == at && change.time <= row * row_us) {
                    count += change.by;
                    moments += change.by * change.time;
                }
            }
            const std::size_t i = static_cast<std::size_t>(row) * width + at;
            EXPECT_EQ(out.further["/outages"][i] + out.further["/outages_by_dependency"][i], count);
            EXPECT_EQ(out.further["/service_lost_s"][i],
                      (row * row_us * count - moments) / us_per_s);
        }
    }
}

TEST(Series, AnIntegralHoldsAMillionOrganisationsForAMonthAndAllHostsForLonger) {
    const SmallWorld world(flat(10));
    const TimeUs day = 86'400 * us_per_s;
    Series one_row(world.population, num_states, num_vectors, 30 * day, 2);
    one_row.add_integral("/lost", {one_row.add("/out", 1)});
    one_row.change_further(0, 1, 0, 1'000'000);
    RunSeries out = arrays(world.population, 2);
    one_row.write_to(out, 0, 2, world.ranks);
    EXPECT_EQ(out.further["/lost"][1], 30 * 86'400 * std::int64_t{1'000'000} - 1);

    Series long_run(world.population, num_states, num_vectors, day, 1001);
    long_run.add_integral("/lost", {long_run.add("/out", 1)});
    long_run.change_further(0, 0, 0, 100'000'000);
    out = arrays(world.population, 1001);
    long_run.write_to(out, 0, 1001, world.ranks);
    EXPECT_EQ(out.further["/lost"].back(), 1000 * 86'400 * std::int64_t{100'000'000});
}

TEST(Series, AnIntegralIsOverSeriesOfItsWidth) {
    const SmallWorld world(flat(10));
    Series series(world.population, num_states, num_vectors, every, 5);
    const std::size_t narrow = series.add("/a", 1), wide = series.add("/b", 2);
    EXPECT_THROW(series.add_integral("/c", {narrow, wide}), std::logic_error);
}

}  // namespace
}  // namespace annelid
