// Outbreaks by vector `credentials` against closed forms and a small simulation of its own making.
#include "models/populations/enterprise.hpp"
#include "tests/unit/credentials_fixture.hpp"
#include "tests/unit/next_reaction.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <queue>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

/// Hosts in subnets of ten; every fifth is a server, the last server the only controller.
Population offices(std::int64_t hosts) {
    EnterprisePopulationSettings settings;
    settings.hosts = hosts;
    settings.servers = hosts / 5;
    settings.administrators = 0;
    settings.subnet_hosts = 10;
    return make_enterprise_population(settings, {1, 0});
}

TEST(CredentialsTheory, ADomainFallsInTheOrderOfItsControllersList) {
    // Only the controller holds anything: the others follow at j / rate, all of them.
    CredentialsSettings settings = domain_credentials(0);
    settings.domain_controller_yield = 1;
    settings.harvest = fixed(30);
    settings.rate_per_s = 5;
    WorldRuns runs(offices(500), si(), {{"stolen", settings}});
    const auto events = runs.play({7, 0}, {{HostId{495}, 0}});
    ASSERT_EQ(events.size(), 500u);
    for (std::size_t j = 1; j < events.size(); ++j) {
        EXPECT_EQ(events[j].infector.value, 495);
        EXPECT_EQ(events[j].time_us, 30 * us_per_s + static_cast<TimeUs>(j - 1) * us_per_s / 5);
    }
    // From elsewhere nothing happens.
    EXPECT_EQ(runs.play({7, 0}, {{HostId{3}, 0}}).size(), 1u);
}

/// With yield y in one subnet of n hosts and sources that go on for ever, all are infected if the
/// seed holds credentials and none if not.
TEST(CredentialsTheory, OneSubnetFallsWithTheProbabilityOfTheYield) {
    for (const double yield : {0.1, 0.6}) {
        WorldRuns runs(offices(10), si(), {{"stolen", domain_credentials(yield)}});
        std::int64_t falls = 0;
        constexpr std::int64_t trials = 2000;
        for (std::uint64_t r = 0; r < trials; ++r) {
            const std::size_t size = runs.play({1, r}, {{HostId{3}, 0}}).size();
            ASSERT_TRUE(size == 1 || size == 10);
            falls += size == 10 ? 1 : 0;
        }
        EXPECT_LT(std::abs(binomial_deviation(falls, trials, yield)), sigmas) << yield;
    }
}

struct Yields {
    double workstation, server, local;
};
constexpr Yields yields{0.15, 0.4, 0.3};
constexpr std::int64_t num_hosts = 40;
constexpr double per_s = 2, per_s_elsewhere = 0.5, mean_harvest_s = 20, infectious_s = 60;

/// The same outbreak by the words of credentials.hpp: events in a queue, a common generator.
std::vector<double> play_by_hand(std::mt19937_64& random) {
    const auto uniform = [&] { return std::uniform_real_distribution<>()(random); };
    const auto order_of = [&](std::size_t n) {
        std::vector<std::size_t> order(n);
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), random);
        return order;
    };
    constexpr std::int64_t controller = 35;
    std::vector<double> infected(num_hosts, at_no_time);
    using Probe = std::pair<double, std::int64_t>;
    std::priority_queue<Probe, std::vector<Probe>, std::greater<>> probes;
    probes.push({0, 3});
    while (!probes.empty()) {
        const auto [time, host] = probes.top();
        probes.pop();
        if (infected[static_cast<std::size_t>(host)] != at_no_time) {
            continue;
        }
        infected[static_cast<std::size_t>(host)] = time;
        const double yield = host == controller ? 1
                             : host % 5 == 0    ? yields.server
                                                : yields.workstation;
        const bool domain = uniform() < yield, local = uniform() < yields.local;
        const double begin = time - mean_harvest_s * std::log(1 - uniform());
        const double until = time + infectious_s;
        const auto add = [&](double when, std::int64_t target) {
            if (when < until) {
                probes.push({when, target});
            }
        };
        if (domain && host == controller) {
            std::vector<std::int64_t> others;
            for (std::int64_t h = 0; h < num_hosts; ++h) {
                if (h != host) {
                    others.push_back(h);
                }
            }
            const auto order = order_of(others.size());
            for (std::size_t j = 0; j < order.size(); ++j) {
                add(begin + static_cast<double>(j) / per_s, others[order[j]]);
            }
        } else if (domain || local) {
            const auto order = order_of(10);  // a subnet is full
            for (std::size_t j = 0; j < 10; ++j) {
                add(begin + static_cast<double>(j) / per_s_elsewhere,
                    host / 10 * 10 + static_cast<std::int64_t>(order[j]));
            }
            if (domain && host / 10 != controller / 10) {
                add(begin + 10 / per_s_elsewhere, controller);
            }
        }
    }
    return infected;
}

