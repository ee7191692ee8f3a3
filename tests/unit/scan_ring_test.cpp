// ScanRing: the places of a pool's members along a permutation of all addresses.
#include "models/vectors/scan_ring.hpp"

#include "tests/unit/statistics.hpp"

#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

ScanRing ring(std::int64_t places, std::int64_t members, std::uint64_t key = 0) {
    return {places, members, Draws({1, key}, Purpose::test, "ring")};
}

TEST(ScanRing, OneRoundPassesEveryMemberOnce) {
    for (const auto& [places, members] :
         std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 1},
                                                            {2, 1},
                                                            {7, 7},
                                                            {100, 3},
                                                            {1000, 999},
                                                            {4096, 512},
                                                            {50'000, 1},
                                                            {1LL << 32, 700}}) {
        const ScanRing on = ring(places, members);
        const std::int64_t start = places / 3;
        std::int64_t place = start, walked = 0, known = 0;
        std::set<std::int64_t> seen;
        for (std::int64_t i = 0; i < members; ++i) {
            const auto [found, later] = on.next(place);
            const std::int64_t member = on.member(found.rank);
            ASSERT_GE(found.distance, 1);
            ASSERT_GE(member, 0);
            ASSERT_LT(member, members);
            EXPECT_TRUE(seen.insert(member).second) << places << ", " << members;
            walked += found.distance;
            place = (start + walked) % places;
            EXPECT_EQ(on.place_of(member), place);
            if (later.distance > 0) {
                const ScanRing::Found second = on.next(place)[0];
                EXPECT_EQ(second.rank, later.rank);
                EXPECT_EQ(found.distance + second.distance, later.distance);
                ++known;
            }
        }
        // … and is a round: the first comes again after as many places as there are.
        const ScanRing::Found first = on.next(start)[0];
        EXPECT_EQ(walked + on.next(place)[0].distance, first.distance + places);
        EXPECT_EQ(on.next(place)[0].rank, first.rank);
        EXPECT_TRUE(members < 500 || known > members / 2);
    }
}

// Of a random permutation of P places the M members in half of them are hypergeometric, and every
// member is as likely as any other to be the next.
TEST(ScanRing, PlacesAreThoseOfARandomPermutation) {
    constexpr std::int64_t places = 600, members = 90;
    constexpr int keys = 4000;
    std::vector<std::int64_t> next(members), place_of_five(12);
    double sum = 0, squares = 0, distance = 0;
    for (int key = 0; key < keys; ++key) {
        const ScanRing on = ring(places, members, static_cast<std::uint64_t>(key));
        int half = 0;
        for (std::int64_t m = 0; m < members; ++m) {
            half += on.place_of(m) < places / 2 ? 1 : 0;
        }
        sum += half;
        squares += (half - members / 2) * (half - members / 2);
        const ScanRing::Found found = on.next(250)[0];
        next[static_cast<std::size_t>(on.member(found.rank))] += 1;
        distance += static_cast<double>(found.distance);
        place_of_five[static_cast<std::size_t>(on.place_of(5) / 50)] += 1;
    }
    const double variance = members / 4.0 * (places - members) / (places - 1.0);
    EXPECT_LT(std::abs(sum / keys - members / 2.0), sigmas * std::sqrt(variance / keys));
    EXPECT_LT(std::abs(squares / keys / variance - 1), sigmas * std::sqrt(2.0 / keys));
    EXPECT_GT(p_of_uniform_counts(next), level);
    EXPECT_GT(p_of_uniform_counts(place_of_five), level);
    // The first of M numbers out of P is (P + 1) / (M + 1) on average, nearly geometric.
    const double mean = (places + 1.0) / (members + 1.0);
    EXPECT_LT(std::abs(distance / keys - mean), sigmas * mean / std::sqrt(keys));
}

}  // namespace
}  // namespace annelid
