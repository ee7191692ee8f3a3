// Edge lists and CSV as they are met in the wild, and gzip. Errors are in
// read_edges_errors_test.cpp.
#include "tests/unit/edge_files.hpp"

#include <fmt/format.h>

namespace annelid {
namespace {

using ReadEdges = EdgeFiles;
using Edges = std::vector<Edge>;

TEST_F(ReadEdges, ReadsEverySeparator) {
    for (const char* text : {"0 1\n2 3\n", "0\t1\n2\t3\n", "0,1\n2,3\n", "0;1\n2;3\n",
                             "0, 1\n2 ,3\n", "  0 \t 1  \n\t2 ; \t3;\n", "0  1\n2,3",
                             "0,1\r\n2,3\r\n", "0 1 \r\n2 3\t\r\n", "00 001\n2 3\n",
                             "\xEF\xBB\xBF"
                             "0 1\n2 3\n"}) {
        const EdgeList edges = read(text);
        EXPECT_EQ(edges.all().edges, (Edges{{0, 1}, {2, 3}})) << text;
        EXPECT_EQ(edges.num_vertices(), 4) << text;
        EXPECT_FALSE(edges.directed() || edges.weighted() || edges.temporal()) << text;
    }
}

TEST_F(ReadEdges, SkipsCommentsBlanksAndOneHeader) {
    for (const char* text :
         {"# from: SNAP\n0 1\n", "% KONECT\n  % sym\n0 1\n", "// mine\n0 1\n", "\n \r\n\t\n0 1\n\n",
          "src,dst\n0,1\n", "# note\n\nFrom To Weight Time\n0 1\n# end\n",
          "\"src\",\"dst\"\r\n0,1\n", ",a,b\n0,1\n"}) {
        EXPECT_EQ(read(text).all().edges, (Edges{{0, 1}})) << text;
    }
    EXPECT_EQ(refusal("a b\nc d\n0 1\n"),
              "g.csv:2: \"c\" is no vertex (ids are whole numbers from 0 on): number the vertices "
              "and write their numbers");
}

TEST_F(ReadEdges, LeavesSelfLoopsAndDuplicatesToTheGraph) {
    EXPECT_EQ(read("1 1\n0 1\n0 1\n1 0\n").all().edges, (Edges{{1, 1}, {0, 1}, {0, 1}, {1, 0}}));
}

TEST_F(ReadEdges, TakesDirectionAndVerticesAsStated) {
    const EdgeList edges = read("0 1\n", {.directed = true, .num_vertices = 9});
    EXPECT_TRUE(edges.directed());
    EXPECT_EQ(edges.num_vertices(), 9);
    EXPECT_EQ(read("0 4294967294\n").num_vertices(), most_vertices);
}

TEST_F(ReadEdges, ReadsWeights) {
    const EdgeList edges = read("from,to,weight\n0,1,0.5\n1,2,3\n2,3,1e-3\n3,0,-0\n", weighted);
    ASSERT_TRUE(edges.weighted());
    EXPECT_EQ(edges.all().weights, (std::vector<float>{0.5F, 3, 1e-3F, 0}));
    EXPECT_FALSE(std::signbit(edges.all().weights[3]));
}

TEST_F(ReadEdges, ReadsTimesExactly) {
    const EdgeList edges = read(
        "0 1 0 1\n0 1 0.1 0.3\n0 1 1495000000.000001 1495000000.0000020\n0 1 -1.5 12.\n", temporal);
    ASSERT_TRUE(edges.temporal());
    EXPECT_EQ(edges.all().intervals,
              (std::vector<Interval>{{0, 1'000'000},
                                     {100'000, 300'000},
                                     {1'495'000'000'000'001, 1'495'000'000'000'002},
                                     {-1'500'000, 12'000'000}}));
    const EdgeList both = read("0 1 2 3 4\n", weighted_temporal);
    EXPECT_EQ(both.all().weights, std::vector<float>{2});
    EXPECT_EQ(both.all().intervals, (std::vector<Interval>{{3'000'000, 4'000'000}}));
}

/// A text of several chunks, so that lines straddle them.
std::string long_text(Edges& edges) {
    std::string text = "from to\n";
    for (Vertex i = 0; text.size() < 5'000'000; ++i) {
        edges.push_back({i, i * 7919 % 1'000'003});
        text += fmt::format("{} {}\n", edges.back().from, edges.back().to);
    }
    return text;
}

TEST_F(ReadEdges, CarriesLinesOverChunks) {
    Edges edges;
    const std::string text = long_text(edges);
    EXPECT_EQ(read(text).all().edges, edges);
    EXPECT_EQ(read(gzip(text)).all().edges, edges);
    EXPECT_EQ(read(text.substr(0, text.size() - 1)).all().edges, edges);
    std::string members;  // as pigz and bgzip write, with padding behind
    for (std::size_t at = 0; at < text.size(); at += 700'001) {
        members += gzip(text.substr(at, 700'001));
    }
    EXPECT_EQ(read(members).all().edges, edges);
    EXPECT_EQ(read(members + std::string(512, '\0')).all().edges, edges);
}

TEST_F(ReadEdges, MeetsALongCommentAtAChunksEnd) {
    for (const std::size_t length : {(1U << 20) - 2, (1U << 20) - 1, 1U << 20}) {
        EXPECT_EQ(read("#" + std::string(length - 1, 'x') + "\n0 1\n").all().edges,
                  (Edges{{0, 1}}));
    }
}

TEST_F(ReadEdges, KnowsGzipByItsContent) {
    EXPECT_EQ(read(gzip("0 1\n"), {}, "g.txt").all().edges, (Edges{{0, 1}}));
    EXPECT_EQ(read("0 1\n", {}, "g.gz").all().edges, (Edges{{0, 1}}));
}

TEST_F(ReadEdges, HandsOutPieces) {
    Edges edges;
    const EdgeList list = read(long_text(edges));
    ASSERT_GT(list.num_pieces(), 1);
    EdgePiece all;
    for (std::int64_t i = 0; i < list.num_pieces(); ++i) {
        list.append_piece(i, all);
    }
    EXPECT_EQ(all.edges, edges);
}

TEST_F(ReadEdges, ReadsTheGraphsOfInputs) {
    struct Known {
        const char* name;
        std::int64_t vertices, edges;
    };
    for (const auto& [name, vertices, num_edges] :
         {Known{"as-22july06", 22'963, 48'436}, Known{"email-Enron", 36'692, 183'831},
          Known{"pgp-strong-2009", 39'796, 301'498}, Known{"power", 4'941, 6'594}}) {
        const auto file = std::filesystem::path(ANNELID_SOURCE_DIR) / "inputs" / "graphs" /
                          (std::string(name) + ".csv.gz");
        const auto source = read_edges(file, {});
        EXPECT_EQ(source->num_vertices(), vertices) << name;
        EXPECT_EQ(std::ssize(dynamic_cast<const EdgeList&>(*source).all().edges), num_edges)
            << name;
    }
}

}  // namespace
}  // namespace annelid
