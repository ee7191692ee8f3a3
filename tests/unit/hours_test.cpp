// Hours: who is on when, against a clock that looks at every minute.
#include "engine/hosts/hours.hpp"

#include "engine/base/errors.hpp"
#include "engine/scenario/quantity.hpp"
#include "models/populations/working_hours.hpp"
#include "tests/unit/small_world.hpp"
#include "tests/unit/statistics.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs minute = 60 * us_per_s, hour = 60 * minute, day = 24 * hour;

/// Three weeks from Friday, 23 June 2017.
constexpr const char* start = "2017-06-23 10:30:00";
constexpr TimeUs end = 21 * day;

WorldTables two_zones() {
    WorldTables out;
    out.countries.resize(2);
    out.countries[0].code = "AA";
    out.countries[0].utc_offsets = {{330, 0.5}, {-210, 0.5}};  // half hours, both ways
    out.countries[1].code = "BB";
    out.countries[1].utc_offsets = {{180, 1}};
    return out;
}

std::unique_ptr<Hours> hours_of(const HoursSettings& settings, const Population& population) {
    return make_hours(settings, population, two_zones(), start, end, {7, 0});
}

/// What one sees who looks at a host every minute: no other function of Hours is asked.
struct Minutes {
    Minutes(const Hours& hours, HostId host) {
        for (TimeUs time = 0; time < end; time += minute) {
            on.push_back(hours.is_on(host, time));
        }
    }
    TimeUs next(TimeUs from) const { return after(from, 0); }
    /// Times are whole minutes.
    TimeUs after(TimeUs from, TimeUs duration) const {
        for (auto m = static_cast<std::size_t>(from / minute); m < on.size(); ++m) {
            if (on[m] && duration == 0) {
                return static_cast<TimeUs>(m) * minute;
            }
            duration -= on[m] ? minute : 0;
        }
        return never;
    }
    TimeUs between(TimeUs from, TimeUs until) const {
        TimeUs sum = 0;
        for (TimeUs time = from; time < until; time += minute) {
            sum += on[static_cast<std::size_t>(time / minute)] ? minute : 0;
        }
        return sum;
    }
    std::vector<bool> on;
};

/// … by the calendar alone, for hosts without jitter: local minutes since Monday, 19 June 2017.
bool works_at(const std::string& weekdays, TimeUs time, int ahead_min, bool holiday_on_28) {
    const auto number = [&](std::size_t at) { return std::stoi(weekdays.substr(at, 2)); };
    const std::int64_t open = number(0) * 60 + number(3);
    std::int64_t close = number(6) * 60 + number(9);
    close += close <= open ? 24 * 60 : 0;
    const std::int64_t local = time / minute + 4 * 24 * 60 + 10 * 60 + 30 + ahead_min;
    for (std::int64_t d = -1; d < 40; ++d) {
        const bool weekend = (d + 7) % 7 >= 5;
        if (!weekend && !(holiday_on_28 && d == 9) && local >= d * 1440 + open &&
            local < d * 1440 + close) {
            return true;
        }
    }
    return false;
}

TEST(Hours, FollowTheCalendar) {
    const Population population = two_countries();
    for (const std::string weekdays :
         {"08:00-18:00", "22:00-06:00", "00:00-24:00", "09:15-09:16"}) {
        HoursSettings settings;
        settings.rest.weekdays = weekdays;
        settings.holidays = {{"BB", {"2017-06-28"}}};
        const auto hours = hours_of(settings, population);
        int behind = 0;
        for (const std::int64_t host : {0, 40, 80, 120, 160, 200, 599, 600, 950, 999}) {
            const bool first = host < 600;
            bool fits_ahead = true, fits_behind = true;
            for (TimeUs time = 0; time < end; time += minute) {
                const bool on = hours->is_on(HostId{host}, time);
                fits_ahead &= on == works_at(weekdays, time, first ? 330 : 180, !first);
                fits_behind &= first && on == works_at(weekdays, time, -210, false);
            }
            EXPECT_TRUE(fits_ahead != fits_behind) << weekdays << " " << host;
            behind += fits_behind ? 1 : 0;
        }
        EXPECT_GT(behind, 0);
        EXPECT_LT(behind, 7);
    }
}

