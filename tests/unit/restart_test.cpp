// An outbreak that goes on from what it kept, time and again and on other lanes, is the one that
// was never stopped. On other ranks, and with defences of every kind: tests/invariance.
#include "tests/unit/epidemic.hpp"

#include <gtest/gtest.h>

namespace annelid {
namespace {

void expect_no_trace(const Epidemic& epidemic) {
    const Outcome whole = play(epidemic);
    EXPECT_GT(whole.events.size(), 200u);
    for (const std::int64_t every : {1, 7, 60}) {
        Epidemic restarted = epidemic;
        restarted.restarts_every = every;
        EXPECT_EQ(difference(play(restarted, 2), whole), "") << "every " << every << " steps";
    }
}

Epidemic scanning(const LifecycleSpec& lifecycle, const ScanSettings& scan) {
    Epidemic epidemic;
    epidemic.lifecycle = lifecycle;
    epidemic.vectors = {{"scan", scan}};
    return epidemic;
}

TEST(Restart, LeavesNoTraceOfRandomScans) {
    expect_no_trace(scanning(sis(40), scan_of_10k(1)));
    expect_no_trace(scanning(seir(fixed(5), 60), scan_of_10k(2)));
    expect_no_trace(scanning(waking(), scan_of_10k(1)));
}

TEST(Restart, LeavesNoTraceOfEveryStrategy) {
    for (const char* strategy : {"sequential", "permutation", "divide_and_conquer"}) {
        SCOPED_TRACE(strategy);
        ScanSettings scan = scan_of_10k(4);
        scan.strategy = strategy;
        expect_no_trace(scanning(si(), scan));
    }
}

TEST(Restart, LeavesNoTraceOfAHitList) {
    for (const char* strategy : {"random", "sequential", "permutation"}) {
        SCOPED_TRACE(strategy);
        ScanSettings scan = scan_of_10k(4);
        scan.strategy = strategy;
        scan.hit_list = 100;
        expect_no_trace(scanning(si(), scan));
    }
}

TEST(Restart, LeavesNoTraceOfALimitOnAllScans) {
    ScanSettings scan = scan_of_10k(2);
    scan.total_rate_limit = 300;
    expect_no_trace(scanning(sis(40), scan));
}

TEST(Restart, LeavesNoTraceOfHours) {
    Epidemic epidemic = scanning(sis(2000), scan_of_10k(0.1));
    epidemic.hours.emplace();
    epidemic.hours->rest.always_on = 0.2;
    epidemic.step_us = 30 * us_per_s;
    epidemic.end_us = 30'000 * us_per_s;
    epidemic.row_every_us = 600 * us_per_s;
    expect_no_trace(epidemic);
    epidemic.vectors[0].second.total_rate_limit = 20;
    expect_no_trace(epidemic);
}

TEST(Restart, LeavesNoTraceOfPatchesAndKillSwitch) {
    Epidemic epidemic = scanning(sei(fixed(5)), scan_of_10k(1));
    epidemic.vectors[0].second.requires_traits = {"unpatched"};
    epidemic.traits = [](HostId) { return trait_unpatched; };
    epidemic.patching.emplace();
    epidemic.patching->rate_per_s = 0.002;
    epidemic.kill_switch.emplace();
    epidemic.kill_switch->time = 120 * us_per_s;
    expect_no_trace(epidemic);
}

}  // namespace
}  // namespace annelid
