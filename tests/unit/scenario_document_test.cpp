// Files, order, --set, presets and keys that nobody knows.
#include "scenario_fixture.hpp"

namespace annelid {
namespace {

class DocumentTest : public ScenarioTest {
  protected:
    /// Names of the sub-tables of `section`.
    static std::string names(const Section& section) {
        std::string all;
        for (const auto& [name, child] : section.children())
            all += name + " ";
        return all;
    }

    static double number(const Section& section, const std::string& key) {
        double value = -1;
        section.read({{key, &value}});
        return value;
    }

    std::string open_error(const std::string& name) const {
        return message([&] {
            Problems problems;
            Document document(folder_ / name, problems);
        });
    }

    std::string parse_error(const std::string& text) const {
        write("x.toml", text);
        return open_error("x.toml");
    }
};

TEST_F(DocumentTest, FilesThatCannotBeRead) {
    EXPECT_EQ(open_error("missing.toml"),
              "missing.toml (No such file or directory): check the path and its permissions");
    std::filesystem::create_directory(folder_ / "folder");
    EXPECT_EQ(open_error("folder"), "folder (this is a folder): name a .toml file");
    EXPECT_EQ(parse_error("a = 1\nb = \"\xff\""),
              "x.toml:2: not valid UTF-8 (TOML is UTF-8): save the file as UTF-8");
    EXPECT_EQ(parse_error(std::string(17 << 20, '\n')),
              "x.toml (more than 16 MB): name a scenario, not a data file");
}

TEST_F(DocumentTest, SyntaxErrorsNameTheLine) {
    EXPECT_EQ(parse_error("a = 1\nend = 3 d\n"),
              "x.toml:2: not valid TOML (Error while parsing key-value pair: expected a comment or "
              "whitespace, saw 'd'): text and quantities stand in quotes, as in \"3 d\"");
    EXPECT_EQ(parse_error("a = 2017-05-12T:24:00").substr(0, 25), "x.toml:1: not valid TOML ");
    EXPECT_EQ(parse_error("[a]\n[b]\n[a]\n").substr(0, 9), "x.toml:3:");
    EXPECT_NE(parse_error("a = 1\na = 2\n").find("write each key and table once"),
              std::string::npos);
}

TEST_F(DocumentTest, CharactersBeyondAsciiStandInQuotes) {
    const std::string advice = ": type plain quotes and spaces, and put text in quotes";
    EXPECT_EQ(parse_error("a = 1\nend = “3 d”\n"),
              "x.toml:2: not valid TOML (character U+201C outside quotes)" + advice);
    EXPECT_EQ(parse_error("größe = 1"),
              "x.toml:1: not valid TOML (character U+00F6 outside quotes)" + advice);
    EXPECT_EQ(parse_error("😀 = 1"),
              "x.toml:1: not valid TOML (character U+1F600 outside quotes)" + advice);
    EXPECT_EQ(parse_error("\xEF\xBB\xBF# größe\n\"größe\" = '€' # 😀"), "");
}

TEST_F(DocumentTest, NestingIsBounded) {
    const auto repeated = [](const std::string& part, int times) {
        std::string text;
        for (int i = 0; i < times; ++i)
            text += part;
        return text;
    };
    const std::string fault = "x.toml:2: nested too deep (more than 64 levels): write flat tables";
    EXPECT_EQ(parse_error("\nx = " + repeated("[", 100'000)), fault);
    EXPECT_EQ(parse_error("\nx = " + repeated("{a=", 100'000)), fault);
    EXPECT_EQ(parse_error("\n[" + repeated("a.", 1'000'000) + "a]"), fault);
    EXPECT_EQ(parse_error("\n" + repeated("\"a\" . ", 100'000) + "a = 1"), fault);
    // Each key alone is flat enough; together they are not.
    EXPECT_EQ(
        parse_error("\nx = {" + repeated("a.", 40) + "a = {" + repeated("a.", 40) + "a = 1}}"),
        fault);
    EXPECT_EQ(parse_error("x = " + repeated("[", 60) + repeated("]", 60)), "");
    // Dots and brackets in text, comments and lists of numbers do not count.
    EXPECT_EQ(parse_error("x = '" + repeated("[.", 99) + "' # " + repeated("[.", 99) + "\ny = [" +
                          repeated("1.5,", 99) + "]\nz = \"\"\"\n" + repeated("\"[.\n", 99) +
                          "\"\"\"\"\n"),
              "");
}

TEST_F(DocumentTest, TablesKeepTheOrderWritten) {
    const auto document = open(R"(
[vector.zeta]
rate = 1
[vector.alpha.deep]
rate = 2
[vector]
mid.rate = 3
dwell = { distribution = "fixed", mean = "3 s" }
[vector.alpha]
rate = 4
)");
    const Section vector = document->root().child("vector");
    EXPECT_EQ(names(vector), "zeta alpha mid ");
    EXPECT_EQ(names(vector.child("alpha")), "deep ");
    EXPECT_EQ(vector.child("alpha").path(), "vector.alpha");
    EXPECT_TRUE(vector.has("dwell"));
    EXPECT_FALSE(vector.has("rate"));
}

TEST_F(DocumentTest, PlacesAreTheLinesOfTheKeys) {
    const auto document = open("[a.b]\nx = 1\n[a]\nlist = [\n1,\n2]\ny.z = 3\n");
    const Section a = document->root().child("a");
    a.fault("list", "why", "advice");
    a.fault("b", "why", "advice");
    a.fault("gone", "why", "advice");
    a.fault("", "why", "advice");
    a.child("y").fault("z", "why", "advice");
    EXPECT_EQ(problems(),
              "x.toml:4: a.list = [1, 2] (why): advice\n"
              "x.toml:1: a.b (why): advice\n"
              "x.toml:3: a.gone (why): advice\n"
              "x.toml:3: [a] (why): advice\n"
              "x.toml:7: a.y.z = 3 (why): advice");
}

TEST_F(DocumentTest, ATableThatIsNoTable) {
    const auto document = open("a = 3\nb = [1]\n[[c]]\nx = 1\n");
    const Section root = document->root();
    double value = 0;
    Field required{"x", &value};
    required.required = true;
    root.child("a").read({required});
    root.child("b");
    root.child("c");
    root.read({{"a", &value}});
    EXPECT_EQ(problems(),
              "x.toml:1: a = 3 (it must be a table): write [a] and its keys below\n"
              "x.toml: a.x (it is required): add x = 1\n"
              "x.toml:2: b = [1] (it must be a table): write [b] and its keys below\n"
              "x.toml:3: c = [{ x = 1 }] (it must be a table): write [c] and its keys below");
}

TEST_F(DocumentTest, ReadTellsWhetherAllWasFine) {
    const auto document = open("a = 1\nb = \"x\"\n");
    double value = 0;
    EXPECT_TRUE(document->root().read({{"a", &value}, {"absent", &value}}));
    EXPECT_FALSE(document->root().read({{"a", &value}, {"b", &value}}));
}

TEST_F(DocumentTest, RemembersWhereAllWasWritten) {
    const auto document = open("a = 1\n[b]\nc = { distribution = \"fixed\", mean = 2 }\n");
    document->set("b.d=\"x\"");
    const auto written = document->written();
    std::string all;
    for (const auto& [path, entry] : written)
        all += path + " @" + entry.place.text().substr(entry.place.text().rfind('/') + 1) + " " +
               entry.value + "\n";
    EXPECT_EQ(all,
              " @x.toml \n"
              "a @x.toml:1 1\n"
              "b @x.toml:2 \n"
              "b.c @x.toml:3 { distribution = \"fixed\", mean = 2 }\n"
              "b.d @--set \"x\"\n");
}

TEST_F(DocumentTest, SetReplacesAndAdds) {
    const auto document = open("[time]\nend = \"1 d\"\n[worm]\nrate = 1\n");
    document->set("time.end=3 d");
    document->set("time.step = \"1 s\"");
    document->set("worm.rate=2");
    document->set("worm.\"odd.name\".'x'=3");
    document->set("new.table = { x = 4 }");
    TimeUs end = 0, step = 0;
    document->root().child("time").read(
        {{"end", &end, Unit::duration}, {"step", &step, Unit::duration}});
    EXPECT_EQ(end, 259'200 * us_per_s);
    EXPECT_EQ(step, us_per_s);
    EXPECT_EQ(number(document->root().child("worm"), "rate"), 2);
    EXPECT_EQ(number(document->root().child("worm").child("odd.name"), "x"), 3);
    EXPECT_EQ(number(document->root().child("new").child("table"), "x"), 4);
    document->report_unknown();
    EXPECT_EQ(problems(), "");
}

TEST_F(DocumentTest, SetValuesAreTomlElseText) {
    const auto document = open("");
    document->set("a=x = y");
    document->set("b=1\nc=2");
    document->set("d=");
    document->set("e=true");
    std::string a, b, d;
    bool e = false;
    document->root().read({{"a", &a}, {"b", &b}, {"d", &d}, {"e", &e}});
    EXPECT_EQ(a, "x = y");
    EXPECT_EQ(b, "1\nc=2");
    EXPECT_EQ(d, "");
    EXPECT_TRUE(e);
}

TEST_F(DocumentTest, SetFaults) {
    const auto document = open("[worm]\nrate = 1\n");
    document->set("nothing");
    document->set("a..b=1");
    document->set("=1");
    document->set("a\nb=1");
    document->set("worm.rate.x=1");
    document->set("worm.rat=x");
    document->set("bad=\xff");
    document->set("worm.size=big");
    number(document->root().child("worm"), "rate");
    number(document->root().child("worm"), "size");
    document->report_unknown();
    EXPECT_EQ(problems(),
              "--set: \"nothing\" (it lacks a \"=\"): write key=value, as in time.end=\"3 d\"\n"
              "--set: \"a..b=1\" (this is not a key): "
              "write names joined by dots, as in population.hosts=1000\n"
              "--set: \"=1\" (this is not a key): "
              "write names joined by dots, as in population.hosts=1000\n"
              "--set: \"a\\nb=1\" (this is not a key): "
              "write names joined by dots, as in population.hosts=1000\n"
              "--set: \"worm.rate.x=1\" (worm.rate is a value, not a table): "
              "set worm.rate itself, now 1 at x.toml:2\n"
              "--set: value (not valid UTF-8): set the terminal to UTF-8\n"
              "--set: worm.size = \"big\" (it must be a number): try -1\n"
              "--set: worm.rat = \"x\" (unknown key): did you mean `rate`?");
}

TEST_F(DocumentTest, PresetFillsWhatTheDocumentLeavesOpen) {
    const auto document = open(R"(
[worm]
preset = "p"
[worm.vector.extra]
rate = 9
[worm.vector.lan]
rate = 5
[worm.state.exposed]
dwell = { distribution = "exponential", mean = "1 s" }
)");
    document->set("worm.vector.web.success=0.5");
    document->set("worm.state.sick.dwell.mean=7 s");
    const auto preset = write("p.toml", R"(name = "p"
[vector.web]
rate = 1
success = 1
[vector.lan]
rate = 2
success = 0.25
[state.exposed]
dwell = { distribution = "gamma", mean = "10 min", shape = 2 }
[state.sick]
dwell = { distribution = "gamma", mean = "10 min", shape = 2 }
colour = 1
)");
    const Section worm = document->root().child("worm");
    std::string name;
    worm.read({{"preset", &name}});
    document->merge_below("worm", preset);
    worm.read({{"name", &name}});
    EXPECT_EQ(name, "p");
    EXPECT_EQ(names(worm.child("vector")), "web lan extra ");
    EXPECT_EQ(number(worm.child("vector").child("web"), "rate"), 1);
    EXPECT_EQ(number(worm.child("vector").child("web"), "success"), 0.5);
    EXPECT_EQ(number(worm.child("vector").child("lan"), "rate"), 5);
    EXPECT_EQ(number(worm.child("vector").child("lan"), "success"), 0.25);
    EXPECT_EQ(number(worm.child("vector").child("extra"), "rate"), 9);
    DistributionSpec exposed, sick;
    worm.child("state").child("exposed").read({{"dwell", &exposed, Unit::duration}});
    worm.child("state").child("sick").read({{"dwell", &sick, Unit::duration}});
    EXPECT_EQ(exposed, (DistributionSpec{DistributionSpec::Kind::exponential, 1}));
    EXPECT_EQ(sick, (DistributionSpec{DistributionSpec::Kind::gamma, 7, 2}));
    document->report_unknown();
    EXPECT_EQ(problems(), "p.toml:12: worm.state.sick.colour = 1 (unknown key): known here: dwell");
}

TEST_F(DocumentTest, SectionsTakenBeforeAMergeSeeIt) {
    const auto document = open("");
    const Section vector = document->root().child("worm").child("vector");
    EXPECT_EQ(names(vector), "");
    document->merge_below("worm", write("p.toml", "[vector.lan]\nrate = 2\n"));
    EXPECT_EQ(names(vector), "lan ");
    EXPECT_EQ(number(vector.child("lan"), "rate"), 2);
}

TEST_F(DocumentTest, PresetFaultsNameThePreset) {
    const auto document = open("[worm]\n");
    const auto preset = write("p.toml", "a = 1\nb = = 2\n");
    const auto merge = [&] { document->merge_below("worm", preset); };
    EXPECT_EQ(message(merge).substr(0, 27), "p.toml:2: not valid TOML (E");
    EXPECT_EQ(message([&] { document->merge_below("worm", folder_ / "none.toml"); }).substr(0, 9),
              "none.toml");
}

TEST_F(DocumentTest, UnknownKeysGetAdvice) {
    const auto document = open(R"(
hosts = 3
[population]
hots = 3
[wurm]
x = 1
y = 2
[worm.lan]
rate = 1
hosts = 2
)");
    const Section root = document->root();
    number(root.child("population"), "hosts");
    for (const auto& [name, child] : root.child("worm").children())
        number(child, "rate");
    document->report_unknown();
    EXPECT_EQ(problems(),
              "x.toml:2: hosts = 3 (unknown key): it belongs in [population]\n"
              "x.toml:4: population.hots = 3 (unknown key): did you mean `hosts`?\n"
              "x.toml:5: [wurm] (unknown table): did you mean `worm`?\n"
              "x.toml:10: worm.lan.hosts = 2 (unknown key): it belongs in [population]");
}

TEST_F(DocumentTest, ARefusedKindDoesNotMakeTheRestUnknown) {
    const auto document = open("[vector.lan]\nkind = \"scna\"\nrate = 3\n");
    std::string kind;
    Field field{"kind", &kind};
    field.choices = {"scan", "contact"};
    for (const auto& [name, child] : document->root().child("vector").children())
        child.read({field});
    document->report_unknown();
    EXPECT_EQ(problems(),
              "x.toml:2: vector.lan.kind = \"scna\" (\"scna\" is not known here): "
              "did you mean \"scan\"?");
}

TEST_F(DocumentTest, AFaultIsToldOnce) {
    const auto document = open("n = \"x\"\n");
    number(document->root(), "n");
    number(document->root(), "n");
    EXPECT_EQ(problems(), "x.toml:1: n = \"x\" (it must be a number): try -1");
}

}  // namespace
}  // namespace annelid
