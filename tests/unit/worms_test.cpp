// Several worms in one outbreak: what one leaves to the others, host by host and against the
// closed form of two that compete.
#include "engine/spread/outbreak.hpp"
#include "models/networks/gnm.hpp"
#include "tests/unit/epidemic.hpp"
#include "tests/unit/scripted_vector.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs second = us_per_s;

double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) {
        sum += value;
    }
    return sum / static_cast<double>(values.size());
}

double standard_error(const std::vector<double>& values) {
    const double middle = mean(values);
    double squares = 0;
    for (const double value : values) {
        squares += (value - middle) * (value - middle);
    }
    const auto n = static_cast<double>(values.size());
    return std::sqrt(squares / (n - 1) / n);
}

/// What is known of one worm of a test.
struct TestWorm {
    std::string name;
    LifecycleSpec lifecycle;
    Meeting meeting = Meeting::coexist;
    std::vector<SeedHost> seeds;
    /// One of these is its only vector.
    std::optional<ScanSettings> scan = {};
    std::optional<ContactSettings> contact = {};
    std::optional<std::vector<ScriptedAttempt>> script = {};
};

struct TestRun {
    std::int64_t num_hosts = 1000;
    std::vector<TestWorm> worms;
    std::shared_ptr<const EdgeSource> network = {};
    TimeUs step_us = second;
    TimeUs end_us = 300 * second;
    Seed seed = {};
    unsigned lanes = 1;
};

struct Result {
    std::vector<Events> events;                ///< by worm, in the order of the run file
    std::vector<Transitions> transitions;      ///< likewise
    std::vector<LargeVector<StateId>> states;  ///< at the end, by worm
    std::vector<std::int64_t> counts;          ///< row, worm, state
    OutbreakCounts totals;
};

bool operator==(const Result& a, const Result& b) {
    return a.events == b.events && a.transitions == b.transitions && a.states == b.states &&
           a.counts == b.counts && a.totals == b.totals &&
           a.totals.deferred_removals == b.totals.deferred_removals;
}

template <class Rows>
std::vector<Rows> by_worm(const Rows& rows, std::size_t num_worms) {
    std::vector<Rows> out(num_worms);
    for (const auto& row : rows) {
        out[row.worm].push_back(row);
    }
    for (Rows& of_worm : out) {
        sort_rows(of_worm);
    }
    return out;
}

Result play(const TestRun& run) {
    SmallWorld world(flat(run.num_hosts));
    world.hosts = HostTable(world.population, world.partition, run.worms.size());
    std::optional<Graph> graph;
    if (run.network) {
        graph.emplace(*run.network, world.partition, Multiple::merge, world.ranks);
    }
    const Pool everyone(world.population, world.partition, world.hosts, 0, world.ranks);
    ScriptedVector::Log log;
    const std::vector<std::unique_ptr<DefenceModel>> defences;
    std::vector<Lifecycle> lifecycles;
    std::vector<std::vector<std::unique_ptr<VectorModel>>> vectors(run.worms.size());
    for (const TestWorm& worm : run.worms) {
        lifecycles.emplace_back(worm.lifecycle);
    }
    OutbreakModel model{world.population, world.partition, {}, defences, run.step_us, run.end_us};
    std::vector<SeedHost> seeds;
    std::size_t most_states = 0;
    for (std::size_t w = 0; w < run.worms.size(); ++w) {
        const TestWorm& worm = run.worms[w];
        VectorContext context = world.context();
        context.graph = graph ? &*graph : nullptr;
        context.worm = w;
        const std::string name = label_of(worm.name, "v");
        if (worm.scan) {
            vectors[w].push_back(make_scan(name, *worm.scan, context));
        } else if (worm.contact) {
            vectors[w].push_back(make_contact(name, *worm.contact, context));
        } else {
            vectors[w].push_back(std::make_unique<ScriptedVector>(
                name, worm.script.value_or(std::vector<ScriptedAttempt>{}), everyone, log));
        }
        model.worms.push_back({lifecycles[w], vectors[w], worm.name, worm.meeting});
        for (SeedHost seed : worm.seeds) {
            seed.worm = static_cast<std::uint8_t>(w);
            seeds.push_back(seed);
        }
        most_states = std::max(most_states, lifecycles[w].states().size());
    }
    std::stable_sort(seeds.begin(), seeds.end(),
                     [](const auto& a, const auto& b) { return a.time < b.time; });
    OutbreakSettings settings;
    settings.seed = run.seed;
    settings.transitions = true;
    settings.lanes = run.lanes;
    const std::int64_t rows = run.end_us / second + 1;
    Series series(world.population, most_states, 2, second, rows, run.worms.size());
    for (std::size_t w = 0; w < run.worms.size(); ++w) {
        series.start(world.population.cells()[0], Lifecycle::susceptible, run.num_hosts, w);
    }
    Outbreak outbreak(model, settings, world.hosts, series, world.ranks, seeds);
    while (outbreak.play_step()) {
    }
    RunSeries out;
    const std::size_t cells = static_cast<std::size_t>(rows) * run.worms.size();
    out.counts.resize(cells * most_states);
    out.country_counts.resize(cells * most_states);
    out.sector_counts.resize(cells * most_states);
    out.vector_infections.resize(cells * 2);
    series.write_to(out, 0, rows, world.ranks);
    return {by_worm(outbreak.take_events(), run.worms.size()),
            by_worm(outbreak.take_transitions(), run.worms.size()), world.hosts.state, out.counts,
            outbreak.counts()};
}

