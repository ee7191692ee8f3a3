// portable_log and portable_exp against the C library in long double, and frozen bits.
#include "engine/chance/log.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <gtest/gtest.h>

namespace annelid {
namespace {

/// As log.hpp states it.
constexpr long double accuracy = 2e-16L;

const Draws draws({}, Purpose::test, "log");

long double relative_error(double value, long double truth) {
    return truth == 0 ? std::fabs(static_cast<long double>(value)) : std::fabs(value / truth - 1);
}

TEST(PortableLog, IsAccurateForDraws) {
    long double worst = 0;
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
        const double u = to_unit(draws.bits(i));
        worst =
            std::max(worst, relative_error(portable_log(u), std::log(static_cast<long double>(u))));
    }
    EXPECT_LT(worst, accuracy);
}

TEST(PortableLog, IsAccurateNearTheEndsOfUnit) {
    const std::uint64_t all = ~std::uint64_t{0};
    long double worst = 0;
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
        const std::uint64_t small = draws.bits(i, 1) >> (i % 64);
        for (const double x : {to_unit(small), to_unit(all - small), 2 - to_unit(all - small)}) {
            const long double truth = std::log(static_cast<long double>(x));
            worst = std::max(worst, relative_error(portable_log(x), truth));
        }
    }
    EXPECT_LT(worst, accuracy);
}

TEST(PortableLog, IsAccurateForAllNormalNumbers) {
    constexpr std::uint64_t first = std::bit_cast<std::uint64_t>(DBL_MIN);
    constexpr std::uint64_t last = std::bit_cast<std::uint64_t>(DBL_MAX);
    long double worst = 0;
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
        const double x =
            std::bit_cast<double>(first + to_index(draws.bits(i, 2), last - first + 1));
        worst =
            std::max(worst, relative_error(portable_log(x), std::log(static_cast<long double>(x))));
    }
    EXPECT_LT(worst, accuracy);
    EXPECT_LT(relative_error(portable_log(DBL_MIN), std::log(static_cast<long double>(DBL_MIN))),
              accuracy);
    EXPECT_LT(relative_error(portable_log(DBL_MAX), std::log(static_cast<long double>(DBL_MAX))),
              accuracy);
}

TEST(PortableLog, IsExactAtOneAndOrderedAcrossReduction) {
    EXPECT_EQ(portable_log(1.0), 0.0);
    for (const double seam : {std::sqrt(0.5), std::sqrt(2.0), 1.0, 2.0}) {
        double x = seam;
        for (int i = 0; i < 100; ++i) {
            x = std::nextafter(x, 0.0);
        }
        double previous = portable_log(x);
        for (int i = 0; i < 200; ++i) {
            x = std::nextafter(x, 4.0);
            const double here = portable_log(x);
            EXPECT_LE(previous, here) << x;
            previous = here;
        }
    }
}

TEST(PortableExp, IsAccurate) {
    long double worst = 0;
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
        const auto bits = draws.pair(i, 3);
        for (const double x : {1400 * (to_unit(bits[0]) - 0.5), 2 * to_unit(bits[1]) - 1}) {
            worst = std::max(
                worst, relative_error(portable_exp(x), std::exp(static_cast<long double>(x))));
        }
    }
    EXPECT_LT(worst, accuracy);
    EXPECT_EQ(portable_exp(0.0), 1.0);
}

TEST(PortableExp, StopsAtItsBounds) {
    EXPECT_EQ(portable_exp(1e9), portable_exp(700));
    EXPECT_EQ(portable_exp(-1e9), portable_exp(-700));
    EXPECT_LT(portable_exp(-700), 1e-303);
    EXPECT_GT(portable_exp(-700), DBL_MIN);
    EXPECT_TRUE(std::isfinite(portable_exp(700)));
}

TEST(PortableExp, UndoesLog) {
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const double u = to_unit(draws.bits(i, 4));
        EXPECT_NEAR(portable_exp(portable_log(u)), u, 40 * 3e-16 * u);
    }
}

TEST(Exponential, HasMeanOneAndVarianceOne) {
    EXPECT_NEAR(exponential_from_bits(0), 53 * std::log(2.0), 1e-13);
    EXPECT_EQ(exponential_from_bits(~std::uint64_t{0}), 0x1p-53);
    constexpr std::uint64_t num_draws = 1'000'000;
    double sum = 0, squares = 0;
    for (std::uint64_t i = 0; i < num_draws; ++i) {
        const double x = exponential_from_bits(draws.bits(i, 5));
        sum += x;
        squares += x * x;
    }
    EXPECT_NEAR(sum / num_draws, 1, 5e-3);
    EXPECT_NEAR(squares / num_draws, 2, 2.5e-2);
}

// Over a fixed grid that needs no random numbers. Another hash on another machine means that its
// results differ: look for contraction (-ffp-contract=off) or a changed formula.
TEST(PortableLog, FrozenBits) {
    std::uint64_t log_hash = 0, exp_hash = 0;
    const auto absorb = [](std::uint64_t& hash, double x) {
        hash = (hash ^ std::bit_cast<std::uint64_t>(x)) * 0x100000001b3;
        hash ^= hash >> 29;
    };
    for (std::uint64_t i = 0; i < 500'000; ++i) {
        const std::uint64_t bits = i * 0x9e3779b97f4a7c15;
        absorb(log_hash, portable_log(to_unit(bits)));
        absorb(log_hash, portable_log(to_unit(~std::uint64_t{0} - (bits >> (i % 64)))));
        absorb(exp_hash, portable_exp((to_unit(bits) - 0.5) * static_cast<double>(i % 1400)));
    }
    EXPECT_EQ(log_hash, 0xff1f63bc5c72914c);
    EXPECT_EQ(exp_hash, 0xa1a50ea99b4148aa);
}

// The same loop may be run lane by lane: the compiler's vector code must give the same bits.
TEST(PortableLog, VectorLanesEqualScalar) {
    constexpr std::size_t n = 1003;
    std::array<std::uint64_t, n> bits;
    std::array<double, n> lanes;
    for (std::size_t i = 0; i < n; ++i) {
        bits[i] = draws.bits(i, 6);
    }
    for (std::size_t i = 0; i < n; ++i) {
        lanes[i] = exponential_from_bits(bits[i]);
    }
    for (std::size_t i = 0; i < n; ++i) {
        const volatile std::uint64_t alone = bits[i];
        EXPECT_EQ(lanes[i], exponential_from_bits(alone));
    }
}

}  // namespace
}  // namespace annelid
