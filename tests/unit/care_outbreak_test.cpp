// Sensors, isolation, cleaning and contact tracing in outbreaks: against the textbook's life cycles
// event by event, and what they must never do.
#include "models/defences/cleaning.hpp"
#include "models/defences/contact_tracing.hpp"
#include "models/defences/isolation.hpp"
#include "models/defences/sensor.hpp"
#include "tests/unit/defence_checks.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs s = us_per_s;

using MakeDefence = std::function<std::unique_ptr<DefenceModel>(const DefenceContext&)>;

template <class Settings>
MakeDefence made(const std::string& name, const Settings& settings) {
    return [=](const DefenceContext& context) { return make_defence(name, settings, context); };
}

MakeDefence sensor(double coverage = 1, const std::string& sees = "infected",
                   DistributionSpec after = fixed(0)) {
    SensorSettings settings;
    settings.coverage = coverage;
    settings.sees = sees;
    settings.after = after;
    return made("sensor", settings);
}
MakeDefence isolation(DistributionSpec after) {
    IsolationSettings settings;
    settings.after = after;
    return made("isolation", settings);
}
MakeDefence cleaning(DistributionSpec work, bool patches, std::int64_t staff = 1) {
    CleaningSettings settings;
    settings.work = work;
    settings.patches = patches;
    settings.staff = staff;
    return made("cleaning", settings);
}
MakeDefence tracing(double success = 1) {
    ContactTracingSettings settings;
    settings.success = success;
    settings.after = fixed(0);
    return made("tracing", settings);
}

/// What those who hear are told.
struct Heard {
    std::vector<Infection> infections;
    std::vector<Detection> detections;
};

class Listener final : public DefenceModel {
  public:
    explicit Listener(std::shared_ptr<Heard> heard)
        : DefenceModel("listener", {.hears = true}), heard_(std::move(heard)) {}
    std::unique_ptr<DefenceProcess> start(Seed) const override {
        return std::make_unique<Ear>(heard_);
    }

  private:
    struct Ear final : DefenceProcess {
        explicit Ear(std::shared_ptr<Heard> what) : heard(std::move(what)) {}
        void hear(const StepReport& report, const Communicator&, std::vector<Order>&) override {
            for (const Infection& infection : report.infections) {
                heard->infections.push_back(infection);
            }
            for (const Detection& detection : report.detections) {
                EXPECT_LT(detection.time, report.window.end);
                heard->detections.push_back(detection);
            }
        }
        std::shared_ptr<Heard> heard;
    };
    std::shared_ptr<Heard> heard_;
};

MakeDefence listener(const std::shared_ptr<Heard>& heard) {
    return [heard](const DefenceContext&) { return std::make_unique<Listener>(heard); };
}

LifecycleSpec sir_fixed(double period_s) {
    return chain("infectious", {state("infectious", "removed", fixed(period_s)), state("removed")});
}
LifecycleSpec sis_fixed(double period_s) {
    return chain("infectious", {state("infectious", "susceptible", fixed(period_s))});
}
LifecycleSpec sei_latent(double latent_s) {
    return chain("exposed", {state("exposed", "infectious", fixed(latent_s)), state("infectious")});
}
LifecycleSpec seir_fixed(double latent_s, double period_s) {
    return chain("exposed", {state("exposed", "infectious", fixed(latent_s)),
                             state("infectious", "removed", fixed(period_s)), state("removed")});
}

/// A scan of hosts that lack the update, a few infections a minute and source.
Epidemic outbreak(LifecycleSpec lifecycle, std::vector<MakeDefence> defences = {}) {
    Epidemic out;
    out.lifecycle = std::move(lifecycle);
    out.vectors = {{"scan", scan_of_10k(1)}};
    out.vectors[0].second.requires_traits = {"unpatched"};
    out.defences = std::move(defences);
    return out;
}

/// Beside the scan, one that sweeps organisations of 20 hosts.
Epidemic with_sweeps(Epidemic epidemic) {
    epidemic.organisation_hosts = 20;
    ScanSettings sweep = epidemic.vectors[0].second;
    sweep.scope = "organisation";
    sweep.strategy = "sweep";
    sweep.rate = fixed(0.2);
    epidemic.vectors.push_back({"sweep", sweep});
    return epidemic;
}