std::vector<SeedHost> hosts_from(std::int64_t first, std::int64_t count, TimeUs time = 0) {
    std::vector<SeedHost> out;
    for (std::int64_t host = first; host < first + count; ++host) {
        out.push_back({HostId{host}, time});
    }
    return out;
}

/// When each host is infected first; `never` if it is not.
std::vector<TimeUs> first_infections(const Events& events, std::int64_t num_hosts) {
    std::vector<TimeUs> out(static_cast<std::size_t>(num_hosts), never);
    for (const Event& event : events) {
        TimeUs& first = out[static_cast<std::size_t>(event.host.value)];
        first = std::min(first, event.time_us);
    }
    return out;
}

/// A worm that waits and the other's attempts on its hosts.
TestRun scripted(Meeting meeting, std::vector<ScriptedAttempt> by_first,
                 std::vector<ScriptedAttempt> by_second) {
    TestRun run;
    run.end_us = 100 * second;
    run.worms = {{"first", sir(1e6), meeting, hosts_from(0, 1)},
                 {"second", sir(1e6), Meeting::coexist, hosts_from(1, 1)}};
    run.worms[0].script = std::move(by_first);
    run.worms[1].script = std::move(by_second);
    return run;
}

bool infected(const Result& result, std::size_t worm, std::int64_t host) {
    return std::any_of(result.events[worm].begin(), result.events[worm].end(),
                       [&](const Event& event) { return event.host == HostId{host}; });
}

TEST(Worms, CoexistAsIfAlone) {
    TestRun both;
    both.worms = {{"a", sir(60), Meeting::coexist, hosts_from(0, 5), scan_of_10k(1)},
                  {"b", sis(50), Meeting::coexist, hosts_from(3, 5, 7 * second), scan_of_10k(2)}};
    const Result together = play(both);
    for (std::size_t w = 0; w < 2; ++w) {
        TestRun one = both;
        one.worms = {both.worms[w]};
        const Result alone = play(one);
        ASSERT_GT(alone.events[0].size(), 200u);
        ASSERT_EQ(together.events[w].size(), alone.events[0].size());
        for (std::size_t i = 0; i < alone.events[0].size(); ++i) {
            ASSERT_TRUE(together.events[w][i] == alone.events[0][i]) << "event " << i;
        }
        EXPECT_EQ(together.states[w], alone.states[0]);
    }
}

TEST(Worms, ExcludedFromInfectedHostsOnly) {
    // The first worm has host 10 from 5 s on and leaves host 11 at 20 s.
    TestRun run = scripted(Meeting::exclude, {{5 * second, 0, 10}, {6 * second, 0, 11}},
                           {{4 * second, 1, 9},
                            {7 * second, 1, 10},
                            {8 * second, 1, 11},
                            {30 * second, 1, 11},
                            {31 * second, 1, 0}});
    run.worms[0].lifecycle = sir(10);
    run.worms[0].lifecycle.states[0].dwell = fixed(14);
    const Result result = play(run);
    EXPECT_TRUE(infected(result, 1, 9));
    EXPECT_FALSE(infected(result, 1, 10));
    ASSERT_TRUE(infected(result, 1, 11));
    EXPECT_EQ(result.events[1].back().time_us, 31 * second) << "the first worm has left host 0";
    EXPECT_EQ(result.events[1][2].time_us, 30 * second);
}

TEST(Worms, OrderWithinAStepIsThatOfTimes) {
    // In one step: the second worm comes before the first to host 10, after it to host 11.
    const TestRun run = scripted(Meeting::exclude, {{5'200'000, 0, 10}, {5'200'000, 0, 11}},
                                 {{5'100'000, 1, 10}, {5'300'000, 1, 11}});
    const Result result = play(run);
    EXPECT_TRUE(infected(result, 0, 10));
    EXPECT_TRUE(infected(result, 1, 10));
    EXPECT_TRUE(infected(result, 0, 11));
    EXPECT_FALSE(infected(result, 1, 11));
}

