// Sizes of organisations: counts against an independent integration of the law that the header
// states.
#include "models/populations/organisation_sizes.hpp"

#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr double exponent = 1.059, largest = 200'000;

const std::vector<WorldTables::SizeClass> eu = {
    {1, 10, 29.2}, {10, 50, 20.8}, {50, 250, 17.2}, {250, 0, 33.0}};
constexpr double eu_sum = 100.2;

/// Sizes of all organisations of `hosts` hosts, in the order of the runs.
std::vector<std::int64_t> sizes_of(const OrganisationSizes& law, std::int64_t hosts, double u) {
    std::vector<OrganisationRun> runs;
    OrganisationSizes::Homeless homeless;
    law.append_runs(runs, HostId{100}, hosts, u, homeless);
    std::vector<std::int64_t> sizes;
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const std::int64_t last = r + 1 < runs.size() ? runs[r + 1].first.value : 100 + hosts;
        EXPECT_EQ((last - runs[r].first.value) % runs[r].size, 0) << "an organisation is cut";
        sizes.insert(sizes.end(),
                     static_cast<std::size_t>((last - runs[r].first.value) / runs[r].size),
                     runs[r].size);
    }
    return sizes;
}

/// Share of the employees beyond `e` in firms of one class, by P(E >= e) ~ e^-a.
double beyond(const WorldTables::SizeClass& c, double e) {
    const double last = c.last > 0 ? c.last : largest;
    if (e <= c.first) {
        return 1;
    }
    const double end = std::pow(last, -exponent);
    return e >= last ? 0 : (std::pow(e, -exponent) - end) / (std::pow(c.first, -exponent) - end);
}

/// Mean hosts of a firm of a class, max(1, round(p E)), integrated over ln E in small steps.
double mean_hosts(const WorldTables::SizeClass& c, double pcs) {
    const int n = 400'000;
    const double last = c.last > 0 ? c.last : largest;
    double mean = 0, below = 1;
    for (int i = 1; i <= n; ++i) {
        const double share = static_cast<double>(i) / n;
        const double e = c.first * std::pow(last / c.first, share);
        const double middle = c.first * std::pow(last / c.first, share - 0.5 / n);
        const double above = beyond(c, e);
        mean += (below - above) * std::max(1.0, std::floor(pcs * middle + 0.5));
        below = above;
    }
    return mean;
}

TEST(OrganisationSizes, CountsFollowTheLawAtEverySize) {
    for (const double pcs : {0.45, 1.0}) {
        const auto law = OrganisationSizes::firms(eu, exponent, largest, pcs);
        const std::int64_t hosts = 5'000'000;
        const auto sizes = sizes_of(law, hosts, 0.4);
        EXPECT_TRUE(std::is_sorted(sizes.rbegin(), sizes.rend()));
        std::vector<double> firms_per_host;
        for (const auto& c : eu) {
            firms_per_host.push_back(c.employment_share / eu_sum / mean_hosts(c, pcs));
        }
        for (const std::int64_t s : {2, 3, 5, 10, 50, 112, 250, 1000, 2048, 2049, 5000, 20'000}) {
            double expected = 0;
            for (std::size_t c = 0; c < eu.size(); ++c) {
                expected += static_cast<double>(hosts) * firms_per_host[c] *
                            beyond(eu[c], (static_cast<double>(s) - 0.5) / pcs);
            }
            const auto count = std::count_if(sizes.begin(), sizes.end(),
                                             [&](std::int64_t size) { return size >= s; });
            // Systematic sampling is off by less than one; the integral by a few in 10^6.
            EXPECT_NEAR(static_cast<double>(count), expected, 1 + 2e-5 * expected)
                << "at least " << s << " hosts, " << pcs << " PCs an employee";
        }
    }
}

TEST(OrganisationSizes, ClassesShareEmploymentAsTheTableSays) {
    // One PC an employee: hosts are employees.
    const auto sizes =
        sizes_of(OrganisationSizes::firms(eu, exponent, largest, 1), 20'000'000, 0.5);
    for (const auto& c : eu) {
        double hosts = 0;
        for (const std::int64_t size : sizes) {
            const auto s = static_cast<double>(size);
            hosts += s >= c.first && (c.last == 0 || s < c.last) ? s : 0;
        }
        // Rounding moves firms across a border: 9.6 employees are 10 hosts.
        EXPECT_NEAR(hosts / 20'000'000, c.employment_share / eu_sum, 0.01)
            << "from " << c.first << " employees";
    }
}

TEST(OrganisationSizes, TailHasTheExponent) {
    const auto sizes =
        sizes_of(OrganisationSizes::firms(eu, exponent, largest, 0.5), 50'000'000, 0.5);
    const auto at_least = [&](double s) {
        return static_cast<double>(
            std::count_if(sizes.begin(), sizes.end(),
                          [&](std::int64_t size) { return static_cast<double>(size) >= s; }));
    };
    // N(s) ~ s^-a - L^-a: solve for a by bisection between 200 and 20,000 hosts.
    const double s1 = 199.5, s2 = 19'999.5, end = largest * 0.5;
    const double ratio = at_least(s1) / at_least(s2);
    double low = 0.2, high = 3;
    for (int i = 0; i < 60; ++i) {
        const double a = 0.5 * (low + high);
        const double tail = std::pow(end, -a);
        const bool too_steep = (std::pow(s1, -a) - tail) / (std::pow(s2, -a) - tail) > ratio;
        (too_steep ? high : low) = a;
    }
    EXPECT_GT(at_least(s2), 50);
    EXPECT_NEAR(low, exponent, 0.01);
    EXPECT_LE(*std::max_element(sizes.begin(), sizes.end()), 100'000);
}

TEST(OrganisationSizes, HomesAreGeometricWithTheMean) {
    const auto sizes = sizes_of(OrganisationSizes::homes(1.8), 1'000'000, 0.5);
    std::int64_t sum = 0;
    std::vector<double> at_least(10);
    for (const std::int64_t size : sizes) {
        ASSERT_LE(size, 8);
        sum += size;
        for (std::int64_t s = 1; s <= size; ++s) {
            at_least[static_cast<std::size_t>(s)] += 1;
        }
    }
    EXPECT_EQ(sum, 1'000'000);
    for (std::size_t s = 1; s < 8; ++s) {
        EXPECT_NEAR(at_least[s + 1] / at_least[s], 1 - 1 / 1.8, 0.003) << "more than " << s;
    }
    // Eight hosts at most: the mean falls short by 1.8 x 0.44^8.
    EXPECT_NEAR(static_cast<double>(sum) / static_cast<double>(sizes.size()), 1.8, 0.01);
    for (const std::int64_t size : sizes_of(OrganisationSizes::homes(1), 1000, 0.5)) {
        EXPECT_EQ(size, 1);
    }
}

TEST(OrganisationSizes, FillAnyNumberOfHosts) {
    for (const double pcs : {0.293, 1.1}) {
        const auto law = OrganisationSizes::firms(eu, exponent, largest, pcs);
        for (const std::int64_t hosts : {0, 1, 2, 3, 17, 500, 12'345}) {
            for (const double u : {1e-9, 0.5, 1 - 1e-9}) {
                std::int64_t sum = 0;
                for (const std::int64_t size : sizes_of(law, hosts, u)) {
                    ASSERT_GT(size, 0);
                    sum += size;
                }
                EXPECT_EQ(sum, hosts) << "u = " << u;
            }
        }
    }
}

}  // namespace
}  // namespace annelid
