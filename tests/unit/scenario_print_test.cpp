// Printed settings read back to the bit; `annelid list` fits a terminal.
#include "engine/scenario/text.hpp"
#include "scenario_fixture.hpp"

#include <cmath>
#include <cstring>
#include <random>

namespace annelid {
namespace {

using Kind = DistributionSpec::Kind;

struct Settings {
    bool flag = false;
    std::int64_t whole = 0;
    TimeUs time = 0;
    double number = 0, share = 0, rate = 0, seconds = 0;
    std::string text;
    std::string start = "2017-05-12 07:24:00";
    std::vector<std::string> list;
    DistributionSpec dwell, speed;
    NamedNumbers shares;
    NamedLists days;

    Fields fields() {
        Field any_time{"time", &time, Unit::duration};
        any_time.min = -to_seconds(never);
        return {{"flag", &flag},
                {"whole", &whole},
                any_time,
                {"number", &number},
                {"share", &share, Unit::share},
                {"rate", &rate, Unit::rate},
                {"seconds", &seconds, Unit::duration},
                {"text", &text},
                {"start", &start, Unit::datetime},
                {"odd key", &list},
                {"dwell", &dwell, Unit::duration},
                {"speed", &speed, Unit::rate},
                {"shares", &shares, Unit::share},
                {"days", &days}};
    }
};

bool same_bits(double a, double b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

bool same_bits(const DistributionSpec& a, const DistributionSpec& b) {
    return a.kind == b.kind && same_bits(a.mean, b.mean) && same_bits(a.shape, b.shape) &&
           same_bits(a.sd, b.sd) && same_bits(a.lower, b.lower) && same_bits(a.upper, b.upper);
}

class PrintTest : public ScenarioTest {
  protected:
    /// Positive, over many magnitudes, half of them short in decimal.
    double positive() {
        const auto exponent = static_cast<int>(engine_() % 12) - 6;
        const double mantissa = (engine_() % 2 == 0)
                                    ? static_cast<double>(1 + engine_() % 1000)
                                    : static_cast<double>(1 + (engine_() >> 11)) * 0x1p-53;
        return mantissa * std::pow(10, exponent);
    }

    std::string text() {
        static const std::vector<std::string> parts = {"a", "\"", "\\", "\n", "\t", "\r", "\x01",
                                                       "'", "#",  "=",  "é",  "😀",  " ",  "\x7f"};
        std::string all;
        for (auto length = engine_() % 8; length > 0; --length)
            all += parts[engine_() % parts.size()];
        return all;
    }

    DistributionSpec distribution() {
        DistributionSpec spec;
        spec.kind = static_cast<Kind>(engine_() % 7);
        if (spec.kind == Kind::uniform) {
            spec.lower = positive();
            spec.upper = spec.lower + positive();
        } else {
            spec.mean = positive();
        }
        if (spec.kind == Kind::gamma || spec.kind == Kind::weibull)
            spec.shape = positive();
        if (spec.kind == Kind::lognormal || spec.kind == Kind::normal)
            spec.sd = positive();
        return spec;
    }

    Settings random() {
        Settings s;
        s.flag = engine_() % 2 == 0;
        s.whole = static_cast<std::int64_t>(engine_()) >> (engine_() % 63);
        s.time = static_cast<std::int64_t>(engine_()) / 4 >> (engine_() % 60);
        s.number = positive() * (engine_() % 2 == 0 ? 1 : -1e200);
        s.share = static_cast<double>(engine_() >> 11) * 0x1p-53;
        s.rate = positive();
        s.seconds = positive();
        s.text = text();
        for (auto length = engine_() % 3; length > 0; --length)
            s.list.push_back(text());
        s.dwell = distribution();
        s.speed = distribution();
        for (auto length = engine_() % 3; length > 0; --length) {
            s.shares[text()] = static_cast<double>(engine_() >> 11) * 0x1p-53;
            s.days[text()] = {text(), text()};
        }
        return s;
    }

    std::mt19937_64 engine_{7};
};

TEST_F(PrintTest, RandomSettingsReadBackToTheBit) {
    for (int i = 0; i < 500; ++i) {
        Settings written = random();
        Settings read;
        const std::string toml = to_toml(written.fields());
        ASSERT_EQ(problems_of(toml, read.fields()), "") << toml;
        ASSERT_EQ(read.flag, written.flag) << toml;
        ASSERT_EQ(read.whole, written.whole) << toml;
        ASSERT_EQ(read.time, written.time) << toml;
        ASSERT_TRUE(same_bits(read.number, written.number)) << toml;
        ASSERT_TRUE(same_bits(read.share, written.share)) << toml;
        ASSERT_TRUE(same_bits(read.rate, written.rate)) << toml;
        ASSERT_TRUE(same_bits(read.seconds, written.seconds)) << toml;
        ASSERT_EQ(read.text, written.text) << toml;
        ASSERT_EQ(read.start, written.start) << toml;
        ASSERT_EQ(read.list, written.list) << toml;
        ASSERT_TRUE(same_bits(read.dwell, written.dwell)) << toml;
        ASSERT_TRUE(same_bits(read.speed, written.speed)) << toml;
        ASSERT_EQ(read.shares, written.shares) << toml;
        ASSERT_EQ(read.days, written.days) << toml;
        ASSERT_EQ(to_toml(read.fields()), toml);
    }
}

TEST_F(PrintTest, ValuesLookAsAPersonWouldWriteThem) {
    Settings s;
    s.time = 3 * 86'400 * us_per_s;
    s.whole = 1'000'000;
    s.share = 0.35;
    s.rate = 25;
    s.seconds = 0.25;
    s.list = {"a", "b"};
    s.dwell = {Kind::gamma, 600, 2};
    s.speed = {Kind::normal, 6, 1, 1.5};
    s.shares = {{"UA", 0.9}, {"--", 0.02}};
    EXPECT_EQ(to_toml(s.fields()), R"(flag = false
whole = 1000000
time = "3 d"
number = 0
share = 0.35
rate = "25 /s"
seconds = "250 ms"
text = ""
start = "2017-05-12 07:24:00"
"odd key" = ["a", "b"]
dwell = { distribution = "gamma", mean = "10 min", shape = 2 }
speed = { distribution = "normal", mean = "6 /s", sd = "1.5 /s" }
shares = { -- = 0.02, UA = 0.9 }
days = {}
)");
}

TEST_F(PrintTest, NeverAndFixedArePlain) {
    TimeUs time = never;
    DistributionSpec fixed{Kind::fixed, 15}, endless{Kind::fixed, to_seconds(never)};
    EXPECT_EQ(to_toml({{"time", &time, Unit::duration},
                       {"fixed", &fixed, Unit::duration},
                       {"endless", &endless, Unit::duration}}),
              "time = \"never\"\nfixed = \"15 s\"\nendless = \"never\"\n");
}

TEST_F(PrintTest, DefaultsThatMayNotBeWrittenAreLeftOut) {
    double cap = std::numeric_limits<double>::infinity();
    TimeUs step = 0;
    std::string kind, start;
    Field positive{"step", &step, Unit::duration};
    positive.above_min = true;
    Field choice{"kind", &kind};
    choice.choices = {"scan"};
    const Fields fields = {
        {"cap", &cap, Unit::rate}, positive, choice, {"start", &start, Unit::datetime}};
    EXPECT_EQ(to_toml(fields), "");
    EXPECT_EQ(problems_of(to_toml(fields), fields), "");
}

TEST_F(PrintTest, DescribesFields) {
    double rate = 25, share = 1;
    TimeUs end = 3 * 86'400 * us_per_s, step = 0;
    std::int64_t hosts = 1000;
    DistributionSpec dwell{Kind::exponential, 600};
    std::string kind;
    const Fields fields = {
        {.key = "kind",
         .target = &kind,
         .doc = "Mechanism.",
         .required = true,
         .choices = {"scan", "contact"}},
        {.key = "rate",
         .target = &rate,
         .unit = Unit::rate,
         .doc = "Addresses that one infectious host tries in a unit of time, hits and misses "
                "alike, before any limit.",
         .source = "Moore et al. 2003",
         .above_min = true},
        {.key = "success", .target = &share, .unit = Unit::share},
        {.key = "end", .target = &end, .unit = Unit::duration, .doc = "Last moment."},
        {.key = "step", .target = &step, .unit = Unit::duration, .above_min = true},
        {.key = "hosts", .target = &hosts, .min = 1, .max = 1e6},
        {.key = "dwell", .target = &dwell, .unit = Unit::duration, .source = "assumption"},
    };
    EXPECT_EQ(describe(fields, 2), R"(  kind     text: scan, contact; required
           Mechanism.
  rate     rate, above 0 /s; default "25 /s"
           Addresses that one infectious host tries in a unit of time, hits and misses alike, before
           any limit. [Moore et al. 2003]
  success  share, from 0 to 1; default 1
  end      duration, at least 0 s; default "3 d"
           Last moment.
  step     duration, above 0 s; not set by default
  hosts    whole number, from 1 to 1000000; default 1000
  dwell    duration or distribution, at least 0 s; default { distribution = "exponential", mean =
           "10 min" }
           [assumption]
)");
}

TEST_F(PrintTest, LinesFitTheTerminal) {
    std::string text;
    std::string doc;
    for (int i = 0; i < 60; ++i)
        doc +=
            (i % 3 == 0 ? "größe" : "×") + std::string(static_cast<std::size_t>(i % 7), 'x') + " ";
    const std::string all = describe({{.key = "a_key_longer_than_the_column_of_keys",
                                       .target = &text,
                                       .doc = doc,
                                       .source = "x"}},
                                     8);
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t end = all.find('\n', at);
        EXPECT_LE(width(all.substr(at, end - at)), 100U);
        EXPECT_NE(all[end - 1], ' ');
        at = end + 1;
    }
}

}  // namespace
}  // namespace annelid