TEST(Worms, ImmunisingFreesAHostForGood) {
    // The second worm has host 10 when the first comes, and tries again; it loses its seed, too.
    const TestRun run = scripted(Meeting::immunise, {{5'500'000, 0, 10}, {8'300'000, 0, 1}},
                                 {{3 * second, 1, 10},
                                  {9 * second, 1, 10},
                                  {5'400'000, 10, 20},  // before it is freed
                                  {5'600'000, 10, 21},  // drawn already when it is freed
                                  {6'100'000, 10, 22},  // dropped
                                  {8'200'000, 1, 23},
                                  {9'100'000, 1, 24}});
    const Result result = play(run);
    const Lifecycle lifecycle(run.worms[1].lifecycle);
    EXPECT_TRUE(infected(result, 1, 20));
    EXPECT_TRUE(infected(result, 1, 21));
    EXPECT_FALSE(infected(result, 1, 22));
    EXPECT_TRUE(infected(result, 1, 23));
    EXPECT_FALSE(infected(result, 1, 24));
    EXPECT_EQ(result.states[1][10], lifecycle.immune());
    EXPECT_EQ(result.states[1][0], lifecycle.immune()) << "the first worm's own seed";
    EXPECT_EQ(result.totals.deferred_removals, 2);
    const auto freed = std::find_if(
        result.transitions[1].begin(), result.transitions[1].end(),
        [&](const Transition& t) { return t.host == HostId{10} && t.to == lifecycle.immune(); });
    ASSERT_NE(freed, result.transitions[1].end());
    EXPECT_EQ(freed->time_us, 5'500'000);
    EXPECT_EQ(freed->from, lifecycle.entry());
}

TEST(Worms, AFreedHostForgetsWhatWasAhead) {
    // Latent with the second worm, it would turn infectious at 23 s and spread at 40 s.
    TestRun run = scripted(Meeting::immunise, {{10 * second, 0, 10}},
                           {{3 * second, 1, 10}, {40 * second, 10, 20}});
    run.worms[1].lifecycle = seir(fixed(20), 1000);
    const Result result = play(run);
    EXPECT_FALSE(infected(result, 1, 20));
    for (const Transition& t : result.transitions[1]) {
        EXPECT_FALSE(t.host == HostId{10} && t.time_us > 10 * second);
    }
    EXPECT_EQ(result.totals.deferred_removals, 0);
}

TEST(Worms, SeedsComeAtTheirTimes) {
    // Host 5 is infected by then, so its worm keeps what it has; host 6 is kept by the other.
    TestRun run = scripted(Meeting::exclude, {{3 * second, 0, 6}}, {{2 * second, 1, 5}});
    run.worms[1].seeds = {
        {HostId{1}, 0}, {HostId{5}, 50'500'000}, {HostId{6}, 50'500'000}, {HostId{7}, 50'500'000}};
    const Result result = play(run);
    EXPECT_EQ(std::count_if(result.events[1].begin(), result.events[1].end(),
                            [](const Event& e) { return e.infector == no_host; }),
              2);
    EXPECT_EQ(result.events[1].back().host, HostId{7});
    EXPECT_EQ(result.events[1].back().time_us, 50'500'000);
}

/// A worm and one that immunises against it, on hosts that both can reach.
TestRun rivals(double rate, double counter_rate, std::int64_t num_hosts) {
    TestRun run;
    run.num_hosts = num_hosts;
    const std::int64_t seeds = num_hosts / 100;
    run.worms = {
        {"worm", si(), Meeting::coexist, hosts_from(0, seeds), scan_of_10k(rate)},
        {"counter", si(), Meeting::immunise, hosts_from(seeds, seeds), scan_of_10k(counter_rate)}};
    for (TestWorm& worm : run.worms) {
        worm.scan->addresses = 10 * num_hosts;
    }
    run.step_us = second / 10;
    run.end_us = 200 * second;
    return run;
}

