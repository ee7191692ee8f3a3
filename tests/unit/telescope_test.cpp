// Network telescopes: exact sums against a clock that ticks every microsecond, what is seen against
// thinning, and independence of lanes and order.
#include "engine/spread/telescope.hpp"

#include "engine/chance/draws.hpp"
#include "models/populations/working_hours.hpp"
#include "tests/unit/scan_fixture.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/math/distributions/poisson.hpp>
#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs hour = 3600 * us_per_s;

/// Sources that do nothing but scan: host h with `rate` + h * `more` micro-scans a second.
class OnlyScans final : public VectorProcess {
  public:
    OnlyScans(MicroRate rate, std::int64_t addresses, MicroRate more = 0)
        : rate_(rate), more_(more), addresses_(addresses) {}
    void launch(const Source&, const Window&, unsigned) override {}
    void emit(const Window&, unsigned, AttemptSink&) override {}
    std::int64_t next_step(unsigned) const override { return 0; }
    void save(StateWriter&) const override {}
    void load(const StateReader&, const Window&) override {}
    std::int64_t internet_addresses() const override { return addresses_; }
    MicroRate internet_rate(HostId host) const override { return rate_ + host.value * more_; }

  private:
    MicroRate rate_, more_;
    std::int64_t addresses_;
};

constexpr MicroRate per_s = 1'000'000;
constexpr std::int64_t all_addresses = std::int64_t{1} << 32;

/// Not before MPI is there.
const Communicator& alone() {
    static const Communicator ranks;
    return ranks;
}

/// One telescope that looks for vector "scan" of the only worm.
Telescopes one(int prefix, const VectorProcess& process, const Telescopes::Frame& frame) {
    return {{{"darknet", prefix, {"scan"}}}, {{"scan", 0, process}}, {""}, frame};
}

const Silences none;

Draws chance(std::string_view label) {
    return {{}, Purpose::test, label};
}

/// Stays of hosts 0 … n-1 that begin and end anywhere.
std::vector<Source> stays(int n, TimeUs length) {
    const Draws draws = chance("stays");
    std::vector<Source> out;
    for (int h = 0; h < n; ++h) {
        const auto bits = draws.pair(static_cast<std::uint64_t>(h));
        const auto a = static_cast<TimeUs>(to_index(bits[0], static_cast<std::uint64_t>(length)));
        const auto b = static_cast<TimeUs>(to_index(bits[1], static_cast<std::uint64_t>(length)));
        out.push_back({HostId{h}, 0, std::min(a, b), h % 5 == 0 ? never : std::max(a, b)});
    }
    return out;
}

// Every stay, row by row, microsecond by microsecond: the sums are exact, whatever the rates, for
// stays inside a row, over many, at their bounds and beyond the end.
TEST(Telescope, SumsAreThoseOfAClock) {
    const OnlyScans process(987'654'321'987, all_addresses, 12'345'678'901);
    constexpr TimeUs every = 7, end = 100;
    constexpr std::int64_t num_rows = (end + every - 1) / every + 1;
    Telescopes telescopes = one(1, process, {{}, every, num_rows, end});
    std::vector<__int128> expected(num_rows);
    std::vector<std::int64_t> seen(num_rows);
    std::vector<Source> sources = stays(400, 120);
    sources.push_back({HostId{400}, 0, 14, 14});  // no time at all
    sources.push_back({HostId{401}, 0, 14, 21});  // exactly a row
    for (const Source& source : sources) {
        telescopes.watch(0, source, none, 0);
        const TimeUs first = telescopes.first_seen(0, 0, source);
        if (first < never) {
            seen[static_cast<std::size_t>((first + every - 1) / every)] += 1;
        }
        for (TimeUs time = first; time < std::min(source.until, end); ++time) {
            expected[static_cast<std::size_t>(time / every + 1)] +=
                process.internet_rate(source.host);
        }
    }
    telescopes.settle();
    EXPECT_TRUE(telescopes.scans_by_row(0, num_rows, alone()) == expected);
    const TelescopeRows rows = telescopes.rows(num_rows, alone());
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < num_rows; ++row) {
        sum += seen[row];
        EXPECT_EQ(rows.sources[row], sum) << row;
    }
    // At 10^6 scans a second half of them are seen in no more than a few microseconds.
    EXPECT_GT(sum, 50);
    EXPECT_LT(sum, 390);
}

