// Distribution: against Boost.Math in long double, its own moments, and frozen answers.
#include "engine/chance/distribution.hpp"
#include "engine/chance/draws.hpp"
#include "engine/chance/quantile_table.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/weibull.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annelid {

namespace {

using Kind = DistributionSpec::Kind;

std::string describe(const DistributionSpec& spec) {
    return fmt::format("{}(mean {}, shape {}, sd {}, {} to {})", name(spec.kind), spec.mean,
                       spec.shape, spec.sd, spec.lower, spec.upper);
}

const Draws draws({}, Purpose::test, "distribution");

DistributionSpec fixed(double mean) {
    return {.kind = Kind::fixed, .mean = mean};
}
DistributionSpec exponential(double mean) {
    return {.kind = Kind::exponential, .mean = mean};
}
DistributionSpec gamma(double mean, double shape) {
    return {.kind = Kind::gamma, .mean = mean, .shape = shape};
}
DistributionSpec weibull(double mean, double shape) {
    return {.kind = Kind::weibull, .mean = mean, .shape = shape};
}
DistributionSpec lognormal(double mean, double sd) {
    return {.kind = Kind::lognormal, .mean = mean, .sd = sd};
}
DistributionSpec normal(double mean, double sd) {
    return {.kind = Kind::normal, .mean = mean, .sd = sd};
}
DistributionSpec uniform(double lower, double upper) {
    return {.kind = Kind::uniform, .lower = lower, .upper = upper};
}

/// One of each kind.
const std::vector<DistributionSpec>& all_kinds() {
    static const std::vector<DistributionSpec> specs = {
        fixed(3),        exponential(3),    gamma(3, 2.5), weibull(3, 0.7),
        lognormal(3, 2), uniform(0.5, 2.5), normal(3, 2)};
    return specs;
}

/// Bits whose u is spread evenly over [0, 1] and over both tails, down to the extremes.
std::uint64_t test_bits(std::uint64_t i) {
    const std::uint64_t bits = draws.bits(i);
    switch (i % 3) {
        case 0:
            return bits;
        case 1:
            return bits >> (i % 64);
        default:
            return ~(bits >> (i % 64));
    }
}

/// Boost's quantile at to_unit(bits), from the smaller side.
template <typename Law>
long double reference(const Law& law, std::uint64_t bits) {
    const auto u = static_cast<long double>(to_unit(bits));
    return u < 0.5L ? quantile(law, u) : quantile(complement(law, 1 - u));
}

template <typename Law>
double worst_relative_error(const DistributionSpec& spec, const Law& law,
                            std::uint64_t num_points) {
    const Distribution distribution(spec);
    long double worst = 0;
    for (std::uint64_t i = 0; i < num_points; ++i) {
        const std::uint64_t bits = test_bits(i);
        worst = std::max(worst, std::fabs(distribution.quantile(bits) / reference(law, bits) - 1));
    }
    return static_cast<double>(worst);
}

namespace bm = boost::math;

TEST(Distribution, ExponentialMatchesBoost) {
    const bm::exponential_distribution<long double> law(1 / 7.0L);
    EXPECT_LT(worst_relative_error(exponential(7), law, 20'000), 1e-15);
}

TEST(Distribution, WeibullMatchesBoost) {
    for (const double shape : {0.1, 0.5, 1.0, 2.0, 10.0}) {
        const long double scale = 7 / std::tgamma(1 + 1 / static_cast<long double>(shape));
        const bm::weibull_distribution<long double> law(shape, scale);
        EXPECT_LT(worst_relative_error(weibull(7, shape), law, 20'000), 1e-13) << shape;
    }
}

TEST(Distribution, GammaMatchesBoost) {
    for (const double shape : {0.1, 0.5, 1.0, 2.0, 5.5, 50.0, 1e4}) {
        const bm::gamma_distribution<long double> law(shape, 7 / static_cast<long double>(shape));
        const double accuracy = shape < 0.5 ? 3e-9 / shape : 2e-9;
        EXPECT_LT(worst_relative_error(gamma(7, shape), law, 4000), accuracy) << shape;
    }
}

TEST(Distribution, LognormalMatchesBoost) {
    for (const double ratio : {0.1, 0.5, 1.0, 2.0, 3.0, 10.0}) {
        const long double square = std::log1p(static_cast<long double>(ratio) * ratio);
        const bm::lognormal_distribution<long double> law(std::log(7.0L) - square / 2,
                                                          std::sqrt(square));
        EXPECT_LT(worst_relative_error(lognormal(7, 7 * ratio), law, 20'000), 2e-9) << ratio;
    }
}

TEST(Distribution, NormalMatchesBoost) {
    const bm::normal_distribution<long double> law;
    const QuantileTable table = QuantileTable::normal();
    const Distribution distribution(normal(10, 2));
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        const std::uint64_t bits = test_bits(i);
        const long double truth = reference(law, bits);
        EXPECT_NEAR(table.at(bits), truth, 1e-9);
        EXPECT_NEAR(distribution.quantile(bits), std::max(0.0L, 10 + 2 * truth), 2e-9);
    }
}

// The ends of what to_unit() returns lie inside the tables, with accuracy.
TEST(Distribution, ExtremesMatchBoost) {
    const bm::gamma_distribution<long double> law(2, 1);
    const Distribution distribution(gamma(2, 2));
    for (const std::uint64_t bits : {std::uint64_t{0}, ~std::uint64_t{0}}) {
        EXPECT_NEAR(distribution.quantile(bits) / reference(law, bits), 1, 2e-9);
    }
    for (const DistributionSpec& spec :
         {gamma(1, 0.01), gamma(1, 1e5), weibull(1, 0.1), weibull(1, 1e5), lognormal(1, 1e3),
          lognormal(1, 1e-4), normal(1, 1e10), normal(1e10, 1e-10)}) {
        const Distribution extreme(spec);
        EXPECT_GE(extreme.quantile(0), 0);
        EXPECT_LE(extreme.quantile(0), extreme.quantile(~std::uint64_t{0}));
        EXPECT_TRUE(std::isfinite(extreme.quantile(~std::uint64_t{0})));
    }
}

TEST(Distribution, IncreasesWithU) {
    for (const DistributionSpec& spec : all_kinds()) {
        SCOPED_TRACE(describe(spec));
        const Distribution distribution(spec);
        // Clearly different u: strictly. The same, or nearly: up to rounding.
        double previous = distribution.quantile(0);
        for (std::uint64_t i = 1; i < 100'000; ++i) {
            const double here = distribution.quantile(i * (~std::uint64_t{0} / 100'000));
            if (spec.kind == Kind::fixed || (spec.kind == Kind::normal && here == 0)) {
                ASSERT_EQ(previous, here);
            } else {
                ASSERT_LT(previous, here) << i;
            }
            previous = here;
        }
        for (std::uint64_t i = 0; i < 1000; ++i) {
            const std::uint64_t bits = draws.bits(i, 1) >> 1;
            const double here = distribution.quantile(bits);
            ASSERT_LE(here, distribution.quantile(bits + 4096) * (1 + 1e-13));
        }
    }
}

// The mean and variance of quantile() over a million equal strata of u.
struct Moments {
    double mean, variance;
};

Moments stratified_moments(const Distribution& distribution) {
    constexpr std::uint64_t num_strata = 1'000'000;
    constexpr std::uint64_t width = ~std::uint64_t{0} / num_strata;
    long double sum = 0, squares = 0;
    for (std::uint64_t i = 0; i < num_strata; ++i) {
        const long double x = distribution.quantile(i * width + width / 2);
        sum += x;
        squares += x * x;
    }
    const long double mean = sum / num_strata;
    return {static_cast<double>(mean), static_cast<double>(squares / num_strata - mean * mean)};
}

TEST(Distribution, MomentsAreAsSpecified) {
    struct Case {
        DistributionSpec spec;
        double mean, variance, tolerance;
    };
    // Variance of the Weibull: scale² (Γ(1 + 2/k) - Γ(1 + 1/k)²). Heavy tails lose most in the
    // last stratum, hence the wider tolerances.
    const double g1 = std::tgamma(1 + 1 / 1.5), g2 = std::tgamma(1 + 2 / 1.5);
    for (const Case& c :
         {Case{fixed(3), 3, 0, 1e-12}, Case{exponential(3), 3, 9, 2e-5},
          Case{gamma(3, 2.5), 3, 9 / 2.5, 2e-5}, Case{gamma(3, 0.5), 3, 18, 5e-5},
          Case{weibull(3, 1.5), 3, 9 * (g2 / (g1 * g1) - 1), 2e-5},
          Case{lognormal(3, 1), 3, 1, 5e-5}, Case{lognormal(3, 6), 3, 36, 2e-2},
          Case{uniform(0.5, 2.5), 1.5, 4.0 / 12, 1e-9}, Case{normal(12, 2), 12, 4, 2e-5}}) {
        SCOPED_TRACE(describe(c.spec));
        const Distribution distribution(c.spec);
        EXPECT_NEAR(distribution.mean(), c.mean, 1e-8 * c.mean);
        const Moments moments = stratified_moments(distribution);
        EXPECT_NEAR(moments.mean, c.mean, c.tolerance * c.mean);
        EXPECT_NEAR(moments.variance, c.variance, c.tolerance * c.variance + 1e-12);
    }
}

TEST(Distribution, MeanOfTheNormalCountsNegativeValuesAsZero) {
    for (const auto& [mean, sd] : {std::pair{1.0, 1.0}, {0.1, 1.0}, {3.0, 1.0}, {1.0, 10.0}}) {
        const Distribution distribution(normal(mean, sd));
        EXPECT_EQ(distribution.quantile(0), 0);
        EXPECT_GT(distribution.mean(), mean);
        EXPECT_NEAR(distribution.mean(), stratified_moments(distribution).mean, 1e-6 * sd);
    }
    // φ(1) + Φ(1)
    EXPECT_NEAR(Distribution(normal(1, 1)).mean(), 1.083315470588, 1e-12);
}

/// Kolmogorov-Smirnov: sqrt(n) times the largest distance of the empirical CDF from `law`.
template <typename Law>
double ks_statistic(const DistributionSpec& spec, const Law& law) {
    constexpr std::uint64_t n = 20'000;
    const Distribution distribution(spec);
    std::vector<double> values;
    for (std::uint64_t i = 0; i < n; ++i) {
        values.push_back(distribution.quantile(draws.bits(i, 2)));
    }
    std::sort(values.begin(), values.end());
    double worst = 0;
    for (std::uint64_t i = 0; i < n; ++i) {
        const double p = cdf(law, values[i]);
        worst = std::max({worst, std::abs(p - static_cast<double>(i) / n),
                          std::abs(p - static_cast<double>(i + 1) / n)});
    }
    return worst * std::sqrt(static_cast<double>(n));
}

TEST(Distribution, DrawsPassKolmogorovSmirnov) {
    constexpr double critical = 1.95;  // exceeded with probability 0.001
    EXPECT_LT(ks_statistic(exponential(3), bm::exponential_distribution<>(1.0 / 3)), critical);
    EXPECT_LT(ks_statistic(gamma(3, 0.5), bm::gamma_distribution<>(0.5, 6)), critical);
    EXPECT_LT(ks_statistic(gamma(3, 20), bm::gamma_distribution<>(20, 0.15)), critical);
    EXPECT_LT(ks_statistic(weibull(3, 2), bm::weibull_distribution<>(2, 3 / std::tgamma(1.5))),
              critical);
    const double square = std::log1p(4.0 / 9);
    EXPECT_LT(ks_statistic(lognormal(3, 2), bm::lognormal_distribution<>(std::log(3.0) - square / 2,
                                                                         std::sqrt(square))),
              critical);
    EXPECT_LT(ks_statistic(normal(30, 2), bm::normal_distribution<>(30, 2)), critical);
}

TEST(Distribution, LowerBoundIsThatOfTheSupport) {
    EXPECT_EQ(Distribution(fixed(3)).lower_bound(), 3);
    EXPECT_EQ(Distribution(uniform(0.5, 2.5)).lower_bound(), 0.5);
    for (const DistributionSpec& spec :
         {exponential(3), gamma(3, 20), weibull(3, 2), lognormal(3, 1), normal(30, 1)}) {
        EXPECT_EQ(Distribution(spec).lower_bound(), 0) << describe(spec);
    }
    for (const DistributionSpec& spec : all_kinds()) {
        const Distribution distribution(spec);
        EXPECT_GE(distribution.quantile(0), distribution.lower_bound());
    }
}

TEST(Distribution, DefaultIsZeroAndCopiesAgree) {
    EXPECT_EQ(Distribution().quantile(12345), 0);
    EXPECT_EQ(Distribution().mean(), 0);
    for (const DistributionSpec& spec : all_kinds()) {
        Distribution copy;
        {
            const Distribution original(spec);
            copy = original;
        }
        EXPECT_EQ(copy.spec(), spec);
        const Distribution again(spec);
        for (std::uint64_t i = 0; i < 100; ++i) {
            EXPECT_EQ(copy.quantile(test_bits(i)), again.quantile(test_bits(i)));
        }
    }
}

/// Text of the refusal, empty if there was none.
std::string refusal(const DistributionSpec& spec) {
    try {
        const Distribution distribution(spec);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

TEST(Distribution, RefusesWhatIsNone) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    for (const double bad : {-1.0, nan, infinity, -infinity}) {
        for (const DistributionSpec& spec :
             {fixed(bad), exponential(bad), gamma(bad, 1), gamma(1, bad), weibull(bad, 1),
              weibull(1, bad), lognormal(bad, 1), lognormal(1, bad), normal(bad, 1), normal(1, bad),
              uniform(bad, 2), uniform(1, bad)}) {
            const std::string text = refusal(spec);
            EXPECT_NE(text.find(fmt::format("= {} (", bad)), std::string::npos)
                << describe(spec) << ": " << text;
            EXPECT_EQ(text.find(name(spec.kind)), 0u) << text;
        }
    }
    for (const DistributionSpec& spec :
         {exponential(0), gamma(0, 1), gamma(1, 0), weibull(0, 1), weibull(1, 0), lognormal(0, 1),
          lognormal(1, 0), normal(0, 1), normal(1, 0), uniform(2, 2), uniform(2, 1)}) {
        EXPECT_NE(refusal(spec), "") << describe(spec);
    }
    for (const DistributionSpec& spec :
         {gamma(1, 0.009), weibull(1, 0.09), gamma(1, 2e5), lognormal(1, 1001), fixed(2e30)}) {
        EXPECT_NE(refusal(spec), "") << describe(spec);
    }
    EXPECT_EQ(refusal(fixed(0)), "");
    EXPECT_EQ(refusal(uniform(0, 1)), "");
}

TEST(Distribution, RefusalSaysWhatIsRight) {
    EXPECT_EQ(refusal(exponential(-3)),
              "exponential distribution: mean = -3 (must be positive, from 1e-30 to 1e+30): for a "
              "value of 0 use fixed");
    EXPECT_EQ(refusal(gamma(1, 0)),
              "gamma distribution: shape = 0 (must lie between 0.01 and 100000): 1 is exponential, "
              "a large shape nearly fixed");
    EXPECT_EQ(refusal(uniform(2, 1)),
              "uniform distribution: upper = 1 (must be above lower = 2, and at most 1e+30): for a "
              "single value use fixed");
}

// Bit for bit, on every machine; see FrozenBits of chance_log_test.cpp.
TEST(Distribution, FrozenAnswers) {
    const auto hash = [](const DistributionSpec& spec) {
        const Distribution distribution(spec);
        std::uint64_t sum = std::bit_cast<std::uint64_t>(distribution.mean());
        for (std::uint64_t i = 0; i < 20'000; ++i) {
            const double x = distribution.quantile(test_bits(i));
            sum = (sum ^ std::bit_cast<std::uint64_t>(x)) * 0x100000001b3;
            sum ^= sum >> 29;
        }
        return sum;
    };
    EXPECT_EQ(hash(exponential(3)), 0xdb01b5b256bbf949);
    EXPECT_EQ(hash(gamma(3, 2.5)), 0x75beada2bb574873);
    EXPECT_EQ(hash(gamma(3, 0.3)), 0x62690a11f1415588);
    EXPECT_EQ(hash(weibull(3, 0.7)), 0xbb557e158fcd0110);
    EXPECT_EQ(hash(lognormal(3, 2)), 0xc1347bc6de503e30);
    EXPECT_EQ(hash(uniform(0.5, 2.5)), 0xe294bd93f65749e8);
    EXPECT_EQ(hash(normal(3, 2)), 0xe8daabcfe45de115);
}

}  // namespace
}  // namespace annelid
