// What every population keeps: places tile each other, addresses rise and find their hosts again.
#pragma once

#include "engine/hosts/population.hpp"
#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>

namespace annelid {

/// Organisations tile the hosts, subnets tile an organisation, and each host knows its own.
inline void expect_places(const Population& population) {
    std::int64_t next = 0;
    for (const HostRange& organisation : organisations(population)) {
        ASSERT_EQ(organisation.first.value, next);
        ASSERT_GT(organisation.size(), 0);
        next = organisation.last.value;
        std::int64_t next_subnet = organisation.first.value, num_subnets = 0;
        std::int64_t smallest = organisation.size(), largest = 0;
        while (next_subnet < organisation.last.value) {
            const HostRange subnet = population.subnet_of(HostId{next_subnet});
            ASSERT_EQ(subnet.first.value, next_subnet);
            ASSERT_GT(subnet.size(), 0);
            ASSERT_LE(subnet.size(), population.subnet_hosts());
            for (std::int64_t h = subnet.first.value; h < subnet.last.value; ++h) {
                ASSERT_EQ(population.organisation_of(HostId{h}), organisation) << "host " << h;
                ASSERT_EQ(population.subnet_of(HostId{h}), subnet) << "host " << h;
            }
            smallest = std::min(smallest, subnet.size());
            largest = std::max(largest, subnet.size());
            next_subnet = subnet.last.value;
            ++num_subnets;
        }
        ASSERT_EQ(next_subnet, organisation.last.value);
        ASSERT_EQ(num_subnets, population.num_subnets(organisation.size()));
        ASSERT_LE(largest - smallest, 1);
    }
    ASSERT_EQ(next, population.num_hosts());
}

/// hosts_at() finds exactly the hosts whose addresses lie in a block, for blocks of a size.
inline void expect_blocks(const Population& population, std::int64_t size) {
    std::int64_t next = 0;
    while (next < population.num_hosts()) {
        const std::int64_t block = population.address_of(HostId{next}) / size * size;
        const HostRange hosts = population.hosts_at(block, block + size);
        ASSERT_EQ(hosts.first.value, next) << "block " << block;
        ASSERT_GT(hosts.size(), 0);
        for (std::int64_t h = hosts.first.value; h < hosts.last.value; ++h) {
            ASSERT_EQ(population.address_of(HostId{h}) / size * size, block) << "host " << h;
        }
        next = hosts.last.value;
    }
}

inline void expect_addresses(const Population& population) {
    for (const Country& country : population.countries()) {
        std::int64_t last = country.first_address - 1;
        for (std::int64_t h = country.hosts.first.value; h < country.hosts.last.value; ++h) {
            const std::int64_t address = population.address_of(HostId{h});
            ASSERT_GE(address, last) << "host " << h;
            ASSERT_GE(address, country.first_address);
            ASSERT_LT(address, country.first_address + country.num_addresses);
            last = address;
        }
    }
    for (const std::int64_t size : {1 << 8, 1 << 16, 1 << 24}) {
        expect_blocks(population, size);
    }
}

}  // namespace annelid
