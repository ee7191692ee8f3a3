// Two runs that differ in a defence share every draw that it does not touch: nothing differs before
// it begins, and the difference that it makes is seen through little noise.
#include "models/defences/cleaning.hpp"
#include "models/defences/isolation.hpp"
#include "models/defences/port_filter.hpp"
#include "models/defences/segmentation.hpp"
#include "models/defences/sensor.hpp"
#include "models/defences/throttling.hpp"
#include "tests/unit/defence_checks.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

template <class Settings>
auto maker(const std::string& name, const Settings& settings) {
    return [name, settings](const DefenceContext& context) {
        return make_defence(name, settings, context);
    };
}

/// SEIR in organisations of 50, half of the probes inside of one's own; two thirds are watched.
Epidemic watched() {
    Epidemic e;
    e.num_hosts = 4'000;
    e.organisation_hosts = 50;
    e.lifecycle = seir(fixed(5), 100);
    ScanSettings near = scan_of_10k(0.04);
    near.scope = "organisation";
    ScanSettings far = scan_of_10k(0.1);
    far.requires_traits = {"unpatched"};
    e.vectors = {{"far", far}, {"near", near}};
    SensorSettings sensor;
    sensor.coverage = 0.66;
    sensor.after = exponential(10);
    e.defences = {maker("eyes", sensor)};
    return e;
}

TEST(CommonRandomNumbers, NothingDiffersBeforeADefenceBegins) {
    const TimeUs start = 100 * us_per_s;
    std::vector<std::pair<std::string, std::function<void(Epidemic&)>>> defences;
    const auto add = [&](const std::string& name, auto settings) {
        settings.timing.start = start;
        defences.emplace_back(
            name, [name, settings](Epidemic& e) { e.defences.push_back(maker(name, settings)); });
    };
    IsolationSettings isolation;
    isolation.after = fixed(3);
    add("isolation", isolation);
    CleaningSettings cleaning;
    cleaning.staff = 5;
    cleaning.work = fixed(2);
    add("cleaning", cleaning);
    PortFilterSettings filter;
    filter.at = "organisation";
    add("filter", filter);
    SegmentationSettings segmentation;
    segmentation.segment_hosts = 1;
    segmentation.openness = 0.1;
    add("segmentation", segmentation);
    ThrottlingSettings throttling;
    throttling.factor = 0.2;
    add("throttling", throttling);
    PatchingSettings patching;
    patching.rate_per_s = 0.1;
    add("patching", patching);

    Epidemic epidemic = watched();
    const Outcome without = play(epidemic);
    ASSERT_GT(before(without.events, start).size(), 50u);
    for (const auto& [name, give] : defences) {
        SCOPED_TRACE(name);
        Epidemic defended = epidemic;
        give(defended);
        const Outcome with = play(defended);
        EXPECT_EQ(before(with.events, start), before(without.events, start));
        EXPECT_EQ(before(with.transitions, start), before(without.transitions, start));
        if (name != "segmentation") {  // whose subnets hold a whole organisation here
            EXPECT_NE(with.events, without.events);
        }
        EXPECT_EQ(difference(play(defended, 3), with), "");
    }
}

// A defence that takes half of the growth away: what it averts is nearly a share of the outbreak,
// so the difference of two runs with one seed varies far less than that of runs with two.
TEST(CommonRandomNumbers, ADifferenceVariesLessBetweenRunsThatArePaired) {
    Epidemic epidemic = watched();
    epidemic.end_us = 170 * us_per_s;
    ThrottlingSettings throttling;
    throttling.factor = 0.5;
    throttling.timing.start = 100 * us_per_s;
    Epidemic defended = epidemic;
    defended.defences.push_back(maker("throttling", throttling));
    constexpr int runs = 30;
    std::vector<double> alone, with, averted;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
        epidemic.seed.seed = defended.seed.seed = seed;
        alone.push_back(static_cast<double>(play(epidemic).events.size()));
        with.push_back(static_cast<double>(play(defended).events.size()));
        averted.push_back(alone.back() - with.back());
    }
    const auto variance = [](const std::vector<double>& values) {
        double sum = 0, squares = 0;
        for (const double v : values) {
            sum += v;
            squares += v * v;
        }
        const auto n = static_cast<double>(values.size());
        return (squares - sum * sum / n) / (n - 1);
    };
    const double paired = variance(averted), unpaired = variance(alone) + variance(with);
    RecordProperty("paired_over_unpaired_variance", std::to_string(paired / unpaired));
    EXPECT_LT(paired, 0.4 * unpaired) << paired << " and " << unpaired;
    EXPECT_GT(paired, 0);
}

}  // namespace
}  // namespace annelid
