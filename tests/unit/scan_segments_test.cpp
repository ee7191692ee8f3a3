// Vector `scan` in an organisation with segments: the probes of a flat one, less those that are
// lost.
#include "tests/unit/scan_fixture.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

Population offices(std::int64_t segment_hosts) {
    FlatSettings settings;
    settings.hosts = 2000;
    settings.organisation_hosts = 1000;
    settings.subnet_hosts = 50;
    settings.parts.segment_hosts = segment_hosts;
    settings.parts.segment_openness = 0.3;
    return make_flat(settings);
}

TEST(ScanSegments, LoseProbesBetweenThoseThatDoNotTalk) {
    const SmallWorld open(offices(0)), cut(offices(100));
    for (const char* strategy : {"random", "sweep", "sequential"}) {
        for (const char* scope : {"organisation", "subnet"}) {
            ScanSettings settings;
            settings.strategy = strategy;
            settings.scope = scope;
            settings.rate = fixed_rate(1);
            const auto all = ScanRun{open, settings}.run(all_hosts(open, 100 * us_per_s));
            const auto some = ScanRun{cut, settings}.run(all_hosts(cut, 100 * us_per_s));
            std::vector<Attempt> expected;
            std::copy_if(
                all.attempts.begin(), all.attempts.end(), std::back_inserter(expected),
                [&](const Attempt& a) { return cut.population.may_talk(a.source, a.target); });
            EXPECT_EQ(some.attempts, expected) << strategy << " of " << scope;
            EXPECT_EQ(some.scans, all.scans);
            EXPECT_GT(expected.size(), 40'000u);
            EXPECT_EQ(expected.size() == all.attempts.size(), std::string(scope) == "subnet");
        }
    }
}

}  // namespace
}  // namespace annelid
