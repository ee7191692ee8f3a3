// LinkDraws and exponentials: every instruction set gives the bits of Random123 and portable_log.
#include "engine/chance/batch.hpp"

#include "engine/chance/distribution.hpp"
#include "engine/chance/log.hpp"
#include "tests/unit/statistics.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

using Words = std::array<std::uint32_t, 2>;

const Draws draws({}, Purpose::test, "batch");
constexpr std::uint64_t guard = 0x0123456789abcdef;

/// Runs the loops of each instruction set in turn, and leaves the best one as it was found.
class Batch : public ::testing::Test {
  protected:
    ~Batch() override { use_instruction_set(available_instruction_sets().back()); }

    template <class Body>
    void for_each_set(Body body) {
        for (const InstructionSet set : available_instruction_sets()) {
            SCOPED_TRACE("instruction set " + std::to_string(static_cast<int>(set)));
            use_instruction_set(set);
            body();
        }
    }
};

Words philox(Words counter, std::uint32_t key) {
    const auto out = r123::Philox2x32{}({{counter[0], counter[1]}}, {{key}});
    return {out[0], out[1]};
}

// File kat_vectors of Random123.
TEST_F(Batch, PhiloxGivesThePublishedAnswers) {
    const std::uint32_t ones = 0xffffffff;
    EXPECT_EQ(philox({0, 0}, 0), (Words{0xff1dae59, 0x6cd10df2}));
    EXPECT_EQ(philox({ones, ones}, ones), (Words{0x2c3f628b, 0xab4fd7ad}));
    EXPECT_EQ(philox({0x243f6a88, 0x85a308d3}, 0x13198a2e), (Words{0xdd7ce038, 0xf62a4c12}));
}

/// The definition: Philox2x32-10 keyed and masked by the source's own draw.
std::uint64_t defined(std::uint64_t source, std::uint32_t ordinal, std::uint32_t renewal,
                      std::uint32_t target, std::uint32_t multiplicity) {
    const auto words = draws.words(source, ordinal, renewal);
    const Words out = philox({target ^ words[1], multiplicity ^ words[2]}, words[0]);
    return (std::uint64_t{out[1]} << 32) | out[0];
}

TEST_F(Batch, OneLinkIsAsDefined) {
    for (std::uint32_t i = 0; i < 1000; ++i) {
        const std::uint64_t source = draws.bits(i, 1) >> (i % 64);
        EXPECT_EQ(LinkDraws(draws, source, i % 3, i % 5).bits(i * 7919, i % 4),
                  defined(source, i % 3, i % 5, i * 7919, i % 4));
    }
}

/// Targets of all sizes; the first ones are extreme.
std::vector<std::uint32_t> targets(std::size_t n) {
    std::vector<std::uint32_t> out = {0, 0xffffffff, 1, 0x80000000, 0x7fffffff};
    for (std::size_t i = out.size(); i < n; ++i) {
        out.push_back(static_cast<std::uint32_t>(draws.bits(i, 2)));
    }
    return out;
}

TEST_F(Batch, ManyLinksAreAsOneOfAnyLengthAndPlace) {
    const std::vector<std::uint32_t> all = targets(60);
    for_each_set([&] {
        for (std::size_t first = 0; first < 17; ++first) {
            for (std::size_t n = 0; n <= 40; ++n) {
                const LinkDraws links(draws, 1000 + first, 0, static_cast<std::uint32_t>(n));
                std::vector<std::uint64_t> out(first + n + 1, guard);
                links.bits(all.data() + first, n, out.data() + first);
                for (std::size_t i = 0; i < n; ++i) {
                    ASSERT_EQ(out[first + i], links.bits(all[first + i])) << first << ' ' << n;
                }
                EXPECT_EQ(out.back(), guard);
                EXPECT_TRUE(first == 0 || out[first - 1] == guard);
            }
        }
    });
}

