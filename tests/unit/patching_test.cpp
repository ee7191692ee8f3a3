// Defence `patching`: when hosts are patched, alone and in outbreaks; counts follow its function.
#include "models/defences/patching.hpp"

#include "engine/base/errors.hpp"
#include "tests/unit/defence_checks.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

PatchingSettings by_rate(double per_s, TimeUs start = 0) {
    PatchingSettings settings;
    settings.rate_per_s = per_s;
    settings.timing.start = start;
    return settings;
}
PatchingSettings campaign(TimeUs duration, TimeUs start = 0) {
    PatchingSettings settings;
    settings.duration = duration;
    settings.timing.start = start;
    return settings;
}

/// When each host is patched, in seconds; those that never are, left out.
std::vector<double> patch_times(const PatchingSettings& settings, std::int64_t num_hosts) {
    const SmallWorld world(flat(num_hosts));
    const auto model = make_defence("patching", settings, defence_context(world));
    const auto process = model->start({});
    std::vector<double> out;
    for (std::int64_t h = 0; h < num_hosts; ++h) {
        const TimeUs time = process->patched_at(HostId{h});
        EXPECT_EQ(time, process->patched_at(HostId{h}));
        if (time < never) {
            out.push_back(to_seconds(time));
        }
    }
    return out;
}

