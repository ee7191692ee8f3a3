// What is wrong with edge lists, and with files at all: every text that a user can meet.
#include "tests/unit/edge_files.hpp"

#include <unistd.h>

namespace annelid {
namespace {

using ReadEdgesErrors = EdgeFiles;

TEST_F(ReadEdgesErrors, NameBadVertices) {
    EXPECT_EQ(refusal("0 1\n-1 2\n"),
              "g.csv:2: vertex -1 (ids count from 0): renumber the vertices");
    EXPECT_EQ(
        refusal("a b\n# c\n\n0 1.0\n"),
        "g.csv:4: \"1.0\" is no vertex (ids are whole numbers from 0 on): number the vertices "
        "and write their numbers");
    for (const char* bad : {"x", "+1", "1e5", "0x10", "nan", "-", "1#", "--1", "1-2", "\"1\""}) {
        EXPECT_EQ(refusal(std::string("0 ") + bad + "\n").substr(0, 8), "g.csv:1:") << bad;
    }
    EXPECT_EQ(refusal("0 \xFF\x01\n"),
              "g.csv:1: \"?\\u0001\" is no vertex (ids are whole numbers from 0 on): number the "
              "vertices and write their numbers");
    EXPECT_EQ(refusal("0 4294967295\n"),
              "g.csv:1: vertex 4294967295 (ids go up to 4294967294): number the vertices without "
              "gaps");
    EXPECT_EQ(refusal("18446744073709551616 1\n"),
              "g.csv:1: vertex 18446744073709551616 (ids go up to 4294967294): number the vertices "
              "without gaps");
    EXPECT_EQ(refusal("0 5\n", {.num_vertices = 5}),
              "g.csv:1: vertex 5 (ids go from 0 to 4: population.hosts = 5): mend the one or the "
              "other");
    EXPECT_EQ(refusal("0,,1\n"),
              "g.csv:1: \"\" is no vertex (ids are whole numbers from 0 on): number the vertices "
              "and write their numbers");
}

TEST_F(ReadEdgesErrors, CountFieldsAndNameTheOption) {
    EXPECT_EQ(refusal("0 1\n2\n"),
              "g.csv:2: 1 field (an edge is `from to`): write one edge a line");
    EXPECT_EQ(refusal("0 1 5\n"),
              "g.csv:1: 3 fields (an edge is `from to`): set network.weighted = true if the third "
              "is a weight, or remove it");
    EXPECT_EQ(refusal("0 1 2 3\n"),
              "g.csv:1: 4 fields (an edge is `from to`): set network.temporal = true if the last "
              "two are times in s, or remove them");
    EXPECT_EQ(refusal("0 1 2 3 4\n"),
              "g.csv:1: 5 fields (an edge is `from to`): set network.weighted = true and "
              "network.temporal = true if these are weight, open and close, or remove them");
    EXPECT_EQ(refusal("0 1 2 3 4\n", weighted),
              "g.csv:1: 5 fields (an edge is `from to weight`): set network.weighted = true and "
              "network.temporal = true if these are weight, open and close, or remove them");
    EXPECT_EQ(refusal("0 1 2 3 4 5\n", weighted_temporal),
              "g.csv:1: 6 fields (an edge is `from to weight open close`): write one edge a line");
    EXPECT_EQ(refusal("0 1\n", weighted),
              "g.csv:1: 2 fields (an edge is `from to weight`): write weights, or set "
              "network.weighted = false");
    EXPECT_EQ(refusal("0,1,\n", temporal),
              "g.csv:1: 2 fields (an edge is `from to open close`): write times, or set "
              "network.temporal = false");
    EXPECT_EQ(refusal("0 1\n", weighted_temporal),
              "g.csv:1: 2 fields (an edge is `from to weight open close`): write them, or set "
              "network.weighted and network.temporal = false");
    EXPECT_EQ(refusal("0 1 2\n", temporal),
              "g.csv:1: 3 fields (an edge is `from to open close`): write one edge a line");
}

TEST_F(ReadEdgesErrors, NameBadWeights) {
    const std::string why =
        " (a weight multiplies a rate, so it is finite and not negative): mend or remove this edge";
    EXPECT_EQ(refusal("0 1 -2\n", weighted), "g.csv:1: weight \"-2\"" + why);
    EXPECT_EQ(refusal("0 1 nan\n", weighted), "g.csv:1: weight \"nan\"" + why);
    EXPECT_EQ(refusal("0 1 inf\n", weighted), "g.csv:1: weight \"inf\"" + why);
    EXPECT_EQ(refusal("0 1 -inf\n", weighted), "g.csv:1: weight \"-inf\"" + why);
    EXPECT_EQ(refusal("0 1 heavy\n", weighted),
              "g.csv:1: weight \"heavy\" (not a number): write one as 0.5");
    EXPECT_EQ(refusal("0 1 1.5x\n", weighted),
              "g.csv:1: weight \"1.5x\" (not a number): write one as 0.5");
    EXPECT_EQ(refusal("0 1 1e39\n", weighted),
              "g.csv:1: weight \"1e39\" (it does not fit into 32 bits, about 1e-38 to 3e38): "
              "rescale the weights");
    EXPECT_EQ(refusal("0,1,,\n", weighted),
              "g.csv:1: weight \"\" (not a number): write one as 0.5");
}

TEST_F(ReadEdgesErrors, NameBadTimes) {
    EXPECT_EQ(refusal("0 1 2.5 2\n", temporal),
              "g.csv:1: close = 2 (before open = 2.5): swap or mend them");
    EXPECT_EQ(refusal("0 1 2 2.0\n", temporal),
              "g.csv:1: close = 2.0 (the same as open, and a link is open before its close): give "
              "it a duration or remove it");
    for (const std::string bad : {"noon", "1e3", "1.2.3", ".5", "+1", "-", "nan", "inf"}) {
        EXPECT_EQ(
            refusal("0 1 0 " + bad + "\n", temporal),
            "g.csv:1: time \"" + bad + "\" (not a number): write seconds in decimals as 12.5");
    }
    EXPECT_EQ(refusal("0 1 0 0.1234567\n", temporal),
              "g.csv:1: time \"0.1234567\" (times are whole microseconds): round it to 6 decimals");
    EXPECT_EQ(refusal("0 1 0 9223372036854\n", temporal),
              "g.csv:1: time \"9223372036854\" (more than 73,000 years do not fit): times are "
              "seconds");
    EXPECT_EQ(refusal("0 1 0 99999999999999999999\n", temporal),
              "g.csv:1: time \"99999999999999999999\" (more than 73,000 years do not fit): times "
              "are seconds");
}

TEST_F(ReadEdgesErrors, RefuseEmptyGraphs) {
    for (const char* text : {"", "\n\n", "# nothing\n", "src,dst\n", "a"}) {
        EXPECT_EQ(refusal(text), "g.csv (no edges): name a file with at least one") << text;
    }
    EXPECT_EQ(refusal(gzip("")), "g.csv (no edges): name a file with at least one");
}

TEST_F(ReadEdgesErrors, NameFilesThatCannotBeRead) {
    EXPECT_EQ(refusal_of(folder_ / "none.csv"),
              "none.csv (No such file or directory): check the path and its permissions");
    EXPECT_EQ(refusal_of("/"), "/ (this is a folder): name a file of edges");
    if (geteuid() != 0) {
        const auto file = write("0 1\n");
        std::filesystem::permissions(file, std::filesystem::perms::none);
        EXPECT_EQ(refusal_of(file),
                  "g.csv (Permission denied): check the path and its permissions");
    }
    EXPECT_EQ(refusal("\xFD"
                      "7zXZ..."),
              "g.csv (packed with xz, where gzip or plain text is read): unxz it first");
    EXPECT_EQ(refusal("\x28\xB5\x2F\xFD..."),
              "g.csv (packed with zstd, where gzip or plain text is read): unzstd it first");
    EXPECT_EQ(refusal("#" + std::string(4'000'000, 'x')),
              "g.csv:1: a line of more than 1 MB (none is so long): check that this is a text "
              "file of edges");
}

/// Numbers that do not pack well, so that a stream has room to break.
std::string some_text() {
    std::string text;
    for (unsigned i = 0; i < 1000; ++i) {
        text += std::to_string(i * 2654435761U) + " " + std::to_string(i * 40503U % 65537U) + "\n";
    }
    return text;
}

TEST_F(ReadEdgesErrors, SayWhereAGzipFileIsCutOff) {
    const std::string packed = gzip(some_text());
    EXPECT_EQ(refusal(packed.substr(0, packed.size() - 1)),
              "g.csv:1001: the file is cut off at byte " + std::to_string(packed.size() - 1) +
                  " (its gzip stream goes on): copy or download it again");
    EXPECT_EQ(refusal(packed.substr(0, 5)),
              "g.csv:1: the file is cut off at byte 5 (its gzip stream goes on): copy or download "
              "it again");
    EXPECT_EQ(refusal(packed + packed.substr(0, 20)),
              "g.csv:1001: the file is cut off at byte " + std::to_string(packed.size() + 20) +
                  " (its gzip stream goes on): copy or download it again");
    for (std::size_t length = 2; length < packed.size(); length += length < 40 ? 1 : 97) {
        const std::string text = refusal(packed.substr(0, length));
        ASSERT_NE(text.find(": the file is cut off at byte " + std::to_string(length) + " ("),
                  std::string::npos)
            << text;
    }
}

TEST_F(ReadEdgesErrors, SayWhereAGzipFileIsCorrupt) {
    const std::string packed = gzip(some_text());
    std::string broken = packed;
    broken[broken.size() - 7] ^= 1;  // of the checksum
    EXPECT_EQ(refusal(broken), "g.csv:1001: the gzip stream is corrupt at byte " +
                                   std::to_string(packed.size() - 4) +
                                   " (incorrect data check): copy or download it again");
    broken = packed;
    broken.back() ^= 1;  // of the length
    EXPECT_EQ(refusal(broken), "g.csv:1001: the gzip stream is corrupt at byte " +
                                   std::to_string(packed.size()) +
                                   " (incorrect length check): copy or download it again");
    EXPECT_EQ(refusal(packed + "rest"), "g.csv:1001: the gzip stream is corrupt at byte " +
                                            std::to_string(packed.size() + 2) +
                                            " (incorrect header check): copy or download it again");
    for (std::size_t at = 10; at < packed.size(); at += 197) {
        broken = packed;
        broken[at] ^= 0x55;
        EXPECT_NE(refusal(broken), "accepted") << at;
    }
}

TEST_F(ReadEdgesErrors, CountLinesOfTheUnpackedText) {
    EXPECT_EQ(refusal(gzip("# a\n0 1\n0 -7\n")),
              "g.csv:3: vertex -7 (ids count from 0): renumber the vertices");
}

TEST_F(ReadEdgesErrors, NameBadOptions) {
    EXPECT_EQ(refusal("0 1\n", {.format = "gml"}),
              "network.format = \"gml\" (not a format of text): use auto, edges, matrix_market, "
              "metis");
    EXPECT_EQ(refusal("0 1\n", {.num_vertices = -1}),
              "population.hosts = -1 (a graph has 1 to 4294967295 vertices): leave it out to take "
              "the file's");
}

}  // namespace
}  // namespace annelid
