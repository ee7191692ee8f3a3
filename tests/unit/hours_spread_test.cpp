// Hosts that are off: what is lost, what waits and which clocks stand still.
#include "tests/unit/epidemic.hpp"
#include "tests/unit/scan_fixture.hpp"
#include "tests/unit/statistics.hpp"

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs minute = 60 * us_per_s, hour = 60 * minute, day = 24 * hour;

HoursSettings working(double always_on, TimeUs jitter = 0) {
    HoursSettings out;
    out.rest.always_on = always_on;
    out.rest.jitter = jitter;
    return out;
}

/// From Friday to Wednesday.
Epidemic over_a_weekend(LifecycleSpec lifecycle, HoursSettings hours) {
    Epidemic out;
    out.lifecycle = std::move(lifecycle);
    out.hours = std::move(hours);
    out.end_us = 5 * day;
    out.row_every_us = hour;
    out.step_us = 10 * minute;
    return out;
}

// Where a share p of the hosts is on at both ends, a scan is that of p N hosts: logistic with
// K = rate p N / addresses, from 10 % to 90 % in 2 ln 9 / K.
TEST(HoursSpread, AThinnedScanGrowsAsThatOfTheHostsThatAreOn) {
    constexpr double share = 0.5;
    Epidemic epidemic = over_a_weekend(si(), working(share));
    epidemic.num_hosts = 8'000;
    epidemic.vectors = {{"scan", scan_of_10k(0.02)}};
    epidemic.end_us = 40 * minute;
    epidemic.row_every_us = minute;
    epidemic.step_us = us_per_s;
    epidemic.hours->rest.weekdays = "22:00-23:00";  // nobody else is on
    double ratio = 0;
    constexpr int runs = 20;
    for (int r = 0; r < runs; ++r) {
        epidemic.seed.replicate = static_cast<std::uint64_t>(r);
        const SmallWorld world(population_of(epidemic));
        const auto hours = hours_of(epidemic, world.population);
        epidemic.seeds.clear();
        std::int64_t on = 0;
        for (std::int64_t h = 0; h < 8'000; ++h) {
            on += hours->is_on(HostId{h}, 0) ? 1 : 0;
            if (on > 0 && on <= 50 && hours->is_on(HostId{h}, 0)) {
                epidemic.seeds.push_back({HostId{h}, 0});
            }
        }
        const Outcome got = play(epidemic);
        ASSERT_GT(std::ssize(got.events), on * 95 / 100);
        ASSERT_LE(std::ssize(got.events), on);
        const auto time_of = [&](double part) {
            const auto index = static_cast<std::size_t>(part * static_cast<double>(on));
            return to_seconds(got.events[index].time_us);
        };
        const double growth = 0.02 * static_cast<double>(on) / 10'000;
        ratio += (time_of(0.9) - time_of(0.1)) * growth / (2 * std::log(9.0)) / runs;
    }
    EXPECT_NEAR(ratio, 1, 0.02);
}

TEST(HoursSpread, BothEndsOfAScanAreOn) {
    Epidemic epidemic = over_a_weekend(sir(30 * 3600.0), working(0.02, hour));
    epidemic.hours->rest.weekends = 0.1;
    epidemic.vectors = {{"scan", scan_of_10k(0.0011)}};
    epidemic.seeds.clear();
    for (std::int64_t h = 0; h < 1000; h += 100) {
        epidemic.seeds.push_back({HostId{h}, 0});
    }
    const Outcome got = play(epidemic);
    const SmallWorld world(population_of(epidemic));
    const auto hours = hours_of(epidemic, world.population);
    std::map<std::string, int> when;
    for (const Event& event : got.events) {
        if (event.infector != no_host) {
            ASSERT_TRUE(hours->is_on(event.host, event.time_us));
            ASSERT_TRUE(hours->is_on(event.infector, event.time_us));
            const TimeUs saturday = 13 * hour + 30 * minute;
            const bool weekend = event.time_us >= saturday && event.time_us < saturday + 2 * day;
            when[weekend ? "weekend" : event.time_us < saturday ? "friday" : "later"] += 1;
        }
    }
    EXPECT_GT(when["friday"], 100);
    EXPECT_GT(when["weekend"], 0);
    EXPECT_LT(when["weekend"], when["friday"] / 2);
    EXPECT_GT(when["later"], 20);
    // A source that is off makes no scans either.
    Epidemic always = epidemic;
    always.hours.reset();
    EXPECT_LT(got.totals.scans_represented, play(always).totals.scans_represented);
    for (const unsigned lanes : {2u, 3u}) {
        EXPECT_EQ(difference(play(epidemic, lanes), got), "");
    }
}

