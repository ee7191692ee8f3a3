// Permutation: a bijection for every n, and no position or neighbourhood preferred over keys.
#include "engine/chance/draws.hpp"
#include "engine/chance/permutation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>
#include <gtest/gtest.h>

namespace annelid {
namespace {

const Draws draws({}, Purpose::test, "permutation");

/// Probability of a chi-squared as large as that of `count` against a uniform distribution.
double p_value(const std::vector<std::int64_t>& count) {
    double total = 0, sum = 0;
    for (const auto n : count) {
        total += static_cast<double>(n);
    }
    const double expected = total / static_cast<double>(count.size());
    for (const auto n : count) {
        sum += (static_cast<double>(n) - expected) * (static_cast<double>(n) - expected) / expected;
    }
    const boost::math::chi_squared law(static_cast<double>(count.size()) - 1);
    return cdf(complement(law, sum));
}

/// Everything here is deterministic; a sound generator fails a look with this probability.
constexpr double level = 1e-5;

TEST(Permutation, IsABijection) {
    for (const std::uint64_t n :
         {1, 2, 3, 4, 5, 16, 17, 50, 64, 65, 254, 256, 1000, 65536, 100'000}) {
        for (std::uint64_t k = 0; k < (n > 1000 ? 3u : 50u); ++k) {
            const Permutation permutation(n, draws.words(k));
            std::vector<char> taken(n);
            for (std::uint64_t i = 0; i < n; ++i) {
                const std::uint64_t p = permutation.position(i);
                ASSERT_LT(p, n);
                ASSERT_FALSE(taken[p]) << "n = " << n << ", i = " << i;
                taken[p] = 1;
            }
        }
    }
}

TEST(Permutation, HasAnInverse) {
    for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{5},
                                  std::uint64_t{254}, std::uint64_t{65536}, std::uint64_t{100'000},
                                  std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
        for (std::uint64_t k = 0; k < 3; ++k) {
            const Permutation permutation(n, draws.words(n, 1, static_cast<std::uint32_t>(k)));
            for (std::uint64_t i = 0; i < std::min(n, std::uint64_t{1000}); ++i) {
                ASSERT_EQ(permutation.inverse(permutation.position(i)), i) << n;
                ASSERT_EQ(permutation.position(permutation.inverse(n - 1 - i)), n - 1 - i) << n;
            }
        }
    }
}

TEST(Permutation, WorksOnLargeDomains) {
    for (const std::uint64_t n :
         {std::uint64_t{1} << 32, (std::uint64_t{1} << 63) + 5, ~std::uint64_t{0}}) {
        const Permutation permutation(n, draws.words(n));
        std::map<std::uint64_t, std::uint64_t> seen;
        for (std::uint64_t i = 0; i < 1000; ++i) {
            EXPECT_LT(permutation.position(i), n);
            EXPECT_TRUE(seen.emplace(permutation.position(i), i).second);
        }
    }
}

TEST(Permutation, SmallOnesTakeAllOrdersEqually) {
    for (const std::uint64_t n : {2, 3, 4}) {
        std::map<std::vector<std::uint64_t>, std::int64_t> orders;
        for (std::uint64_t k = 0; k < 100'000; ++k) {
            const Permutation permutation(n, draws.words(k, 1));
            std::vector<std::uint64_t> order;
            for (std::uint64_t i = 0; i < n; ++i) {
                order.push_back(permutation.position(i));
            }
            ++orders[order];
        }
        const std::size_t num_orders = n == 2 ? 2 : n == 3 ? 6 : 24;
        ASSERT_EQ(orders.size(), num_orders);
        std::vector<std::int64_t> count;
        for (const auto& [order, times] : orders) {
            count.push_back(times);
        }
        EXPECT_GT(p_value(count), level) << n;
    }
}

TEST(Permutation, EveryPointIsUniformOverKeys) {
    for (const std::uint64_t n : {2, 3, 16, 50, 254, 256, 1000}) {
        for (const std::uint64_t i : {std::uint64_t{0}, std::uint64_t{1}, n / 2, n - 1}) {
            std::vector<std::int64_t> count(n);
            for (std::uint64_t k = 0; k < 40'000; ++k) {
                ++count[Permutation(n, draws.words(k, 2)).position(i)];
            }
            EXPECT_GT(p_value(count), level) << "n = " << n << ", i = " << i;
        }
    }
}

// Domains too large to count single positions: 256 equal ranges.
TEST(Permutation, LargeDomainsAreUniformInRanges) {
    for (const std::uint64_t n : {65'536, 100'000}) {
        for (const std::uint64_t i : {std::uint64_t{0}, std::uint64_t{1}, n - 1}) {
            std::vector<std::int64_t> count(256);
            for (std::uint64_t k = 0; k < 40'000; ++k) {
                const std::uint64_t p = Permutation(n, draws.words(k, 3)).position(i);
                ++count[p * 256 / n];
            }
            EXPECT_GT(p_value(count), level) << "n = " << n << ", i = " << i;
        }
    }
}

TEST(Permutation, NeighboursAreUniformPairs) {
    for (const std::uint64_t n : {3, 5, 16, 17, 50}) {
        for (const std::uint64_t i : {std::uint64_t{0}, n / 2}) {
            std::vector<std::int64_t> count(n * (n - 1));
            for (std::uint64_t k = 0; k < 100'000; ++k) {
                const Permutation permutation(n, draws.words(k, 4));
                const std::uint64_t p = permutation.position(i);
                const std::uint64_t q = permutation.position(i + 1);
                ++count[p * (n - 1) + q - (q > p)];
            }
            EXPECT_GT(p_value(count), level) << "n = " << n << ", i = " << i;
        }
    }
}

TEST(Permutation, NeighboursHaveNoPreferredOrderOrDistance) {
    for (const std::uint64_t n : {16, 50, 254, 256, 1000, 65'536, 100'000}) {
        const std::uint64_t num_bins = std::min<std::uint64_t>(n - 1, 250);
        std::vector<std::int64_t> ahead(2), distance(num_bins);
        std::uint64_t num_pairs = 0;
        for (std::uint64_t k = 0; k < 40'000; ++k) {
            const Permutation permutation(n, draws.words(k, 5));
            const std::uint64_t i = k % (n - 1);
            const std::uint64_t p = permutation.position(i);
            const std::uint64_t q = permutation.position(i + 1);
            ++ahead[p < q];
            // Distances 1 … n-1 around the circle; those beyond a multiple of num_bins are left
            // out.
            const std::uint64_t d = (q + n - p) % n - 1;
            const std::uint64_t width = (n - 1) / num_bins;
            if (d < width * num_bins) {
                ++distance[d / width];
                ++num_pairs;
            }
        }
        EXPECT_GT(num_pairs, 20'000u);
        EXPECT_GT(p_value(ahead), level) << n;
        EXPECT_GT(p_value(distance), level) << n;
    }
}

// Three consecutive points: the 6 orders in which a sweep may visit three neighbours.
TEST(Permutation, TriplesComeInEveryOrder) {
    for (const std::uint64_t n : {16, 50, 254, 1000}) {
        std::vector<std::int64_t> count(6);
        for (std::uint64_t k = 0; k < 60'000; ++k) {
            const Permutation permutation(n, draws.words(k, 6));
            const std::uint64_t i = k % (n - 2);
            const auto a = permutation.position(i), b = permutation.position(i + 1),
                       c = permutation.position(i + 2);
            ++count[a < b ? (c < a ? 0 : c < b ? 1 : 2) : (c < b ? 3 : c < a ? 4 : 5)];
        }
        EXPECT_GT(p_value(count), level) << n;
    }
}

// Number of fixed points of a random permutation: Poisson with mean 1.
TEST(Permutation, FixedPointsAreAsOfARandomPermutation) {
    constexpr std::uint64_t n = 254;
    constexpr int num_keys = 4000;
    double sum = 0, squares = 0;
    for (int k = 0; k < num_keys; ++k) {
        const Permutation permutation(n, draws.words(k, 7));
        double fixed = 0;
        for (std::uint64_t i = 0; i < n; ++i) {
            fixed += permutation.position(i) == i;
        }
        sum += fixed;
        squares += fixed * fixed;
    }
    EXPECT_NEAR(sum / num_keys, 1, 0.08);      // five standard deviations
    EXPECT_NEAR(squares / num_keys, 2, 0.28);  // of 0.055
}

TEST(Permutation, AppliesToManyAsToOne) {
    for (const std::uint64_t n :
         {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{254}, std::uint64_t{100'000},
          std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
        const Permutation permutation(n, draws.words(n, 8));
        for (const std::size_t num_values : {0, 1, 7, 8, 255, 257, 1000}) {
            std::vector<std::uint64_t> values;
            for (std::uint64_t i = 0; i < num_values; ++i) {
                values.push_back(to_index(draws.bits(i, 9), n));
            }
            std::vector<std::uint64_t> one_by_one = values;
            for (std::uint64_t& value : one_by_one) {
                value = permutation.position(value);
            }
            permutation.apply(values);
            EXPECT_EQ(values, one_by_one) << "n = " << n;
        }
    }
}

TEST(Permutation, FrozenAnswers) {
    const std::array<std::uint32_t, 4> key = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
    const auto first = [&](std::uint64_t n) {
        const Permutation permutation(n, key);
        std::vector<std::uint64_t> positions;
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(n, 6); ++i) {
            positions.push_back(permutation.position(i));
        }
        return positions;
    };
    using Positions = std::vector<std::uint64_t>;
    EXPECT_EQ(first(3), (Positions{2, 1, 0}));
    EXPECT_EQ(first(50), (Positions{3, 15, 22, 31, 13, 9}));
    EXPECT_EQ(first(254), (Positions{233, 236, 185, 237, 10, 123}));
    EXPECT_EQ(first(100'000), (Positions{10876, 29731, 82801, 8996, 29105, 24280}));
    EXPECT_EQ(first(std::uint64_t{1} << 40), (Positions{523741774744, 1031448588060, 178370620203,
                                                        483836576202, 9949808936, 721263383169}));
}

}  // namespace
}  // namespace annelid
