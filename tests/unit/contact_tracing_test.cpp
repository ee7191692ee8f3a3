// Defence `contact_tracing`: whom it looks at, and when.
#include "models/defences/contact_tracing.hpp"

#include "engine/base/errors.hpp"
#include "tests/unit/care_fixture.hpp"
#include "tests/unit/epidemic.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs s = us_per_s;

ContactTracingSettings tracing(double success = 1, DistributionSpec delay = fixed(5)) {
    ContactTracingSettings settings;
    settings.success = success;
    settings.after = delay;
    return settings;
}

Infection infection(TimeUs time, std::int64_t host, std::int64_t infector, std::uint8_t worm = 0) {
    return {time, HostId{host}, HostId{infector}, worm};
}

/// (time, host) of orders.
using Looks = std::vector<std::pair<TimeUs, std::int64_t>>;

Looks looks(const std::vector<Order>& orders) {
    Looks out;
    for (const Order& order : orders) {
        EXPECT_EQ(order.kind, Order::Kind::look);
        out.emplace_back(order.time, order.host.value);
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// 1 infects 2 and 3, 2 infects 4, in the step before 10 s.
const std::vector<Infection> small_tree = {infection(0, 1, -1), infection(1 * s, 2, 1),
                                           infection(2 * s, 3, 1), infection(3 * s, 4, 2)};

TEST(ContactTracing, LooksAtInfectorAndInfected) {
    const auto after_2 = [](bool forward, bool backward) {
        ContactTracingSettings settings = tracing();
        settings.forward = forward;
        settings.backward = backward;
        const Care care(settings, flat(10));
        EXPECT_TRUE(orders_after(*care.process, 0, 10 * s, small_tree, {}).empty());
        return looks(orders_after(*care.process, 10 * s, 20 * s, {}, {found(16 * s, 2)}));
    };
    EXPECT_EQ(after_2(true, true), (Looks{{21 * s, 1}, {21 * s, 4}}));
    EXPECT_EQ(after_2(true, false), (Looks{{21 * s, 4}}));
    EXPECT_EQ(after_2(false, true), (Looks{{21 * s, 1}}));
}

TEST(ContactTracing, LooksAtNobodyInItsOwnStep) {
    const Care care(tracing(), flat(10));
    EXPECT_EQ(looks(orders_after(*care.process, 0, 10 * s, small_tree, {found(3 * s, 2)})),
              (Looks{{10 * s, 1}, {10 * s, 4}}));
}

TEST(ContactTracing, FollowsInfectionsAfterTheDetection) {
    const Care care(tracing(), flat(10));
    orders_after(*care.process, 0, 10 * s, {infection(0, 1, -1)}, {});
    EXPECT_TRUE(orders_after(*care.process, 10 * s, 20 * s, {}, {found(12 * s, 1)}).empty());
    EXPECT_EQ(looks(orders_after(*care.process, 20 * s, 30 * s, {infection(27 * s, 5, 1)}, {})),
              (Looks{{32 * s, 5}}));
    // The same, whether or not it is in the step of the detection.
    const Care other(tracing(), flat(10));
    orders_after(*other.process, 0, 10 * s, {infection(0, 1, -1)}, {});
    EXPECT_EQ(looks(orders_after(*other.process, 10 * s, 30 * s, {infection(27 * s, 5, 1)},
                                 {found(12 * s, 1)})),
              (Looks{{32 * s, 5}}));
}

TEST(ContactTracing, LooksAtNobodyWhoIsDetected) {
    const Care care(tracing(), flat(10));
    orders_after(*care.process, 0, 10 * s, small_tree, {});
    EXPECT_EQ(looks(orders_after(*care.process, 10 * s, 20 * s, {},
                                 {found(11 * s, 1), found(12 * s, 2)})),
              (Looks{{20 * s, 3}, {20 * s, 4}}));
}

TEST(ContactTracing, LeavesFalseAlarmsAndOldNewsAlone) {
    const Care care(tracing(), flat(10));
    Detection known = found(12 * s, 1);
    known.first = false;
    EXPECT_TRUE(orders_after(*care.process, 0, 20 * s, small_tree, {known, false_alarm(13 * s, 2)})
                    .empty());
}

TEST(ContactTracing, ForgetsInfectionsThatAreOver) {
    const Care care(tracing(), flat(10));
    orders_after(*care.process, 0, 10 * s, small_tree, {});
    // 1 has recovered and is infected by 4.
    orders_after(*care.process, 10 * s, 20 * s, {infection(15 * s, 1, 4), infection(17 * s, 6, 1)},
                 {});
    EXPECT_EQ(looks(orders_after(*care.process, 20 * s, 30 * s, {}, {found(21 * s, 1)})),
              (Looks{{30 * s, 4}, {30 * s, 6}}));
}

TEST(ContactTracing, KnowsTheLinksOfEveryWorm) {
    const Care care(tracing(), flat(10));
    orders_after(*care.process, 0, 10 * s,
                 {infection(0, 1, -1), infection(1 * s, 2, 1), infection(2 * s, 2, 7, 1),
                  infection(3 * s, 3, 2), infection(4 * s, 4, 2, 1)},
                 {});
    EXPECT_EQ(looks(orders_after(*care.process, 10 * s, 20 * s, {}, {found(16 * s, 2)})),
              (Looks{{21 * s, 1}, {21 * s, 3}, {21 * s, 4}, {21 * s, 7}}));
}

/// A random tree of so many hosts, one infection a second.
std::vector<Infection> random_tree(std::int64_t hosts) {
    const Draws draws({}, Purpose::test, "tree");
    std::vector<Infection> out = {infection(0, 0, -1)};
    for (std::int64_t h = 1; h < hosts; ++h) {
        const std::uint64_t draw = draws.bits(static_cast<std::uint64_t>(h));
        out.push_back(infection(
            h * s, h, static_cast<std::int64_t>(to_index(draw, static_cast<std::uint64_t>(h)))));
    }
    return out;
}

/// The hosts of a tree that are found from host 500, where whoever is looked at is detected.
std::set<std::int64_t> found_in_tree(const Care<ContactTracingSettings>& care) {
    orders_after(*care.process, 0, 1000 * s, random_tree(1000), {});
    std::set<std::int64_t> out;
    std::vector<Detection> now = {found(1000 * s, 500)};
    for (TimeUs begin = 1000 * s; !now.empty(); begin += 10 * s) {
        std::set<std::int64_t> next;
        for (const Detection& detection : now) {
            EXPECT_TRUE(out.insert(detection.host.value).second) << "looked at twice";
        }
        for (const auto& [time, host] :
             looks(orders_after(*care.process, begin, begin + 10 * s, {}, now))) {
            EXPECT_EQ(time, begin + 10 * s);
            next.insert(host);
        }
        now.clear();
        for (const std::int64_t host : next) {
            now.push_back(found(begin + 10 * s, host));
        }
    }
    return out;
}

TEST(ContactTracing, FindsTheWholeTree) {
    EXPECT_EQ(found_in_tree(Care(tracing(), flat(1000))).size(), 1000u);
    // Forward alone it finds the branch of the host; backward alone its line of infectors.
    const auto tree = random_tree(1000);
    ContactTracingSettings settings = tracing();
    settings.forward = false;
    std::set<std::int64_t> line;
    for (std::int64_t h = 500; h >= 0; h = tree[static_cast<std::size_t>(h)].infector.value) {
        line.insert(h);
    }
    EXPECT_GT(line.size(), 3u);
    EXPECT_EQ(found_in_tree(Care(settings, flat(1000))), line);
    settings.forward = true;
    settings.backward = false;
    std::set<std::int64_t> branch = {500};
    for (std::int64_t h = 501; h < 1000; ++h) {
        if (branch.count(tree[static_cast<std::size_t>(h)].infector.value) == 1) {
            branch.insert(h);
        }
    }
    EXPECT_EQ(found_in_tree(Care(settings, flat(1000))), branch);
}

TEST(ContactTracing, FindsAShareOfLinksAndALargerOneContainsIt) {
    std::vector<Infection> star = {infection(0, 0, -1)};
    for (std::int64_t h = 1; h <= 10'000; ++h) {
        star.push_back(infection(h, h, 0));
    }
    std::vector<double> delays;
    const auto found_from_0 = [&](double success) {
        const Care care(tracing(success, exponential(100)), flat(10'001));
        orders_after(*care.process, 0, s, star, {});
        std::set<std::int64_t> out;
        delays.clear();
        for (const auto& [time, host] :
             looks(orders_after(*care.process, s, s + 1, {}, {found(s, 0)}))) {
            out.insert(host);
            delays.push_back(1 - std::exp(-to_seconds(time - s) / 100));
        }
        return out;
    };
    const auto some = found_from_0(0.3), more = found_from_0(0.7);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), 10'000, 0.3)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(more), 10'000, 0.7)), sigmas);
    EXPECT_TRUE(std::includes(more.begin(), more.end(), some.begin(), some.end()));
    EXPECT_EQ(found_from_0(1).size(), 10'000u);
    EXPECT_GT(p_of_uniform_values(delays), level);
    EXPECT_FALSE(Care(tracing(0), flat(10)).model->abilities().hears);
}

TEST(ContactTracing, KeepsToItsScopeAndTime) {
    ContactTracingSettings settings = tracing();
    settings.timing.countries = {"BB"};
    settings.timing.start = 100 * s;
    settings.timing.duration = 50 * s;
    const Care care(settings, two_countries());
    orders_after(*care.process, 0, 10 * s,
                 {infection(0, 1, -1), infection(1 * s, 2, 1), infection(2 * s, 700, 1)}, {});
    // It is the traced host that is in scope or not.
    EXPECT_EQ(looks(orders_after(*care.process, 10 * s, 20 * s, {}, {found(16 * s, 1)})),
              (Looks{{100 * s, 700}}));
    EXPECT_EQ(
        looks(orders_after(*care.process, 140 * s, 145 * s, {infection(144 * s, 800, 1)}, {})),
        (Looks{{149 * s, 800}}));
    EXPECT_TRUE(
        orders_after(*care.process, 145 * s, 150 * s, {infection(145 * s, 801, 1)}, {}).empty());
}

TEST(ContactTracing, WaitsForItsTrigger) {
    ContactTracingSettings settings = tracing();
    settings.timing.trigger = "alert";
    RankWorld world(two_countries());
    world.triggers = {{"alert", Group::country}};
    const auto model = make_defence("care", settings, world.context());
    const auto process = model->start({});
    const std::vector<Infection> tree = {infection(0, 1, -1), infection(1 * s, 2, 1),
                                         infection(2 * s, 700, 1), infection(3 * s, 701, 1)};
    EXPECT_TRUE(orders_after(*process, 0, 10 * s, tree, {found(4 * s, 1)}).empty());
    // Whoever is found otherwise meanwhile need not be looked at.
    EXPECT_TRUE(orders_after(*process, 10 * s, 20 * s, {}, {found(14 * s, 701)}).empty());
    process->begin(1, 25 * s);
    EXPECT_EQ(looks(orders_after(*process, 20 * s, 22 * s, {}, {})), (Looks{{25 * s, 700}}));
    EXPECT_TRUE(orders_after(*process, 22 * s, 30 * s, {}, {}).empty());
}

TEST(ContactTracing, RefusesToTraceNobody) {
    ContactTracingSettings settings = tracing();
    settings.forward = settings.backward = false;
    EXPECT_THROW(Care(settings, flat(10)), InputError);
}

}  // namespace
}  // namespace annelid
