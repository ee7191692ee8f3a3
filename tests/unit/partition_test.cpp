// Partition: every host has one owner, no organisation is cut, and ids convert both ways.
#include "engine/hosts/partition.hpp"

#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annelid {
namespace {

struct Case {
    std::string name;
    Population population;
};

std::vector<Case> cases() {
    std::vector<Case> out;
    out.push_back({"hosts of their own", flat(1000)});
    out.push_back({"a remainder", flat(1005, 13, 5)});
    out.push_back({"organisations as large as a rank", flat(1000, 140)});
    out.push_back({"one organisation", flat(50, 50)});
    out.push_back({"fewer hosts than ranks", flat(4)});
    out.push_back({"two countries", two_countries()});
    return out;
}

TEST(Partition, TilesTheHostsAndConvertsIds) {
    for (const Case& c : cases()) {
        for (int num_ranks = 1; num_ranks <= 7; ++num_ranks) {
            SCOPED_TRACE(fmt::format("{}, {} ranks", c.name, num_ranks));
            std::int64_t next = 0;
            for (int rank = 0; rank < num_ranks; ++rank) {
                const Partition partition(c.population, num_ranks, rank);
                EXPECT_EQ(partition.rank(), rank);
                EXPECT_EQ(partition.num_ranks(), num_ranks);
                ASSERT_EQ(partition.local().first.value, next);
                ASSERT_GE(partition.local().size(), 0);
                next = partition.local().last.value;
                for (std::int64_t h = 0; h < c.population.num_hosts(); ++h) {
                    const HostId host{h};
                    const bool mine = partition.local().contains(host);
                    ASSERT_EQ(partition.is_local(host), mine);
                    ASSERT_EQ(partition.owner(host) == rank, mine) << "host " << h;
                    if (mine) {
                        const LocalHost local = partition.to_local(host);
                        ASSERT_EQ(local.value, h - partition.local().first.value);
                        ASSERT_EQ(partition.to_global(local), host);
                    }
                }
            }
            EXPECT_EQ(next, c.population.num_hosts());
        }
    }
}

TEST(Partition, CutsNoOrganisation) {
    for (const Case& c : cases()) {
        for (int num_ranks = 1; num_ranks <= 7; ++num_ranks) {
            const Partition partition(c.population, num_ranks, 0);
            for (const HostRange& organisation : organisations(c.population)) {
                ASSERT_EQ(partition.owner(organisation.first),
                          partition.owner(HostId{organisation.last.value - 1}))
                    << c.name << ", " << num_ranks << " ranks, host " << organisation.first.value;
            }
        }
    }
}

TEST(Partition, IsEvenButForHalfAnOrganisationAtEachEnd) {
    for (const Case& c : cases()) {
        std::int64_t largest = 0;
        for (const HostRange& organisation : organisations(c.population)) {
            largest = std::max(largest, organisation.size());
        }
        for (int num_ranks = 1; num_ranks <= 7; ++num_ranks) {
            for (int rank = 0; rank < num_ranks; ++rank) {
                const Partition partition(c.population, num_ranks, rank);
                const std::int64_t off =
                    partition.local().size() - c.population.num_hosts() / num_ranks;
                EXPECT_LE(std::abs(off), largest + 1) << c.name << ", rank " << rank;
            }
        }
    }
}

TEST(Partition, AllRanksAgreeOnEveryOwner) {
    for (const Case& c : cases()) {
        const Partition first(c.population, 5, 0);
        for (int rank = 1; rank < 5; ++rank) {
            const Partition other(c.population, 5, rank);
            for (std::int64_t h = 0; h < c.population.num_hosts(); ++h) {
                ASSERT_EQ(first.owner(HostId{h}), other.owner(HostId{h}));
            }
        }
    }
}

TEST(Partition, CountsBeyond32Bits) {
    const Population population = flat(4'294'967'295, 1'000'000);
    const Partition partition(population, 3, 1);
    const HostId host{partition.local().last.value - 1};
    EXPECT_EQ(partition.to_global(partition.to_local(host)), host);
    EXPECT_EQ(partition.owner(host), 1);
    EXPECT_EQ(partition.owner(partition.local().last), 2);
    EXPECT_EQ(partition.owner(HostId{4'294'967'294}), 2);
}

}  // namespace
}  // namespace annelid