void expect_same_events(const Epidemic& a, const Epidemic& b, std::size_t at_least) {
    const Outcome first = play(a), second = play(b);
    EXPECT_GT(first.events.size(), at_least);
    EXPECT_TRUE(first.events == second.events)
        << difference(first, second) << first.events.size() << " and " << second.events.size();
}

TEST(CareInOutbreaks, IsolationAfterAFixedDelayIsAFixedInfectiousPeriod) {
    expect_same_events(outbreak(sir_fixed(25)), outbreak(si(), {isolation(fixed(25)), sensor()}),
                       300);
    expect_same_events(outbreak(seir_fixed(10, 25)),
                       outbreak(sei_latent(10), {isolation(fixed(25)), sensor(1, "infectious")}),
                       300);
    // The sensor and the staff share the time.
    expect_same_events(outbreak(sir_fixed(25)),
                       outbreak(si(), {isolation(fixed(8)), sensor(1, "infected", fixed(17))}),
                       300);
    expect_same_events(with_sweeps(outbreak(sir_fixed(15))),
                       with_sweeps(outbreak(si(), {isolation(fixed(15)), sensor()})), 300);
}

TEST(CareInOutbreaks, CleaningAfterAFixedTimeIsAFixedInfectiousPeriod) {
    // A host that has the update is not infected again; one that has not, is.
    expect_same_events(outbreak(sir_fixed(25)),
                       outbreak(si(), {cleaning(fixed(25), true), sensor()}), 300);
    expect_same_events(outbreak(sis_fixed(25)),
                       outbreak(si(), {cleaning(fixed(25), false), sensor()}), 1000);
    expect_same_events(
        outbreak(seir_fixed(10, 25)),
        outbreak(sei_latent(10), {cleaning(fixed(25), true), sensor(1, "infectious")}), 300);
}

TEST(CareInOutbreaks, NothingChangesWithoutReach) {
    for (const auto& lifecycle : {si(), sis(40), seir(fixed(10), 60)}) {
        const Outcome without = play(outbreak(lifecycle));
        SensorSettings alarms;
        alarms.coverage = 0;
        alarms.false_alarm_rate_per_s = 0.1;
        IsolationSettings nobody;
        nobody.timing.compliance = 0;
        for (const auto& defences : std::vector<std::vector<MakeDefence>>{
                 {isolation(fixed(0)), sensor(0)},
                 {cleaning(fixed(1), true), made("sensor", alarms), tracing()},
                 {isolation(fixed(0)), cleaning(fixed(1), true), tracing()},
                 {sensor(1)},
                 {sensor(1), tracing(), made("isolation", nobody)}}) {
            const Outcome with = play(outbreak(lifecycle, defences));
            EXPECT_TRUE(with.events == without.events && with.counts == without.counts &&
                        with.transitions == without.transitions)
                << difference(with, without);
        }
    }
}

TEST(CareInOutbreaks, NothingChangesBeforeItBegins) {
    const TimeUs start = 60 * s;
    SensorSettings watch;
    watch.after = fixed(0);
    watch.false_alarm_rate_per_s = 0.01;
    watch.timing.start = start;
    IsolationSettings cut;
    cut.after = exponential(5);
    CleaningSettings mend;
    mend.staff = 1;
    mend.work = fixed(10);
    for (const auto& lifecycle : {si(), sis(40), seir(fixed(10), 60)}) {
        const Outcome without = play(outbreak(lifecycle));
        const Outcome with = play(outbreak(
            lifecycle, {made("cleaning", mend), made("isolation", cut), made("sensor", watch)}));
        EXPECT_EQ(before(with.events, start), before(without.events, start));
        EXPECT_EQ(before(with.transitions, start), before(without.transitions, start));
        EXPECT_GT(before(with.events, start).size(), 20u);
        EXPECT_LT(with.events.size(), without.events.size());
    }
}

