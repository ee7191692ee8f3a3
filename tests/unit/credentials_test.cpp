// Vector `credentials`: who probes whom, exactly when, and with which credentials.
#include "models/vectors/credentials.hpp"

#include "models/populations/enterprise.hpp"
#include "tests/unit/credentials_fixture.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

/// One domain of 600 hosts in three subnets of 200 with 254 addresses each. Of 30 servers the last
/// one is its controller: host 580.
Population one_domain(std::int64_t segment_hosts = 0) {
    EnterprisePopulationSettings settings;
    settings.hosts = 600;
    settings.servers = 30;
    settings.administrators = 6;
    settings.parts.segment_hosts = segment_hosts;
    return make_enterprise_population(settings, {1, 0});
}
constexpr HostId controller{580};

std::set<std::int64_t> targets_of(const std::vector<Attempt>& attempts) {
    std::set<std::int64_t> out;
    for (const Attempt& a : attempts) {
        out.insert(a.target.value);
    }
    return out;
}

TEST(Credentials, AControllerTakesTheListOfItsDomain) {
    const SmallWorld world(one_domain());
    ASSERT_TRUE(carries(world.hosts.traits[580], trait_domain_controller));
    CredentialsSettings settings = domain_credentials(1);
    settings.harvest = fixed(90);
    settings.rate_per_s = 4;
    const TimeUs from = 777;
    const auto attempts = CredentialsRun{world, settings}.run({{controller, 0, from, never}});
    // Each other host once, one every quarter of a second, without blanks.
    ASSERT_EQ(attempts.size(), 599u);
    EXPECT_EQ(targets_of(attempts).size(), 599u);
    for (std::size_t j = 0; j < attempts.size(); ++j) {
        EXPECT_EQ(attempts[j].time, from + 90 * us_per_s + static_cast<TimeUs>(j) * us_per_s / 4);
    }
    EXPECT_FALSE(std::is_sorted(attempts.begin(), attempts.end(),
                                [](auto& a, auto& b) { return a.target < b.target; }));
}

TEST(Credentials, OthersSweepTheirSubnetAndThenWhatTheyKnow) {
    const SmallWorld world(one_domain());
    CredentialsSettings settings = domain_credentials(1);
    settings.rate_elsewhere_per_s = 2;
    const HostId source{250};
    const auto attempts = CredentialsRun{world, settings}.run({{source, 0, 0, never}});
    ASSERT_EQ(attempts.size(), 200u);
    std::set<TimeUs> places;
    for (std::size_t j = 0; j < 199; ++j) {
        ASSERT_TRUE(world.population.subnet_of(source).contains(attempts[j].target));
        ASSERT_EQ(attempts[j].time % (us_per_s / 2), 0);
        places.insert(attempts[j].time);
    }
    EXPECT_EQ(places.size(), 199u);
    EXPECT_LT(*places.rbegin(), 127 * us_per_s);  // 254 addresses
    EXPECT_EQ(attempts.back().target, controller);
    EXPECT_EQ(attempts.back().time, 127 * us_per_s);
    // The controller's own subnet holds it already.
    const auto near = CredentialsRun{world, settings}.run({{HostId{599}, 0, 0, never}});
    EXPECT_EQ(near.size(), 199u);
    EXPECT_EQ(targets_of(near).count(580), 1u);
}

