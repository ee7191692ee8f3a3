// Draws: the published known answers of Philox, frozen keys of our own, and simple statistics.
#include "engine/chance/draws.hpp"

#include <set>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>
#include <gtest/gtest.h>

namespace annelid {
namespace {

using Words = std::array<std::uint32_t, 4>;

Words philox(Words counter, std::array<std::uint32_t, 2> key) {
    const auto out =
        r123::Philox4x32{}({{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
    return {out[0], out[1], out[2], out[3]};
}

// File kat_vectors of Random123.
TEST(Draws, PhiloxGivesThePublishedAnswers) {
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
              (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    const std::uint32_t ones = 0xffffffff;
    EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
              (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// A change of any of these changes every result ever published with annelid.
TEST(Draws, FrozenAnswers) {
    EXPECT_EQ(Draws({}, Purpose::test).words(0),
              (Words{0xbbb45b70, 0x2a2e01fe, 0xc2ec1878, 0xc83e5d0c}));
    EXPECT_EQ(Draws({1, 0}, Purpose::scan, "internet").words(7, 8, 9),
              (Words{0x515a5325, 0x492bd2c1, 0xad2c6fc1, 0xcc0c5f9f}));
    EXPECT_EQ(Draws({1, 0}, Purpose::dwell).words(0x123456789abcdef0, 1, 2),
              (Words{0x59751120, 0x1e3903cf, 0x93f632b9, 0x5d912640}));
    EXPECT_EQ(Draws({0xfedcba9876543210, 3}, Purpose::host_traits, "unpatched").words(1),
              (Words{0x03e09365, 0x2ae1414f, 0xe4b636bf, 0x7fa342b9}));
    const Draws draws({42, 5}, Purpose::thinning, "off hours");
    EXPECT_EQ(draws.pair(3, 1),
              (std::array<std::uint64_t, 2>{0x422e6e59acbfb255, 0x339ed8f2a9d96f57}));
    EXPECT_EQ(draws.bits(3, 1), draws.pair(3, 1)[0]);
}

TEST(Draws, PurposesKeepTheirNumbers) {
    EXPECT_EQ(static_cast<int>(Purpose::host_traits), 1);
    EXPECT_EQ(static_cast<int>(Purpose::organisation_sizes), 2);
    EXPECT_EQ(static_cast<int>(Purpose::seeds), 3);
    EXPECT_EQ(static_cast<int>(Purpose::dwell), 4);
    EXPECT_EQ(static_cast<int>(Purpose::scan), 5);
    EXPECT_EQ(static_cast<int>(Purpose::sweep_order), 6);
    EXPECT_EQ(static_cast<int>(Purpose::success), 7);
    EXPECT_EQ(static_cast<int>(Purpose::thinning), 8);
    EXPECT_EQ(static_cast<int>(Purpose::host_rate), 9);
    EXPECT_EQ(static_cast<int>(Purpose::kill_switch_reach), 10);
    EXPECT_EQ(static_cast<int>(Purpose::patching), 11);
    EXPECT_EQ(static_cast<int>(Purpose::exposure), 12);
    EXPECT_EQ(static_cast<int>(Purpose::sweep_success), 13);
    EXPECT_EQ(static_cast<int>(Purpose::network), 20);
    EXPECT_EQ(static_cast<int>(Purpose::compliance), 60);
    EXPECT_EQ(static_cast<int>(Purpose::detection), 61);
    EXPECT_EQ(static_cast<int>(Purpose::coverage), 62);
    EXPECT_EQ(static_cast<int>(Purpose::false_alarm), 63);
    EXPECT_EQ(static_cast<int>(Purpose::throttling), 64);
    EXPECT_EQ(static_cast<int>(Purpose::hygiene), 65);
    EXPECT_EQ(static_cast<int>(Purpose::tracing), 66);
    EXPECT_EQ(static_cast<int>(Purpose::cleaning), 67);
    EXPECT_EQ(static_cast<int>(Purpose::patch_order), 68);
    EXPECT_EQ(static_cast<int>(Purpose::telescope), 69);
    EXPECT_EQ(static_cast<int>(Purpose::test), 255);
}

TEST(Draws, EveryArgumentMatters) {
    std::set<Words> seen;
    std::size_t num_draws = 0;
    const auto add = [&](const Draws& draws) {
        for (std::uint64_t id : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32}) {
            for (std::uint32_t a : {0u, 1u}) {
                for (std::uint32_t b : {0u, 1u}) {
                    seen.insert(draws.words(id, a, b));
                    ++num_draws;
                }
            }
        }
    };
    for (std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32}) {
        for (std::uint64_t replicate :
             {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32}) {
            for (Purpose purpose : {Purpose::dwell, Purpose::scan}) {
                for (const char* label :
                     {"", "a", "b", "ab", "a longer label than sixteen bytes"}) {
                    add(Draws({seed, replicate}, purpose, label));
                }
            }
        }
    }
    EXPECT_EQ(seen.size(), num_draws);
}

/// Bytes of draws for consecutive ids must be uniform: the ids are the counter.
double chi_squared_of_bytes(const Draws& draws, std::uint64_t num_draws) {
    std::vector<double> count(4 * 256);
    for (std::uint64_t id = 0; id < num_draws; ++id) {
        const Words words = draws.words(id);
        for (int i = 0; i < 4; ++i) {
            ++count[i * 256 + (words[i] >> 24)];
        }
    }
    const double expected = static_cast<double>(num_draws) / 256;
    double sum = 0;
    for (const double n : count) {
        sum += (n - expected) * (n - expected) / expected;
    }
    return sum;
}

TEST(Draws, BytesAreUniform) {
    const boost::math::chi_squared law(4 * 255);
    for (const char* label : {"", "a", "b"}) {
        const double p = cdf(law, chi_squared_of_bytes(Draws({}, Purpose::test, label), 100'000));
        EXPECT_GT(p, 1e-4) << label;
        EXPECT_LT(p, 1 - 1e-4) << label;
    }
}

TEST(Draws, UnitIsOpenAndSymmetric) {
    EXPECT_EQ(to_unit(0), 0x1p-53);
    EXPECT_EQ(to_unit(~std::uint64_t{0}), 1 - 0x1p-53);
    EXPECT_LT(to_unit(~std::uint64_t{0}), 1.0);
    const Draws draws({}, Purpose::test);
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const std::uint64_t bits = draws.bits(i);
        EXPECT_EQ(to_unit(~bits), 1 - to_unit(bits));
    }
}

TEST(Draws, IndexCoversItsRangeEvenly) {
    const std::uint64_t all = ~std::uint64_t{0};
    EXPECT_EQ(to_index(0, 10), 0u);
    EXPECT_EQ(to_index(all, 10), 9u);
    EXPECT_EQ(to_index(all, 1), 0u);
    EXPECT_EQ(to_index(all, all), all - 1);
    const Draws draws({}, Purpose::test, "index");
    std::array<int, 10> count{};
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        ++count[to_index(draws.bits(i), 10)];
    }
    for (const int n : count) {
        EXPECT_NEAR(n, 10'000, 500);  // five standard deviations
    }
}

TEST(Draws, HappensIsExactAtTheEnds) {
    const std::uint64_t all = ~std::uint64_t{0};
    for (std::uint64_t whole : {std::uint64_t{1}, std::uint64_t{3}, all}) {
        EXPECT_FALSE(happens(0, std::uint64_t{0}, whole));
        EXPECT_TRUE(happens(all, whole, whole));
    }
    EXPECT_TRUE(happens((all >> 1), 1, 2));
    EXPECT_FALSE(happens((all >> 1) + 1, 1, 2));
    EXPECT_FALSE(happens(0, 0.0));
    EXPECT_TRUE(happens(all, 1.0));
}

TEST(Draws, HappensIsNested) {
    const Draws draws({}, Purpose::test, "nested");
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const std::uint64_t bits = draws.bits(i);
        for (std::uint64_t part = 0; part < 10; ++part) {
            EXPECT_LE(happens(bits, part, 10), happens(bits, part + 1, 10));
            EXPECT_LE(happens(bits, 0.1 * part), happens(bits, 0.1 * part + 0.1));
        }
    }
}

}  // namespace
}  // namespace annelid
