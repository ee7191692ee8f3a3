// Defence `cleaning`: the queues of organisations, against a plain simulation of events and the
// waiting times of queueing theory.
#include "models/defences/cleaning.hpp"

#include "engine/base/errors.hpp"
#include "engine/chance/log.hpp"
#include "tests/unit/care_fixture.hpp"
#include "tests/unit/epidemic.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs s = us_per_s;

CleaningSettings staffed(std::int64_t staff, DistributionSpec work) {
    CleaningSettings settings;
    settings.staff = staff;
    settings.work = work;
    return settings;
}

/// (time, host) of orders.
using Cleaned = std::vector<std::pair<TimeUs, std::int64_t>>;

Cleaned cleaned(std::vector<Order> orders) {
    Cleaned out;
    for (const Order& order : orders) {
        EXPECT_EQ(order.kind, Order::Kind::clean);
        out.emplace_back(order.time, order.host.value);
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// What follows from detections, told in steps of so long.
Cleaned cleaned_after(DefenceProcess& process, const std::vector<Detection>& detections,
                      TimeUs step) {
    std::vector<Order> orders;
    std::size_t at = 0;
    for (TimeUs begin = 0; at < detections.size(); begin += step) {
        std::vector<Detection> now;
        for (; at < detections.size() && detections[at].time < begin + step; ++at) {
            now.push_back(detections[at]);
        }
        for (const Order& order : orders_after(process, begin, begin + step, {}, now)) {
            EXPECT_GE(order.time, begin + step);
            orders.push_back(order);
        }
    }
    return cleaned(std::move(orders));
}

/// Of `hosts` hosts, `number` detections in Poisson order at this rate, a host more than once.
std::vector<Detection> random_detections(std::int64_t hosts, int number, double rate_per_s) {
    const Draws draws({}, Purpose::test, "detections");
    std::vector<Detection> out;
    double sum = 0;
    for (int i = 0; i < number; ++i) {
        const auto draw = draws.pair(static_cast<std::uint64_t>(i));
        sum += exponential_from_bits(draw[0]) / rate_per_s;
        out.push_back(found(from_seconds(sum), static_cast<std::int64_t>(to_index(
                                                   draw[1], static_cast<std::uint64_t>(hosts)))));
    }
    return out;
}

/// One organisation's queue as one would tell it: event after event, who waits, who is worked on.
class QueueTwin {
  public:
    QueueTwin(int staff, std::function<TimeUs(std::int64_t)> work)
        : free_(staff), work_(std::move(work)) {}

    void detect(TimeUs time, std::int64_t host) {
        finish_until(time);
        if (inside_.insert(host).second) {
            waiting_.push_back(host);
            start(time);
        }
    }
    Cleaned done() {
        finish_until(never);
        return done_;
    }

  private:
    void start(TimeUs now) {
        while (free_ > 0 && !waiting_.empty()) {
            const std::int64_t host = waiting_.front();
            waiting_.pop_front();
            --free_;
            working_.emplace(now + work_(host), host);
        }
    }
    void finish_until(TimeUs time) {
        while (!working_.empty() && working_.top().first <= time) {
            const auto [now, host] = working_.top();
            working_.pop();
            done_.emplace_back(now, host);
            inside_.erase(host);
            ++free_;
            start(now);
        }
    }

    int free_;
    std::function<TimeUs(std::int64_t)> work_;
    std::deque<std::int64_t> waiting_;
    std::set<std::int64_t> inside_;
    std::priority_queue<std::pair<TimeUs, std::int64_t>,
                        std::vector<std::pair<TimeUs, std::int64_t>>, std::greater<>>
        working_;
    Cleaned done_;
};

TEST(Cleaning, IsTheQueueOfEachOrganisation) {
    constexpr std::int64_t num_hosts = 60'000, organisation = 40;
    // Two for each organisation; a step is shorter than any work.
    CleaningSettings settings;
    settings.hosts_per_staff = 15;
    settings.work = {.kind = DistributionSpec::Kind::uniform, .lower = 15, .upper = 600};
    const Distribution law(settings.work);
    const Draws draws({}, Purpose::cleaning, "care");
    const auto work = [&](std::int64_t host) {
        return from_seconds(law.quantile(draws.bits(static_cast<std::uint64_t>(host))));
    };
    const auto detections = random_detections(num_hosts, 50'000, 8);
    std::map<std::int64_t, QueueTwin> twins;
    for (const Detection& detection : detections) {
        twins.try_emplace(detection.host.value / organisation, 2, work)
            .first->second.detect(detection.time, detection.host.value);
    }
    Cleaned expected;
    for (auto& [first, twin] : twins) {
        for (const auto& done : twin.done()) {
            expected.push_back(done);
        }
    }
    std::sort(expected.begin(), expected.end());
    EXPECT_LT(expected.size(), detections.size() - 500);  // some are detected in the queue
    std::int64_t waited = 0;
    for (const auto& [time, host] : expected) {
        const auto detection =
            std::find_if(detections.begin(), detections.end(),
                         [&, h = host](const Detection& d) { return d.host.value == h; });
        waited += time > detection->time + work(host) ? 1 : 0;
        if (waited > 1000) {
            break;
        }
    }
    EXPECT_GT(waited, 1000);
    for (const TimeUs step : {10 * s, 3 * s}) {
        const Care care(settings, flat(num_hosts, organisation));
        EXPECT_EQ(cleaned_after(*care.process, detections, step), expected);
    }
    // Where organisations may be cut by the partition it is the same.
    RankWorld listed(flat(num_hosts, organisation), std::vector<std::int32_t>(num_hosts, 0), 1);
    const auto model = make_defence("care", settings, listed.context());
    EXPECT_EQ(cleaned_after(*model->start({}), detections, 10 * s), expected);
}

/// Mean time from detection to done in steady state over independent organisations with one member
/// of staff each, and its standard error.
std::pair<double, double> mean_time_in_queue(const DistributionSpec& work, double rate_per_s) {
    constexpr std::int64_t queues = 100, hosts = 2000, settled = 500;
    const Care care(staffed(1, work), flat(queues * hosts, hosts));
    const Draws draws({}, Purpose::test, "arrivals");
    std::vector<Detection> detections;
    std::vector<TimeUs> times;
    for (std::int64_t h = 0; h < queues * hosts; ++h) {
        const double gap =
            exponential_from_bits(draws.bits(static_cast<std::uint64_t>(h))) / rate_per_s;
        times.push_back((h % hosts == 0 ? 0 : times.back()) + from_seconds(gap));
        detections.push_back(found(times.back(), h));
    }
    std::sort(detections.begin(), detections.end(), [](const Detection& a, const Detection& b) {
        return std::tie(a.time, a.host) < std::tie(b.time, b.host);
    });
    std::vector<double> means(queues, 0);
    for (const auto& [time, host] : cleaned(orders_after(*care.process, 0, 1, {}, detections))) {
        if (host % hosts >= settled) {
            means[static_cast<std::size_t>(host / hosts)] +=
                to_seconds(time - times[static_cast<std::size_t>(host)]) / (hosts - settled);
        }
    }
    double mean = 0, square = 0;
    for (const double m : means) {
        mean += m / queues;
        square += m * m / queues;
    }
    return {mean, std::sqrt((square - mean * mean) / (queues - 1))};
}

TEST(Cleaning, WaitsAsQueueingTheorySays) {
    // M/M/1: 1 / (mu - lambda). M/D/1: D + lambda D² / 2 / (1 - lambda D).
    const auto [exponential_mean, exponential_error] = mean_time_in_queue(exponential(10), 0.07);
    EXPECT_LT(std::abs(exponential_mean - 1 / (0.1 - 0.07)), sigmas * exponential_error);
    EXPECT_LT(exponential_error, 1);
    const auto [fixed_mean, fixed_error] = mean_time_in_queue(fixed(10), 0.07);
    EXPECT_LT(std::abs(fixed_mean - (10 + 0.07 * 100 / 2 / 0.3)), sigmas * fixed_error);
    EXPECT_LT(fixed_error, 0.5);
}

TEST(Cleaning, IsFirstComeFirstServed) {
    const Care care(staffed(1, fixed(100)), flat(20, 10));
    const auto done = cleaned(orders_after(*care.process, 0, 10 * s, {},
                                           {found(1 * s, 7), found(2 * s, 3), found(2 * s, 5)}));
    EXPECT_EQ(done, (Cleaned{{101 * s, 7}, {201 * s, 3}, {301 * s, 5}}));
    // Those of the other organisation do not wait for them; what comes later does.
    EXPECT_EQ(cleaned(orders_after(*care.process, 10 * s, 20 * s, {},
                                   {found(11 * s, 1), found(12 * s, 15)})),
              (Cleaned{{112 * s, 15}, {401 * s, 1}}));
}

TEST(Cleaning, TakesNoHostTwiceUntilItIsCleaned) {
    const Care care(staffed(1, fixed(100)), flat(10, 10));
    EXPECT_EQ(cleaned(orders_after(*care.process, 0, 10 * s, {},
                                   {found(1 * s, 7), found(2 * s, 7), false_alarm(3 * s, 7)})),
              (Cleaned{{101 * s, 7}}));
    EXPECT_TRUE(orders_after(*care.process, 90 * s, 101 * s, {}, {found(101 * s - 1, 7)}).empty());
    EXPECT_EQ(cleaned(orders_after(*care.process, 101 * s, 110 * s, {}, {found(101 * s, 7)})),
              (Cleaned{{201 * s, 7}}));
}

TEST(Cleaning, CostsStaffTimeForFalseAlarmsAndNoneForOldNews) {
    const Care care(staffed(1, fixed(100)), flat(10, 10));
    Detection known = found(1 * s, 2);
    known.first = false;
    EXPECT_EQ(cleaned(orders_after(*care.process, 0, 10 * s, {},
                                   {known, false_alarm(1 * s, 4), found(3 * s, 7)})),
              (Cleaned{{101 * s, 4}, {201 * s, 7}}));
}

TEST(Cleaning, HasNoEffectInItsOwnStep) {
    const Care care(staffed(5, fixed(3)), flat(10, 10));
    EXPECT_EQ(
        cleaned(orders_after(*care.process, 0, 10 * s, {}, {found(1 * s, 2), found(9 * s, 3)})),
        (Cleaned{{10 * s, 2}, {12 * s, 3}}));
}

TEST(Cleaning, PatchesIfItsImageDoes) {
    for (const bool patches : {false, true}) {
        CleaningSettings settings = staffed(1, fixed(3));
        settings.patches = patches;
        const Care care(settings, flat(10));
        const auto orders = orders_after(*care.process, 0, s, {}, {found(0, 2)});
        ASSERT_EQ(orders.size(), 1u);
        EXPECT_EQ(orders[0].patched, patches);
    }
}

TEST(Cleaning, HasStaffByOrganisationAndNoneAtHome) {
    // How many of three hosts detected at once are done after one work: as many as there are staff.
    const auto staff = [](const CleaningSettings& settings, std::int64_t first) {
        const Care care(settings, two_countries());
        std::int64_t at_once = 0;
        std::vector<Detection> all;
        for (std::int64_t h = first; h < first + 7; ++h) {
            all.push_back(found(0, h));
        }
        for (const auto& [time, host] : cleaned(orders_after(*care.process, 0, 1, {}, all))) {
            at_once += time == 100 * s ? 1 : 0;
        }
        return at_once;
    };
    CleaningSettings settings = staffed(2, fixed(100));
    EXPECT_EQ(staff(settings, 0), 0);  // households of 40
    EXPECT_EQ(staff(settings, 400), 2);
    settings.homes = true;
    EXPECT_EQ(staff(settings, 0), 1);
    settings.staff = 0;
    settings.hosts_per_staff = 6;
    EXPECT_EQ(staff(settings, 400), 4);  // of 25 hosts
    EXPECT_EQ(staff(settings, 900), 1);  // of 7
    settings.hosts_per_staff = 1000;
    EXPECT_EQ(staff(settings, 400), 1);
}

TEST(Cleaning, BeginsAndEnds) {
    CleaningSettings settings = staffed(1, fixed(100));
    settings.timing.start = 500 * s;
    settings.timing.duration = 150 * s;
    const Care care(settings, flat(10, 10));
    // The third would begin after the end; the one after it does not wait for it.
    EXPECT_EQ(cleaned(orders_after(*care.process, 0, 10 * s, {},
                                   {found(1 * s, 1), found(2 * s, 2), found(3 * s, 3)})),
              (Cleaned{{600 * s, 1}, {700 * s, 2}}));
}

TEST(Cleaning, WaitsForItsTrigger) {
    CleaningSettings settings = staffed(1, fixed(100));
    settings.timing.trigger = "alert";
    RankWorld world(flat(20, 10));
    world.triggers = {{"alert", Group::organisation}};
    const auto model = make_defence("care", settings, world.context());
    const auto process = model->start({});
    EXPECT_TRUE(
        orders_after(*process, 0, 10 * s, {}, {found(1 * s, 7), found(2 * s, 3), found(3 * s, 15)})
            .empty());
    process->begin(0, 40 * s);
    EXPECT_EQ(cleaned(orders_after(*process, 40 * s, 50 * s, {}, {found(41 * s, 1)})),
              (Cleaned{{140 * s, 7}, {240 * s, 3}, {340 * s, 1}}));
    process->begin(10, 90 * s);
    EXPECT_EQ(cleaned(orders_after(*process, 90 * s, 100 * s, {}, {})), (Cleaned{{190 * s, 15}}));
}

TEST(Cleaning, RefusesWhatItCannotDo) {
    EXPECT_THROW(Care(CleaningSettings{}, flat(10)), InputError);
    CleaningSettings both = staffed(1, fixed(1));
    both.hosts_per_staff = 5;
    EXPECT_THROW(Care(both, flat(10)), InputError);
    const auto undrawn =
        staffed(1, {.kind = DistributionSpec::Kind::uniform, .lower = 5, .upper = 1});
    EXPECT_THROW(Care(undrawn, flat(10)), InputError);
}

}  // namespace
}  // namespace annelid
