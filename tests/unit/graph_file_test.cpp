// Graph files: what is written comes back in order, in pieces of any rank, and files that are not
// what they say are refused by name.
#include "engine/files/graph_file.hpp"

#include "engine/base/errors.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace annelid {
namespace {

namespace fs = std::filesystem;

class GraphFileTest : public testing::Test {
  protected:
    GraphFileTest() {
        std::string name = (fs::temp_directory_path() / "annelid-graph-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~GraphFileTest() override { fs::remove_all(folder_); }

    fs::path path() const { return folder_ / "graph.h5"; }

    /// What a broken file is refused with, without its path.
    std::string refusal(const fs::path& file) const {
        try {
            const GraphFile graph(file);
            EdgePiece piece;
            for (std::int64_t p = 0; p < graph.num_pieces(); ++p) {
                graph.append_piece(p, piece);
            }
        } catch (const InputError& error) {
            const std::string text = error.what();
            EXPECT_EQ(text.rfind(file.string() + " (", 0), 0u) << text;
            return text.substr(std::min(text.size(), file.string().size() + 1));
        }
        return "accepted";
    }

    fs::path folder_;
};

EdgePiece all_of(const EdgeSource& source) {
    EdgePiece out;
    for (std::int64_t p = 0; p < source.num_pieces(); ++p) {
        source.append_piece(p, out);
    }
    return out;
}

/// Edges in no order: a hub, vertices without edges, self-loops and edges that come twice.
EdgeList sample(std::int64_t vertices, std::int64_t edges, bool directed, bool weighted,
                bool temporal) {
    EdgePiece piece;
    for (std::int64_t i = 0; i < edges; ++i) {
        const auto n = static_cast<std::uint64_t>(vertices);
        const auto j = static_cast<std::uint64_t>(i);
        const auto from = static_cast<Vertex>(j % 3 == 0 ? 7 : j * 7919 % n / 2 * 2);
        piece.edges.push_back({from % static_cast<Vertex>(n), static_cast<Vertex>(j * 104729 % n)});
        if (weighted) {
            piece.weights.push_back(0.25F * static_cast<float>(i));
        }
        if (temporal) {
            piece.intervals.push_back({i, 2 * i + 1});
        }
    }
    return {vertices, directed, std::move(piece)};
}

/// The edges as the file lists them, by a plain sort.
EdgePiece listed(const EdgeList& list) {
    const EdgePiece& all = list.all();
    std::vector<std::pair<Edge, std::size_t>> order;
    for (std::size_t i = 0; i < all.edges.size(); ++i) {
        Edge edge = all.edges[i];
        if (!list.directed() && edge.to < edge.from) {
            std::swap(edge.from, edge.to);
        }
        order.emplace_back(edge, i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.first.from < b.first.from; });
    EdgePiece out;
    for (const auto& [edge, i] : order) {
        out.edges.push_back(edge);
        if (!all.weights.empty()) {
            out.weights.push_back(all.weights[i]);
        }
        if (!all.intervals.empty()) {
            out.intervals.push_back(all.intervals[i]);
        }
    }
    return out;
}

TEST_F(GraphFileTest, GivesBackWhatWasWritten) {
    const std::tuple<std::int64_t, std::int64_t> sizes[] = {
        {1, 0}, {5, 0}, {1, 3}, {10, 4}, {1000, 5000}, {300'000, 700'000}};
    for (const auto& [vertices, edges] : sizes) {
        for (int kind = 0; kind < 8; ++kind) {
            const EdgeList list = sample(vertices, edges, kind & 1, kind & 2, kind & 4);
            const EdgePiece expected = listed(list);
            for (const std::int64_t most : {std::int64_t{1} << 27, edges / 3 + 1}) {
                SCOPED_TRACE(fmt::format("{} vertices, {} edges, kind {}, {} at a time", vertices,
                                         edges, kind, most));
                write_graph_file(path(), list, {"a test", most});
                const GraphFile graph(path());
                EXPECT_EQ(graph.num_vertices(), vertices);
                EXPECT_EQ(graph.num_edges(), edges);
                EXPECT_EQ(graph.directed(), list.directed());
                EXPECT_EQ(graph.weighted(), list.weighted());
                EXPECT_EQ(graph.temporal(), list.temporal());
                EXPECT_EQ(graph.source(), "a test");
                const EdgePiece found = all_of(graph);
                ASSERT_TRUE(found.edges == expected.edges);
                ASSERT_TRUE(found.weights == expected.weights);
                ASSERT_TRUE(found.intervals == expected.intervals);
                ASSERT_FALSE(fs::exists(path().string() + ".tmp"));
            }
        }
    }
}

TEST_F(GraphFileTest, ReadsAnyPieceAtAnyTime) {
    write_graph_file(path(), sample(100'000, 1'000'000, true, true, false));
    const GraphFile graph(path());
    ASSERT_GT(graph.num_pieces(), 3);
    std::vector<EdgePiece> pieces(static_cast<std::size_t>(graph.num_pieces()));
    std::vector<std::thread> threads;
    for (std::size_t p = 0; p < pieces.size(); ++p) {
        threads.emplace_back(
            [&, p] { graph.append_piece(static_cast<std::int64_t>(p), pieces[p]); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EdgePiece joined;
    for (const EdgePiece& piece : pieces) {
        joined.edges.insert(joined.edges.end(), piece.edges.begin(), piece.edges.end());
        joined.weights.insert(joined.weights.end(), piece.weights.begin(), piece.weights.end());
    }
    const EdgePiece expected = all_of(graph);
    EXPECT_TRUE(joined.edges == expected.edges);
    EXPECT_TRUE(joined.weights == expected.weights);
}

TEST_F(GraphFileTest, SkipsManyVerticesWithoutEdges) {
    const Vertex last = 2'999'999;
    EdgePiece piece;
    piece.edges = {{0, last}, {1'500'000, 1}, {last, 0}};
    write_graph_file(path(), EdgeList(last + 1, true, piece));
    EXPECT_TRUE(all_of(GraphFile(path())).edges == piece.edges);
}

/// Everything that a file holds, to be spoilt before it is written.
struct Parts {
    std::string format{graph_file_format}, version{graph_file_version};
    std::int64_t vertices = 3, edges = 4;
    std::vector<std::uint64_t> first_edge = {0, 2, 2, 4};
    std::vector<std::uint32_t> target = {1, 2, 0, 1};
    std::vector<float> weight;
    bool has_target = true;

    void write(const fs::path& path) const {
        auto file = hdf5::File::create(path);
        file.write_attribute("/", "format", format);
        file.write_attribute("/", "format_version", version);
        file.write_attribute("/", "directed", std::int64_t{1});
        file.write_attribute("/", "vertices", vertices);
        file.write_attribute("/", "edges", edges);
        file.write<std::uint64_t>("/first_edge", {std::ssize(first_edge)}, first_edge);
        if (has_target) {
            file.write<std::uint32_t>("/target", {std::ssize(target)}, target);
        }
        if (!weight.empty()) {
            file.write<float>("/weight", {std::ssize(weight)}, weight);
        }
        file.close();
    }
};

TEST_F(GraphFileTest, RefusesFilesThatAreNotWhatTheySay) {
    const std::pair<std::function<void(Parts&)>, std::string> cases[] = {
        {[](Parts&) {}, "accepted"},
        {[](Parts& p) { p.format = "annelid run file"; }, "its attribute format is \"annelid run"},
        {[](Parts& p) { p.version = "9.0"; }, "graph file version \"9.0\""},
        {[](Parts& p) { p.vertices = -1; }, "attribute vertices is missing or not a count"},
        {[](Parts& p) { p.vertices = std::int64_t{1} << 33; }, "8589934592 vertices, 4294967295"},
        {[](Parts& p) { p.has_target = false; }, "/target is missing"},
        {[](Parts& p) { p.vertices = 2; }, "/first_edge has shape [4], not [3]"},
        {[](Parts& p) { p.edges = 5; }, "/target has shape [4], not [5]"},
        {[](Parts& p) { p.first_edge[0] = 1; }, "/first_edge[0] is 1"},
        {[](Parts& p) { p.first_edge[1] = 3; }, "/first_edge[2] is 2 after 3"},
        {[](Parts& p) { p.first_edge[2] = 1 << 20; }, "/first_edge[2] is 1048576, but there are 4"},
        {[](Parts& p) { p.first_edge[3] = 3; }, "/first_edge ends at 3, but there are 4 edges"},
        {[](Parts& p) { p.target[2] = 3; }, "/target[2] is 3, but there are 3 vertices"},
        {[](Parts& p) { p.weight = {1}; }, "/weight has shape [1], not [4]"},
        {[](Parts& p) {
             p.weight = {1, -1, 1, 1};
         },
         "/weight[1] is -1"},
    };
    for (const auto& [spoil, expected] : cases) {
        Parts parts;
        spoil(parts);
        parts.write(path());
        EXPECT_NE(refusal(path()).find(expected), std::string::npos)
            << refusal(path()) << " instead of " << expected;
    }
}

TEST_F(GraphFileTest, RefusesOtherTypesAndOtherFiles) {
    Parts parts;
    parts.has_target = false;
    parts.write(path());
    auto file = hdf5::File::open_to_fill(path());
    file.write<std::int64_t>("/target", {4}, std::vector<std::int64_t>{1, 2, 0, 1});
    file.close();
    EXPECT_NE(refusal(path()).find("/target is of type int64, not uint32"), std::string::npos);

    EXPECT_NE(refusal(folder_ / "none.h5").find("No such file"), std::string::npos);
    std::FILE* text = std::fopen(path().c_str(), "w");
    std::fputs("0 1\n1 2\n", text);
    std::fclose(text);
    EXPECT_NE(refusal(path()).find("not an HDF5 file"), std::string::npos);
}

TEST_F(GraphFileTest, RefusesAFileThatWasCutOff) {
    write_graph_file(path(), sample(1000, 100'000, true, false, false));
    const auto size = fs::file_size(path());
    for (const auto part : {size / 100, size / 2, size - 1}) {
        fs::copy_file(path(), folder_ / "cut.h5", fs::copy_options::overwrite_existing);
        fs::resize_file(folder_ / "cut.h5", part);
        EXPECT_NE(refusal(folder_ / "cut.h5").find("truncated file"), std::string::npos)
            << refusal(folder_ / "cut.h5");
    }
}

}  // namespace
}  // namespace annelid
