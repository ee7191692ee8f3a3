// Vector `scan`, strategy divide_and_conquer: a twin that probes address by address, and growth.
#include "tests/unit/epidemic.hpp"
#include "tests/unit/scan_fixture.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <queue>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs minute = 60 * us_per_s, hour = 60 * minute;

/// What an SI outbreak with a fixed latency (in seconds, perhaps 0) comes to, told by hand.
class Twin {
  public:
    Twin(const Epidemic& epidemic, double latency_s)
        : e_(epidemic),
          scan_(epidemic.vectors[0].second),
          population_(population_of(epidemic)),
          hours_(hours_of(epidemic, population_)),
          latency_(from_seconds(latency_s)) {
        probed.resize(static_cast<std::size_t>(scan_.addresses));
        for (std::int64_t h = 0; h < e_.num_hosts; ++h) {
            const auto place =
                static_cast<__int128>(population_.address_of(HostId{h})) * scan_.addresses >> 32;
            host_at_[static_cast<std::int64_t>(place)] = HostId{h};
        }
        const std::int64_t shares = std::ssize(e_.seeds);
        for (std::int64_t i = 0; i < shares; ++i) {
            const HostId host = e_.seeds[static_cast<std::size_t>(i)].host;
            infected_.insert(host.value);
            events.push_back({0, host, no_host, 0, 0, 0});
            start(host, latency_, scan_.addresses * i / shares, scan_.addresses * (i + 1) / shares);
        }
        while (!due_.empty()) {
            const auto [time, number] = due_.top();
            due_.pop();
            probe(sources_[number], time, number);
        }
        sort_rows(events);
    }

    Events events;
    std::int64_t attempts = 0;
    std::vector<int> probed;  ///< how often, by address

  private:
    struct Scanner {
        HostId host;
        TimeUs from;
        std::int64_t first, last;
        std::int64_t count = 0;
        std::uint32_t hits = 0;
    };

    void start(HostId host, TimeUs from, std::int64_t first, std::int64_t last) {
        sources_.push_back({host, from, first, last});
        wait(sources_.size() - 1);
    }

    void wait(std::size_t number) {
        const Scanner& s = sources_[number];
        const double us_per_probe = 1e12 / std::floor(scan_.rate.mean * 1e6 + 0.5);
        const auto clock =
            static_cast<TimeUs>(static_cast<double>(s.count + 1) * us_per_probe + 0.5);
        const TimeUs time = hours_ ? hours_->on_time_after(s.host, s.from, clock) : s.from + clock;
        if (s.first + s.count < s.last && time < e_.end_us) {
            due_.push({time, number});
        }
    }

    void probe(Scanner& s, TimeUs time, std::size_t number) {
        const std::int64_t address = s.first + s.count;
        s.count += 1;
        probed[static_cast<std::size_t>(address)] += 1;
        const auto found = host_at_.find(address);
        std::pair<std::int64_t, std::int64_t> handed{0, 0};
        HostId target = no_host;
        if (found != host_at_.end()) {
            target = found->second;
            const auto bits = Draws(e_.seed, Purpose::success, "scan")
                                  .bits(static_cast<std::uint64_t>(s.host.value), 0, s.hits);
            s.hits += 1;  // all hosts are in the pool: there are too many carriers for a list
            if (to_unit(bits) < scan_.success) {
                attempts += 1;
                const bool on = !hours_ || hours_->is_on(target, time);
                if (carrier(target) && on && infected_.insert(target.value).second) {
                    events.push_back({time, target, s.host, 0, 0, 1});
                    const std::int64_t left = s.last - address - 1;
                    handed = {s.last - left / 2, s.last};
                    s.last = handed.first;
                }
            }
        }
        wait(number);
        if (handed.first < handed.second) {
            start(target, time + latency_, handed.first, handed.second);
        }
    }

    bool carrier(HostId host) const {
        return !e_.traits || carries(e_.traits(host), trait_mask(scan_.requires_traits));
    }

    const Epidemic& e_;
    const ScanSettings& scan_;
    Population population_;
    std::unique_ptr<Hours> hours_;
    TimeUs latency_;
    std::map<std::int64_t, HostId> host_at_;
    std::set<std::int64_t> infected_;
    std::vector<Scanner> sources_;
    std::priority_queue<std::pair<TimeUs, std::size_t>, std::vector<std::pair<TimeUs, std::size_t>>,
                        std::greater<>>
        due_;
};

LifecycleSpec latent(double latency_s) {
    return latency_s == 0 ? si()
                          : chain("exposed", {state("exposed", "infectious", fixed(latency_s)),
                                              state("infectious")});
}

