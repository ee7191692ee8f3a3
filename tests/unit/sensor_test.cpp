// Defence `sensor`: whom it watches, when it finds them, what it misses, and its false alarms.
#include "models/defences/sensor.hpp"

#include "engine/base/errors.hpp"
#include "tests/unit/care_fixture.hpp"
#include "tests/unit/epidemic.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs hour = 3600 * us_per_s;

/// It sees at once whatever it watches.
SensorSettings at_once(double coverage = 1) {
    SensorSettings settings;
    settings.coverage = coverage;
    settings.after = fixed(0);
    return settings;
}

TimeUs detected_at(const DefenceProcess& process, std::int64_t host, TimeUs since,
                   std::uint32_t ordinal = 0, Traits traits = all_traits) {
    return process.detected_at({HostId{host}, traits, ordinal, since});
}

std::set<std::int64_t> seen(const SensorSettings& settings, Population population) {
    const Care<SensorSettings> care(settings, std::move(population));
    std::set<std::int64_t> out;
    for (std::int64_t h = 0; h < care.world.population.num_hosts(); ++h) {
        if (detected_at(*care.process, h, 5) < never) {
            out.insert(h);
        }
    }
    return out;
}

std::set<std::int64_t> hosts(std::int64_t first, std::int64_t last) {
    std::set<std::int64_t> out;
    for (std::int64_t h = first; h < last; ++h) {
        out.insert(h);
    }
    return out;
}

TEST(Sensor, WatchesAShareAndALargerOneContainsIt) {
    const auto some = seen(at_once(0.2), flat(10'000)), more = seen(at_once(0.5), flat(10'000));
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), 10'000, 0.2)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(more), 10'000, 0.5)), sigmas);
    EXPECT_TRUE(std::includes(more.begin(), more.end(), some.begin(), some.end()));
    EXPECT_EQ(seen(at_once(), flat(1000)).size(), 1000u);
    EXPECT_TRUE(seen(at_once(0), flat(1000)).empty());
    EXPECT_FALSE(Care(at_once(0), flat(10)).model->abilities().detects);
    EXPECT_TRUE(Care(at_once(0.1), flat(10)).model->abilities().detects);
}

TEST(Sensor, WatchesAsManyAsItsPlacesSay) {
    SensorSettings settings = at_once(0);
    settings.coverage_by_country = {{"BB", 1}};
    EXPECT_EQ(seen(settings, two_countries()), hosts(600, 1000));
    settings.coverage_by_sector = {{"office", 0}};
    EXPECT_EQ(seen(settings, two_countries()), hosts(600, 900));
    settings.coverage_by_country = {};
    settings.coverage_by_sector = {{"home", 1}};
    std::set<std::int64_t> homes = hosts(0, 400);
    homes.merge(hosts(600, 900));
    EXPECT_EQ(seen(settings, two_countries()), homes);
    settings.timing.countries = {"AA"};
    EXPECT_EQ(seen(settings, two_countries()), hosts(0, 400));
}

