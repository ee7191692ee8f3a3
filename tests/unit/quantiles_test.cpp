// Quantiles over replicates against their definition; tests/ensembles/ has them against numpy.
#include "engine/base/quantiles.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

using Values = std::vector<std::int64_t>;

TEST(Quantiles, LieBetweenOrderStatistics) {
    const Values a{4, 0}, b{1, 7}, c{2, 7}, d{3, -1};
    EXPECT_EQ(quantiles_over({a, b, c, d}, 2, {0, 0.25, 0.5, 0.9, 1}),
              (std::vector<double>{1, -1, 1.75, -0.25, 2.5, 3.5, 3.7, 7, 4, 7}));
}

TEST(Quantiles, OfOneSampleAreIt) {
    const Values only{5, 6};
    EXPECT_EQ(quantiles_over({only}, 2, {0.025, 0.975}), (std::vector<double>{5, 6, 5, 6}));
}

TEST(Quantiles, OfNoSampleAreNone) {
    const std::vector<double> none = quantiles_over({}, 3, {0.5});
    ASSERT_EQ(none.size(), 3u);
    EXPECT_TRUE(std::isnan(none[0]) && std::isnan(none[2]));
}

/// More places than one block of them.
TEST(Quantiles, KeepPlacesApart) {
    std::vector<Values> samples(3);
    for (std::int64_t s = 0; s < 3; ++s) {
        for (std::int64_t i = 0; i < 1000; ++i) {
            samples[static_cast<std::size_t>(s)].push_back(10 * i + (s + i) % 3);
        }
    }
    const auto medians = quantiles_over({samples[0], samples[1], samples[2]}, 1000, {0.5});
    for (std::size_t i = 0; i < medians.size(); ++i) {
        EXPECT_EQ(medians[i], 10 * static_cast<double>(i) + 1);
    }
}

}  // namespace
}  // namespace annelid
