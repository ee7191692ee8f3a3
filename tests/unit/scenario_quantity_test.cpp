#include "engine/base/errors.hpp"
#include "engine/scenario/quantity.hpp"
#include "engine/scenario/text.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace annelid {
namespace {

bool same_bits(double a, double b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

template <typename Parse>
std::string refusal(Parse parse, const std::string& text) {
    try {
        parse(text);
        return "accepted";
    } catch (const Refusal& refusal) {
        return refusal.why;
    }
}

TEST(Quantity, ReadsEveryUnitOfTime) {
    EXPECT_EQ(parse_duration_us("250 us"), 250);
    EXPECT_EQ(parse_duration_us("10 ms"), 10'000);
    EXPECT_EQ(parse_duration_us("1 s"), us_per_s);
    EXPECT_EQ(parse_duration_us("10 min"), 600 * us_per_s);
    EXPECT_EQ(parse_duration_us("7.65 h"), 27'540 * us_per_s);
    EXPECT_EQ(parse_duration_us("3 d"), 259'200 * us_per_s);
    EXPECT_EQ(parse_duration_us("2 w"), 1'209'600 * us_per_s);
    EXPECT_EQ(parse_duration_us(" never "), never);
    EXPECT_EQ(parse_duration_us("1_000us"), 1'000);
    EXPECT_EQ(parse_duration_us("-1.5e3 ms"), -1'500'000);
    EXPECT_EQ(parse_duration_us("0.4 us"), 0);
    EXPECT_EQ(parse_duration_us("0.6 us"), 1);
}

TEST(Quantity, SecondsAreExactWhereTheyCanBe) {
    EXPECT_EQ(parse_duration_s("250 us"), 0.00025);
    EXPECT_EQ(parse_duration_s("3 ms"), 0.003);
    EXPECT_EQ(parse_duration_s("10 min"), 600);
    EXPECT_EQ(from_seconds(parse_duration_s("never")), never);
}

TEST(Quantity, ReadsRatesAndShares) {
    EXPECT_EQ(parse_rate("25 /s"), 25);
    EXPECT_EQ(parse_rate("358 /min"), 358.0 / 60);
    EXPECT_EQ(parse_rate("10/h"), 10.0 / 3600);
    EXPECT_EQ(parse_rate("1 /d"), 1.0 / 86400);
    EXPECT_EQ(parse_percent("35 %"), 0.35);
    EXPECT_EQ(parse_percent("12.5%"), 0.125);
}

TEST(Quantity, RefusesWhatIsNone) {
    for (const char* text : {"", " ", "s", "soon", "-", "+ 3 s", "_3 s", ".5 s", "for 3 s"})
        EXPECT_EQ(refusal(parse_duration_us, text), "a duration is a number and a unit") << text;
    EXPECT_EQ(refusal(parse_duration_us, "3"), "a duration needs a unit");
    EXPECT_EQ(refusal(parse_duration_us, "3 days"), "\"days\" is no unit of time");
    EXPECT_EQ(refusal(parse_duration_us, "3. s"), "\". s\" is no unit of time");
    EXPECT_EQ(refusal(parse_duration_us, "3_ s"), "\"_ s\" is no unit of time");
    EXPECT_EQ(refusal(parse_duration_us, "3e s"), "\"e s\" is no unit of time");
    EXPECT_EQ(refusal(parse_duration_us, "7,65 h"), "\",65 h\" is no unit of time");
    EXPECT_EQ(refusal(parse_duration_us, "3 s\n"), "\"s\\n\" is no unit of time");
    EXPECT_EQ(refusal(parse_duration_us, "inf s"), "it must be finite");
    EXPECT_EQ(refusal(parse_rate, "nan /s"), "it must be finite");
    EXPECT_EQ(refusal(parse_rate, "3 s"), "\"s\" is no unit of a rate");
    EXPECT_EQ(refusal(parse_rate, "3"), "a rate needs a unit");
    EXPECT_EQ(refusal(parse_rate, "1e999 /s"), "the number does not fit into a double");
    EXPECT_EQ(refusal(parse_percent, "0.3"), "a share is a number from 0 to 1");
}

TEST(Quantity, RefusesTimesThatOverflow) {
    const char* why = "more than 73,000 years do not fit";
    for (const char* text : {"80000000 d", "-80000000 d", "9223372036854775807 w", "1e300 s",
                             "99999999999999999999 us", "4000000.5 w"}) {
        EXPECT_EQ(refusal(parse_duration_us, text), why) << text;
        EXPECT_EQ(refusal(parse_duration_s, text), why) << text;
    }
    EXPECT_EQ(parse_duration_us("2305843009213693950 us"), never - 1);
}

TEST(Quantity, PrintsTheLargestWholeUnit) {
    EXPECT_EQ(print_duration_us(0), "0 s");
    EXPECT_EQ(print_duration_us(1), "1 us");
    EXPECT_EQ(print_duration_us(1'500'000), "1500 ms");
    EXPECT_EQ(print_duration_us(90 * us_per_s), "90 s");
    EXPECT_EQ(print_duration_us(1'209'600 * us_per_s), "2 w");
    EXPECT_EQ(print_duration_us(never), "never");
    EXPECT_EQ(print_duration_us(-60 * us_per_s), "-1 min");
    EXPECT_EQ(print_duration_s(600), "10 min");
    EXPECT_EQ(print_duration_s(0.00025), "250 us");
    EXPECT_EQ(print_duration_s(1.0 / 3), "0.3333333333333333 s");
    EXPECT_EQ(print_duration_s(to_seconds(never)), "never");
    EXPECT_EQ(print_rate(25), "25 /s");
    EXPECT_EQ(print_number(1e16), "1e+16");
    EXPECT_EQ(print_number(-0.0), "-0.0");
}

TEST(Quantity, RandomValuesReadBackToTheBit) {
    std::mt19937_64 engine(1);
    for (int i = 0; i < 200'000; ++i) {
        const TimeUs time = static_cast<TimeUs>(engine()) >> (engine() % 63);
        if (time < never && time > -never) {
            ASSERT_EQ(parse_duration_us(print_duration_us(time)), time);
        }
        // Any bit pattern, and numbers as people write them.
        const std::uint64_t bits = engine();
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        if (i % 2)
            value = static_cast<double>(engine() % 100'000) / std::pow(10, engine() % 8);
        if (!std::isfinite(value))
            continue;
        ASSERT_TRUE(same_bits(parse_rate(print_rate(value)), value)) << value;
        if (std::abs(value) < to_seconds(never)) {
            ASSERT_TRUE(same_bits(parse_duration_s(print_duration_s(value)), value)) << value;
        }
    }
    for (const double value : {0.0, -0.0, 5e-324, 2.2250738585072011e-308, 1.7976931348623157e308})
        EXPECT_TRUE(same_bits(parse_rate(print_rate(value)), value)) << value;
}

TEST(Quantity, DatesFollowTheCalendar) {
    EXPECT_TRUE(is_datetime("2017-05-12 07:24:00"));
    EXPECT_TRUE(is_datetime("2016-02-29 23:59:59"));
    for (const char* text :
         {"2017-02-29 00:00:00", "2017-13-01 00:00:00", "2017-05-12 24:00:00",
          "2017-05-12 07:60:00", "2017-05-12T07:24:00", "2017-05-12", "2017-5-12 07:24:00",
          "2017-05-12 07:24:00 ", "", "2017-05-00 00:00:00"})
        EXPECT_FALSE(is_datetime(text)) << text;
    EXPECT_EQ(seconds_since_epoch("1970-01-01 00:00:00"), 0);
    EXPECT_EQ(seconds_since_epoch("2017-05-12 07:24:00"), 1494573840);
    EXPECT_EQ(seconds_since_epoch("1969-12-31 23:59:59"), -1);
    EXPECT_THROW(seconds_since_epoch("yesterday"), InputError);
}

TEST(Text, NearestWordNeedsToBeNear) {
    const std::vector<std::string> words = {"rate", "seed", "population", "end"};
    EXPECT_EQ(nearest("rte", words), "rate");
    EXPECT_EQ(nearest("popluation", words), "population");
    EXPECT_EQ(nearest("snd", words), "end");
    EXPECT_EQ(nearest("x", words), "");
    EXPECT_EQ(nearest("", words), "");
    EXPECT_EQ(nearest("scope", words), "");
}

TEST(Text, QuotesAndCutsLikeText) {
    EXPECT_EQ(in_quotes("a\"b\\c\n\t\x01\x7f"), "\"a\\\"b\\\\c\\n\\t\\u0001\\u007F\"");
    EXPECT_EQ(key_text("a-b_1"), "a-b_1");
    EXPECT_EQ(key_text("a.b"), "\"a.b\"");
    EXPECT_EQ(key_text(""), "\"\"");
    EXPECT_EQ(shortened("ééééé", 3), "éé…");
    EXPECT_EQ(shortened("ééé", 3), "ééé");
}

TEST(Text, FindsInvalidUtf8) {
    EXPECT_EQ(first_invalid_utf8("plain é € 😀"), std::string::npos);
    EXPECT_EQ(first_invalid_utf8("a\xff"), 1U);
    EXPECT_EQ(first_invalid_utf8("\xc0\xaf"), 0U);          // overlong
    EXPECT_EQ(first_invalid_utf8("ab\xed\xa0\x80"), 2U);    // surrogate
    EXPECT_EQ(first_invalid_utf8("\xf4\x90\x80\x80"), 0U);  // beyond U+10FFFF
    EXPECT_EQ(first_invalid_utf8("\xe2\x82"), 0U);          // cut off
}

}  // namespace
}  // namespace annelid