TEST(Sensor, TakesAsLongAsItsDistribution) {
    SensorSettings settings;
    settings.after = exponential(100);
    const Care<SensorSettings> care(settings, flat(10'000));
    std::vector<double> first, second;
    for (std::int64_t h = 0; h < 10'000; ++h) {
        const TimeUs since = h * us_per_s;
        const TimeUs time = detected_at(*care.process, h, since);
        EXPECT_EQ(time, detected_at(*care.process, h, since));
        first.push_back(1 - std::exp(-to_seconds(time - since) / 100));
        // The delay is that of the infection, whenever that is; another infection has its own.
        EXPECT_EQ(detected_at(*care.process, h, since + hour), time + hour);
        second.push_back(
            1 - std::exp(-to_seconds(detected_at(*care.process, h, since, 1) - since) / 100));
    }
    EXPECT_GT(p_of_uniform_values(first), level);
    EXPECT_GT(p_of_uniform_values(second), level);
    double product = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
        product += (first[i] - 0.5) * (second[i] - 0.5) * 12;
    }
    EXPECT_LT(std::abs(product), sigmas * 100);  // uncorrelated: sd is sqrt(10,000)
}

TEST(Sensor, MissesAShareOfInfections) {
    const auto missed = [](double share) {
        SensorSettings settings = at_once();
        settings.false_negatives = share;
        const Care<SensorSettings> care(settings, flat(2000));
        std::set<std::pair<std::int64_t, std::uint32_t>> out;
        for (std::int64_t h = 0; h < 2000; ++h) {
            for (std::uint32_t i = 0; i < 5; ++i) {
                if (detected_at(*care.process, h, 7, i) >= never) {
                    out.insert({h, i});
                }
            }
        }
        return out;
    };
    const auto some = missed(0.1), more = missed(0.4);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), 10'000, 0.1)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(more), 10'000, 0.4)), sigmas);
    EXPECT_TRUE(std::includes(more.begin(), more.end(), some.begin(), some.end()));
    EXPECT_TRUE(missed(0).empty());
    EXPECT_EQ(missed(1).size(), 10'000u);
}

TEST(Sensor, LooksAtOnceWhenItBeginsAndNoMoreOnceItEnds) {
    SensorSettings settings;
    settings.after = fixed(10);
    settings.timing.start = 100 * us_per_s;
    settings.timing.duration = 50 * us_per_s;
    const Care<SensorSettings> care(settings, flat(10));
    EXPECT_EQ(detected_at(*care.process, 3, 20 * us_per_s), 100 * us_per_s);
    EXPECT_EQ(detected_at(*care.process, 3, 95 * us_per_s), 105 * us_per_s);
    EXPECT_EQ(detected_at(*care.process, 3, 140 * us_per_s - 1), 150 * us_per_s - 1);
    EXPECT_EQ(detected_at(*care.process, 3, 140 * us_per_s), never);
}

TEST(Sensor, WaitsForItsTrigger) {
    SensorSettings settings = at_once();
    settings.false_alarm_rate_per_s = 0.01;
    settings.timing.trigger = "alert";
    RankWorld world(two_countries());
    world.triggers = {{"alert", Group::country}};
    const auto model = make_defence("care", settings, world.context());
    const auto process = model->start({});
    std::vector<Detection> alarms;
    process->alarms(0, 100 * us_per_s, alarms);
    EXPECT_TRUE(alarms.empty());
    EXPECT_EQ(detected_at(*process, 700, 5), never);
    process->begin(1, 100 * us_per_s);
    EXPECT_EQ(detected_at(*process, 700, 5), 100 * us_per_s);
    EXPECT_EQ(detected_at(*process, 500, 5), never);
    process->alarms(100 * us_per_s, 200 * us_per_s, alarms);
    EXPECT_GT(alarms.size(), 300u);  // 400 on average
    for (const Detection& alarm : alarms) {
        EXPECT_GE(alarm.host.value, 600);
    }
}

TEST(Sensor, SeesWhatItIsTold) {
    using Sees = DefenceModel::Sees;
    for (const auto& [name, sees] : {std::pair<std::string, Sees>{"infected", Sees::infected},
                                     {"infectious", Sees::infectious},
                                     {"disrupted", Sees::disrupted}}) {
        SensorSettings settings;
        settings.sees = name;
        EXPECT_EQ(Care(settings, flat(10)).model->sees(), sees);
    }
}