TEST(CredentialsTheory, SpreadsAsASimulationByHandDoes) {
    CredentialsSettings settings;
    settings.harvest = exponential(mean_harvest_s);
    settings.workstation_yield = yields.workstation;
    settings.server_yield = yields.server;
    settings.domain_controller_yield = 1;
    settings.local_yield = yields.local;
    settings.rate_per_s = per_s;
    settings.rate_elsewhere_per_s = per_s_elsewhere;
    LifecycleSpec lifecycle = sir(1);
    lifecycle.states[0].dwell = fixed(infectious_s);
    WorldRuns runs(offices(num_hosts), lifecycle, {{"stolen", settings}});
    runs.step_us = us_per_s / 100;
    ASSERT_TRUE(carries(runs.world().hosts.traits[35], trait_domain_controller));

    std::vector<double> size[2], nearest[2], farthest[2], tenth[2];
    std::mt19937_64 random(20'170'627);
    constexpr std::uint64_t trials = 3000;
    for (std::uint64_t r = 0; r < trials; ++r) {
        std::vector<double> of[2] = {std::vector<double>(num_hosts, at_no_time),
                                     play_by_hand(random)};
        for (const Event& e : runs.play({1, r}, {{HostId{3}, 0}})) {
            of[0][static_cast<std::size_t>(e.host.value)] = to_seconds(e.time_us);
        }
        for (int i = 0; i < 2; ++i) {
            nearest[i].push_back(of[i][7]);
            farthest[i].push_back(of[i][24]);
            size[i].push_back(static_cast<double>(std::count_if(
                of[i].begin(), of[i].end(), [](double t) { return t != at_no_time; })));
            std::sort(of[i].begin(), of[i].end());
            tenth[i].push_back(of[i][9]);
        }
    }
    const double mean =
        std::accumulate(size[0].begin(), size[0].end(), 0.0) / static_cast<double>(trials);
    EXPECT_GT(mean, 5);  // it is no trivial outbreak
    EXPECT_LT(mean, 35);
    EXPECT_GT(p_of_same_law(size[0], size[1]), 0.01);
    EXPECT_GT(p_of_same_law(nearest[0], nearest[1]), 0.01);
    EXPECT_GT(p_of_same_law(farthest[0], farthest[1]), 0.01);
    EXPECT_GT(p_of_same_law(tenth[0], tenth[1]), 0.01);
}

TEST(CredentialsTheory, LargerYieldsInfectMoreHostsAndNoneLater) {
    const auto times_of = [](double factor) {
        CredentialsSettings settings;
        settings.harvest = exponential(mean_harvest_s);
        settings.workstation_yield = 0.02 * factor;
        settings.server_yield = 0.05 * factor;
        settings.local_yield = 0.3 * factor;
        WorldRuns runs(offices(400), si(), {{"stolen", settings}});
        runs.end_us = 60 * us_per_s;
        std::vector<TimeUs> out(400, never);
        std::vector<SeedHost> seeds;
        for (std::int64_t i = 0; i < 8; ++i) {
            seeds.push_back({HostId{50 * i + 3}, 0});
        }
        for (const Event& e : runs.play({3, 0}, seeds)) {
            out[static_cast<std::size_t>(e.host.value)] = e.time_us;
        }
        return out;
    };
    const auto few = times_of(1), more = times_of(2);
    std::int64_t infected[2] = {};
    for (std::size_t h = 0; h < 400; ++h) {
        EXPECT_LE(more[h], few[h]);
        infected[0] += few[h] < never ? 1 : 0;
        infected[1] += more[h] < never ? 1 : 0;
    }
    EXPECT_GT(infected[0], 10);
    EXPECT_LT(infected[0], infected[1]);
}

TEST(CredentialsTheory, LanesChangeNothing) {
    CredentialsSettings settings;
    settings.harvest = exponential(mean_harvest_s);
    WorldRuns runs(offices(2000), si(), {{"stolen", settings}});
    const auto expected = runs.play({2, 0}, {{HostId{395}, 0}, {HostId{1995}, 0}});
    EXPECT_GT(expected.size(), 1000u);
    for (const unsigned lanes : {2u, 3u}) {
        runs.lanes = lanes;
        EXPECT_EQ(runs.play({2, 0}, {{HostId{395}, 0}, {HostId{1995}, 0}}), expected);
    }
}

}  // namespace
}  // namespace annelid