TEST(Patching, ByARateIsExponential) {
    std::vector<double> shares;
    for (const double s : patch_times(by_rate(0.02, 50 * us_per_s), 10'000)) {
        EXPECT_GE(s, 50);
        shares.push_back(1 - std::exp(-0.02 * (s - 50)));
    }
    EXPECT_EQ(shares.size(), 10'000u);
    EXPECT_GT(p_of_uniform_values(shares), level);
}

TEST(Patching, ByACampaignIsUniform) {
    std::vector<double> shares;
    for (const double s : patch_times(campaign(200 * us_per_s, 50 * us_per_s), 10'000)) {
        shares.push_back((s - 50) / 200);
    }
    EXPECT_EQ(shares.size(), 10'000u);
    EXPECT_GT(p_of_uniform_values(shares), level);
}

TEST(Patching, CoversAShareAndALargerOneContainsIt) {
    PatchingSettings settings = campaign(100 * us_per_s);
    settings.coverage = 0.3;
    const auto some = patch_times(settings, 10'000);
    settings.coverage = 0.7;
    auto more = patch_times(settings, 10'000);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(some), 10'000, 0.3)), sigmas);
    EXPECT_LT(std::abs(binomial_deviation(std::ssize(more), 10'000, 0.7)), sigmas);
    // Host by host in the same order, so the smaller is a subsequence of the larger.
    auto at = more.begin();
    for (const double time : some) {
        at = std::find(at, more.end(), time);
        ASSERT_NE(at, more.end());
        ++at;
    }
    settings.coverage = 0;
    EXPECT_TRUE(patch_times(settings, 1000).empty());
    const SmallWorld world(flat(10));
    EXPECT_FALSE(make_defence("p", settings, defence_context(world))->abilities().patches);
}

TEST(Patching, KeepsToItsCountriesAndSectors) {
    const SmallWorld world(two_countries());
    const auto patched = [&](std::vector<std::string> countries, std::vector<std::string> sectors) {
        PatchingSettings settings = campaign(us_per_s);
        settings.timing.countries = std::move(countries);
        settings.timing.sectors = std::move(sectors);
        const auto model = make_defence("patching", settings, defence_context(world));
        const auto process = model->start({});
        std::set<std::int64_t> out;
        for (std::int64_t h = 0; h < 1000; ++h) {
            if (process->patched_at(HostId{h}) < never) {
                out.insert(h);
            }
        }
        return out;
    };
    const auto hosts = [](std::int64_t first, std::int64_t last) {
        std::set<std::int64_t> out;
        for (std::int64_t h = first; h < last; ++h) {
            out.insert(h);
        }
        return out;
    };
    EXPECT_EQ(patched({}, {}), hosts(0, 1000));
    EXPECT_EQ(patched({"AA"}, {}), hosts(0, 600));
    EXPECT_EQ(patched({"AA", "BB"}, {}), hosts(0, 1000));
    EXPECT_EQ(patched({"BB"}, {"office"}), hosts(900, 1000));
    EXPECT_EQ(patched({"AA"}, {"home"}), hosts(0, 400));
}

TEST(Patching, RefusesWhatItCannotDo) {
    const SmallWorld world(two_countries());
    const auto message = [&](const PatchingSettings& settings) -> std::string {
        try {
            make_defence("mend", settings, defence_context(world));
            return "";
        } catch (const InputError& e) {
            return e.what();
        }
    };
    EXPECT_NE(message({}).find("defence.mend"), std::string::npos);
    PatchingSettings both = by_rate(1);
    both.duration = us_per_s;
    EXPECT_NE(message(both).find("defence.mend"), std::string::npos);
    PatchingSettings elsewhere = by_rate(1);
    elsewhere.timing.countries = {"AA", "CC"};
    EXPECT_NE(message(elsewhere).find("CC"), std::string::npos);
    elsewhere = by_rate(1);
    elsewhere.timing.sectors = {"school"};
    EXPECT_NE(message(elsewhere).find("school"), std::string::npos);
}

PatchingSettings at_capacity(double per_s, const std::string& per) {
    PatchingSettings settings;
    settings.capacity_per_s = per_s;
    settings.per = per;
    return settings;
}

/// The patch times of hosts, sorted; `never` left out.
std::vector<TimeUs> times_of(const DefenceProcess& process, std::int64_t first, std::int64_t last) {
    std::vector<TimeUs> out;
    for (std::int64_t h = first; h < last; ++h) {
        const TimeUs time = process.patched_at(HostId{h});
        if (time < never) {
            out.push_back(time);
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}
/// One every `gap` from `begin` on.
std::vector<TimeUs> evenly(std::int64_t hosts, TimeUs gap, TimeUs begin = 0) {
    std::vector<TimeUs> out;
    for (std::int64_t i = 1; i <= hosts; ++i) {
        out.push_back(begin + i * gap);
    }
    return out;
}

TEST(PatchingByCapacity, DealsWithOneHostAfterTheOther) {
    const SmallWorld world(two_countries());
    const DefenceContext context = defence_context(world);
    PatchingSettings settings = at_capacity(0.5, "organisation");
    settings.timing.start = 30 * us_per_s;
    const auto model = make_defence("patching", settings, context);
    const auto process = model->start({});
    for (const HostRange& organisation : organisations(world.population)) {
        EXPECT_EQ(times_of(*process, organisation.first.value, organisation.last.value),
                  evenly(organisation.size(), 2 * us_per_s, 30 * us_per_s));
    }
    settings.per = "country";
    const auto by_country = make_defence("patching", settings, context);
    const auto of_country = by_country->start({});
    EXPECT_EQ(times_of(*of_country, 0, 600), evenly(600, 2 * us_per_s, 30 * us_per_s));
    EXPECT_EQ(times_of(*of_country, 600, 1000), evenly(400, 2 * us_per_s, 30 * us_per_s));
    settings.per = "world";
    const auto by_world = make_defence("patching", settings, context);
    const auto of_world = by_world->start({});
    EXPECT_EQ(times_of(*of_world, 0, 1000), evenly(1000, 2 * us_per_s, 30 * us_per_s));
}

TEST(PatchingByCapacity, TakesThoseInScopeInRandomOrder) {
    const SmallWorld world(two_countries());
    PatchingSettings settings = at_capacity(1, "world");
    settings.timing.sectors = {"office"};
    const auto model = make_defence("patching", settings, defence_context(world));
    const auto process = model->start({}), other = model->start({2, 0});
    EXPECT_EQ(times_of(*process, 0, 1000), evenly(300, us_per_s));
    EXPECT_TRUE(times_of(*process, 0, 400).empty());
    EXPECT_TRUE(times_of(*process, 600, 900).empty());
    // 200 of the 300 are of the first country, in each third of the time: hypergeometric, with a
    // variance of 200 / 9 x 200 / 299.
    const auto early = times_of(*process, 400, 600);
    for (TimeUs from = 0; from < 300 * us_per_s; from += 100 * us_per_s) {
        const auto n = std::count_if(early.begin(), early.end(), [&](TimeUs t) {
            return from < t && t <= from + 100 * us_per_s;
        });
        EXPECT_LT(std::abs(static_cast<double>(n) - 200.0 / 3) / std::sqrt(14.9), sigmas);
    }
    EXPECT_NE(times_of(*other, 400, 600), early);
}

TEST(PatchingByCapacity, CoverageLeavesGapsAndALargerOneFillsThem) {
    const SmallWorld world(flat(3000, 100));
    std::vector<TimeUs> before;
    for (const double coverage : {0.3, 0.8}) {
        PatchingSettings settings = at_capacity(1, "world");
        settings.coverage = coverage;
        const auto model = make_defence("patching", settings, defence_context(world));
        const auto times = times_of(*model->start({}), 0, 3000);
        EXPECT_LT(std::abs(binomial_deviation(std::ssize(times), 3000, coverage)), sigmas);
        EXPECT_TRUE(std::includes(times.begin(), times.end(), before.begin(), before.end()));
        before = times;
    }
}

TEST(PatchingByCapacity, OfAWorldThatIsScaledIsItsPart) {
    Population::Parts parts;
    parts.countries = {{"AA", "first", {HostId{0}, HostId{600}}, 0, 1000}};
    parts.sectors = {"none"};
    parts.cells = {{HostId{0}, 0, 0}};
    parts.runs = {{HostId{0}, 20}};
    parts.num_hosts = 600;
    parts.address_scale = 0.25;
    parts.draw_traits = [](HostId, std::span<Traits>) {};
    const SmallWorld world((Population(std::move(parts))));
    const auto gap = [&](const std::string& per) {
        const auto model = make_defence("patching", at_capacity(2, per), defence_context(world));
        return times_of(*model->start({}), 0, 600).front();
    };
    EXPECT_EQ(gap("organisation"), us_per_s / 2);
    EXPECT_EQ(gap("country"), 2 * us_per_s);
    EXPECT_EQ(gap("world"), 2 * us_per_s);
}

TEST(PatchingOnATrigger, IsKnownFromItsBeginOn) {
    const SmallWorld world(two_countries());
    DefenceContext context = defence_context(world);
    context.triggers = {{"alarm", Group::country}};
    PatchingSettings settings = at_capacity(1, "country");
    settings.timing.trigger = "alarm";
    const auto model = make_defence("patching", settings, context);
    const auto process = model->start({});
    EXPECT_TRUE(times_of(*process, 0, 1000).empty());
    process->begin(1, 77 * us_per_s);
    EXPECT_TRUE(times_of(*process, 0, 600).empty());
    EXPECT_EQ(times_of(*process, 600, 1000), evenly(400, us_per_s, 77 * us_per_s));
    process->begin(1, 5000 * us_per_s);  // it has begun
    process->begin(0, 90 * us_per_s);
    EXPECT_EQ(times_of(*process, 600, 1000), evenly(400, us_per_s, 77 * us_per_s));
    EXPECT_EQ(times_of(*process, 0, 600), evenly(600, us_per_s, 90 * us_per_s));

    // By a rate or over a time, the same waits from there on as from a start.
    for (PatchingSettings by : {by_rate(0.01), campaign(100 * us_per_s)}) {
        const auto clock = make_defence("patching", by, context);
        by.timing.trigger = "alarm";
        const auto alarm = make_defence("patching", by, context);
        const auto expected = clock->start({}), got = alarm->start({});
        got->begin(1, 1000);
        for (std::int64_t h = 600; h < 1000; ++h) {
            EXPECT_EQ(got->patched_at(HostId{h}), expected->patched_at(HostId{h}) + 1000);
        }
        EXPECT_EQ(got->patched_at(HostId{5}), never);
    }
}

TEST(PatchingOnATrigger, OfPartsOfAGroupCannotShareACapacity) {
    const SmallWorld world(two_countries());
    DefenceContext context = defence_context(world);
    context.triggers = {{"world", Group::world},
                        {"country", Group::country},
                        {"sector", Group::sector},
                        {"organisation", Group::organisation}};
    const auto fits = [&](const std::string& trigger, const std::string& per) {
        PatchingSettings settings = at_capacity(1, per);
        settings.timing.trigger = trigger;
        try {
            make_defence("mend", settings, context);
            return true;
        } catch (const InputError& e) {
            EXPECT_NE(std::string(e.what()).find("defence.mend.per"), std::string::npos);
            return false;
        }
    };
    for (const char* trigger : {"world", "country", "sector", "organisation"}) {
        const std::string name = trigger;
        EXPECT_TRUE(fits(name, "organisation"));
        EXPECT_EQ(fits(name, "country"), name == "world" || name == "country");
        EXPECT_EQ(fits(name, "world"), name == "world");
    }
}

TEST(Patching, OfOrganisationsThatComplyAndOfTraits) {
    const SmallWorld world(flat(10'000, 10));
    PatchingSettings settings = campaign(us_per_s);
    settings.timing.compliance = 0.4;
    settings.timing.complies = "organisation";
    const auto model = make_defence("patching", settings, defence_context(world));
    const auto process = model->start({});
    std::int64_t complying = 0;
    for (std::int64_t first = 0; first < 10'000; first += 10) {
        const auto patched = times_of(*process, first, first + 10).size();
        EXPECT_TRUE(patched == 0 || patched == 10);
        complying += patched == 10 ? 1 : 0;
    }
    EXPECT_LT(std::abs(binomial_deviation(complying, 1000, 0.4)), sigmas);

    const SmallWorld some(flat_with_traits(100, [](HostId host) {
        return host.value % 4 == 0 ? trait_exposed | trait_unpatched : trait_unpatched;
    }));
    settings = campaign(us_per_s);
    settings.timing.traits = {"exposed"};
    const auto of_exposed = make_defence("patching", settings, defence_context(some));
    const auto exposed = of_exposed->start({});
    for (std::int64_t h = 0; h < 100; ++h) {
        EXPECT_EQ(exposed->patched_at(HostId{h}) < never, h % 4 == 0);
    }
}

/// An epidemic whose vector needs the hole that patching closes.
Epidemic vulnerable(const LifecycleSpec& lifecycle, const PatchingSettings& patching) {
    Epidemic out;
    out.lifecycle = lifecycle;
    out.vectors = {{"scan", scan_of_10k(1)}};
    out.vectors[0].second.requires_traits = {"unpatched"};
    out.patching = patching;
    return out;
}

TEST(PatchingInOutbreaks, CountsFollowTheFunctionWhereNothingSpreads) {
    for (const auto& patching :
         {by_rate(0.01, 33 * us_per_s), campaign(200 * us_per_s), at_capacity(4, "country")}) {
        Epidemic epidemic = vulnerable(si(), patching);
        epidemic.vectors[0].second.rate = fixed(1e-6);
        epidemic.seeds = {};
        const Outcome got = play(epidemic);
        const auto times = patch_times(patching, 1000);
        for (std::int64_t row = 0; row < epidemic.num_rows(); ++row) {
            const double now = to_seconds(row * epidemic.row_every_us);
            const auto immune = std::count_if(times.begin(), times.end(), [&](double s) {
                return s <= now && s < to_seconds(epidemic.end_us);
            });
            EXPECT_EQ(count(epidemic, got, row, 2), immune);
            EXPECT_EQ(count(epidemic, got, row, 0), 1000 - immune);
        }
        EXPECT_EQ(std::count(got.states.begin(), got.states.end(), 2),
                  count(epidemic, got, epidemic.num_rows() - 1, 2));
    }
}

TEST(PatchingInOutbreaks, AreTheTwins) {
    const std::map<std::string, LifecycleSpec> lifecycles = {
        {"SI", si()}, {"SIR", sir(60)}, {"SIS", sis(60)}};
    for (const auto& [name, lifecycle] : lifecycles) {
        for (const TimeUs step : {us_per_s, 20 * us_per_s}) {
            SCOPED_TRACE(name);
            Epidemic epidemic = vulnerable(lifecycle, by_rate(0.005, 20 * us_per_s));
            epidemic.step_us = step;
            expect_twins(epidemic);
            epidemic.patching = campaign(150 * us_per_s, 40 * us_per_s);
            epidemic.patching->coverage = 0.8;
            expect_twins(epidemic);
            // Several seeds of which some are patched before the end, none before it starts.
            epidemic.patching = campaign(5000 * us_per_s, 1);
            expect_twins(epidemic);
        }
    }
}

TEST(PatchingInOutbreaks, NobodyIsInfectedOncePatched) {
    const PatchingSettings patching = campaign(150 * us_per_s, 30 * us_per_s);
    const Epidemic epidemic = vulnerable(sis(60), patching);
    const Outcome got = play(epidemic);
    const SmallWorld world(flat(1000));
    const auto model = make_defence("patching", patching, defence_context(world));
    const auto process = model->start({});
    EXPECT_GT(got.events.size(), 200u);
    for (const Event& event : got.events) {
        EXPECT_LT(event.time_us, process->patched_at(event.host));
    }
    // Everyone is patched by 180 s: whoever recovers then is immune.
    for (const Transition& t : got.transitions) {
        EXPECT_EQ(t.to == 2, t.from == 1 && process->patched_at(t.host) <= t.time_us);
    }
}

TEST(PatchingInOutbreaks, ChangesNothingBeforeItStarts) {
    const TimeUs start = 60 * us_per_s;
    for (const auto& lifecycle : {si(), sis(40), seir(fixed(10), 60)}) {
        for (const auto& patching : {by_rate(0.02, start), campaign(100 * us_per_s, start)}) {
            Epidemic epidemic = vulnerable(lifecycle, patching);
            const Outcome with = play(epidemic);
            epidemic.patching.reset();
            const Outcome without = play(epidemic);
            EXPECT_EQ(before(with.events, start), before(without.events, start));
            EXPECT_EQ(before(with.transitions, start), before(without.transitions, start));
            EXPECT_GT(before(with.events, start).size(), 20u);
            EXPECT_LT(with.events.size(), without.events.size());
            const std::size_t width = lifecycle.states.size() + 1;
            const auto rows = static_cast<std::ptrdiff_t>(width) * 7;  // 0 to 60 s
            EXPECT_TRUE(std::equal(with.counts.begin(), with.counts.begin() + rows,
                                   without.counts.begin()));
        }
    }
}

TEST(PatchingInOutbreaks, CoverageOfZeroChangesNothing) {
    Epidemic epidemic = vulnerable(sis(60), by_rate(0.02));
    epidemic.patching->coverage = 0;
    const Outcome with = play(epidemic);
    epidemic.patching.reset();
    const Outcome without = play(epidemic);
    EXPECT_TRUE(with == without) << difference(with, without);
}

// A vector that reaches patched hosts: patching closes only the other one's way.
TEST(PatchingInOutbreaks, LeavesOtherVectorsAlone) {
    Epidemic epidemic = vulnerable(sis(60), campaign(50 * us_per_s));
    epidemic.vectors = {{"hole", epidemic.vectors[0].second}, {"other", scan_of_10k(0.5)}};
    expect_twins(epidemic);
    const Outcome got = play(epidemic);
    for (const Event& event : got.events) {
        EXPECT_TRUE(event.vector != 1 || event.time_us < 50 * us_per_s);
    }
    EXPECT_GT(got.events.back().time_us, 200 * us_per_s);
    EXPECT_EQ(std::count(got.states.begin(), got.states.end(), 2), 0);
}

TEST(PatchingInOutbreaks, EveryRowAddsUpToAllHosts) {
    for (const auto& lifecycle : {si(), sis(40), seir(fixed(10), 60)}) {
        const Epidemic epidemic = vulnerable(lifecycle, campaign(400 * us_per_s));
        const Outcome got = play(epidemic);
        const std::size_t width = lifecycle.states.size() + 1;
        for (std::int64_t row = 0; row < epidemic.num_rows(); ++row) {
            std::int64_t sum = 0;
            for (std::size_t s = 0; s < width; ++s) {
                EXPECT_GE(count(epidemic, got, row, s), 0);
                sum += count(epidemic, got, row, s);
            }
            EXPECT_EQ(sum, 1000);
        }
    }
}

/// The last row is the end of the run or, as here, the first row after it.
TEST(PatchingInOutbreaks, TheLastRowIsTheFinalState) {
    for (const auto& lifecycle : {si(), sis(40)}) {
        Epidemic epidemic = vulnerable(lifecycle, campaign(400 * us_per_s));
        epidemic.row_every_us = 70 * us_per_s;  // 280 s, 350 s; the run ends at 300 s
        const Outcome got = play(epidemic);
        for (StateId s = 0; s < 3; ++s) {
            EXPECT_EQ(count(epidemic, got, epidemic.num_rows() - 1, s),
                      std::count(got.states.begin(), got.states.end(), s))
                << "state " << int{s};
        }
        expect_twins(epidemic);
    }
}

/// Seeds do not ask whether a host is patched; counts and states must agree on what they make of
/// it.
TEST(PatchingInOutbreaks, SeedsThatWerePatchedBeforeAreCountedOnce) {
    Epidemic epidemic = vulnerable(si(), campaign(us_per_s));
    for (SeedHost& seed : epidemic.seeds) {
        seed.time = 50 * us_per_s;
    }
    const Outcome got = play(epidemic);
    for (StateId s = 0; s < 3; ++s) {
        EXPECT_EQ(count(epidemic, got, epidemic.num_rows() - 1, s),
                  std::count(got.states.begin(), got.states.end(), s))
            << "state " << int{s};
    }
}

}  // namespace
}  // namespace annelid