TEST(Sensor, RefusesWhatItCannotDo) {
    const auto message = [&](const SensorSettings& settings) -> std::string {
        try {
            const Care<SensorSettings> care(settings, two_countries());
            return "";
        } catch (const InputError& e) {
            return e.what();
        }
    };
    SensorSettings elsewhere;
    elsewhere.coverage_by_country = {{"XX", 0.5}};
    EXPECT_NE(message(elsewhere).find("defence.care.coverage_by_country.XX"), std::string::npos);
    SensorSettings nowhere;
    nowhere.coverage_by_sector = {{"moon", 0.5}};
    EXPECT_NE(message(nowhere).find("defence.care.coverage_by_sector.moon"), std::string::npos);
    SensorSettings undrawn;
    undrawn.after = {.kind = DistributionSpec::Kind::uniform, .lower = 5, .upper = 1};
    EXPECT_NE(message(undrawn).find("defence.care.after"), std::string::npos);
    SensorSettings untriggered;
    untriggered.timing.trigger = "gone";
    EXPECT_NE(message(untriggered).find("defence.care.trigger"), std::string::npos);
    EXPECT_EQ(message({}), "");
}

// False alarms.

using Alarms = std::vector<std::pair<TimeUs, std::int64_t>>;

/// Those of a rank until `until`, taken in so many parts.
Alarms alarms_of(const RankWorld& world, const SensorSettings& settings, TimeUs until,
                 int parts = 1) {
    const auto model = make_defence("care", settings, world.context());
    const auto process = model->start({});
    std::vector<Detection> list;
    for (int part = 0; part < parts; ++part) {
        const TimeUs from = until * part / parts, to = until * (part + 1) / parts;
        const std::size_t before = list.size();
        EXPECT_GE(process->next_alarm(), from);
        process->alarms(from, to, list);
        EXPECT_GE(process->next_alarm(), to);
        for (std::size_t i = before; i < list.size(); ++i) {
            EXPECT_TRUE(from <= list[i].time && list[i].time < to);
        }
    }
    Alarms out;
    for (const Detection& alarm : list) {
        EXPECT_FALSE(alarm.infected);
        EXPECT_TRUE(world.partition.is_local(alarm.host));
        out.emplace_back(alarm.time, alarm.host.value);
    }
    std::sort(out.begin(), out.end());
    return out;
}

SensorSettings alarming(double rate_per_s, double coverage) {
    SensorSettings settings = at_once(coverage);
    settings.false_alarm_rate_per_s = rate_per_s;
    return settings;
}

