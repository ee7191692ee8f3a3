// rmat: quadrants at each level have their shares and are independent; scrambling only renames.
#include "engine/base/errors.hpp"
#include "models/networks/quadrant_table.hpp"
#include "models/networks/rmat.hpp"
#include "tests/unit/network_checks.hpp"
#include "tests/unit/statistics.hpp"

#include <set>

namespace annelid {
namespace {

RmatSettings graph500(std::int64_t edge_factor = 16, bool scramble = true) {
    RmatSettings settings;
    settings.edge_factor = edge_factor;
    settings.scramble = scramble;
    return settings;
}

/// 2 (bit of the source) + (bit of the target).
std::size_t quadrant(const Edge& edge, unsigned bit) {
    return 2 * ((edge.from >> bit) & 1) + ((edge.to >> bit) & 1);
}

TEST(QuadrantTable, ChancesAreExactTo32Bits) {
    const std::array<double, 4> shares = {0.57, 0.19, 0.19, 0.05};
    const QuadrantTable table(1, shares);
    // Slots are 2^30 words wide and cut at one place: the widths follow by bisection.
    std::array<std::int64_t, 4> words{};
    for (std::uint64_t slot = 0; slot < 4; ++slot) {
        const auto cell = [&](std::uint64_t word) {
            const auto c = table.draw(static_cast<std::uint32_t>((slot << 30) + word));
            return 2u * c.row + c.column;
        };
        std::uint64_t low = 0, high = std::uint64_t{1} << 30;  // the cut is in (low, high]
        while (high - low > 1) {
            const std::uint64_t middle = (low + high) / 2;
            (cell(middle) == cell(0) ? low : high) = middle;
        }
        words[cell(0)] += static_cast<std::int64_t>(high);
        words[cell((std::uint64_t{1} << 30) - 1)] +=
            static_cast<std::int64_t>((std::uint64_t{1} << 30) - high);
    }
    for (std::size_t q = 0; q < 4; ++q) {
        EXPECT_NEAR(static_cast<double>(words[q]), shares[q] * 0x1p32, 2) << q;
    }
}

TEST(QuadrantTable, CellsOfNoShareAreNeverDrawn) {
    const QuadrantTable table(5, {0, 1, 0, 0});
    for (const std::uint32_t word : {0u, 1u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
        EXPECT_EQ(table.draw(word).row, 0);
        EXPECT_EQ(table.draw(word).column, 31);
    }
}

// 13 levels: two words of five levels and one of three.
TEST(Rmat, QuadrantsHaveTheirSharesAtEachLevel) {
    const auto settings = graph500(64, false);
    const auto edges = edges_of(*make_rmat(settings, 1 << 13, {}));
    ASSERT_EQ(std::ssize(edges), 64 << 13);
    const std::array<double, 4> shares = {0.57, 0.19, 0.19, 0.05};
    for (unsigned bit = 0; bit < 13; ++bit) {
        std::array<std::int64_t, 4> counts{};
        for (const Edge& edge : edges) {
            ++counts[quadrant(edge, bit)];
        }
        for (std::size_t q = 0; q < 4; ++q) {
            EXPECT_LT(std::abs(binomial_deviation(counts[q], std::ssize(edges), shares[q])), sigmas)
                << "bit " << bit << ", quadrant " << q;
        }
    }
}

TEST(Rmat, LevelsAreIndependent) {
    const auto edges = edges_of(*make_rmat(graph500(64, false), 1 << 13, {}));
    const std::array<double, 4> shares = {0.57, 0.19, 0.19, 0.05};
    for (const auto& [one, other] :
         {std::pair{12u, 11u}, {12u, 7u}, {8u, 3u}, {3u, 2u}, {7u, 0u}}) {
        std::array<std::int64_t, 16> counts{};
        for (const Edge& edge : edges) {
            ++counts[4 * quadrant(edge, one) + quadrant(edge, other)];
        }
        for (std::size_t q = 0; q < 16; ++q) {
            const double share = shares[q / 4] * shares[q % 4];
            EXPECT_LT(std::abs(binomial_deviation(counts[q], std::ssize(edges), share)), sigmas)
                << "bits " << one << " and " << other << ", quadrants " << q;
        }
    }
}

TEST(Rmat, ScramblingOnlyRenames) {
    const std::int64_t n = 1 << 12;
    const auto plain = edges_of(*make_rmat(graph500(16, false), n, {}));
    const auto scrambled = edges_of(*make_rmat(graph500(16, true), n, {}));
    ASSERT_EQ(plain.size(), scrambled.size());
    std::vector<std::int64_t> name(n, -1);
    for (std::size_t i = 0; i < plain.size(); ++i) {
        for (const auto& [old_name, new_name] :
             {std::pair{plain[i].from, scrambled[i].from}, {plain[i].to, scrambled[i].to}}) {
            if (name[old_name] < 0) {
                name[old_name] = new_name;
            }
            ASSERT_EQ(name[old_name], new_name);
        }
    }
    std::erase(name, -1);
    EXPECT_EQ(std::set(name.begin(), name.end()).size(), name.size());
    // Degrees no longer follow from the bits of a number.
    std::int64_t ones = 0;
    for (const Edge& edge : scrambled) {
        ones += edge.from >> 11;
    }
    EXPECT_GT(static_cast<double>(ones) / static_cast<double>(scrambled.size()), 0.35);
}

TEST(Rmat, SmallAndLopsided) {
    EXPECT_EQ(edges_of(*make_rmat(graph500(3), 1, {})), (std::vector<Edge>(3)));
    EXPECT_EQ(std::ssize(edges_of(*make_rmat(graph500(5), 2, {}))), 10);
    EXPECT_TRUE(edges_of(*make_rmat(graph500(0), 8, {})).empty());
    auto all_to_last = graph500(2, false);
    all_to_last.a = all_to_last.b = all_to_last.c = 0;
    for (const Edge& edge : edges_of(*make_rmat(all_to_last, 64, {}))) {
        EXPECT_EQ(edge, (Edge{63, 63}));
    }
}

TEST(Rmat, PiecesAreFixed) {
    expect_fixed_pieces(*make_rmat(graph500(), 1 << 16, {}));
    expect_fixed_pieces(*make_rmat(graph500(1), std::int64_t{1} << 21, {}));
    const auto one = edges_of(*make_rmat(graph500(), 1024, {1, 0}));
    EXPECT_NE(one, edges_of(*make_rmat(graph500(), 1024, {2, 0})));
    EXPECT_NE(one, edges_of(*make_rmat(graph500(), 1024, {1, 1})));
}

TEST(Rmat, RefusesOtherThanPowersOfTwo) {
    expect_fault(graph500().faults(1000), "kind",
                 "rmat needs a power of two as the number of hosts, not 1000");
    EXPECT_EQ(graph500().faults(1000)[0].advice, "use 512 or 1024 hosts");
    for (const std::int64_t n : {1, 2, 1024}) {
        EXPECT_TRUE(graph500().faults(n).empty());
    }
    auto settings = graph500();
    settings.a = 0.7;
    expect_fault(settings.faults(4), "a", "a + b + c is 1.08, above 1");
    EXPECT_THROW(make_rmat(settings, 4, {}), InputError);
}

}  // namespace
}  // namespace annelid
