// Small populations on one rank, as tests of hosts, vectors and outbreaks need them.
#pragma once

#include "engine/hosts/host_table.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "models/populations/flat.hpp"
#include "models/vectors/scan.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace annelid {

/// `hosts` equal hosts in organisations of `organisation`.
inline Population flat(std::int64_t hosts, std::int64_t organisation = 1,
                       std::int64_t subnet = 254) {
    FlatSettings settings;
    settings.hosts = hosts;
    settings.organisation_hosts = organisation;
    settings.subnet_hosts = subnet;
    return make_flat(settings);
}

/// … whose traits a test chooses.
inline Population flat_with_traits(std::int64_t hosts, std::function<Traits(HostId)> traits) {
    Population::Parts parts;
    parts.num_hosts = hosts;
    parts.real_hosts = static_cast<double>(hosts);
    parts.countries = {{"--", "everywhere", {HostId{0}, HostId{hosts}}, 0, std::int64_t{1} << 32}};
    parts.sectors = {"none"};
    parts.cells = {{HostId{0}, 0, 0}};
    parts.runs = {{HostId{0}, 1}};
    parts.draw_traits = [traits = std::move(traits)](HostId first, std::span<Traits> out) {
        for (Traits& host : out) {
            host = traits(first);
            first.value += 1;
        }
    };
    return Population(std::move(parts));
}

/// Two countries of unequal density with two sectors each, 1000 hosts; organisations of 40, 25, 50
/// and 7 hosts (the last sector has one of 1 beside them).
inline Population two_countries() {
    Population::Parts parts;
    parts.countries = {{"AA", "first", {HostId{0}, HostId{600}}, 0, 1000},
                       {"BB", "second", {HostId{600}, HostId{1000}}, 65536, 90'000}};
    parts.sectors = {"home", "office"};
    parts.cells = {
        {HostId{0}, 0, 0}, {HostId{400}, 0, 1}, {HostId{600}, 1, 0}, {HostId{900}, 1, 1}};
    parts.runs = {
        {HostId{0}, 40}, {HostId{400}, 25}, {HostId{600}, 50}, {HostId{900}, 7}, {HostId{998}, 1}};
    parts.num_hosts = 1000;
    parts.subnet_hosts = 20;
    parts.real_hosts = 1000;
    parts.draw_traits = [](HostId, std::span<Traits> out) {
        std::fill(out.begin(), out.end(), all_traits);
    };
    return Population(std::move(parts));
}

/// A population with what one rank has of it.
struct SmallWorld {
    explicit SmallWorld(Population made)
        : population(std::move(made)), partition(population, 1, 0), hosts(population, partition) {}
    SmallWorld(const SmallWorld&) = delete;
    SmallWorld& operator=(const SmallWorld&) = delete;

    VectorContext context() const { return {population, partition, hosts, ranks, nullptr, hours}; }
    std::int64_t size() const { return population.num_hosts(); }

    Population population;
    Partition partition;
    HostTable hosts;
    Communicator ranks;
    const Hours* hours = nullptr;
};

/// Every organisation of a population, in host order.
inline std::vector<HostRange> organisations(const Population& population) {
    std::vector<HostRange> out;
    for (HostId host{0}; host.value < population.num_hosts(); host = out.back().last) {
        out.push_back(population.organisation_of(host));
        if (out.back().last <= host) {
            return {};  // never moves on: callers compare sizes and fail
        }
    }
    return out;
}

}  // namespace annelid
