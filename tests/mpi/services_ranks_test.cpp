// Outages on any number of ranks: each feeds what happens to its own hosts, and all find the
// changes that one rank finds which knows of every host.
//
//     mpirun -n 3 services_ranks_test

#include "engine/hosts/partition.hpp"
#include "tests/unit/services_world.hpp"

#include <cstdint>
#include <cstdio>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace annelid;

constexpr std::int64_t steps = 40, step_us = 50;

Population world() {
    const std::vector<std::int64_t> many(20, 3);
    return service_world({"power", "home", "telecom", "bank"},
                         {{many, {9, 9}, {1, 2, 3, 4, 5}, many}, {{7, 7}, {}, many, {40}}});
}

ServiceRules rules() {
    ServiceRules out;
    out.threshold_ppm = 400'000;
    out.dependencies = {{"power", 0, {2, 3}, 400'000, 120},
                        {"phones", 2, {0, 3}, 300'000, 60},
                        {"banks", 3, {2}, 500'000, 0}};
    return out;
}

/// Every host goes down once and comes back.
std::vector<Disruption> down_and_back(std::int64_t num_hosts) {
    std::vector<Disruption> out;
    for (std::int64_t host = 0; host < num_hosts; ++host) {
        const TimeUs down = host * 617 % 991;
        out.push_back({host, down, true});
        out.push_back({host, down + 1 + host * 353 % 887, false});
    }
    return out;
}

/// The changes if this rank tells of the hosts that it `feeds`.
template <class Feeds>
std::vector<ServiceChange> play(const Population& population, const Communicator& ranks,
                                const Feeds& feeds) {
    const ServiceRules of = rules();
    Services services(of, population);
    const std::vector<Disruption> disruptions = down_and_back(population.num_hosts());
    std::vector<ServiceChange> out;
    for (std::int64_t step = 0; step < steps; ++step) {
        for (const Disruption& d : disruptions) {
            if (d.time / step_us == step && feeds(HostId{d.host})) {
                services.disrupt(HostId{d.host}, d.time, d.disrupted);
            }
        }
        const Window window{step, step * step_us, (step + 1) * step_us};
        const auto& changes = services.settle(window, ranks);
        out.insert(out.end(), changes.begin(), changes.end());
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    MpiSession session(argc, argv);
    Communicator ranks;
    const Population population = world();
    const Partition partition(population, ranks.size(), ranks.rank());
    const auto shared =
        play(population, ranks, [&](HostId host) { return partition.is_local(host); });
    const auto expected = play(population, ranks, [&](HostId) { return ranks.is_first(); });
    std::int64_t by_dependency = 0;
    for (const ServiceChange& change : expected) {
        by_dependency += change.kind == ServiceChange::Kind::dependency ? 1 : 0;
    }
    const bool fails = shared != expected || expected.size() < 50 || by_dependency < 5;
    const std::int64_t failures = ranks.sum(fails ? 1 : 0);
    if (ranks.is_first()) {
        fmt::print("{} ranks, {} changes, {} by dependency, {} failures\n", ranks.size(),
                   expected.size(), by_dependency, failures);
    }
    return failures == 0 ? 0 : 1;
}