// P(seen in T) = 1 - exp(-r f T), and the time is exponential.
TEST(Telescope, SourcesAreSeenByThinning) {
    constexpr int n = 100'000;
    const OnlyScans process(6 * per_s, all_addresses);
    const double rate = 6.0 / 256;
    for (const double seconds : {1.0, 20.0, 100.0}) {
        const TimeUs until = from_seconds(seconds);
        const Telescopes telescopes = one(8, process, {{}, hour, 2, hour});
        std::int64_t seen = 0;
        std::vector<double> values;
        const double share = 1 - std::exp(-rate * seconds);
        for (int h = 0; h < n; ++h) {
            const TimeUs time = telescopes.first_seen(0, 0, {HostId{h}, 0, 5, 5 + until});
            if (time < never) {
                seen += 1;
                values.push_back((1 - std::exp(-rate * to_seconds(time - 5))) / share);
            }
        }
        EXPECT_LT(std::abs(binomial_deviation(seen, n, share)), sigmas) << seconds;
        EXPECT_GT(p_of_uniform_values(values), level) << seconds;
    }
}

// The scans of one source that is watched from t = 0 to T are Poisson of mean r f T, the first one
// included: what is drawn apart fits together.
TEST(Telescope, ScansOfASourceArePoisson) {
    constexpr std::uint64_t n = 40'000;
    const OnlyScans process(2 * per_s, all_addresses);
    for (const double mean : {0.5, 3.0, 25.0}) {
        const TimeUs until = from_seconds(mean * 128);  // r f = 1 / 128 s
        std::map<std::int64_t, std::int64_t> counts;
        std::int64_t unseen = 0;
        for (std::uint64_t r = 0; r < n; ++r) {
            Telescopes telescopes = one(8, process, {{1, r}, until / 3, 5, until});
            telescopes.watch(0, {HostId{3}, 0, 0, until}, none, 0);
            const TelescopeRows rows = telescopes.rows(5, alone());
            counts[rows.scans.back()] += 1;
            unseen += rows.sources.back() == 0 ? 1 : 0;
        }
        EXPECT_EQ(counts[0], unseen);
        const boost::math::poisson law(mean);
        double sum = 0, expected = 0, left = n;
        std::int64_t count = 0;
        int classes = 0;
        for (std::int64_t k = 0; left > 0; ++k) {
            expected += static_cast<double>(n) * pdf(law, static_cast<double>(k));
            count += counts[k];
            const double beyond =
                static_cast<double>(n) * cdf(complement(law, static_cast<double>(k)));
            if (beyond < 20) {
                expected += beyond;
                count = static_cast<std::int64_t>(left);
            }
            if (expected >= 20) {
                sum += (static_cast<double>(count) - expected) *
                       (static_cast<double>(count) - expected) / expected;
                left -= static_cast<double>(count);
                classes += 1;
                expected = 0;
                count = 0;
            }
        }
        EXPECT_GT(cdf(complement(boost::math::chi_squared(classes - 1), sum)), level) << mean;
    }
}

// Many sources that come and go: counts of a row have mean and variance f S over replicates, where
// S is all that its sources send out, seen or not.
TEST(Telescope, RowsAreThinnedScans) {
    constexpr std::uint64_t n = 4000;
    constexpr TimeUs every = 10 * us_per_s, end = 50 * us_per_s;
    constexpr std::size_t num_rows = 6;
    const OnlyScans process(3 * per_s, all_addresses, per_s / 10);
    const std::vector<Source> sources = stays(200, end);
    std::vector<double> mean(num_rows), sum(num_rows), squares(num_rows);
    for (const Source& source : sources) {
        for (std::size_t row = 1; row < num_rows; ++row) {
            const TimeUs from = std::max(source.from, static_cast<TimeUs>(row - 1) * every);
            const TimeUs until = std::min(source.until, static_cast<TimeUs>(row) * every);
            mean[row] += std::max(0.0, to_seconds(until - from)) / 256 / per_s *
                         static_cast<double>(process.internet_rate(source.host));
        }
    }
    for (std::uint64_t r = 0; r < n; ++r) {
        Telescopes telescopes = one(8, process, {{1, r}, every, num_rows, end});
        for (const Source& source : sources) {
            telescopes.watch(0, source, none, 0);
        }
        const TelescopeRows rows = telescopes.rows(num_rows, alone());
        for (std::size_t row = 1; row < num_rows; ++row) {
            const auto count = static_cast<double>(rows.scans[row] - rows.scans[row - 1]);
            sum[row] += count;
            squares[row] += (count - mean[row]) * (count - mean[row]);
            ASSERT_GE(rows.scans[row] - rows.scans[row - 1],
                      rows.sources[row] - rows.sources[row - 1]);
        }
    }
    for (std::size_t row = 1; row < num_rows; ++row) {
        ASSERT_GT(mean[row], 5);
        EXPECT_LT(std::abs(sum[row] - n * mean[row]), sigmas * std::sqrt(n * mean[row])) << row;
        // Of a Poisson count the square about the mean has the variance m + 2 m².
        EXPECT_LT(std::abs(squares[row] - n * mean[row]),
                  sigmas * std::sqrt(n * (mean[row] + 2 * mean[row] * mean[row])))
            << row;
    }
}