TEST(Hours, AgreeWithAClockThatCountsMinutes) {
    const Population population = two_countries();
    HoursSettings settings;
    settings.rest.always_on = 0.1;
    settings.rest.weekends = 0.3;
    settings.holidays = {{"AA", {"2017-06-26", "2017-06-23"}}};
    const Draws draws({}, Purpose::test);
    for (const std::string weekdays : {"08:00-18:30", "21:00-05:30", "00:00-24:00"}) {
        settings.rest.weekdays = weekdays;
        const auto hours = hours_of(settings, population);
        for (std::int64_t h = 0; h < 1000; h += 37) {
            const HostId host{h}, other{(h * 7 + 13) % 1000};
            const Minutes minutes(*hours, host), others(*hours, other);
            for (std::uint32_t i = 0; i < 40; ++i) {
                const auto w = draws.words(static_cast<std::uint64_t>(h), i);
                const TimeUs from = w[0] % (end / minute) * minute;
                const TimeUs until = from + w[1] % ((end - from) / minute) * minute;
                const TimeUs duration = w[2] % (3 * 24 * 60) * minute;
                ASSERT_EQ(hours->next_on(host, from), minutes.next(from));
                ASSERT_EQ(hours->on_time_between(host, from, until), minutes.between(from, until));
                ASSERT_EQ(hours->on_time_after(host, from, duration),
                          minutes.after(from, duration));
                TimeUs both = from;
                while (both < end && !(minutes.on[static_cast<std::size_t>(both / minute)] &&
                                       others.on[static_cast<std::size_t>(both / minute)])) {
                    both += minute;
                }
                ASSERT_EQ(hours->next_both_on(host, other, from), both < end ? both : never);
            }
        }
    }
}

