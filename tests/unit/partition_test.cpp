// Partition: every host has one owner, blocks cut no organisation, and ids convert both ways.
#include "engine/hosts/partition.hpp"

#include "engine/hosts/host_table.hpp"
#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>
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
                ASSERT_EQ(partition.num_hosts(), c.population.num_hosts());
                ASSERT_EQ(partition.num_hosts_of(rank), partition.num_local());
                const HostRange block{HostId{next}, HostId{next + partition.num_local()}};
                ASSERT_EQ(slice_in_id_order(partition, rank), block);
                next = block.last.value;
                for (std::int64_t h = 0; h < c.population.num_hosts(); ++h) {
                    const HostId host{h};
                    const bool mine = block.contains(host);
                    ASSERT_EQ(partition.is_local(host), mine);
                    ASSERT_EQ(partition.owner(host) == rank, mine) << "host " << h;
                    if (mine) {
                        const LocalHost local = partition.to_local(host);
                        ASSERT_EQ(local.value, h - block.first.value);
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
                    partition.num_local() - c.population.num_hosts() / num_ranks;
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
    const HostRange local = slice_in_id_order(partition, 1);
    const HostId host{local.last.value - 1};
    EXPECT_EQ(partition.to_global(partition.to_local(host)), host);
    EXPECT_EQ(partition.owner(host), 1);
    EXPECT_EQ(partition.owner(local.last), 2);
    EXPECT_EQ(partition.owner(HostId{4'294'967'294}), 2);
}

/// Owners in no order, as a graph partitioner gives them.
std::vector<std::int32_t> mixed_owners(std::int64_t hosts, int num_ranks) {
    std::vector<std::int32_t> out;
    for (std::int64_t h = 0; h < hosts; ++h) {
        out.push_back(static_cast<std::int32_t>((h / 3 * 7 + h % 5) % num_ranks));
    }
    return out;
}

TEST(PartitionByOwners, NumbersEachRanksHostsByRisingId) {
    for (const std::int64_t hosts : {0, 1, 4, 1000}) {
        for (int num_ranks = 1; num_ranks <= 7; ++num_ranks) {
            const std::vector<std::int32_t> owners = mixed_owners(hosts, num_ranks);
            for (int rank = 0; rank < num_ranks; ++rank) {
                SCOPED_TRACE(fmt::format("{} hosts, rank {} of {}", hosts, rank, num_ranks));
                const Partition partition(owners, num_ranks, rank);
                EXPECT_FALSE(partition.is_block());
                EXPECT_EQ(partition.num_ranks(), num_ranks);
                EXPECT_EQ(partition.num_hosts(), hosts);
                std::uint32_t next = 0;
                for (std::int64_t h = 0; h < hosts; ++h) {
                    const HostId host{h};
                    const std::int32_t owner = owners[static_cast<std::size_t>(h)];
                    ASSERT_EQ(partition.owner(host), owner);
                    ASSERT_EQ(partition.is_local(host), owner == rank);
                    ASSERT_EQ(partition.num_local_below(host), next);
                    if (owner == rank) {
                        ASSERT_EQ(partition.to_local(host).value, next);
                        ASSERT_EQ(partition.to_global(LocalHost{next}), host);
                        ++next;
                    }
                }
                EXPECT_EQ(partition.num_local(), next);
                EXPECT_EQ(partition.num_hosts_of(rank), next);
                EXPECT_EQ(partition.num_local_below(HostId{hosts}), next);
            }
        }
    }
}

TEST(PartitionByOwners, CutsLocalHostsIntoRuns) {
    // Rank 1 has hosts 0 1, 4 5 6, 8.
    const std::vector<std::int32_t> owners = {1, 1, 0, 0, 1, 1, 1, 0, 1};
    const Partition partition(owners, 2, 1);
    const auto runs = [](const Partition& of, std::int64_t begin, std::int64_t end) {
        std::string out;
        of.for_each_run(begin, end, [&](HostId id, LocalHost first, std::int64_t hosts) {
            out += fmt::format("{}:{}x{} ", id.value, first.value, hosts);
        });
        return out;
    };
    EXPECT_EQ(runs(partition, 0, 6), "0:0x2 4:2x3 8:5x1 ");
    EXPECT_EQ(runs(partition, 1, 4), "1:1x1 4:2x2 ");
    EXPECT_EQ(runs(partition, 3, 3), "");
    EXPECT_EQ(runs(Partition(flat(9), 2, 1), 0, 5), "4:0x5 ");
}

TEST(PartitionByOwners, SlicesInIdOrderAreEven) {
    const Partition partition(mixed_owners(1000, 3), 3, 0);
    EXPECT_EQ(slice_in_id_order(partition, 0), (HostRange{HostId{0}, HostId{333}}));
    EXPECT_EQ(slice_in_id_order(partition, 1), (HostRange{HostId{333}, HostId{666}}));
    EXPECT_EQ(slice_in_id_order(partition, 2), (HostRange{HostId{666}, HostId{1000}}));
}

TEST(PartitionByOwners, GivesEveryHostTheTraitsOfItsId) {
    Population::Parts parts;
    parts.countries = {{"AA", "first", {HostId{0}, HostId{500}}, 0, 1000}};
    parts.sectors = {"home"};
    parts.cells = {{HostId{0}, 0, 0}};
    parts.runs = {{HostId{0}, 1}};
    parts.num_hosts = 500;
    parts.draw_traits = [](HostId first, std::span<Traits> out) {
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = static_cast<Traits>(static_cast<std::size_t>(first.value) + i);
        }
    };
    const Population population(std::move(parts));
    const std::vector<std::int32_t> owners = mixed_owners(500, 3);
    for (int rank = 0; rank < 3; ++rank) {
        const Partition partition(owners, 3, rank);
        const HostTable hosts(population, partition);
        ASSERT_EQ(std::ssize(hosts.traits), partition.num_local());
        for (std::uint32_t i = 0; i < hosts.traits.size(); ++i) {
            ASSERT_EQ(hosts.traits[i], partition.to_global(LocalHost{i}).value);
        }
    }
}

}  // namespace
}  // namespace annelid