// What nobody is ever off for is no scenario of its own.
TEST(HoursSpread, NothingChangesWhereAllAreOn) {
    Epidemic epidemic = over_a_weekend(sir(30 * 3600.0), working(1));
    epidemic.vectors = {{"scan", scan_of_10k(0.004)}};
    const Outcome with = play(epidemic);
    epidemic.hours.reset();
    EXPECT_EQ(difference(play(epidemic), with), "");
}

TEST(HoursSpread, ASweepStandsStillWhileItsSourceIsOff) {
    SmallWorld world(flat(1000, 200));
    ScanRun scan{world, {}};
    scan.settings.scope = "subnet";
    scan.settings.strategy = "sweep";
    scan.settings.rate = fixed_rate(0.005);  // 254 addresses in 14 h
    scan.step_us = 10 * minute;
    scan.end_us = 5 * day;
    const Scanned plain = scan.run(all_hosts(world));
    Epidemic epidemic = over_a_weekend(si(), working(0.3, hour));
    const auto hours = hours_of(epidemic, world.population);
    world.hours = hours.get();
    const Scanned got = scan.run(all_hosts(world));
    ASSERT_EQ(plain.attempts.size(), 1000u * 199);
    std::size_t i = 0;
    for (Attempt attempt : plain.attempts) {
        attempt.time = hours->on_time_after(attempt.source, 0, attempt.time);
        ASSERT_LT(attempt.time, never);
        ASSERT_EQ(got.attempts[i++], attempt);
    }
    EXPECT_EQ(i, got.attempts.size());
}

