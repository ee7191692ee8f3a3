// Matrix Market and METIS: what they hold, and what can be wrong with it.
#include "tests/unit/edge_files.hpp"

namespace annelid {
namespace {

using Edges = std::vector<Edge>;

struct ReadEdgesMatrix : EdgeFiles {
    EdgeList matrix(const std::string& text, const ReadOptions& options = {}) const {
        return read("%%MatrixMarket matrix coordinate " + text, options, "g.mtx");
    }
    std::string matrix_refusal(const std::string& text, const ReadOptions& options = {}) const {
        return refusal("%%MatrixMarket matrix coordinate " + text, options, "g.mtx");
    }
};

TEST_F(ReadEdgesMatrix, ReadsEveryKind) {
    for (const char* text :
         {"pattern general\n% a\n\n4 4 2\n1 2\n4 3\n", "real general\n4 4 2\n1 2 0.5\n4 3 -1e9\n",
          "integer symmetric\n4 4 2\n1 2 5\n\n% b\n4 3 7\n",
          "PATTERN Symmetric\r\n4 4 2\r\n1 2\r\n4 3"}) {
        const EdgeList edges = matrix(text);
        EXPECT_EQ(edges.all().edges, (Edges{{0, 1}, {3, 2}})) << text;
        EXPECT_EQ(edges.num_vertices(), 4);
        EXPECT_FALSE(edges.weighted() || edges.directed());
    }
}

TEST_F(ReadEdgesMatrix, TakesWeightsAndDirectionIfAsked) {
    const EdgeList edges = matrix("real general\n3 3 2\n1 2 0.5\n3 3 7\n",
                                  {.directed = true, .num_vertices = 5, .weighted = true});
    EXPECT_EQ(edges.all().weights, (std::vector<float>{0.5F, 7}));
    EXPECT_TRUE(edges.directed());
    EXPECT_EQ(edges.num_vertices(), 5);
    EXPECT_FALSE(matrix("pattern symmetric\n2 2 1\n2 1\n", {.directed = true}).directed());
}

TEST_F(ReadEdgesMatrix, IsKnownByNameOrBanner) {
    const std::string text = "%%matrixmarket MATRIX coordinate pattern general\n2 2 1\n1 2\n";
    for (const char* name : {"g.mtx", "g.MTX.gz", "g.csv", "g"}) {
        EXPECT_EQ(read(text, {}, name).all().edges, (Edges{{0, 1}})) << name;
    }
    EXPECT_EQ(read(gzip(text), {}, "g.mtx.gz").all().edges, (Edges{{0, 1}}));
    EXPECT_EQ(read(text, {.format = "matrix_market"}, "g.graph").all().edges, (Edges{{0, 1}}));
}

TEST_F(ReadEdgesMatrix, RefusesOtherKinds) {
    EXPECT_EQ(matrix_refusal("complex general\n1 1 1\n1 1 1 1\n"),
              "g.mtx:1: \"complex\" in the banner (what is read here is real, integer, pattern): "
              "convert the matrix");
    EXPECT_EQ(
        matrix_refusal("real skew-symmetric\n1 1 1\n"),
        "g.mtx:1: \"skew-symmetric\" in the banner (what is read here is general, symmetric): "
        "convert the matrix");
    EXPECT_EQ(matrix_refusal("real hermitian\n1 1 1\n"),
              "g.mtx:1: \"hermitian\" in the banner (what is read here is general, symmetric): "
              "convert the matrix");
    EXPECT_EQ(refusal("%%MatrixMarket matrix array real general\n1 1\n1\n"),
              "g.csv:1: \"array\" in the banner (what is read here is coordinate): convert the "
              "matrix");
    EXPECT_EQ(
        refusal("%%MatrixMarket vector coordinate real general\n"),
        "g.csv:1: \"vector\" in the banner (what is read here is matrix): convert the matrix");
    EXPECT_EQ(refusal("2 2 1\n1 2\n", {}, "g.mtx"),
              "g.mtx:1: no banner %%MatrixMarket (a Matrix Market file begins so): set "
              "network.format");
}

TEST_F(ReadEdgesMatrix, ChecksItsHeader) {
    EXPECT_EQ(matrix_refusal("pattern general\n% a\n"),
              "g.mtx:2: the file ends without its sizes (rows columns entries): is it whole?");
    EXPECT_EQ(matrix_refusal("pattern general\n3 4 1\n1 1\n"),
              "g.mtx:2: 3 rows and 4 columns (the matrix of a graph is square): name another file");
    EXPECT_EQ(matrix_refusal("pattern general\n3 x 1\n"),
              "g.mtx:2: \"x\" as the number of columns (not a whole number): mend the header");
    EXPECT_EQ(matrix_refusal("pattern general\n3 3\n"),
              "g.mtx:2: \"\" as the number of entries (not a whole number): mend the header");
    EXPECT_EQ(matrix_refusal("pattern general\n3 3 1 1\n"),
              "g.mtx:2: more than 3 fields (sizes are `rows columns entries`): mend the header");
    EXPECT_EQ(matrix_refusal("pattern general\n4294967296 4294967296 1\n1 1\n"),
              "g.mtx:2: 4294967296 vertices (at most 4294967295 are possible): name a smaller "
              "graph");
    EXPECT_EQ(matrix_refusal("pattern general\n3 3 1000000000000\n1 2\n"),
              "g.mtx:3: the file ends after 1 entries (its header announces 1000000000000): is it "
              "whole?");
    EXPECT_EQ(
        matrix_refusal("pattern general\n3 3 1\n1 2\n2 3\n"),
        "g.mtx:4: more entries than the header announces (1): is it the header of this file?");
    EXPECT_EQ(matrix_refusal("pattern general\n3 3 0\n"),
              "g.mtx (no edges): name a file with at least one");
    EXPECT_EQ(matrix_refusal("pattern general\n3 3 1\n1 2\n", {.num_vertices = 2}),
              "g.mtx:2: 3 vertices (population.hosts = 2): leave population.hosts out");
}

TEST_F(ReadEdgesMatrix, ChecksItsEntries) {
    EXPECT_EQ(matrix_refusal("pattern general\n3 3 1\n0 1\n"),
              "g.mtx:3: vertex 0 (ids count from 1 in this format): renumber the vertices");
    EXPECT_EQ(matrix_refusal("pattern general\n3 3 1\n1 4\n"),
              "g.mtx:3: vertex 4 (ids go from 1 to 3: the header has 3 vertices): mend the one or "
              "the other");
    EXPECT_EQ(matrix_refusal("pattern general\n3 3 1\n1\n"),
              "g.mtx:3: too few fields (an entry is `row column`): mend the line or the banner");
    EXPECT_EQ(matrix_refusal("pattern general\n3 3 1\n1 2 3\n"),
              "g.mtx:3: too many fields (an entry is `row column`): mend the line or the banner");
    EXPECT_EQ(matrix_refusal("real general\n3 3 1\n1 2\n"),
              "g.mtx:3: too few fields (an entry is `row column value`): mend the line or the "
              "banner");
    EXPECT_EQ(matrix_refusal("real general\n3 3 1\n1 2 -1\n", weighted),
              "g.mtx:3: weight \"-1\" (a weight multiplies a rate, so it is finite and not "
              "negative): mend or remove this edge");
    EXPECT_EQ(matrix_refusal("pattern general\n3 3 1\n1 2\n", weighted),
              "g.mtx:1: network.weighted = true (this is a pattern matrix without values): set it "
              "to false");
    EXPECT_EQ(matrix_refusal("real general\n3 3 1\n1 2 3\n", temporal),
              "g.mtx:1: network.temporal = true (a matrix has no times): use an edge list");
}

struct ReadEdgesMetis : EdgeFiles {
    EdgeList metis(const std::string& text, const ReadOptions& options = {}) const {
        return read(text, options, "g.graph");
    }
    std::string metis_refusal(const std::string& text, const ReadOptions& options = {}) const {
        return refusal(text, options, "g.graph");
    }
};

// The path 1-2-3 and vertex 4 alone; edge 1-2 weighs 5, edge 2-3 weighs 6.
TEST_F(ReadEdgesMetis, ReadsEveryFormat) {
    for (const char* text : {
             "% a\n\n4 2\n2\n1 3\n% b\n2\n\n",
             "4 2 0\r\n2\r\n3 1\r\n2\r\n\r\n\r\n",
             "4 2 000\n2\n1 3\n2\n\n",
             "4 2 10\n7 2\n7 1 3\n7 2\n7\n",
             "4 2 010 2\n7 8 2\n7 8 1 3\n7 8 2\n7 8\n",
             "4 2 100\n9 2\n9 1 3\n9 2\n9\n",
             "4 2 110 2\n9 7 8 2\n9 7 8 1 3\n9 7 8 2\n9 7 8",
         }) {
        const EdgeList edges = metis(text);
        EXPECT_EQ(edges.all().edges, (Edges{{0, 1}, {1, 2}})) << text;
        EXPECT_EQ(edges.num_vertices(), 4);
        EXPECT_FALSE(edges.weighted() || edges.directed());
    }
    for (const char* text : {
             "4 2 1\n2 5\n1 5 3 6\n2 6\n\n",
             "4 2 001\n2 5\n3 6 1 5\n2 6\n\n",
             "4 2 011\n7 2 5\n7 1 5 3 6\n7 2 6\n7\n",
             "4 2 111 1\n9 7 2 5\n9 7 1 5 3 6\n9 7 2 6\n9 7\n",
         }) {
        for (const ReadOptions& options : {ReadOptions{}, weighted}) {
            const EdgeList edges = metis(text, options);
            EXPECT_EQ(edges.all().edges, (Edges{{0, 1}, {1, 2}})) << text;
            EXPECT_EQ(edges.all().weights, (std::vector<float>{5, 6})) << text;
        }
    }
}

TEST_F(ReadEdgesMetis, IsKnownByName) {
    for (const char* name : {"g.metis", "g.graph", "g.graph.gz", "g.METIS"}) {
        EXPECT_EQ(read("2 1\n2\n1\n", {}, name).all().edges, (Edges{{0, 1}})) << name;
    }
    EXPECT_EQ(read(gzip("2 1\n2\n1\n"), {.format = "metis"}, "g").all().edges, (Edges{{0, 1}}));
}

TEST_F(ReadEdgesMetis, HoldsTheLongLineOfAHub) {
    constexpr Vertex leaves = 400'000;
    std::string text = std::to_string(leaves + 1) + " " + std::to_string(leaves) + "\n";
    for (Vertex i = 2; i <= leaves + 1; ++i) {
        text += std::to_string(i) + " ";
    }
    text += "\n";
    for (Vertex i = 0; i < leaves; ++i) {
        text += "1\n";
    }
    const EdgeList edges = metis(text);
    ASSERT_EQ(edges.all().edges.size(), leaves);
    EXPECT_EQ(edges.all().edges.back(), (Edge{0, leaves}));
}

TEST_F(ReadEdgesMetis, LeavesDuplicatesAndDropsSelfLoops) {
    EXPECT_EQ(metis("2 2\n2 2\n1 1\n").all().edges, (Edges{{0, 1}, {0, 1}}));
    for (const char* text : {"2 1\n1 2\n1\n", "2 2\n1 2\n1\n"}) {
        EXPECT_EQ(metis(text).all().edges, (Edges{{0, 1}})) << text;
    }
}

TEST_F(ReadEdgesMetis, ChecksItsHeader) {
    EXPECT_EQ(metis_refusal("% a\n"),
              "g.graph:1: the file ends without a header (vertices edges [fmt [ncon]]): is it "
              "whole?");
    EXPECT_EQ(metis_refusal(""),
              "g.graph:1: the file ends without a header (vertices edges [fmt [ncon]]): is it "
              "whole?");
    EXPECT_EQ(metis_refusal("2\n"),
              "g.graph:1: \"\" as the number of edges (not a whole number): mend the header");
    EXPECT_EQ(metis_refusal("-2 1\n"),
              "g.graph:1: \"-2\" as the number of vertices (not a whole number): mend the header");
    EXPECT_EQ(metis_refusal("2 1 12\n"),
              "g.graph:1: fmt = \"12\" (not up to three digits 0 or 1): mend the header");
    EXPECT_EQ(metis_refusal("2 1 11 1 1\n"),
              "g.graph:1: more than 4 fields (a header is `vertices edges [fmt [ncon]]`): mend it");
    EXPECT_EQ(metis_refusal("1000000000000 1\n"),
              "g.graph:1: 1000000000000 vertices (at most 4294967295 are possible): name a smaller "
              "graph");
    EXPECT_EQ(metis_refusal("2 1000000000000\n2\n1\n"),
              "g.graph:1: 1000000000000 edges announced (the file has 1, each at both ends): is it "
              "whole?");
    EXPECT_EQ(metis_refusal("3 1\n2\n1\n"),
              "g.graph:3: the file ends after 2 vertices (its header announces 3, a line for each, "
              "blank without neighbours): is it whole?");
    EXPECT_EQ(
        metis_refusal("2 1\n2\n1\n\n2\n"),
        "g.graph:5: a line for vertex 3 (the header has 2 vertices): is it the header of this "
        "file?");
    EXPECT_EQ(metis_refusal("2 0\n\n\n"), "g.graph (no edges): name a file with at least one");
    EXPECT_EQ(metis_refusal("2 1\n2\n1\n", weighted),
              "g.graph:1: network.weighted = true (fmt in the header says that edges have no "
              "weights): set it to false");
    EXPECT_EQ(metis_refusal("2 1\n2\n1\n", temporal),
              "g.graph:1: network.temporal = true (a METIS file has no times): use an edge list");
}

TEST_F(ReadEdgesMetis, ChecksItsLines) {
    EXPECT_EQ(metis_refusal("2 1\n0\n1\n"),
              "g.graph:2: vertex 0 (ids count from 1 in this format): renumber the vertices");
    EXPECT_EQ(
        metis_refusal("2 1\n3\n1\n"),
        "g.graph:2: vertex 3 (ids go from 1 to 2: the header has 2 vertices): mend the one or "
        "the other");
    EXPECT_EQ(metis_refusal("2 1 1\n2\n1 1\n"),
              "g.graph:2: neighbour 2 without a weight (fmt in the header says that edges have "
              "weights): mend the one or the other");
    EXPECT_EQ(metis_refusal("2 1 1\n2 -1\n1 -1\n"),
              "g.graph:2: weight \"-1\" (a weight multiplies a rate, so it is finite and not "
              "negative): mend or remove this edge");
    EXPECT_EQ(metis_refusal("2 1 10 2\n7 7 2\n7\n"),
              "g.graph:3: too few fields (sizes and weights of a vertex are 2 fields): mend the "
              "line or fmt in the header");
}

TEST_F(ReadEdgesMetis, ComparesBothEndsOfEdges) {
    const std::string advice = "): write all of them twice";
    const std::string why =
        "the lists of neighbours do not agree (each edge stands at both ends with one weight; ";
    EXPECT_EQ(metis_refusal("3 2\n2 3\n1\n\n"),
              "g.graph:4: " + why + "2 stand at the lower end and 1 at the upper" + advice);
    EXPECT_EQ(metis_refusal("3 1\n2\n\n1\n"),
              "g.graph:4: " + why + "1 stand at the lower end and 1 at the upper" + advice);
    EXPECT_EQ(metis_refusal("2 1 1\n2 5\n1 6\n"),
              "g.graph:3: " + why + "1 stand at the lower end and 1 at the upper" + advice);
}

}  // namespace
}  // namespace annelid