TEST(SensorFalseAlarms, ArePoissonOnEachWatchedHost) {
    const SensorSettings settings = alarming(1e-3, 0.5);
    const RankWorld world(flat(3000));
    const Alarms alarms = alarms_of(world, settings, 20 * hour);
    const auto watched = seen(settings, flat(3000));
    std::vector<std::int64_t> by_host(3000);
    std::vector<double> gaps, places;
    std::vector<TimeUs> last(3000, 0);
    for (const auto& [time, host] : alarms) {
        EXPECT_TRUE(watched.count(host) == 1);
        const auto h = static_cast<std::size_t>(host);
        ++by_host[h];
        places.push_back(to_seconds(time) / 72'000);
        // Gaps that begin early are cut off by the end too rarely to tell (1 in e^36).
        if (last[h] < 10 * hour) {
            gaps.push_back(1 - std::exp(-to_seconds(time - last[h]) * 1e-3));
        }
        last[h] = time;
    }
    const double mean = 72.0;
    EXPECT_LT(
        std::abs(poisson_deviation(std::ssize(alarms), mean * static_cast<double>(watched.size()))),
        sigmas);
    std::vector<std::int64_t> counts;
    double dispersion = 0;
    for (const std::int64_t host : watched) {
        counts.push_back(by_host[static_cast<std::size_t>(host)]);
        dispersion += std::pow(static_cast<double>(counts.back()) - mean, 2) / mean;
    }
    EXPECT_GT(p_of_uniform_counts(counts), level);
    // Neither more even nor less than Poisson counts: chi-squared, whose variance is 2 n (1 + 1 /
    // (2 mean)).
    const auto n = static_cast<double>(watched.size());
    EXPECT_LT(std::abs(dispersion - n) / std::sqrt(2 * n * (1 + 1 / (2 * mean))), sigmas);
    EXPECT_GT(p_of_uniform_values(gaps), level);
    EXPECT_GT(p_of_uniform_values(places), level);
}

TEST(SensorFalseAlarms, OfALargerCoverageContainThoseOfASmaller) {
    const RankWorld world(flat(2000));
    const Alarms some = alarms_of(world, alarming(1e-4, 0.2), 10 * hour);
    const Alarms more = alarms_of(world, alarming(1e-4, 0.6), 10 * hour);
    EXPECT_GT(some.size(), 1000u);
    EXPECT_GT(more.size(), 2 * some.size());
    EXPECT_TRUE(std::includes(more.begin(), more.end(), some.begin(), some.end()));
}

TEST(SensorFalseAlarms, AreTheSameHoweverTimeIsCut) {
    const RankWorld world(flat(200'000));
    const Alarms whole = alarms_of(world, alarming(1e-7, 0.3), 24 * hour);
    EXPECT_GT(whole.size(), 300u);
    for (const int parts : {2, 7, 1000}) {
        EXPECT_EQ(alarms_of(world, alarming(1e-7, 0.3), 24 * hour, parts), whole) << parts;
    }
}

TEST(SensorFalseAlarms, AreTheSameOnAnyRanks) {
    constexpr std::int64_t num_hosts = 300'000;  // more than four blocks, ranks cut some of them
    const SensorSettings settings = alarming(1e-7, 0.3);
    const Alarms alone = alarms_of(RankWorld(flat(num_hosts, 25)), settings, 24 * hour);
    Alarms together, scattered;
    std::vector<std::int32_t> owners;
    for (std::int64_t h = 0; h < num_hosts; ++h) {
        owners.push_back(static_cast<std::int32_t>(h * 7 % 3));
    }
    for (int rank = 0; rank < 3; ++rank) {
        for (const auto& alarm :
             alarms_of(RankWorld(flat(num_hosts, 25), 3, rank), settings, 24 * hour, 5)) {
            together.push_back(alarm);
        }
        for (const auto& alarm :
             alarms_of(RankWorld(flat(num_hosts, 25), owners, 3, rank), settings, 24 * hour)) {
            scattered.push_back(alarm);
        }
    }
    std::sort(together.begin(), together.end());
    std::sort(scattered.begin(), scattered.end());
    EXPECT_GT(alone.size(), 500u);
    EXPECT_EQ(together, alone);
    EXPECT_EQ(scattered, alone);
}

TEST(SensorFalseAlarms, KeepToScopeAndTime) {
    SensorSettings settings = alarming(1e-2, 1);
    settings.timing.sectors = {"office"};
    settings.timing.start = 100 * us_per_s;
    settings.timing.duration = 200 * us_per_s;
    const RankWorld world(two_countries());
    const Alarms in = alarms_of(world, settings, hour, 9);
    settings.timing = {};
    const Alarms all = alarms_of(world, settings, hour);
    Alarms expected;
    for (const auto& [time, host] : all) {
        const bool office = (400 <= host && host < 600) || host >= 900;
        if (office && time >= 100 * us_per_s && time < 300 * us_per_s) {
            expected.emplace_back(time, host);
        }
    }
    EXPECT_GT(expected.size(), 400u);
    EXPECT_EQ(in, expected);
}

TEST(SensorFalseAlarms, NobodyMakesNone) {
    const RankWorld world(flat(1000));
    EXPECT_EQ(make_defence("care", at_once(), world.context())->start({})->next_alarm(), never);
    // Where nobody is watched time still goes on.
    SensorSettings settings = alarming(1, 0);
    EXPECT_TRUE(alarms_of(world, settings, 10 * us_per_s).empty());
    settings.coverage = 1e-9;
    EXPECT_TRUE(alarms_of(world, settings, 10 * us_per_s).empty());
}

}  // namespace
}  // namespace annelid
