// Every type of field: what it accepts, and what a user reads where it does not.
#include "scenario_fixture.hpp"

namespace annelid {
namespace {

using Kind = DistributionSpec::Kind;

class FieldsTest : public ScenarioTest {
  protected:
    std::string with(const std::string& text, const Field& field) {
        return problems_of(text, {field});
    }
};

TEST_F(FieldsTest, AcceptsEachType) {
    bool flag = false;
    std::int64_t hosts = 0;
    TimeUs end = 0;
    double share = 0, rate = 0, number = 0, delay_s = 0;
    std::string name, start;
    std::vector<std::string> traits;
    const std::string text = R"(
flag = true
hosts = 1.5e9
end = "3 d"
share = "35 %"
rate = "358 /min"
number = -3
delay = "250 ms"
name = "Über"
start = 2017-05-12T07:24:00Z
traits = ["exposed", "unpatched"]
)";
    EXPECT_EQ(problems_of(text, {{"flag", &flag},
                                 {"hosts", &hosts},
                                 {"end", &end, Unit::duration},
                                 {"share", &share, Unit::share},
                                 {"rate", &rate, Unit::rate},
                                 {"number", &number},
                                 {"delay", &delay_s, Unit::duration},
                                 {"name", &name},
                                 {"start", &start, Unit::datetime},
                                 {"traits", &traits}}),
              "");
    EXPECT_TRUE(flag);
    EXPECT_EQ(hosts, 1'500'000'000);
    EXPECT_EQ(end, 259'200 * us_per_s);
    EXPECT_EQ(share, 0.35);
    EXPECT_EQ(rate, 358.0 / 60);
    EXPECT_EQ(number, -3);
    EXPECT_EQ(delay_s, 0.25);
    EXPECT_EQ(name, "Über");
    EXPECT_EQ(start, "2017-05-12 07:24:00");
    EXPECT_EQ(traits, (std::vector<std::string>{"exposed", "unpatched"}));
}

TEST_F(FieldsTest, Durations) {
    TimeUs end = 259'200 * us_per_s;
    const Field field{"end", &end, Unit::duration};
    EXPECT_EQ(with("end = 0", field), "");
    EXPECT_EQ(end, 0);
    end = us_per_s;
    EXPECT_EQ(with("end = 3", field),
              "x.toml:1: end = 3 (a duration needs a unit): "
              "write \"3 s\" or one of us, ms, min, h, d, w");
    EXPECT_EQ(with("\nend = -3", field),
              "x.toml:2: end = -3 (a duration needs a unit): try \"1 s\"");
    EXPECT_EQ(with("end = \"soon\"", field),
              "x.toml:1: end = \"soon\" (a duration is a number and a unit): try \"10 min\"");
    EXPECT_EQ(with("end = \"-1 s\"", field),
              "x.toml:1: end = \"-1 s\" (a duration is not negative): try \"1 s\"");
    EXPECT_EQ(with("end = true", field),
              "x.toml:1: end = true (a duration is text with a unit): try \"1 s\"");
    EXPECT_EQ(with("end = \"never\"", field), "");
    EXPECT_EQ(end, never);
    end = us_per_s;
    Field limited = field;
    limited.min = 0.01;
    limited.max = 60;
    EXPECT_EQ(with("end = \"never\"", limited),
              "x.toml:1: end = \"never\" (it must be from 10 ms to 1 min): try \"1 s\"");
    EXPECT_EQ(end, us_per_s);
    limited.min = -60;
    EXPECT_EQ(with("end = \"-1 s\"", limited), "");
    EXPECT_EQ(end, -us_per_s);
}

TEST_F(FieldsTest, Rates) {
    double rate = 25;
    Field field{"rate", &rate, Unit::rate};
    field.above_min = true;
    EXPECT_EQ(with("rate = \"-3 /s\"", field),
              "x.toml:1: rate = \"-3 /s\" (a rate is positive): try \"25 /s\"");
    EXPECT_EQ(with("rate = 0", field), "x.toml:1: rate = 0 (a rate is positive): try \"25 /s\"");
    EXPECT_EQ(with("rate = 3", field),
              "x.toml:1: rate = 3 (a rate needs a unit): write \"3 /s\" or one of /min, /h, /d");
    EXPECT_EQ(with("rate = \"3 per s\"", field),
              "x.toml:1: rate = \"3 per s\" (\"per s\" is no unit of a rate): "
              "use /s, /min, /h or /d");
    EXPECT_EQ(with("rate = inf", field),
              "x.toml:1: rate = inf (a rate needs a unit): try \"25 /s\"");
    EXPECT_EQ(with("rate = \"inf /s\"", field),
              "x.toml:1: rate = \"inf /s\" (it must be finite): try \"25 /s\"");
    EXPECT_EQ(rate, 25);
}

TEST_F(FieldsTest, Numbers) {
    double number = 1;
    std::int64_t whole = 5;
    Field plain{"n", &number};
    EXPECT_EQ(with("n = nan", plain), "x.toml:1: n = nan (it must be finite): try 1");
    EXPECT_EQ(with("n = \"3\"", plain),
              "x.toml:1: n = \"3\" (a number stands without quotes): write 3");
    plain.max = 2;
    EXPECT_EQ(with("n = 3", plain), "x.toml:1: n = 3 (it must be at most 2): try 1");
    Field integer{"n", &whole};
    EXPECT_EQ(with("n = 1_500_000_000", integer), "");
    EXPECT_EQ(whole, 1'500'000'000);
    EXPECT_EQ(with("n = -9223372036854775808", integer), "");
    whole = 5;
    EXPECT_EQ(with("n = 3.5", integer), "x.toml:1: n = 3.5 (it must be a whole number): try 4");
    EXPECT_EQ(with("n = 1e19", integer),
              "x.toml:1: n = 1e+19 (it does not fit into 64 bits): try 5");
    EXPECT_EQ(with("n = \"1_000\"", integer),
              "x.toml:1: n = \"1_000\" (a whole number stands without quotes): write 1_000");
    EXPECT_EQ(with("n = []", integer), "x.toml:1: n = [] (it must be a whole number): try 5");
    integer.min = 1;
    EXPECT_EQ(with("n = 0", integer), "x.toml:1: n = 0 (it must be at least 1): try 5");
    double share = 0.5;
    EXPECT_EQ(with("n = 1.5", {"n", &share, Unit::share}),
              "x.toml:1: n = 1.5 (it must be from 0 to 1): try 0.5");
    EXPECT_EQ(with("n = \"150 %\"", {"n", &share, Unit::share}),
              "x.toml:1: n = \"150 %\" (it must be from 0 to 1): try 0.5");
}

TEST_F(FieldsTest, TextListsAndFlags) {
    std::string kind = "scan";
    std::vector<std::string> traits;
    bool flag = false;
    Field text{"k", &kind};
    EXPECT_EQ(with("k = 7", text), "x.toml:1: k = 7 (it must be text in quotes): try \"7\"");
    text.choices = {"scan", "contact"};
    EXPECT_EQ(with("k = \"contct\"", text),
              "x.toml:1: k = \"contct\" (\"contct\" is not known here): did you mean \"contact\"?");
    EXPECT_EQ(with("k = \"x\"", text),
              "x.toml:1: k = \"x\" (\"x\" is not known here): use one of \"scan\", \"contact\"");
    EXPECT_EQ(with("k = 7", text), "x.toml:1: k = 7 (it must be text in quotes): try \"scan\"");
    Field list{"k", &traits};
    list.choices = {"exposed"};
    EXPECT_EQ(with("k = \"exposed\"", list),
              "x.toml:1: k = \"exposed\" (it must be a list of text): write [\"exposed\"]");
    EXPECT_EQ(with("k = [1]", list),
              "x.toml:1: k = [1] (1 is not text): put every entry in quotes");
    EXPECT_EQ(with("k = [\"expsed\"]", list),
              "x.toml:1: k = [\"expsed\"] (\"expsed\" is not known here): "
              "did you mean \"exposed\"?");
    EXPECT_EQ(with("k = 1", {"k", &flag}), "x.toml:1: k = 1 (it must be true or false): try false");
    EXPECT_EQ(with("k = \"true\"", {"k", &flag}),
              "x.toml:1: k = \"true\" (it must be true or false): write it without quotes");
    std::string start;
    const std::string advice =
        " (a date and time is YYYY-MM-DD hh:mm:ss in UTC): try \"2017-05-12 07:24:00\"";
    for (const std::string value :
         {"\"2017-02-29 00:00:00\"", "2017-05-12", "07:24:00", "2017-05-12T07:24:00+02:00", "7"}) {
        EXPECT_EQ(with("k = " + value, {"k", &start, Unit::datetime}),
                  "x.toml:1: k = " + value + advice);
    }
}

TEST_F(FieldsTest, TablesWithNamesOfTheUsers) {
    NamedNumbers shares;
    NamedLists days;
    const Fields fields = {{"shares", &shares, Unit::share}, {"days", &days}};
    EXPECT_EQ(problems_of("shares = { UA = 0.9, \"--\" = \"2 %\" }\n[days]\nUA = [\"a\", \"b\"]\n",
                          fields),
              "");
    EXPECT_EQ(shares, (NamedNumbers{{"UA", 0.9}, {"--", 0.02}}));
    EXPECT_EQ(days, (NamedLists{{"UA", {"a", "b"}}}));
    EXPECT_EQ(problems_of("shares = 0.5\n", fields),
              "x.toml:1: shares = 0.5 (it must be a table): try { UA = 0.5 }");
    EXPECT_EQ(problems_of("[shares]\nUA = 0.9\nDE = 2\n", fields),
              "x.toml:3: shares.DE = 2 (it must be from 0 to 1): try 0.5");
    EXPECT_EQ(problems_of("days = { UA = \"a\" }\n", fields),
              "x.toml:1: days.UA = \"a\" (it must be a list of text): write [\"a\"]");
    EXPECT_EQ(shares, (NamedNumbers{{"UA", 0.9}, {"--", 0.02}}));
}

TEST_F(FieldsTest, RequiredAndUnknown) {
    double rate = 25;
    std::string kind;
    Field field{"rate", &rate, Unit::rate};
    field.required = true;
    EXPECT_EQ(with("", field), "x.toml: rate (it is required): add rate = \"25 /s\"");
    EXPECT_EQ(with("rte = \"3 /s\"", field),
              "x.toml: rate (it is required): add rate = \"25 /s\"\n"
              "x.toml:1: rte = \"3 /s\" (unknown key): did you mean `rate`?");
    field.required = false;
    EXPECT_EQ(with("zzz = 1\n[tables]\nx = 1", field),
              "x.toml:1: zzz = 1 (unknown key): known here: rate\n"
              "x.toml:2: [tables] (unknown table): known here: rate");
}

TEST_F(FieldsTest, DistributionsAreQuantitiesOrTables) {
    DistributionSpec spec;
    const Field field{"d", &spec, Unit::duration};
    const auto read = [&](const std::string& text) {
        EXPECT_EQ(with("d = " + text, field), "");
        return spec;
    };
    EXPECT_EQ(read("\"15 s\""), (DistributionSpec{Kind::fixed, 15}));
    EXPECT_EQ(read("0"), (DistributionSpec{Kind::fixed, 0}));
    EXPECT_EQ(read("\"never\""), (DistributionSpec{Kind::fixed, to_seconds(never)}));
    EXPECT_EQ(read("{ distribution = \"fixed\", mean = \"15 s\" }"),
              (DistributionSpec{Kind::fixed, 15}));
    EXPECT_EQ(read("{ distribution = \"exponential\", mean = \"10 min\" }"),
              (DistributionSpec{Kind::exponential, 600}));
    EXPECT_EQ(read("{ distribution = \"gamma\", mean = \"10 min\", shape = 2 }"),
              (DistributionSpec{Kind::gamma, 600, 2}));
    EXPECT_EQ(read("{ distribution = \"weibull\", mean = \"10 min\", shape = 0.5 }"),
              (DistributionSpec{Kind::weibull, 600, 0.5}));
    EXPECT_EQ(read("{ distribution = \"lognormal\", mean = \"10 min\", sd = \"5 min\" }"),
              (DistributionSpec{Kind::lognormal, 600, 1, 300}));
    EXPECT_EQ(read("{ distribution = \"normal\", mean = \"10 min\", sd = 0 }"),
              (DistributionSpec{Kind::normal, 600, 1, 0}));
    EXPECT_EQ(read("{ distribution = \"uniform\", lower = \"10 min\", upper = \"60 min\" }"),
              (DistributionSpec{Kind::uniform, 0, 1, 0, 600, 3600}));
}

TEST_F(FieldsTest, DistributionFaultsNameTheInnerKey) {
    DistributionSpec spec{Kind::fixed, 15};
    const Field field{"d", &spec, Unit::duration};
    const auto fault = [&](const std::string& text) { return with("d = " + text, field); };
    EXPECT_EQ(fault("15"),
              "x.toml:1: d = 15 (a duration needs a unit): "
              "write \"15 s\" or one of us, ms, min, h, d, w");
    EXPECT_EQ(fault("[]"),
              "x.toml:1: d = [] (a duration is text with a unit, or a distribution): "
              "try \"15 s\"");
    EXPECT_EQ(fault("{ mean = \"3 s\" }"),
              "x.toml:1: d = { mean = \"3 s\" } (a distribution names its kind): add distribution "
              "= \"gamma\" or another of fixed, exponential, gamma, weibull, lognormal, uniform, "
              "normal");
    EXPECT_EQ(
        fault("{ distribution = \"gama\", mean = 3 }"),
        "x.toml:1: d.distribution = \"gama\" (no such distribution): did you mean \"gamma\"?");
    EXPECT_EQ(fault("{ distribution = \"gamma\", mean = \"3 s\", sd = 1 }"),
              "x.toml:1: d = { distribution = \"gamma\", mean = \"3 s\", sd = 1 } (a gamma "
              "distribution needs `shape`): add shape = 1\n"
              "x.toml:1: d.sd = 1 (a gamma distribution has no `sd`): it takes mean, shape");
    EXPECT_EQ(fault("{ distribution = \"gamma\", mean = \"0 s\", shape = 0 }"),
              "x.toml:1: d.mean = \"0 s\" (a duration is positive): try \"10 min\"\n"
              "x.toml:1: d.shape = 0 (it must be above 0): try 1");
    EXPECT_EQ(fault("{ distribution = \"normal\", mean = \"never\", sd = \"-1 s\" }"),
              "x.toml:1: d.mean = \"never\" (it must be finite): "
              "write the whole distribution as \"never\"\n"
              "x.toml:1: d.sd = \"-1 s\" (a duration is not negative): try \"0 s\"");
    EXPECT_EQ(fault("{ distribution = \"uniform\", lower = \"2 s\", upper = \"1 s\" }"),
              "x.toml:1: d = { distribution = \"uniform\", lower = \"2 s\", upper = \"1 s\" } "
              "(lower is above upper): swap them");
    EXPECT_EQ(problems_of("[d]\ndistribution = \"gamma\"\nmean = 3\nshape = inf", {field}),
              "x.toml:3: d.mean = 3 (a duration needs a unit): "
              "write \"3 s\" or one of us, ms, min, h, d, w\n"
              "x.toml:4: d.shape = inf (it must be finite): try 1");
    EXPECT_EQ(spec, (DistributionSpec{Kind::fixed, 15}));
}

}  // namespace
}  // namespace annelid
