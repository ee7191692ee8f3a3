// Vector `supply_chain`: who is a client, and when its hosts take the update, against closed forms.
#include "models/vectors/supply_chain.hpp"

#include "engine/base/errors.hpp"
#include "engine/spread/attempts.hpp"
#include "models/populations/world_part.hpp"
#include "tests/unit/epidemic.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs hour = 3600 * us_per_s;

SupplyChainSettings vendor(DistributionSpec poll, std::vector<std::string> live,
                           const std::string& schedule = "periodic") {
    SupplyChainSettings out;
    out.client_share = 1;
    out.poll = poll;
    out.live = std::move(live);
    out.schedule = schedule;
    return out;
}

/// Country AA: organisations of 2 and of 10 hosts; BB: of 1. 30,000 hosts each, two sectors.
Population::Parts firms_and_sectors() {
    Population::Parts parts;
    parts.num_hosts = 60'000;
    parts.real_hosts = 60'000;
    parts.countries = {{"AA", "first", {HostId{0}, HostId{30'000}}, 0, 65536},
                       {"BB", "second", {HostId{30'000}, HostId{60'000}}, 65536, 65536}};
    parts.sectors = {"small", "large"};
    parts.cells = {{HostId{0}, 0, 0}, {HostId{10'000}, 0, 1}, {HostId{30'000}, 1, 0}};
    parts.runs = {{HostId{0}, 2}, {HostId{10'000}, 10}, {HostId{30'000}, 1}};
    return parts;
}

Population firms() {
    Population::Parts parts = firms_and_sectors();
    parts.draw_traits = [](HostId first, std::span<Traits> out) {
        for (Traits& traits : out) {
            traits = first.value++ % 4 == 0 ? Traits{0} : trait_windows_7;
        }
    };
    return Population(std::move(parts));
}

using Times = std::map<std::int64_t, TimeUs>;

/// The first attempt on each host.
Times taken(const SmallWorld& world, const SupplyChainSettings& settings, unsigned lanes = 1,
            const std::string& name = "update") {
    const auto model = make_supply_chain(name, settings, world.context());
    const TimeUs end = 100 * hour;
    const auto process = model->start({{}, hour, end, lanes, true, {}});
    Times out;
    for (unsigned lane = 0; lane < lanes; ++lane) {
        AttemptSink sink(world.partition, lanes);
        process->open(lane);
        for (std::int64_t step = process->next_step(lane); step != no_step;
             step = process->next_step(lane)) {
            sink.begin(1, step * hour, {});
            process->emit({step, step * hour, std::min((step + 1) * hour, end)}, lane, sink);
        }
        EXPECT_EQ(sink.deferred(), 0);
        for (const Attempt& attempt : sink.to_lane()[lane]) {
            EXPECT_EQ(attempt.source, no_host);
            EXPECT_TRUE(out.emplace(attempt.target.value, attempt.time).second);
        }
        EXPECT_EQ(static_cast<std::size_t>(sink.attempts()), sink.to_lane()[lane].size());
    }
    return out;
}

/// What share of the time until `until` each has waited since `from`.
std::vector<double> shares_of(const Times& times, TimeUs from, TimeUs until) {
    std::vector<double> out;
    for (const auto& [host, time] : times) {
        out.push_back((static_cast<double>(time - from) + 0.5) / static_cast<double>(until - from));
    }
    return out;
}

TEST(SupplyChain, AHostThatPollsAtEqualIntervalsTakesItUniformly) {
    const SmallWorld world(flat(20'000));
    const Times some = taken(world, vendor(fixed(36'000), {"3 h to 7 h"}));
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), 20'000, 0.4)), sigmas);
    EXPECT_GT(p_of_uniform_values(shares_of(some, 3 * hour, 7 * hour)), level);
    const Times all = taken(world, vendor(fixed(36'000), {"3 h to 20 h"}));
    EXPECT_EQ(all.size(), 20'000u);
    EXPECT_GT(p_of_uniform_values(shares_of(all, 3 * hour, 13 * hour)), level);
    // A shorter live time is the same outbreak, cut short.
    for (const auto& [host, time] : some) {
        ASSERT_EQ(all.at(host), time);
    }
}

TEST(SupplyChain, PoissonPollsTakeItExponentially) {
    const SmallWorld world(flat(20'000));
    const double share = 1 - std::exp(-4.0 / 10);
    const Times some = taken(world, vendor(fixed(36'000), {"3 h to 7 h"}, "poisson"));
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), 20'000, share)), sigmas);
    std::vector<double> values;
    for (const auto& [host, time] : some) {
        values.push_back((1 - std::exp(-to_seconds(time - 3 * hour) / 36'000)) / share);
    }
    EXPECT_GT(p_of_uniform_values(values), level);
    // Many periods: the cells of polls leave no trace.
    const Times fast = taken(world, vendor(fixed(600), {"3 h to 4 h"}, "poisson"));
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(fast), 20'000, 1 - std::exp(-6))), sigmas);
    const Times long_live = taken(world, vendor(fixed(36'000), {"3 h to 40 h"}, "poisson"));
    for (const auto& [host, time] : some) {
        ASSERT_EQ(long_live.at(host), time);
    }
}

TEST(SupplyChain, PeriodsDifferByHost) {
    const SmallWorld world(flat(20'000));
    const DistributionSpec poll{
        .kind = DistributionSpec::Kind::uniform, .lower = 5 * 3600, .upper = 20 * 3600};
    const Times some = taken(world, vendor(poll, {"30 h to 34 h"}));
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), 20'000, 4 * std::log(4) / 15)), sigmas);
}

TEST(SupplyChain, WhatFailsIsTriedAtTheNextPoll) {
    const SmallWorld world(flat(20'000));
    SupplyChainSettings settings = vendor(fixed(3600), {"10 h to 13 h"});
    settings.success = 0.5;
    const Times times = taken(world, settings);
    std::vector<std::int64_t> by_hour(3);
    for (const auto& [host, time] : times) {
        by_hour[static_cast<std::size_t>(time / hour - 10)] += 1;
    }
    for (std::size_t i = 0; i < 3; ++i) {
        const double share = std::pow(0.5, static_cast<double>(i) + 1);
        EXPECT_LT(std::abs(binomial_deviation(by_hour[i], 20'000, share)), sigmas) << i;
    }
}

TEST(SupplyChain, IsLiveSeveralTimes) {
    const SmallWorld world(flat(20'000));
    const Times both = taken(world, vendor(fixed(72'000), {"30 h to 34 h", "3 h to 7 h"}));
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(both), 20'000, 0.4)), sigmas);
    for (const auto& [host, time] : both) {
        ASSERT_TRUE((time >= 3 * hour && time < 7 * hour) ||
                    (time >= 30 * hour && time < 34 * hour));
    }
    const Times first = taken(world, vendor(fixed(72'000), {"3 h to 7 h"}));
    for (const auto& [host, time] : first) {
        ASSERT_EQ(both.at(host), time);
    }
}

/// Organisations with a host among those that take the update, by cell.
std::vector<std::set<std::int64_t>> clients_of(const Population& population, const Times& times) {
    std::vector<std::set<std::int64_t>> out(population.cells().size());
    for (const auto& [host, time] : times) {
        const auto cell = &population.cell_of(HostId{host}) - population.cells().data();
        out[static_cast<std::size_t>(cell)].insert(
            population.organisation_of(HostId{host}).first.value);
    }
    return out;
}

TEST(SupplyChain, OrganisationsAreClientsByCountryAndSector) {
    const SmallWorld world(firms());
    SupplyChainSettings settings = vendor(fixed(3600), {"0 s to 1 h"});
    settings.client_share = 0.1;
    settings.clients = {{"AA", 0.6}};
    const Times times = taken(world, settings);
    const auto clients = clients_of(world.population, times);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(clients[0]), 5'000, 0.6)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(clients[1]), 2'000, 0.6)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(clients[2]), 30'000, 0.1)), sigmas);
    // All of their hosts poll once an hour.
    EXPECT_EQ(times.size(), clients[0].size() * 2 + clients[1].size() * 10 + clients[2].size());

    settings.clients["AA"] = 0.7;
    const Times more = taken(world, settings);
    for (const auto& [host, time] : times) {
        ASSERT_EQ(more.at(host), time);  // a larger share contains the smaller
    }
    settings.sectors = {"large"};
    const auto large = clients_of(world.population, taken(world, settings));
    EXPECT_TRUE(large[0].empty());
    EXPECT_GE(large[1].size(), clients[1].size());
    EXPECT_TRUE(large[2].empty());
}

TEST(SupplyChain, SomeHostsOfAClientPoll) {
    const SmallWorld world(firms());
    SupplyChainSettings settings = vendor(fixed(3600), {"0 s to 1 h"});
    settings.host_share = 0.3;
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(taken(world, settings)), 60'000, 0.3)),
              sigmas);
    settings.host_share = 1;
    settings.hosts_per_client = 2.5;
    std::vector<std::int64_t> by_cell(3);
    for (const auto& [host, time] : taken(world, settings)) {
        by_cell[host < 10'000 ? 0 : host < 30'000 ? 1 : 2] += 1;
    }
    EXPECT_EQ(by_cell[0], 10'000);  // all two
    EXPECT_LT(std::abs(binomial_deviation(by_cell[1], 20'000, 0.25)), sigmas);
    EXPECT_EQ(by_cell[2], 30'000);
    settings.hosts_per_client = 0;
    settings.requires_traits = {"windows_7"};
    EXPECT_EQ(taken(world, settings).size(), 45'000u);
}

TEST(SupplyChain, LanesAndNamesDecideWhatTheyShould) {
    const SmallWorld world(firms());
    const SupplyChainSettings settings = vendor(fixed(36'000), {"3 h to 7 h"}, "poisson");
    const Times times = taken(world, settings);
    EXPECT_EQ(taken(world, settings, 3), times);
    EXPECT_NE(taken(world, settings, 1, "other"), times);
}

Population part_of_firms(const std::vector<std::string>& countries,
                         const std::vector<std::string>& sectors) {
    Population::Parts part = part_of_world(firms_and_sectors(), countries, sectors);
    part.real_hosts = static_cast<double>(part.num_hosts);
    part.draw_traits = [](HostId, std::span<Traits> out) {
        std::fill(out.begin(), out.end(), trait_windows_7);
    };
    return Population(std::move(part));
}

TEST(SupplyChain, APartOfTheWorldHasTheClientsOfTheWhole) {
    SupplyChainSettings settings = vendor(fixed(36'000), {"3 h to 7 h"}, "poisson");
    settings.client_share = 0.4;
    settings.hosts_per_client = 1.5;
    settings.success = 0.6;
    const SmallWorld whole(part_of_firms({}, {}));
    const Times all = taken(whole, settings);
    for (const auto& [countries, sectors] :
         {std::pair<std::vector<std::string>, std::vector<std::string>>{{"BB"}, {}},
          {{}, {"large"}}}) {
        const SmallWorld part(part_of_firms(countries, sectors));
        Times expected;
        for (const auto& [host, time] : all) {
            if (const auto here = part.population.from_whole(HostId{host})) {
                expected.emplace(here->value, time);
            }
        }
        EXPECT_GT(expected.size(), 200u);
        EXPECT_EQ(taken(part, settings), expected);
    }
}

/// Without seeds, with what else the worm has.
Epidemic from_vendor(LifecycleSpec lifecycle, SupplyChainSettings settings) {
    Epidemic out;
    out.lifecycle = std::move(lifecycle);
    out.seeds = {};
    out.vendors = {{"update", std::move(settings)}};
    out.step_us = hour / 4;
    out.end_us = 30 * hour;
    out.row_every_us = hour;
    return out;
}

TEST(SupplyChain, StartsAnOutbreakWithoutSeeds) {
    Epidemic epidemic = from_vendor(sir(3600), vendor(fixed(10 * 3600), {"20 h to 25 h"}));
    epidemic.vectors = {{"scan", scan_of_10k(0.002)}};
    const Outcome got = play(epidemic);
    std::size_t by_update = 0;
    for (const Event& event : got.events) {
        EXPECT_EQ(event.infector == no_host, event.vector == 2);
        by_update += event.vector == 2 ? 1 : 0;
    }
    EXPECT_GE(got.events.front().time_us, 20 * hour);
    EXPECT_EQ(got.events.front().vector, 2);
    EXPECT_GT(by_update, 300u);
    EXPECT_GT(got.events.size(), by_update + 100);
    EXPECT_EQ(got.totals.steps + got.totals.steps_skipped, 30 * 4);
    for (const unsigned lanes : {2u, 3u}) {
        EXPECT_EQ(difference(play(epidemic, lanes), got), "");
    }
}

// Hosts that return are infected again at every poll: 5 polls in 10 h, whatever the step.
TEST(SupplyChain, PollsOnWhereHostsReturn) {
    Epidemic epidemic =
        from_vendor(chain("infectious", {state("infectious", "susceptible", fixed(3600))}),
                    vendor(fixed(2 * 3600), {"10 h to 20 h"}));
    for (const TimeUs step : {hour / 4, 7 * hour}) {
        epidemic.step_us = step;
        const Outcome got = play(epidemic, 2);
        std::map<std::int64_t, std::vector<TimeUs>> times;
        for (const Event& event : got.events) {
            times[event.host.value].push_back(event.time_us);
        }
        ASSERT_EQ(times.size(), 1000u);
        for (const auto& [host, at] : times) {
            ASSERT_EQ(at.size(), 5u);
            for (std::size_t i = 1; i < 5; ++i) {
                ASSERT_EQ(at[i] - at[i - 1], 2 * hour);
            }
        }
        EXPECT_EQ(got.totals.deferred_attempts, 0);
    }
}

TEST(SupplyChain, SaysWhatIsWrong) {
    const SmallWorld world(firms());
    const auto refusal = [&](const SupplyChainSettings& settings) {
        try {
            make_supply_chain("update", settings, world.context());
            return std::string("accepted");
        } catch (const InputError& error) {
            return std::string(error.what());
        }
    };
    SupplyChainSettings settings = vendor(fixed(60), {"0 s to 1 h", "1 h to 2 h"});
    EXPECT_EQ(refusal(settings), "accepted");
    settings.live = {"0 s to 1 h", "30 min to 2 h"};
    EXPECT_NE(refusal(settings).find("overlap from 30 min on"), std::string::npos);
    settings.live = {"2 h to 1 h"};
    EXPECT_NE(refusal(settings).find("ends before it begins"), std::string::npos);
    settings.live = {"0 s to 1 h"};
    settings.clients = {{"ZZ", 0.5}};
    EXPECT_NE(refusal(settings).find("clients.ZZ"), std::string::npos);
    settings.clients = {{"AA", 0}};
    settings.client_share = 0;
    EXPECT_NE(refusal(settings).find("no clients"), std::string::npos);
}

}  // namespace
}  // namespace annelid