TEST(HoursSpread, AWalkStandsStillWhileItsSourceIsOff) {
    SmallWorld world(flat(1000, 200));
    const Epidemic epidemic = over_a_weekend(si(), working(0.3, hour));
    const auto hours = hours_of(epidemic, world.population);
    for (const std::string strategy : {"sequential", "permutation"}) {
        ScanRun scan{world, scan_of_10k(0.005)};
        scan.settings.strategy = strategy;
        scan.step_us = 10 * minute;
        scan.end_us = 5 * day;
        world.hours = nullptr;
        std::vector<Attempt> expected;
        for (Attempt attempt : scan.run(all_hosts(world)).attempts) {
            attempt.time = hours->on_time_after(attempt.source, 0, attempt.time);
            if (attempt.time < never) {
                expected.push_back(attempt);
            }
        }
        world.hours = hours.get();
        const Scanned got = scan.run(all_hosts(world));
        EXPECT_GT(expected.size(), 50'000u);
        EXPECT_EQ(got.attempts, expected) << strategy;
    }
}

// Listed hosts are probed when their source's clock shows so many times the time of a probe; who is
// off then gets nothing of the list.
TEST(HoursSpread, AHitListStandsStillWhileItsSourceIsOff) {
    Epidemic epidemic = over_a_weekend(si(), working(0.2, hour));
    ScanSettings scan = internet_scan(0.0002, std::int64_t{1} << 40);  // hits nothing but its list
    scan.hit_list = 300;
    epidemic.vectors = {{"scan", scan}};
    epidemic.step_us = 5000 * us_per_s;  // no longer than a probe takes: nothing is put off
    const Population population = population_of(epidemic);
    const auto hours = hours_of(epidemic, population);
    const Outcome got = play(epidemic);
    std::map<HostId, TimeUs> infected;
    int later = 0;
    for (const Event& event : got.events) {
        infected[event.host] = event.time_us;
        if (event.infector != no_host) {
            ASSERT_TRUE(hours->is_on(event.host, event.time_us));
            const TimeUs from = infected.at(event.infector);
            ASSERT_EQ(
                hours->on_time_between(event.infector, from, event.time_us) % (5000 * us_per_s), 0);
            later += event.time_us > day ? 1 : 0;
        }
    }
    EXPECT_GT(later, 0);
    EXPECT_GT(got.events.size(), 20u);
    EXPECT_LT(got.events.size(), 303u);
    epidemic.hours = working(1);
    EXPECT_EQ(play(epidemic).events.size(), 303u);
}

TEST(HoursSpread, OnlyAnOnHostAnswersAWalker) {
    Epidemic epidemic = over_a_weekend(si(), working(0.2, hour));
    ScanSettings scan = scan_of_10k(0.01);
    scan.strategy = "permutation";
    scan.local_start = 0.5;
    epidemic.vectors = {{"scan", scan}};
    epidemic.end_us = 10 * hour;
    const Population population = population_of(epidemic);
    const auto hours = hours_of(epidemic, population);
    const Outcome got = play(epidemic);
    for (const Event& event : got.events) {
        if (event.infector != no_host) {
            ASSERT_TRUE(hours->is_on(event.host, event.time_us));
            ASSERT_TRUE(hours->is_on(event.infector, event.time_us));
        }
    }
    EXPECT_GT(got.events.size(), 900u);
    EXPECT_GT(got.totals.deferred_replies, 100);
    EXPECT_EQ(difference(play(epidemic, 2), got), "");
}

// A limit is shared by the sources that are on when the step begins. Days begin and end with steps
// here, so that the scans of each step are known exactly.
TEST(HoursSpread, ALimitIsSharedByThoseThatAreOn) {
    SmallWorld world(flat(100));
    const Epidemic epidemic = over_a_weekend(si(), working(0.3));
    const auto hours = hours_of(epidemic, world.population);
    world.hours = hours.get();
    ScanRun scan{world, internet_scan(1, 100'000)};
    scan.settings.total_rate_limit = 50;
    scan.step_us = 10 * minute;
    scan.end_us = 5 * day;
    std::vector<Source> sources = all_hosts(world, 4 * day);
    for (std::size_t s = 0; s < 10; ++s) {
        sources[s].from = 20 * hour;
    }
    std::int64_t expected = 0;
    bool seen_few = false, seen_many = false;
    for (TimeUs time = 0; time < 4 * day; time += scan.step_us) {
        std::int64_t on = 0;
        for (const Source& source : sources) {
            on += source.from <= time && hours->is_on(source.host, time) ? 1 : 0;
        }
        expected += std::min<std::int64_t>(50, on) * 600;
        seen_few |= on < 50;
        seen_many |= on > 50;
    }
    EXPECT_TRUE(seen_few && seen_many);
    const Scanned got = scan.run(sources);
    EXPECT_EQ(got.scans, expected);
    // One probe in a thousand hits.
    const double mean = static_cast<double>(expected) / 1000;
    const auto hits =
        std::count_if(got.attempts.begin(), got.attempts.end(),
                      [&](const Attempt& a) { return hours->is_on(a.source, a.time); });
    EXPECT_LT(std::abs(static_cast<double>(hits) - 0.99 * mean), sigmas * std::sqrt(mean));
    // Without hours the limit would be reached all the time.
    world.hours = nullptr;
    EXPECT_EQ(scan.run(sources).scans, 4 * 86'400 * 50);
}

/// What a line of links makes of the first host's infection, told link by link; how many waited.
std::size_t expect_line(const Epidemic& epidemic, double time_s, TimeUs dwell) {
    const SmallWorld world(population_of(epidemic));
    const auto hours = hours_of(epidemic, world.population);
    const Outcome got = play(epidemic);
    std::map<std::int64_t, TimeUs> infected;
    for (const Event& event : got.events) {
        infected.emplace(event.host.value, event.time_us);
    }
    TimeUs time = 0;
    std::size_t reached = 1, waited = 0;
    for (std::int64_t h = 0; h + 1 < epidemic.num_hosts; ++h, ++reached) {
        const TimeUs due = time + from_seconds(time_s);
        const TimeUs next = hours->next_both_on(HostId{h}, HostId{h + 1}, due);
        if (next >= std::min(time + dwell, epidemic.end_us)) {
            break;
        }
        waited += next > due ? 1 : 0;
        time = next;
        EXPECT_EQ(infected[h + 1], time) << h;
    }
    EXPECT_EQ(infected.size(), reached);
    for (const unsigned lanes : {2u, 3u}) {
        EXPECT_EQ(difference(play(epidemic, lanes), got), "");
    }
    return waited;
}

TEST(HoursSpread, ALinkWaitsUntilBothEndsAreOn) {
    Epidemic epidemic = over_a_weekend(si(), working(0.2, hour));
    epidemic.num_hosts = 60;
    EdgePiece line;
    for (Vertex v = 0; v + 1 < 60; ++v) {
        line.edges.push_back({v, v + 1});
    }
    epidemic.network = std::make_shared<EdgeList>(60, true, line);
    epidemic.seeds = {{HostId{0}, 0}};
    ContactSettings settings;
    settings.time = fixed(3 * 3600);
    epidemic.contacts = {{"contact", settings}};
    const std::size_t waited = expect_line(epidemic, 3 * 3600, never);
    EXPECT_GT(waited, 1u);
    // After a weekend it is too late for sources that recover after 60 h, not after 70 h.
    const auto recovering = [](double dwell_s, const char* next) {
        return chain("infectious", {state("infectious", next, fixed(dwell_s)), state("removed")});
    };
    epidemic.lifecycle = recovering(60 * 3600, "removed");
    EXPECT_EQ(expect_line(epidemic, 3 * 3600, 60 * hour), 0u);
    epidemic.lifecycle = recovering(70 * 3600, "removed");
    EXPECT_EQ(expect_line(epidemic, 3 * 3600, 70 * hour), waited);
    // The other process of the vector, for hosts that return.
    epidemic.contacts[0].second.repeat = false;
    epidemic.lifecycle = recovering(60 * 3600, "susceptible");
    EXPECT_EQ(expect_line(epidemic, 3 * 3600, 60 * hour), 0u);
    epidemic.lifecycle = recovering(70 * 3600, "susceptible");
    EXPECT_EQ(expect_line(epidemic, 3 * 3600, 70 * hour), waited);
}

TEST(HoursSpread, AHostsOwnDwellTimeStandsStill) {
    LifecycleSpec spec = chain(
        "infectious", {state("infectious", "removed", exponential(20'000)), state("removed")});
    spec.states[0].clock = "host";
    Epidemic epidemic = over_a_weekend(spec, working(0.2, hour));
    epidemic.vectors = {{"scan", scan_of_10k(0)}};
    epidemic.seeds.clear();
    for (std::int64_t h = 0; h < 1000; ++h) {
        epidemic.seeds.push_back({HostId{h}, 0});
    }
    const Outcome got = play(epidemic);
    epidemic.lifecycle.states[0].clock = "wall";
    const Outcome wall = play(epidemic);
    const SmallWorld world(population_of(epidemic));
    const auto hours = hours_of(epidemic, world.population);
    const auto ends = [](const Outcome& outcome) {
        std::map<HostId, TimeUs> out;
        for (const Transition& t : outcome.transitions) {
            if (t.to == 2) {
                out[t.host] = t.time_us;
            }
        }
        return out;
    };
    const auto mine = ends(got);
    std::size_t seen = 0;
    for (const auto& [host, time] : ends(wall)) {
        const TimeUs expected = hours->on_time_after(host, 0, time);
        if (expected < never) {
            ASSERT_EQ(mine.at(host), expected);
            ++seen;
        }
    }
    EXPECT_EQ(seen, mine.size());
    EXPECT_GT(seen, 800u);
}

// In the hosts' own time polls are as uniform as ever.
TEST(HoursSpread, PollsWaitForTheHost) {
    Epidemic epidemic = over_a_weekend(si(), working(0.2, hour));
    epidemic.seeds = {};
    SupplyChainSettings vendor;
    vendor.client_share = 1;
    vendor.poll = fixed(7 * 3600);
    vendor.live = {"9 h to 5 d"};  // from Friday evening on
    const SmallWorld world(population_of(epidemic));
    const auto hours = hours_of(epidemic, world.population);
    for (const std::string schedule : {"periodic", "poisson"}) {
        vendor.schedule = schedule;
        epidemic.vendors = {{"update", vendor}};
        std::vector<double> shares;
        for (const Event& event : play(epidemic, 2).events) {
            ASSERT_TRUE(hours->is_on(event.host, event.time_us));
            const double waited =
                to_seconds(hours->on_time_between(event.host, 9 * hour, event.time_us)) + 5e-7;
            if (schedule == "periodic") {
                shares.push_back(waited / (7 * 3600));
            } else if (waited < 14 * 3600) {
                shares.push_back((1 - std::exp(-waited / (7 * 3600))) / (1 - std::exp(-2.0)));
            }
        }
        EXPECT_GT(shares.size(), 800u);
        EXPECT_GT(p_of_uniform_values(shares), level) << schedule;
    }
}

}  // namespace
}  // namespace annelid