TEST(CareInOutbreaks, IsolatedHostsNeitherInfectNorAreInfected) {
    const auto heard = std::make_shared<Heard>();
    SensorSettings watch;
    watch.coverage = 0.6;
    watch.after = exponential(20);
    watch.false_alarm_rate_per_s = 5e-4;
    IsolationSettings cut;
    cut.after = exponential(20);
    cut.lasts = 40 * s;
    const Epidemic epidemic =
        outbreak(si(), {made("isolation", cut), listener(heard), made("sensor", watch)});
    const Outcome got = play(epidemic);
    const Population population = flat(1000);
    const Partition partition(population, 1, 0);
    const HostTable hosts(population, partition);
    const DefenceContext context{population, partition, hosts};
    const auto model = make_defence("isolation", cut, context);
    const auto process = model->start({});
    std::map<std::int64_t, std::vector<Span>> isolated;
    for (const Detection& d : heard->detections) {
        isolated[d.host.value].push_back(process->isolation(d.host, all_traits, d.time));
    }
    const auto is_isolated = [&](HostId host, TimeUs time) {
        // Only the first for sure: one that is isolated may be found again meanwhile.
        const auto found = isolated.find(host.value);
        return found != isolated.end() && found->second[0].from <= time &&
               time < found->second[0].until;
    };
    EXPECT_GT(isolated.size(), 300u);
    EXPECT_GT(got.events.size(), 300u);
    std::int64_t freed = 0;
    for (const Event& event : got.events) {
        EXPECT_FALSE(is_isolated(event.host, event.time_us));
        EXPECT_FALSE(event.infector != no_host && is_isolated(event.infector, event.time_us));
        const auto source = isolated.find(event.infector.value);
        freed += source != isolated.end() && event.time_us >= source->second[0].until ? 1 : 0;
    }
    EXPECT_GT(freed, 10);  // they go on once it is over
}

TEST(CareInOutbreaks, WhoIsIsolatedAlreadyIsNotIsolatedForLonger) {
    IsolationSettings cut;
    cut.after = fixed(0);
    cut.lasts = 20 * s;
    SensorSettings late;
    late.after = fixed(15);
    // Infectious for a while before they are seen.
    const Epidemic once =
        outbreak(sei_latent(5), {made("isolation", cut), sensor(1, "infected", fixed(10))});
    Epidemic twice = once;
    twice.defences.push_back(made("sensor_2", late));
    expect_same_events(once, twice, 300);
}

// Cleaned, and infected again without the update: what isolated it before must not last.
TEST(CareInOutbreaks, CleaningEndsIsolation) {
    LifecycleSpec isolated = chain("infectious", {state("infectious", "isolated", fixed(15)),
                                                  state("isolated", "susceptible", fixed(10))});
    isolated.states[1].infectious = false;
    expect_same_events(outbreak(isolated),
                       outbreak(si(), {cleaning(fixed(25), false), isolation(fixed(15)), sensor()}),
                       500);
}