TEST(Credentials, KnowsTheHostsThatTheNetworkLinksItTo) {
    const SmallWorld world(one_domain());
    EdgePiece piece;
    for (const Vertex v : {3u, 240u, 250u, 310u, 410u, 580u}) {
        piece.edges.push_back({250, v});
    }
    const EdgeList links(600, false, piece);
    const Graph graph(links, world.partition, Multiple::merge, world.ranks);
    CredentialsSettings settings = domain_credentials(1);
    const auto attempts = CredentialsRun{world, settings, &graph}.run({{HostId{250}, 0, 0, never}});
    ASSERT_EQ(attempts.size(), 199u + 3u);
    std::set<std::int64_t> known;
    for (std::int64_t j = 0; j < 3; ++j) {
        const Attempt& a = attempts[static_cast<std::size_t>(199 + j)];
        EXPECT_EQ(a.time, (254 + j) * us_per_s);
        known.insert(a.target.value);
    }
    EXPECT_EQ(known, (std::set<std::int64_t>{3, 410, 580}));

    // Local credentials that open known hosts only need no sweep.
    settings = domain_credentials(0);
    settings.local_yield = 1;
    settings.local_opens = "known";
    const auto local = CredentialsRun{world, settings, &graph}.run({{HostId{250}, 0, 0, never}});
    EXPECT_EQ(targets_of(local), (std::set<std::int64_t>{3, 240, 310, 410, 580}));
    EXPECT_EQ(local.back().time, 4 * us_per_s);
}

TEST(Credentials, HostsThatHaveFallenForGoodAreNotTried) {
    SmallWorld world(one_domain());
    CredentialsRun run{world, domain_credentials(1)};
    const auto all = run.run({{HostId{250}, 0, 0, never}});
    std::vector<Attempt> expected;
    for (const Attempt& a : all) {
        if (a.target.value % 3 == 0) {
            world.hosts.state[0][static_cast<std::size_t>(a.target.value)] = 1;
        } else {
            expected.push_back(a);
        }
    }
    EXPECT_EQ(run.run({{HostId{250}, 0, 0, never}}).size(), all.size());  // they may return
    run.first_counts = true;
    const auto some = run.run({{HostId{250}, 0, 0, never}});
    ASSERT_EQ(some.size(), expected.size());
    EXPECT_LT(some.size(), all.size() * 3 / 4);
    for (std::size_t i = 0; i < some.size(); ++i) {
        EXPECT_EQ(some[i].target, expected[i].target);
        EXPECT_EQ(some[i].time, expected[i].time);
    }
}

TEST(Credentials, SeedsWithoutPrivilegesHoldNothing) {
    const SmallWorld world(one_domain());
    CredentialsSettings settings = domain_credentials(1);
    const std::vector<HostId> seeds = {HostId{400}, HostId{250}};
    const std::vector<Source> sources = {
        {HostId{250}, 0, 0, never}, {HostId{399}, 0, 0, never}, {HostId{400}, 0, 0, never}};
    const auto sources_of = [&] {
        std::set<std::int64_t> out;
        for (const Attempt& a :
             CredentialsRun{world, settings, nullptr, us_per_s, 1000 * us_per_s, {}, seeds}.run(
                 sources)) {
            out.insert(a.source.value);
        }
        return out;
    };
    EXPECT_EQ(sources_of(), (std::set<std::int64_t>{250, 399, 400}));
    settings.seeds_harvest = false;
    EXPECT_EQ(sources_of(), std::set<std::int64_t>{399});
    // A later infection comes with privileges.
    const auto again = CredentialsRun{world, settings, nullptr, us_per_s, never, {}, seeds}.run(
        {{HostId{400}, 1, 0, never}});
    EXPECT_FALSE(again.empty());
}

TEST(Credentials, LocalOnesOpenTheSubnetOrTheSegment) {
    const SmallWorld world(one_domain(400));
    CredentialsSettings settings = domain_credentials(0);
    settings.local_yield = 1;
    const CredentialsRun subnet{world, settings};
    EXPECT_EQ(subnet.run({{controller, 0, 0, never}}).size(), 199u);  // no list without a domain's
    settings.sweep = "segment";
    const auto attempts = CredentialsRun{world, settings}.run({{HostId{5}, 0, 0, never}});
    const Organisation o = world.population.layout_of(HostId{5});
    ASSERT_EQ(o.num_segments(), 2);
    EXPECT_EQ(std::ssize(attempts), o.segment_of(HostId{5}).size() - 1);
    EXPECT_LT(attempts.back().time, 2 * 254 * us_per_s);
}