/// 2,048 hosts in 8,192 addresses. No step is longer than the time between two probes, so nothing
/// is put off.
Epidemic dividing(double latency_s = 0) {
    Epidemic e;
    e.num_hosts = 2'048;
    e.lifecycle = latent(latency_s);
    ScanSettings scan = internet_scan(10, 8'192);
    scan.strategy = "divide_and_conquer";
    e.vectors = {{"scan", scan}};
    e.step_us = 100'000;
    e.end_us = 300 * us_per_s;
    return e;
}

void expect_as_twin(const Epidemic& epidemic, double latency_s = 0) {
    const Twin twin(epidemic, latency_s);
    const Outcome got = play(epidemic);
    ASSERT_EQ(got.events.size(), twin.events.size());
    for (std::size_t i = 0; i < got.events.size(); ++i) {
        ASSERT_TRUE(got.events[i] == twin.events[i]) << i;
    }
    EXPECT_EQ(got.totals.deferred_attempts, 0);
    EXPECT_EQ(got.totals.attempts, twin.attempts);
    EXPECT_LE(*std::max_element(twin.probed.begin(), twin.probed.end()), 1);
    EXPECT_EQ(got.totals.scans_represented, std::count(twin.probed.begin(), twin.probed.end(), 1));
    EXPECT_GT(got.events.size(), 200u);
    for (const unsigned lanes : {2u, 3u}) {
        EXPECT_EQ(difference(play(epidemic, lanes), got), "");
    }
}

TEST(ScanDivided, ProbesEveryAddressOnce) {
    const Epidemic epidemic = dividing();
    expect_as_twin(epidemic);
    const Outcome got = play(epidemic);
    EXPECT_EQ(got.totals.scans_represented, 8'192);
    EXPECT_EQ(std::ssize(got.events), 2'048);
}

TEST(ScanDivided, PartsWaitForALatentHost) {
    expect_as_twin(dividing(2.35), 2.35);
    expect_as_twin(dividing(0.1), 0.1);
    Epidemic cut = dividing(2.35);
    cut.end_us = 25'250'000;  // in the middle of it
    expect_as_twin(cut, 2.35);
}

TEST(ScanDivided, HandsOverWhatItKnowsToBeInfected) {
    Epidemic epidemic = dividing();
    epidemic.vectors[0].second.success = 0.6;
    expect_as_twin(epidemic);
    // In a pool that lists no members some carry nothing that it requires.
    epidemic.traits = [](HostId host) { return host.value % 3 == 1 ? Traits{0} : trait_unpatched; };
    epidemic.vectors[0].second.requires_traits = {"unpatched"};
    expect_as_twin(epidemic);
}

TEST(ScanDivided, StandsStillWhileOff) {
    Epidemic epidemic = dividing();
    epidemic.vectors[0].second.rate = fixed_rate(1.0 / 60);
    epidemic.step_us = minute;
    epidemic.end_us = 100 * hour;
    epidemic.row_every_us = hour;
    HoursSettings hours;
    hours.rest.always_on = 0.2;
    hours.rest.jitter = hour;
    epidemic.hours = hours;
    expect_as_twin(epidemic);
}

// While there is enough left for all, infections grow as exp(K t): what is not probed yet is as
// dense as all was. Then, exactly: with carriers at each address with probability p, a source with
// L addresses left infects n(L, k) with its children in k probes,
//   n(L, k) = p (1 + n(L - 1 - h, k - 1) + n(h, k - 1)) + (1 - p) n(L - 1, k - 1), h = (L - 1) / 2
TEST(ScanDivided, GrowsAsLongAsThereIsSomethingLeft) {
    constexpr std::int64_t addresses = 32'768, sources = 16, length = addresses / sources;
    constexpr double p = 1.0 / 20;
    constexpr std::size_t probes = 160;
    std::vector<std::vector<double>> n(probes + 1, std::vector<double>(length + 1));
    for (std::size_t k = 1; k <= probes; ++k) {
        for (std::size_t left = 1; left <= length; ++left) {
            const std::size_t half = (left - 1) / 2;
            n[k][left] =
                p * (1 + n[k - 1][left - 1 - half] + n[k - 1][half]) + (1 - p) * n[k - 1][left - 1];
        }
    }
    EXPECT_NEAR(n[20][length] / (std::pow(1 + p, 20) - 1), 1, 1e-3);
    EXPECT_LT(n[160][length] / (std::pow(1 + p, 160) - 1), 0.1);

    constexpr int runs = 100;
    const std::vector<std::size_t> looks = {20, 40, 60, 80, 120, 160};
    std::vector<double> sum(looks.size()), squares(looks.size());
    Epidemic e = dividing();
    e.num_hosts = addresses;
    e.vectors[0].second = internet_scan(2, addresses);
    e.vectors[0].second.strategy = "divide_and_conquer";
    e.vectors[0].second.requires_traits = {"unpatched"};
    e.step_us = 500'000;
    e.end_us = 81 * us_per_s;
    e.seeds.clear();
    for (std::int64_t i = 0; i < sources; ++i) {
        e.seeds.push_back({HostId{i}, 0});
    }
    for (std::uint32_t r = 0; r < runs; ++r) {
        const Draws draws({3, r}, Purpose::test);
        e.traits = [draws](HostId host) {
            const bool carrier = host.value >= sources &&
                                 happens(draws.bits(static_cast<std::uint64_t>(host.value)), p);
            return carrier ? trait_unpatched : Traits{0};
        };
        const Outcome out = play(e);
        for (std::size_t i = 0; i < looks.size(); ++i) {
            const auto infected =
                std::count_if(out.events.begin(), out.events.end(), [&](const Event& event) {
                    return event.time_us <= static_cast<TimeUs>(looks[i]) * 500'000;
                });
            const double each = static_cast<double>(infected - sources) / sources;
            sum[i] += each;
            squares[i] += each * each;
        }
    }
    for (std::size_t i = 0; i < looks.size(); ++i) {
        const double mean = sum[i] / runs;
        const double error = std::sqrt((squares[i] / runs - mean * mean) / (runs - 1));
        EXPECT_LT(std::abs(mean - n[looks[i]][length]), 4 * error) << looks[i];
        EXPECT_LT(error, 0.04 * mean) << looks[i];
    }
}

}  // namespace
}  // namespace annelid