// What a role's plan decides for all is what each host's own hours say.
TEST(Hours, ThePlanOfARoleSparesDrawsOnly) {
    const Population population = two_countries();
    const Partition partition(population, 1, 0);
    const HostTable hosts(population, partition);
    const Draws draws({}, Purpose::test);
    for (const std::string weekdays : {"08:00-18:00", "20:00-06:30", "03:00-01:00"}) {
        for (const double share : {0.0, 0.2, 1.0}) {
            HoursSettings settings;
            settings.rest.weekdays = weekdays;
            settings.rest.jitter = hour;
            settings.rest.weekends = share;
            settings.rest.always_on = share < 1 ? share : 0;
            settings.roles = {settings.rest};
            settings.roles[0].name = "a";
            settings.roles[0].traits = {"home"};
            settings.roles[0].jitter = 0;
            settings.holidays = {{"AA", {"2017-06-26", "2017-06-28"}}};
            const auto hours = hours_of(settings, population);
            const auto knowing = hours_of(settings, population);
            knowing->know(partition, hosts);
            int on = 0;
            for (std::uint64_t h = 0; h < 1000; h += 3) {
                const HostId host{static_cast<std::int64_t>(h)};
                const HostHours own = hours->of(host);
                for (std::uint32_t i = 0; i < 100; ++i) {
                    const auto time = static_cast<TimeUs>(to_index(draws.bits(h, i), end));
                    ASSERT_EQ(hours->is_on(host, time), own.is_on(time)) << h << " " << time;
                    ASSERT_EQ(knowing->is_on(host, time), own.is_on(time));
                    on += own.is_on(time) ? 1 : 0;
                }
            }
            EXPECT_GT(on, 5'000);
            EXPECT_LT(on, 32'000);
        }
    }
}

TEST(Hours, AHostKeepsItsOwn) {
    const Population population = two_countries();
    HoursSettings settings;
    settings.rest.jitter = hour;
    const auto hours = hours_of(settings, population);
    std::vector<double> begins, lasts;
    for (std::int64_t h = 600; h < 1000; ++h) {  // one zone, three hours ahead
        const HostId host{h};
        const TimeUs monday = hours->next_on(host, 2 * day);
        const TimeUs tuesday = hours->next_on(host, 2 * day + 30 * hour);
        ASSERT_EQ(tuesday - monday, day);
        const TimeUs open = monday - (2 * day + 18 * hour + 30 * minute);  // since 5:00 UTC, 8:00
        begins.push_back((to_seconds(open) + 3600) / 7200);
        lasts.push_back(to_seconds(hours->on_time_between(host, monday, tuesday)) / 3600);
        ASSERT_EQ(
            hours->on_time_after(host, monday, day),
            hours->on_time_after(host, hours->on_time_after(host, monday, 9 * hour), 15 * hour));
    }
    EXPECT_GT(p_of_uniform_values(begins), level);
    double sum = 0;
    for (const double last : lasts) {
        ASSERT_GT(last, 8);
        ASSERT_LT(last, 12);
        sum += last;
    }
    EXPECT_NEAR(sum / 400, 10, 5 * std::sqrt(2 * 4.0 / 12 / 400));
}

TEST(Hours, SharesContainSmallerOnes) {
    const Population population = flat(20'000);
    HoursSettings settings;
    settings.rest.weekdays = "09:00-10:00";
    const auto on = [&](double always, double weekends, TimeUs time) {
        settings.rest.always_on = always;
        settings.rest.weekends = weekends;
        const auto hours = hours_of(settings, population);
        std::vector<bool> out;
        for (std::int64_t h = 0; h < 20'000; ++h) {
            out.push_back(hours->is_on(HostId{h}, time));
        }
        return out;
    };
    const TimeUs saturday_9 = 22 * hour + 30 * minute, saturday_8 = saturday_9 - minute;
    const auto count = [](const std::vector<bool>& list) {
        return std::count(list.begin(), list.end(), true);
    };
    const auto none = on(0, 0, saturday_9), some = on(0.2, 0, saturday_9);
    const auto more = on(0.3, 0, saturday_9), weekend = on(0.2, 0.25, saturday_9);
    EXPECT_EQ(count(none), 0);
    EXPECT_LT(std::abs(binomial_deviation(count(some), 20'000, 0.2)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(count(weekend), 20'000, 0.2 + 0.8 * 0.25)), sigmas);
    EXPECT_EQ(on(0.2, 0.25, saturday_8), some);
    EXPECT_EQ(count(on(1, 0, saturday_8)), 20'000);
    for (std::size_t h = 0; h < 20'000; ++h) {
        ASSERT_LE(some[h], more[h]);
        ASSERT_LE(some[h], weekend[h]);
    }
}

TEST(Hours, RolesHaveTheirOwn) {
    const Population population = flat_with_traits(300, [](HostId host) {
        return static_cast<Traits>(host.value % 3 == 0   ? trait_home | trait_exposed
                                   : host.value % 3 == 1 ? trait_exposed
                                                         : 0);
    });
    HoursSettings settings;
    settings.rest.weekdays = "08:00-18:00";
    settings.roles = {settings.rest, settings.rest};
    settings.roles[0].name = "a";
    settings.roles[0].traits = {"home", "exposed"};
    settings.roles[0].weekdays = "18:00-20:00";
    settings.roles[1].name = "b";
    settings.roles[1].traits = {"exposed"};
    settings.roles[1].always_on = 1;
    const auto hours = hours_of(settings, population);
    const TimeUs noon = 90 * minute, evening = noon + 7 * hour, night = noon + 10 * hour;
    for (std::int64_t h = 0; h < 300; ++h) {
        const auto on = [&](TimeUs time) { return hours->is_on(HostId{h}, time); };
        ASSERT_EQ(on(noon), h % 3 != 0);
        ASSERT_EQ(on(evening), h % 3 != 2);
        ASSERT_EQ(on(night), h % 3 == 1);
    }
}

TEST(Hours, SayWhatIsWrong) {
    const auto refusal = [](const HoursSettings& settings) {
        const KeyFaults faults = settings.faults({"AA", "BB"});
        return faults.empty() ? std::string() : faults[0].key + ": " + faults[0].why;
    };
    HoursSettings settings;
    EXPECT_EQ(refusal(settings), "");
    for (const std::string text :
         {"25:00-26:00", "8-18", "", "08:00-18:60", "08:00 18:00", "24:00-08:00", "08:00-24:01"}) {
        settings.rest.weekdays = text;
        EXPECT_NE(refusal(settings).find("weekdays: "), std::string::npos) << text;
    }
    settings.rest.weekdays = "08:00-18:00";
    settings.rest.jitter = 5 * hour;
    EXPECT_NE(refusal(settings).find("jitter: "), std::string::npos);
    settings.rest.weekdays = "01:00-23:00";
    settings.rest.jitter = 61 * minute;
    EXPECT_NE(refusal(settings).find("jitter: "), std::string::npos);
    settings.rest.jitter = 60 * minute;
    EXPECT_EQ(refusal(settings), "");
    settings.holidays = {{"CC", {"2017-06-28"}}};
    EXPECT_NE(refusal(settings).find("holidays.CC: the population has no CC"), std::string::npos);
    settings.holidays = {{"AA", {"2017-02-29"}}};
    EXPECT_NE(refusal(settings).find("is not a date"), std::string::npos);
}

}  // namespace
}  // namespace annelid