TEST(Telescope, LanesAndOrderDoNotMatter) {
    const OnlyScans process(40 * per_s, all_addresses, per_s);
    std::vector<Source> sources = stays(300, 60 * us_per_s);
    const Telescopes::Frame frame{{5, 2}, 7 * us_per_s, 10, 60 * us_per_s, 4};
    Telescopes telescopes = one(10, process, frame);
    for (const Source& source : sources) {
        telescopes.watch(0, source, none, 0);
    }
    const TelescopeRows expected = telescopes.rows(10, alone());
    ASSERT_GT(expected.scans.back(), 100);

    Telescopes others = one(10, process, frame);
    std::reverse(sources.begin(), sources.end());
    for (std::size_t i = 0; i < sources.size(); ++i) {
        others.watch(0, sources[i], none, static_cast<unsigned>(i % 4));
        if (i % 50 == 0) {
            others.settle();
        }
    }
    const TelescopeRows found = others.rows(10, alone());
    EXPECT_EQ(found.sources, expected.sources);
    EXPECT_EQ(found.scans, expected.scans);

    // What is flushed before the end is what the end finds.
    const TelescopeRows early = others.rows(4, alone());
    EXPECT_TRUE(std::equal(early.scans.begin(), early.scans.end(), expected.scans.begin()));
    EXPECT_EQ(early.sources.size(), 4u);

    std::map<std::string, std::vector<std::int64_t>> series;
    others.write_to(series, 1, 3, 4, alone());
    others.write_to(series, 1, 3, 10, alone());
    const std::vector<std::int64_t>& scans = series["/telescope_scans"];
    ASSERT_EQ(scans.size(), 30u);
    EXPECT_TRUE(std::equal(expected.scans.begin(), expected.scans.end(), scans.begin() + 10));
    EXPECT_EQ(scans[9] + scans[20], 0);
    EXPECT_EQ(series["/telescope_sources"][19], expected.sources.back());
}

// A stay that is cut short is as one that was to end then.
TEST(Telescope, CutsTakeBackWhatWouldHaveCome) {
    const OnlyScans process(100 * per_s, all_addresses);
    const Telescopes::Frame frame{{}, 5 * us_per_s, 13, 60 * us_per_s, 1, nullptr, true, 1};
    Telescopes cut = one(12, process, frame), short_stay = one(12, process, frame);
    Telescopes cleaned = one(12, process, frame), whole = one(12, process, frame);
    Silences silences;
    for (const Source& source : stays(2000, 60 * us_per_s)) {
        const TimeUs at = source.from + 4'321'000;
        cut.watch(0, source, none, 0);
        cut.cut(0, source.host, at, none, 0);
        cut.cut(0, source.host, at + 5, none, 0);
        cleaned.watch(0, source, silences, 0);
        silences.add({source.host, at, never, 1, 0});
        cleaned.silence(source.host, silences, 0);
        whole.watch(0, source, none, 0);
        Source until_cut = source;
        until_cut.until = std::min(source.until, at);
        short_stay.watch(0, until_cut, none, 0);
    }
    const TelescopeRows found = cut.rows(13, alone()), expected = short_stay.rows(13, alone());
    EXPECT_EQ(found.sources, expected.sources);
    EXPECT_EQ(found.scans, expected.scans);
    EXPECT_EQ(cleaned.rows(13, alone()).scans, expected.scans);
    EXPECT_TRUE(cut.scans_by_row(0, 13, alone()) == short_stay.scans_by_row(0, 13, alone()));
    EXPECT_GT(expected.sources.back(), 20);
    EXPECT_GT(whole.rows(13, alone()).sources.back(), 2 * expected.sources.back());
}