// x hosts have the worm, y the counter-worm, s neither (shares). With K = rate N / addresses
//   y' = L y (1 - y),  x' = K x s - L x y,  s' = -K x s - L y s,
// so ln(x / s)' = K (x + s) = K (1 - y), and as ln(y)' = L (1 - y):
//   x / s = x0 / s0 (y / y0)^(K / L).
TEST(Worms, ACounterWormFollowsItsClosedForm) {
    const std::int64_t num_hosts = 20'000;
    for (const auto& [rate, counter_rate] :
         std::vector<std::pair<double, double>>{{1, 1}, {1.5, 1}, {0.5, 1}}) {
        std::vector<double> reached;
        for (std::uint64_t replicate = 0; replicate < 12; ++replicate) {
            TestRun run = rivals(rate, counter_rate, num_hosts);
            run.seed = {1, replicate};
            const Result result = play(run);
            const auto worm = first_infections(result.events[0], num_hosts);
            const auto counter = first_infections(result.events[1], num_hosts);
            // When half of the hosts have the counter-worm.
            std::vector<TimeUs> times = counter;
            std::nth_element(times.begin(), times.begin() + num_hosts / 2, times.end());
            const TimeUs half = times[static_cast<std::size_t>(num_hosts / 2)];
            std::int64_t x = 0, s = 0;
            for (std::size_t host = 0; host < counter.size(); ++host) {
                x += counter[host] > half && worm[host] <= half ? 1 : 0;
                s += counter[host] > half && worm[host] > half ? 1 : 0;
            }
            reached.push_back(std::log(static_cast<double>(x) / static_cast<double>(s)));
        }
        const double expected = std::log(0.01 / 0.98) + rate / counter_rate * std::log(0.5 / 0.01);
        // Half a step that a removal is late lets the worm grow by 0.05 s x K / 2 < 0.004 more.
        EXPECT_NEAR(mean(reached), expected, 4 * standard_error(reached) + 0.004)
            << rate << " " << counter_rate;
        EXPECT_LT(standard_error(reached), 0.06);
    }
}

/// Every infection by the worm is by a host that has it and is not free of it yet, but for what was
/// drawn before the step's end.
TEST(Worms, FreedHostsInfectNobody) {
    const TestRun run = rivals(3, 1, 2000);
    const Result result = play(run);
    const auto freed = first_infections(result.events[1], run.num_hosts);
    const auto counted =
        std::count_if(result.events[0].begin(), result.events[0].end(), [&](const Event& event) {
            EXPECT_LT(event.time_us, freed[static_cast<std::size_t>(event.host.value)]);
            if (event.infector == no_host) {
                return false;
            }
            const TimeUs end = freed[static_cast<std::size_t>(event.infector.value)];
            return end < never && event.time_us >= (end / run.step_us + 1) * run.step_us;
        });
    EXPECT_EQ(counted, 0);
    EXPECT_GT(result.totals.deferred_removals, 100);
}

TEST(Worms, TwoOfOneRateShareHostsAsTheirSeedsDo) {
    // Each new host is the first's with the probability of its share: a martingale (Polya's urn).
    std::vector<double> shares;
    for (std::uint64_t replicate = 0; replicate < 60; ++replicate) {
        TestRun run = rivals(1, 1, 1000);
        run.worms[0].seeds = hosts_from(0, 30);
        run.worms[1].seeds = hosts_from(30, 10);
        run.worms[0].meeting = run.worms[1].meeting = Meeting::exclude;
        run.seed = {7, replicate};
        const Result result = play(run);
        ASSERT_EQ(result.events[0].size() + result.events[1].size(), 1000u);
        shares.push_back(static_cast<double>(result.events[0].size()) / 1000);
    }
    EXPECT_NEAR(mean(shares), 0.75, 4 * standard_error(shares));
    EXPECT_LT(standard_error(shares), 0.015);
}

TEST(Worms, SameOnAnyNumberOfLanes) {
    GnmSettings gnm;
    gnm.edges = 4000;
    const std::shared_ptr<const EdgeSource> network = make_gnm(gnm, 1000, {});
    ContactSettings contact;
    contact.time = exponential(40);
    for (const Meeting meeting : {Meeting::coexist, Meeting::exclude, Meeting::immunise}) {
        TestRun run;
        run.network = network;
        run.worms = {{"a", seir(exponential(5), 60), Meeting::coexist, hosts_from(0, 5)},
                     {"b", sis(50), meeting, hosts_from(300, 5, 20 * second), scan_of_10k(2)},
                     {"c", sir(40), meeting, hosts_from(600, 5, 30 * second), scan_of_10k(3)}};
        run.worms[0].contact = contact;
        const Result one = play(run);
        for (std::size_t w = 0; w < 3; ++w) {
            EXPECT_GT(one.events[w].size(), 50u);
        }
        // Rows add up to the hosts, worm by worm.
        for (std::size_t at = 0; at < one.counts.size(); at += 5) {
            std::int64_t sum = 0;
            for (std::size_t s = 0; s < 5; ++s) {
                EXPECT_GE(one.counts[at + s], 0);
                sum += one.counts[at + s];
            }
            ASSERT_EQ(sum, 1000);
        }
        run.lanes = 3;
        EXPECT_TRUE(play(run) == one);
    }
}

}  // namespace
}  // namespace annelid
