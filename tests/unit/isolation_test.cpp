// Defence `isolation`: from when until when a detected host is cut off.
#include "models/defences/isolation.hpp"

#include "engine/base/errors.hpp"
#include "tests/unit/care_fixture.hpp"
#include "tests/unit/epidemic.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {

inline bool operator==(const Span& a, const Span& b) {
    return a.from == b.from && a.until == b.until;
}

namespace {

constexpr TimeUs s = us_per_s;

IsolationSettings after(DistributionSpec delay) {
    IsolationSettings settings;
    settings.after = delay;
    return settings;
}

Span isolation(const Care<IsolationSettings>& care, std::int64_t host, TimeUs time) {
    return care.process->isolation(HostId{host}, all_traits, time);
}

TEST(Isolation, CutsOffADelayAfterTheDetection) {
    const Care care(after(fixed(30)), flat(10));
    EXPECT_EQ(isolation(care, 3, 7 * s), (Span{37 * s, never}));
    EXPECT_EQ(isolation(care, 3, 0), (Span{30 * s, never}));
    EXPECT_TRUE(care.model->abilities().isolates);
}

TEST(Isolation, Lasts) {
    IsolationSettings settings = after(fixed(30));
    settings.lasts = 100 * s;
    const Care care(settings, flat(10));
    EXPECT_EQ(isolation(care, 3, 7 * s), (Span{37 * s, 137 * s}));
}

TEST(Isolation, TakesAsLongAsItsDistribution) {
    const Care care(after(exponential(100)), flat(10'000));
    std::vector<double> shares;
    for (std::int64_t h = 0; h < 10'000; ++h) {
        const TimeUs from = isolation(care, h, 5 * s).from;
        shares.push_back(1 - std::exp(-to_seconds(from - 5 * s) / 100));
        // As quick the next time.
        EXPECT_EQ(isolation(care, h, 500 * s).from, from + 495 * s);
    }
    EXPECT_GT(p_of_uniform_values(shares), level);
}

TEST(Isolation, BeginsForThoseDetectedBeforeAndEnds) {
    IsolationSettings settings = after(fixed(30));
    settings.timing.start = 200 * s;
    settings.timing.duration = 100 * s;
    settings.lasts = 80 * s;
    const Care care(settings, flat(10));
    EXPECT_EQ(isolation(care, 3, 7 * s), (Span{200 * s, 280 * s}));
    EXPECT_EQ(isolation(care, 3, 190 * s), (Span{220 * s, 300 * s}));
    EXPECT_EQ(isolation(care, 3, 260 * s), (Span{290 * s, 300 * s}));
    EXPECT_EQ(isolation(care, 3, 270 * s), Span{});
}

TEST(Isolation, IsForThoseInScopeThatComply) {
    IsolationSettings settings = after(fixed(0));
    settings.timing.countries = {"BB"};
    const auto isolated = [&](double compliance) {
        settings.timing.compliance = compliance;
        const Care care(settings, two_countries());
        std::set<std::int64_t> out;
        for (std::int64_t h = 0; h < 1000; ++h) {
            if (isolation(care, h, 5).from < never) {
                EXPECT_GE(h, 600);
                out.insert(h);
            }
        }
        return out;
    };
    const auto some = isolated(0.3), more = isolated(0.7);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), 400, 0.3)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(more), 400, 0.7)), sigmas);
    EXPECT_TRUE(std::includes(more.begin(), more.end(), some.begin(), some.end()));
    EXPECT_EQ(isolated(1).size(), 400u);
    settings.timing.compliance = 0;
    EXPECT_FALSE(Care(settings, two_countries()).model->abilities().isolates);
}

TEST(Isolation, WaitsForItsTrigger) {
    IsolationSettings settings = after(fixed(30));
    settings.timing.trigger = "alert";
    RankWorld world(flat(100, 10));
    world.triggers = {{"alert", Group::organisation}};
    const auto model = make_defence("care", settings, world.context());
    const auto process = model->start({});
    EXPECT_EQ(process->isolation(HostId{25}, all_traits, 5), Span{});
    process->begin(20, 100 * s);
    EXPECT_EQ(process->isolation(HostId{25}, all_traits, 5), (Span{100 * s, never}));
    EXPECT_EQ(process->isolation(HostId{35}, all_traits, 5), Span{});
}

TEST(Isolation, RefusesWhatItCannotDraw) {
    const auto undrawn = after({.kind = DistributionSpec::Kind::uniform, .lower = 5, .upper = 1});
    EXPECT_THROW(Care(undrawn, flat(10)), InputError);
}

}  // namespace
}  // namespace annelid