TEST(Credentials, AreLostBetweenSegmentsThatDoNotTalk) {
    const SmallWorld world(one_domain(254));
    const auto attempts =
        CredentialsRun{world, domain_credentials(1)}.run({{controller, 0, 0, never}});
    std::set<std::int64_t> expected;
    for (std::int64_t h = 0; h < 600; ++h) {
        const HostId host{h};
        if (host != controller && (h >= 400 || h % 20 == 0)) {
            expected.insert(h);  // its segment, and servers of others
        }
    }
    EXPECT_EQ(targets_of(attempts), expected);
    // A probe that is lost takes its time.
    for (const Attempt& a : attempts) {
        EXPECT_EQ(a.time % (us_per_s / 10), 0);
    }
    EXPECT_GT(attempts.back().time, 50 * us_per_s);
}

TEST(Credentials, OpenNothingOutsideTheDomainAndNothingWithoutOne) {
    FlatSettings settings;
    settings.hosts = 900;
    settings.organisation_hosts = 450;
    settings.subnet_hosts = 50;
    settings.parts.domain_hosts = 150;
    const SmallWorld world(make_flat(settings));
    const CredentialsRun run{world, domain_credentials(1)};
    for (const std::int64_t source : {140, 440, 700, 5, 299, 893}) {
        const HostRange domain =
            world.population.layout_of(HostId{source}).domain_of(HostId{source});
        ASSERT_EQ(domain.size(), 150);
        for (const Attempt& a : run.run({{HostId{source}, 0, 0, never}})) {
            EXPECT_TRUE(domain.contains(a.target)) << source << " to " << a.target.value;
        }
    }
    settings.parts.domain_from = 0;
    const SmallWorld workgroups(make_flat(settings));
    EXPECT_TRUE(
        (CredentialsRun{workgroups, domain_credentials(1)}.run(all_hosts(workgroups)).empty()));
}

TEST(Credentials, HomesHoldNone) {
    const SmallWorld world(two_countries());
    CredentialsSettings settings = domain_credentials(1);
    settings.local_yield = 1;
    const auto attempts = CredentialsRun{world, settings}.run(all_hosts(world));
    EXPECT_GT(attempts.size(), 1000u);
    for (const Attempt& a : attempts) {
        ASSERT_FALSE(world.population.is_home(world.population.cell_of(a.source)));
    }
}

TEST(Credentials, YieldsAreSharesOfEachRoleAndNested) {
    EnterprisePopulationSettings enterprise;
    enterprise.hosts = 40'000;
    enterprise.servers = 8'000;
    enterprise.administrators = 4'000;
    enterprise.domain_controllers = 10;
    const SmallWorld world(make_enterprise_population(enterprise, {1, 0}));
    // Who probes at all, by a source's first attempt: a source stops after a subnet's time.
    const auto sources_of = [&](double factor) {
        CredentialsSettings settings = domain_credentials(0);
        settings.workstation_yield = 0.1 * factor;
        settings.server_yield = 0.3 * factor;
        settings.administrator_yield = 0.5 * factor;
        std::set<std::int64_t> out;
        for (const Attempt& a :
             CredentialsRun{world, settings}.run(all_hosts(world, 4 * us_per_s))) {
            out.insert(a.source.value);
        }
        return out;
    };
    const std::set<std::int64_t> some = sources_of(1), more = sources_of(1.5);
    EXPECT_TRUE(std::includes(more.begin(), more.end(), some.begin(), some.end()));
    // Three addresses in 254 and more are hosts: nearly every holder shows.
    std::int64_t shown[3] = {}, all[3] = {};
    for (std::int64_t h = 0; h < world.size(); ++h) {
        const Traits traits = world.hosts.traits[static_cast<std::size_t>(h)];
        const int role = carries(traits, trait_domain_controller) ? -1
                         : carries(traits, trait_administrator)   ? 2
                         : carries(traits, trait_server)          ? 1
                                                                  : 0;
        if (role >= 0) {
            all[role] += 1;
            shown[role] += some.count(h) > 0 ? 1 : 0;
        }
    }
    // Subnets are full but for a host: a source misses with all of four probes never.
    EXPECT_LT(std::abs(binomial_deviation(shown[0], all[0], 0.1)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(shown[1], all[1], 0.3)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(shown[2], all[2], 0.5)), sigmas);
}