// What was ahead of a host when it was cleaned may be due in the step in which it recovers from a
// later infection and is infected once more.
TEST(CareInOutbreaks, CleanedHostsRecoverInAnyLane) {
    Epidemic epidemic =
        outbreak(sis(60), {cleaning(exponential(20), false), sensor(0.5, "infected", fixed(5))});
    epidemic.step_us = 5 * s;
    epidemic.end_us = 3000 * s;
    const Outcome one = play(epidemic, 1);
    EXPECT_GT(one.events.size(), 10'000u);
    for (const unsigned lanes : {2u, 3u, 7u}) {
        const Outcome more = play(epidemic, lanes);
        EXPECT_TRUE(more == one) << lanes << " lanes: " << difference(more, one);
    }
    // A host that has the worm has not been infected once more, and recovers by its own draw.
    std::map<std::int64_t, bool> infected;
    for (const Transition& t : one.transitions) {
        EXPECT_EQ(t.to == 1, !infected[t.host.value]);
        infected[t.host.value] = t.to == 1;
    }
}

TEST(CareInOutbreaks, SensorsSeeWhatTheyShouldAndWhen) {
    const auto heard = std::make_shared<Heard>();
    const auto watch = sensor(0.5, "infectious", fixed(7));
    const Outcome got = play(outbreak(seir_fixed(10, 12), {listener(heard), watch}));
    const Population population = flat(1000);
    const Partition partition(population, 1, 0);
    const HostTable hosts(population, partition);
    const auto model = watch({population, partition, hosts});
    const auto process = model->start({});
    std::set<std::pair<TimeUs, std::int64_t>> expected, detected;
    for (const Event& event : got.events) {
        const TimeUs time = process->detected_at({event.host, all_traits, 0, event.time_us});
        if (time < never && time + 10 * s < 300 * s) {
            expected.insert({time + 10 * s, event.host.value});
        }
    }
    for (const Detection& d : heard->detections) {
        EXPECT_TRUE(d.infected && d.first);
        detected.insert({d.time, d.host.value});
    }
    EXPECT_GT(expected.size(), 100u);
    EXPECT_EQ(detected, expected);
    EXPECT_EQ(heard->infections.size(), got.events.size());
    // Whoever is rid of it by then is not seen.
    const auto late = std::make_shared<Heard>();
    play(outbreak(seir_fixed(10, 12), {listener(late), sensor(1, "infectious", fixed(13))}));
    EXPECT_TRUE(late->detections.empty());
}

TEST(CareInOutbreaks, TracingFindsWholeTrees) {
    const auto heard = std::make_shared<Heard>();
    const Outcome got = play(outbreak(si(), {listener(heard), sensor(0.005), tracing()}));
    // The tree of each host, by its seed.
    std::map<std::int64_t, std::int64_t> seed_of;
    for (const Event& event : got.events) {
        seed_of[event.host.value] =
            event.infector == no_host ? event.host.value : seed_of.at(event.infector.value);
    }
    std::map<std::int64_t, int> times_detected;
    std::set<std::int64_t> seeds_found;
    std::int64_t traced = 0;
    for (const Detection& d : heard->detections) {
        EXPECT_TRUE(d.infected);
        times_detected[d.host.value] += d.first ? 1 : 0;
        seeds_found.insert(seed_of.at(d.host.value));
        traced += d.sensor == 2 ? 1 : 0;
    }
    EXPECT_GT(got.events.size(), 900u);
    EXPECT_GT(traced, 300);
    EXPECT_FALSE(seeds_found.empty());
    for (const auto& [host, seed] : seed_of) {
        EXPECT_EQ(times_detected[host], seeds_found.count(seed) == 1 ? 1 : 0) << host;
    }
}

TEST(CareInOutbreaks, TracingAndIsolationStopWhatASensorAloneDoesNot) {
    const auto size = [](const std::vector<MakeDefence>& defences) {
        return play(outbreak(seir_fixed(20, 60), defences)).events.size();
    };
    const auto none = size({});
    const auto some = size({isolation(fixed(1)), sensor(0.3)});
    const auto all = size({isolation(fixed(1)), sensor(0.3), tracing()});
    EXPECT_LT(some, none);
    EXPECT_LT(2 * all, some);
}

TEST(CareInOutbreaks, AreTheSameOnAnyLanes) {
    SensorSettings watch;
    watch.coverage = 0.7;
    watch.after = exponential(10);
    watch.false_negatives = 0.2;
    watch.false_alarm_rate_per_s = 1e-3;
    ContactTracingSettings trace;
    trace.success = 0.6;
    trace.after = exponential(5);
    IsolationSettings cut;
    cut.after = exponential(10);
    cut.lasts = 50 * s;
    CleaningSettings mend;
    mend.hosts_per_staff = 10;
    mend.work = exponential(15);
    for (const bool patches : {false, true}) {
        mend.patches = patches;
        for (const auto& lifecycle : {si(), sis(40), seir(fixed(10), 60), waking()}) {
            const auto played = [&](unsigned lanes) {
                const auto heard = std::make_shared<Heard>();
                Epidemic epidemic = with_sweeps(outbreak(
                    lifecycle, {made("cleaning", mend), made("isolation", cut), listener(heard),
                                made("sensor", watch), made("tracing", trace)}));
                Outcome outcome = play(epidemic, lanes);
                std::vector<std::pair<TimeUs, std::int64_t>> detected;
                for (const Detection& d : heard->detections) {
                    detected.emplace_back(d.time, d.host.value);
                }
                return std::pair{std::move(outcome), detected};
            };
            const auto one = played(1);
            EXPECT_GT(one.first.events.size(), 50u);
            EXPECT_GT(one.second.size(), 100u);
            for (const unsigned lanes : {2u, 3u}) {
                const auto more = played(lanes);
                EXPECT_TRUE(more.first == one.first)
                    << lanes << " lanes: " << difference(more.first, one.first);
                EXPECT_EQ(more.second, one.second);
            }
            const std::size_t width = lifecycle.states.size() + 1;
            for (std::size_t row = 0; row < one.first.counts.size() / width; ++row) {
                std::int64_t sum = 0;
                for (std::size_t i = 0; i < width; ++i) {
                    EXPECT_GE(one.first.counts[row * width + i], 0);
                    sum += one.first.counts[row * width + i];
                }
                EXPECT_EQ(sum, 1000);
            }
        }
    }
}

}  // namespace
}  // namespace annelid