// Isolation for a while: nothing is seen then, and afterwards a source is seen as by thinning;
// the same whether it is known when the stay begins or bit by bit later.
TEST(Telescope, SilencesAreThinnedOut) {
    constexpr int n = 40'000;
    constexpr TimeUs end = 60 * us_per_s;
    const OnlyScans process(10 * per_s, all_addresses);
    const Telescopes::Frame frame{{}, us_per_s, 61, end, 1, nullptr, true, us_per_s};
    Telescopes early = one(8, process, frame), late = one(8, process, frame);
    Silences silences, growing;
    std::int64_t seen = 0;
    for (int h = 0; h < n; ++h) {
        const Source source{HostId{h}, 0, 0, 50 * us_per_s};
        // [5, 15) and [15, 30), then [40, 45) s, of which a release leaves [40, 42).
        silences.add({source.host, 5 * us_per_s, 30 * us_per_s});
        silences.add({source.host, 40 * us_per_s, 42 * us_per_s});
        silences.add({source.host, 0, 20 * us_per_s, Silence::any_infection, 1});  // another worm
        early.watch(0, source, silences, 0);
        late.watch(0, source, growing, 0);
        for (const auto& [from, until] : {std::pair(5, 15), {15, 30}, {40, 45}}) {
            growing.add({source.host, from * us_per_s, until * us_per_s});
            late.silence(source.host, growing, 0);
        }
        growing.release(source.host, 42 * us_per_s);
        late.silence(source.host, growing, 0);
        const TimeUs first = early.first_seen(
            0, 0, source, {{5 * us_per_s, 30 * us_per_s}, {40 * us_per_s, 42 * us_per_s}});
        seen += first < never ? 1 : 0;
    }
    EXPECT_LT(std::abs(binomial_deviation(seen, n, 1 - std::exp(-23 * 10.0 / 256))), sigmas);
    const TelescopeRows rows = early.rows(61, alone());
    EXPECT_EQ(rows.sources.back(), seen);
    EXPECT_EQ(late.rows(61, alone()).sources, rows.sources);
    EXPECT_EQ(late.rows(61, alone()).scans, rows.scans);
    for (std::size_t row = 1; row < 61; ++row) {
        const bool heard = row <= 5 || (row > 30 && row <= 40) || (row > 42 && row <= 50);
        const std::int64_t scans = rows.scans[row] - rows.scans[row - 1];
        if (heard) {
            EXPECT_LT(std::abs(poisson_deviation(scans, n * 10.0 / 256)), sigmas) << row;
        } else {
            EXPECT_EQ(scans, 0) << row;
        }
    }
}

TEST(Telescope, LargerOnesSeeSourcesEarlier) {
    const OnlyScans process(10 * per_s, all_addresses);
    const Telescopes::Frame frame{{}, hour, 2, hour};
    const Telescopes large = one(8, process, frame), small = one(14, process, frame);
    int both = 0;
    for (int h = 0; h < 1000; ++h) {
        const Source source{HostId{h}, 0, 0, never};
        ASSERT_LE(large.first_seen(0, 0, source), small.first_seen(0, 0, source));
        both += small.first_seen(0, 0, source) < never ? 1 : 0;
    }
    EXPECT_GT(both, 0);
    EXPECT_LT(both, 1000);
}

// Two vectors of one worm are one source; two worms on a host are two; each telescope looks for
// what it is told to, and sees it by chances of its own.
TEST(Telescope, WatchesTheVectorsThatItIsToldTo) {
    const OnlyScans slow(per_s, all_addresses), fast(50 * per_s, all_addresses / 2);
    const OnlyScans other(0, 0);
    const Telescopes::Frame frame{{}, hour, 2, hour};
    const std::vector<Telescopes::Watched> vectors = {
        {"a/slow", 0, slow}, {"a/fast", 0, fast}, {"a/near", 0, other}, {"b/slow", 1, slow}};
    Telescopes telescopes({{"all", 8, {"a/slow", "a/fast", "a/near", "b/slow"}},
                           {"again", 8, {"a/slow", "a/fast", "a/near", "b/slow"}},
                           {"fast", 8, {"a/fast"}},
                           {"blind", 8, {"a/near"}}},
                          vectors, {"a", "b"}, frame);
    std::int64_t together = 0;
    constexpr int n = 20'000;
    constexpr TimeUs stay = us_per_s;
    for (int h = 0; h < n; ++h) {
        const Source source{HostId{h}, 0, 0, stay};
        telescopes.watch(0, source, none, 0);
        telescopes.watch(1, source, none, 0);
        together += telescopes.first_seen(0, 0, source) == telescopes.first_seen(1, 0, source) &&
                            telescopes.first_seen(0, 0, source) < never
                        ? 1
                        : 0;
    }
    EXPECT_EQ(together, 0);
    const TelescopeRows rows = telescopes.rows(2, alone());
    const double of_a = 1 - std::exp(-101.0 / 256), of_b = 1 - std::exp(-1.0 / 256);
    const double mean = n * (of_a + of_b);
    const double sd = std::sqrt(n * (of_a * (1 - of_a) + of_b * (1 - of_b)));
    EXPECT_LT(std::abs(static_cast<double>(rows.sources[4]) - mean), sigmas * sd);
    EXPECT_LT(std::abs(static_cast<double>(rows.sources[5]) - mean), sigmas * sd);
    EXPECT_LT(std::abs(binomial_deviation(rows.sources[6], n, 1 - std::exp(-100.0 / 256))), sigmas);
    EXPECT_LT(std::abs(poisson_deviation(rows.scans[4], n * 102.0 / 256)), sigmas);
    EXPECT_LT(std::abs(poisson_deviation(rows.scans[6], n * 100.0 / 256)), sigmas);
    EXPECT_EQ(rows.sources[7], 0);
    EXPECT_EQ(rows.scans[7], 0);
}

