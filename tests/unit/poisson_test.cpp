// Poisson counts: against Boost.Math, the conditions under which the rejection is exact, and frozen
// answers.
#include "engine/chance/poisson.hpp"

#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <boost/math/distributions/poisson.hpp>
#include <gtest/gtest.h>

namespace annelid {
namespace {

const Draws draws({}, Purpose::test, "poisson");

// A change of any of these changes what telescopes see in every published run.
TEST(Poisson, FrozenAnswers) {
    std::vector<std::int64_t> counts;
    for (const double mean : {0.0, 0.3, 9.99, 10.0, 64.0, 12345.6, 1e9, 1e15, 4e18}) {
        counts.push_back(poisson(mean, draws, 7, 3));
    }
    EXPECT_EQ(counts, (std::vector<std::int64_t>{0, 0, 8, 7, 57, 12256, 999974578, 999999974578416,
                                                 3999999998392197632}));
}

TEST(Poisson, ProbabilitiesAreThoseOfBoost) {
    for (const double mean : {1e-3, 0.5, 9.9, 30.0, 1e4, 1e6}) {
        const boost::math::poisson_distribution<long double> law(mean);
        for (const double z : {-6.0, -1.0, 0.0, 0.3, 2.0, 7.0, 20.0}) {
            const double count = std::floor(mean + z * std::sqrt(mean));
            if (count >= 0) {
                const double expected = static_cast<double>(std::log(pdf(law, count)));
                EXPECT_NEAR(log_poisson_probability(count, mean), expected,
                            1e-11 + 1e-13 * std::abs(expected))
                    << mean << " " << count;
            }
        }
    }
}

// Its law is the limit's where the counts are too large for Boost's.
TEST(Poisson, ProbabilitiesOfLargeMeansAreNormal) {
    const double mean = 0x1.0p50;  // counts near it are exact, and so is its root
    for (const double z : {-3.0, 0.0, 1.0, 4.0}) {
        const double expected =
            -0.5 * (z * z + std::log(2 * M_PI * mean)) + (z * z * z - 3 * z) / 6 / std::sqrt(mean);
        EXPECT_NEAR(log_poisson_probability(mean + z * std::sqrt(mean), mean), expected, 1e-13 * 40)
            << z;
    }
}

// Rejection gives the law exactly if no point would have to be kept with a chance above 1, and the
// squeeze keeps only points that P keeps.
TEST(Poisson, HatLiesAboveAndSqueezeBelow) {
    for (double mean = 10; mean < 1e17; mean *= mean < 1000 ? 1.007 : 1.1) {
        const PoissonHat hat(mean);
        double highest = -1e9, lowest = 1e9;
        for (int i = 1; i < 10'000; ++i) {
            const double u = i / 10'000.0 - 0.5;
            const double kept = hat.log_kept_below(u);
            highest = std::max(highest, kept);
            if (PoissonHat::edge(u) >= 0.07) {
                lowest = std::min(lowest, kept);
            }
        }
        EXPECT_LE(highest, 0) << mean;
        EXPECT_GE(lowest, std::log(hat.squeeze())) << mean;
    }
}

TEST(Poisson, SmallAndMiddlingMeansFollowTheirLaw) {
    constexpr int n = 200'000;
    for (const double mean : {0.01, 0.7, 3.3, 9.99, 10.0, 10.5, 40.0, 300.0}) {
        const boost::math::poisson law(mean);
        std::map<std::int64_t, std::int64_t> seen;
        for (int i = 0; i < n; ++i) {
            ++seen[poisson(mean, draws, static_cast<std::uint64_t>(i))];
        }
        // Classes of 20 expected or more, the last ones open.
        double sum = 0, expected = 0, rest = n, left = n;
        std::int64_t count = 0;
        int classes = 0;
        for (std::int64_t k = 0; left > 0; ++k) {
            const double p = n * pdf(law, static_cast<double>(k));
            expected += p;
            rest -= p;
            count += seen.count(k) != 0 ? seen[k] : 0;
            const bool last = rest < 20;
            if (last) {
                expected += rest;
                count = static_cast<std::int64_t>(left);
            }
            if (last || expected >= 20) {
                const double off = static_cast<double>(count) - expected;
                sum += off * off / expected;
                left -= static_cast<double>(count);
                ++classes;
                expected = 0;
                count = 0;
            }
            if (last) {
                break;
            }
        }
        ASSERT_GT(classes, 1);
        EXPECT_GT(cdf(complement(boost::math::chi_squared(classes - 1), sum)), level) << mean;
    }
}

// Kolmogorov and Smirnov, as counts are so many that they are all but continuous.
TEST(Poisson, LargeMeansFollowTheirLaw) {
    constexpr int n = 100'000;
    for (const double mean : {1e5, 3e7, 1e12, 1e17}) {
        std::vector<double> values;
        for (int i = 0; i < n; ++i) {
            const auto count = poisson(mean, draws, static_cast<std::uint64_t>(i), 1);
            const double z = (static_cast<double>(count) - mean + 0.5) / std::sqrt(mean);
            // Normal with the first two terms of Edgeworth's series: off by 1e-5 / root(mean).
            const double root = std::sqrt(mean);
            const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * M_PI);
            const double h5 = z * z * z * z * z - 10 * z * z * z + 15 * z;
            values.push_back(0.5 * std::erfc(-z / std::sqrt(2)) -
                             density * ((z * z - 1) / (6 * root) +
                                        (z * z * z - 3 * z) / (24 * mean) + h5 / (72 * mean)));
        }
        EXPECT_GT(p_of_uniform_values(values), level) << mean;
    }
}

TEST(Poisson, TakesOneDrawOrLittleMore) {
    // Every attempt has an ordinal of its own: other rows do not depend on how many one took.
    EXPECT_EQ(poisson(1e6, draws, 1, 2), poisson(1e6, draws, 1, 2));
    int equal = 0;
    for (std::uint32_t a = 0; a < 1000; ++a) {
        equal += poisson(1e9, draws, 5, a) == poisson(1e9, draws, 5, a + 1) ? 1 : 0;
    }
    EXPECT_LE(equal, 2);
}

}  // namespace
}  // namespace annelid
