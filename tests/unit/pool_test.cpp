// Pool: who is a member, and the members of a range, against looking at every host.
#include "engine/hosts/pool.hpp"

#include "engine/chance/draws.hpp"
#include "tests/unit/small_world.hpp"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

const Draws draws({}, Purpose::test, "pool");

/// A world in which `carriers` of the hosts, drawn at random, carry `exposed` and `unpatched`, and
/// all others only one of the two or neither.
class PoolWorld : public SmallWorld {
  public:
    PoolWorld(std::int64_t num_hosts, std::int64_t carriers) : SmallWorld(flat(num_hosts)) {
        std::int64_t left = carriers;
        for (std::int64_t h = 0; h < num_hosts; ++h) {
            const auto bits = draws.pair(static_cast<std::uint64_t>(h));
            const bool carrier = happens(bits[0], static_cast<std::uint64_t>(left),
                                         static_cast<std::uint64_t>(num_hosts - h));
            left -= carrier ? 1 : 0;
            const Traits others[] = {0, trait_exposed, trait_unpatched, trait_home};
            hosts.traits[static_cast<std::size_t>(h)] =
                carrier ? Traits{trait_exposed | trait_unpatched | trait_outbound}
                        : others[to_index(bits[1], 4)];
        }
    }
    Pool pool(Traits required = trait_exposed | trait_unpatched) const {
        return Pool(population, partition, hosts, required, ranks);
    }
};

TEST(Pool, ListsMembersOnlyWhereTheyAreRare) {
    for (const std::int64_t num_hosts : {1600, 1607, 100, 15}) {
        for (const std::int64_t carriers : {num_hosts / 16, num_hosts / 16 + 1}) {
            const PoolWorld world(num_hosts, carriers);
            const Pool pool = world.pool();
            EXPECT_EQ(pool.num_carriers(), carriers);
            EXPECT_EQ(pool.lists_members(), carriers * 16 <= num_hosts) << num_hosts;
            EXPECT_EQ(pool.size(), pool.lists_members() ? carriers : num_hosts);
        }
    }
}

TEST(Pool, ListsExactlyTheCarriersInOrder) {
    const PoolWorld world(5000, 200);
    const Pool pool = world.pool();
    std::vector<std::int64_t> expected, got;
    for (std::int64_t h = 0; h < world.size(); ++h) {
        const Traits traits = world.hosts.traits[static_cast<std::size_t>(h)];
        if ((traits & trait_exposed) != 0 && (traits & trait_unpatched) != 0) {
            expected.push_back(h);
        }
    }
    for (std::int64_t i = 0; i < pool.size(); ++i) {
        got.push_back(pool.at(i).value);
    }
    EXPECT_EQ(got, expected);
}

TEST(Pool, HoldsEveryoneWhereCarriersAreCommon) {
    const PoolWorld world(500, 400);
    const Pool pool = world.pool();
    for (std::int64_t i = 0; i < 500; ++i) {
        EXPECT_EQ(pool.at(i).value, i);
    }
    EXPECT_EQ(world.pool(0).num_carriers(), 500);  // nothing required
}

TEST(Pool, CanBeEmpty) {
    const PoolWorld world(500, 0);
    const Pool pool = world.pool();
    EXPECT_EQ(pool.size(), 0);
    EXPECT_TRUE(pool.lists_members());
    EXPECT_EQ(pool.within(world.population.all()).size, 0);
}

TEST(Pool, WithinAgreesWithLookingAtEveryMember) {
    for (const std::int64_t carriers : {150, 2500}) {
        const PoolWorld world(3000, carriers);
        const Pool pool = world.pool();
        for (std::uint64_t i = 0; i < 500; ++i) {
            const auto bits = draws.pair(i, 1);
            auto first = static_cast<std::int64_t>(to_index(bits[0], 3001));
            auto last = static_cast<std::int64_t>(to_index(bits[1], 3001));
            if (first > last) {
                std::swap(first, last);
            }
            const HostRange range{HostId{first}, HostId{i % 9 == 0 ? first : last}};
            std::vector<std::int64_t> expected, got;
            for (std::int64_t p = 0; p < pool.size(); ++p) {
                if (range.contains(pool.at(p))) {
                    expected.push_back(p);
                }
            }
            const Pool::Slice slice = pool.within(range);
            for (std::int64_t p = slice.first; p < slice.first + slice.size; ++p) {
                got.push_back(p);
            }
            ASSERT_EQ(got, expected) << first << " to " << last;
        }
        EXPECT_EQ(pool.within(world.population.all()).size, pool.size());
    }
}

}  // namespace
}  // namespace annelid