// While a source is off its clock stands still, and it sends out nothing.
TEST(Telescope, SourcesThatAreOffAreNotSeen) {
    const Population population = flat(200);
    HoursSettings settings;
    settings.rest.weekdays = "08:00-18:00";
    settings.rest.always_on = 0.2;
    constexpr TimeUs end = 72 * hour;
    const auto hours =
        make_hours(settings, population, WorldTables{}, "2017-06-26 00:00:00", end, {});
    const OnlyScans process(per_s, 60 * all_addresses);
    const Telescopes::Frame frame{{}, hour, 73, end, 1, hours.get()};
    Telescopes telescopes = one(8, process, frame);
    Telescopes always = one(8, process, {{}, hour, 73, end});
    std::vector<__int128> expected(73);
    int later = 0;
    for (std::int64_t h = 0; h < population.num_hosts(); ++h) {
        const Source source{HostId{h}, 0, 0, h % 2 == 0 ? never : 40 * hour + 1};
        telescopes.watch(0, source, none, 0);
        const TimeUs seen = telescopes.first_seen(0, 0, source);
        const TimeUs without = always.first_seen(0, 0, source);
        EXPECT_GE(seen, without);
        if (seen == never) {
            continue;
        }
        EXPECT_TRUE(hours->is_on(HostId{h}, seen));
        EXPECT_EQ(hours->on_time_between(HostId{h}, 0, seen), without);
        later += seen > without ? 1 : 0;
        for (std::int64_t row = 1; row < 73; ++row) {
            const TimeUs from = std::max(seen, (row - 1) * hour);
            const TimeUs until = std::min(source.until, row * hour);
            if (from < until) {
                expected[static_cast<std::size_t>(row)] +=
                    __int128{per_s} * hours->on_time_between(HostId{h}, from, until);
            }
        }
    }
    EXPECT_GT(later, 50);
    telescopes.settle();
    EXPECT_TRUE(telescopes.scans_by_row(0, 73, alone()) == expected);
}

// What vector `scan` says of itself.
TEST(Telescope, SeesRandomScansOfTheInternetOnly) {
    const SmallWorld world(flat_with_traits(
        100, [](HostId h) { return static_cast<Traits>(h.value < 50 ? trait_exposed : 0); }));
    const auto process = [&](const ScanSettings& settings) {
        const auto model = make_scan("scan", settings, world.context());
        const auto started = model->start({{}, us_per_s, hour, 1});
        const std::int64_t addresses = started->internet_addresses();
        return std::pair(addresses,
                         addresses > 0 ? started->internet_rate(HostId{60}) : MicroRate{0});
    };
    ScanSettings random = internet_scan(2.5, 1'000'000);
    EXPECT_EQ(process(random), (std::pair<std::int64_t, MicroRate>{1'000'000, 2'500'000}));
    ScanSettings other = random;
    other.source_requires = {"exposed"};
    EXPECT_EQ(process(other), (std::pair<std::int64_t, MicroRate>{1'000'000, 0}));
    other = random;
    other.total_rate_limit = 10;
    EXPECT_EQ(process(other).first, 0);
    other = random;
    other.scope = "subnet";
    EXPECT_EQ(process(other).first, 0);
    for (const char* strategy : {"sequential", "permutation"}) {
        other = random;
        other.strategy = strategy;
        EXPECT_EQ(process(other).first, 0);
    }
    other = random;
    other.hit_list = 10;
    EXPECT_EQ(process(other).first, 0);
}

}  // namespace
}  // namespace annelid