TEST_F(Batch, ExponentialsAreThoseOfOneOfAnyLengthAndPlace) {
    std::vector<std::uint64_t> bits = {
        0, ~std::uint64_t{0}, 1, 4095, 4096, std::uint64_t{1} << 63, (std::uint64_t{1} << 63) - 1};
    while (bits.size() < 60) {
        bits.push_back(draws.bits(bits.size(), 3) >> (bits.size() % 9 * 7));
    }
    const Distribution law({.kind = DistributionSpec::Kind::exponential, .mean = 1});
    for_each_set([&] {
        for (std::size_t first = 0; first < 17; ++first) {
            for (std::size_t n = 0; n <= 40; ++n) {
                std::vector<double> out(first + n + 1, -1);
                exponentials(bits.data() + first, n, out.data() + first);
                for (std::size_t i = 0; i < n; ++i) {
                    const std::uint64_t b = bits[first + i];
                    const auto wanted = std::bit_cast<std::uint64_t>(exponential_from_bits(~b));
                    ASSERT_EQ(std::bit_cast<std::uint64_t>(out[first + i]), wanted);
                    ASSERT_EQ(out[first + i], law.quantile(b));
                }
                EXPECT_EQ(out.back(), -1);
                EXPECT_TRUE(first == 0 || out[first - 1] == -1);
            }
        }
    });
}

TEST_F(Batch, AllSetsAgreeOnManyDraws) {
    const std::vector<std::uint32_t> all = targets(100'003);
    const LinkDraws links(draws, 5, 6, 7);
    std::vector<std::uint64_t> first_bits;
    std::vector<double> first_times;
    for_each_set([&] {
        std::vector<std::uint64_t> bits(all.size());
        std::vector<double> times(all.size());
        links.bits(all.data(), all.size(), bits.data());
        exponentials(bits.data(), bits.size(), times.data());
        if (first_bits.empty()) {
            first_bits = bits;
            first_times = times;
        }
        EXPECT_TRUE(bits == first_bits);
        EXPECT_TRUE(times == first_times);
    });
}

// A change of any of these changes every result on a network.
TEST_F(Batch, FrozenAnswers) {
    const Draws contact({1, 0}, Purpose::contact, "contact");
    for_each_set([&] {
        const std::array<std::uint32_t, 3> to = {0, 1, 4'000'000'000};
        std::array<std::uint64_t, 3> bits{};
        LinkDraws(contact, 7, 0, 0).bits(to.data(), to.size(), bits.data());
        EXPECT_EQ(bits, (std::array<std::uint64_t, 3>{3093425551303748037u, 5249295645513830523u,
                                                      15449329682174645003u}));
        EXPECT_EQ(LinkDraws(contact, 7, 2, 3).bits(9, 1), 5181928434320302052u);
        std::array<double, 3> times{};
        exponentials(bits.data(), bits.size(), times.data());
        EXPECT_EQ(times, (std::array<double, 3>{0x1.77ec559cd878dp-3, 0x1.56e6af9826976p-2,
                                                0x1.d12ff1f3042fdp+0}));
    });
}

// Neighbouring sources, targets, stays, renewals and multiples share nothing.
TEST_F(Batch, DrawsOfNeighboursAreIndependent) {
    std::vector<double> units, sums;
    for (std::uint32_t source = 0; source < 100; ++source) {
        for (std::uint32_t k = 0; k < 16; ++k) {
            const LinkDraws here(draws, source, k & 1, k >> 1 & 1);
            const LinkDraws next(draws, source + 1, k & 1, k >> 1 & 1);
            const double a = to_unit(here.bits(source + 1, k >> 2 & 1));
            const double b = to_unit(next.bits(source, k >> 2 & 1));
            units.push_back(a);
            sums.push_back(a + b < 1 ? a + b : a + b - 1);  // uniform if they are independent
        }
    }
    EXPECT_GT(p_of_uniform_values(units), level);
    EXPECT_GT(p_of_uniform_values(sums), level);
}

}  // namespace
}  // namespace annelid