TEST(Credentials, StepsChangeNothingAndStaysEndProbes) {
    const SmallWorld world(one_domain());
    CredentialsSettings settings = domain_credentials(0.5);
    settings.local_yield = 0.5;
    settings.harvest = exponential(20);
    CredentialsRun run{world, settings};
    const auto expected = run.run(all_hosts(world));
    EXPECT_GT(expected.size(), 50'000u);
    for (const TimeUs step : {TimeUs{100'333}, 1000 * us_per_s}) {
        run.step_us = step;
        EXPECT_EQ(run.run(all_hosts(world)), expected);
    }
    std::vector<Attempt> early;
    std::copy_if(expected.begin(), expected.end(), std::back_inserter(early),
                 [](const Attempt& a) { return a.time < 40 * us_per_s; });
    EXPECT_EQ(run.run(all_hosts(world, 40 * us_per_s)), early);
    run.settings.success = 0.25;
    const auto some = run.run(all_hosts(world));
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), std::ssize(expected), 0.25)), sigmas);
    EXPECT_TRUE(is_part(some, expected));
}

TEST(Credentials, OpenPatchedHostsThatAnExploitCannot) {
    EnterprisePopulationSettings enterprise;
    enterprise.hosts = 107;
    enterprise.servers = 5;
    enterprise.administrators = 2;
    enterprise.unpatched_hosts = 3;
    ScanSettings exploit;
    exploit.scope = "subnet";
    exploit.strategy = "sweep";
    exploit.rate = fixed(2);
    exploit.requires_traits = {"unpatched"};
    const std::vector<SeedHost> seed = {{HostId{50}, 0}};
    WorldRuns alone(make_enterprise_population(enterprise, {1, 0}), si(), {},
                    {{"exploit", exploit}});
    const std::size_t seed_is_one =
        carries(alone.world().hosts.traits[50], trait_unpatched) ? 1 : 0;
    EXPECT_EQ(alone.play({1, 0}, seed).size(), 4 - seed_is_one);
    WorldRuns both(make_enterprise_population(enterprise, {1, 0}), si(),
                   {{"credentials", domain_credentials(1)}}, {{"exploit", exploit}});
    EXPECT_EQ(both.play({1, 0}, seed).size(), 107u);
}

TEST(Credentials, ClocksStandStillWhileTheSourceIsOff) {
    SmallWorld world(one_domain());
    CredentialsSettings settings = domain_credentials(1);
    settings.harvest = fixed(2 * 3600);
    settings.rate_per_s = 0.02;  // the list takes 8 h, a sweep 7 h
    settings.rate_elsewhere_per_s = 0.01;
    CredentialsRun run{world, settings};
    run.step_us = 600 * us_per_s;
    run.end_us = 5 * 86'400 * us_per_s;
    const auto plain = run.run(all_hosts(world));
    HoursSettings working;
    working.rest.always_on = 0.3;
    working.rest.jitter = 3600 * us_per_s;
    const auto hours = make_hours(working, world.population, {}, "2017-06-23 10:30:00", run.end_us,
                                  {1, 0});  // a Friday
    world.hours = hours.get();
    const auto got = run.run(all_hosts(world));
    ASSERT_GT(plain.size(), 600u * 199);
    std::size_t i = 0, waited = 0;
    for (Attempt attempt : plain) {
        const TimeUs time = hours->on_time_after(attempt.source, 0, attempt.time);
        waited += time > attempt.time ? 1 : 0;
        attempt.time = time;
        ASSERT_LT(time, never);
        ASSERT_LT(i, got.size());
        ASSERT_EQ(got[i++], attempt);
    }
    EXPECT_EQ(i, got.size());
    EXPECT_GT(waited, plain.size() / 10);
}

}  // namespace
}  // namespace annelid
