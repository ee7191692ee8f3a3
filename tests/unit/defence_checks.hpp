// What tests of defences share.
#pragma once

#include "tests/unit/epidemic.hpp"
#include "tests/unit/outbreak_twin.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {

inline DefenceContext defence_context(const SmallWorld& world) {
    return {world.population, world.partition, world.hosts};
}

inline void expect_twins(const Epidemic& epidemic) {
    const Outcome expected = play_serially(epidemic);
    for (const unsigned lanes : {1u, 3u}) {
        const Outcome got = play(epidemic, lanes);
        EXPECT_TRUE(got == expected) << lanes << " lanes: " << difference(got, expected);
    }
}

template <class Row>
LargeVector<Row> before(const LargeVector<Row>& rows, TimeUs time) {
    LargeVector<Row> out;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(out),
                 [&](const Row& row) { return row.time_us < time; });
    return out;
}

/// Count of a state at a row.
inline std::int64_t count(const Epidemic& epidemic, const Outcome& outcome, std::int64_t row,
                          std::size_t state) {
    const std::size_t width = epidemic.lifecycle.states.size() + 1;
    return outcome.counts[static_cast<std::size_t>(row) * width + state];
}

}  // namespace annelid
