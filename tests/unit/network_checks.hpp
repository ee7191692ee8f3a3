// What every generator of a network promises, and what tests count in one.
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/scenario/fields.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {

inline std::vector<Edge> edges_of(const EdgeSource& source) {
    EdgePiece all;
    for (std::int64_t piece = 0; piece < source.num_pieces(); ++piece) {
        source.append_piece(piece, all);
    }
    EXPECT_TRUE(all.weights.empty());
    EXPECT_TRUE(all.intervals.empty());
    return std::move(all.edges);
}

/// u <= v, sorted: the same for equal undirected graphs.
inline std::vector<Edge> in_order(std::vector<Edge> edges) {
    for (Edge& edge : edges) {
        edge = {std::min(edge.from, edge.to), std::max(edge.from, edge.to)};
    }
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
        return a.from != b.from ? a.from < b.from : a.to < b.to;
    });
    return edges;
}

inline std::int64_t num_self_loops(const std::vector<Edge>& edges) {
    return std::count_if(edges.begin(), edges.end(),
                         [](const Edge& edge) { return edge.from == edge.to; });
}

/// How many edges repeat another one, in either direction.
inline std::int64_t num_repeats(const std::vector<Edge>& edges) {
    auto sorted = in_order(edges);
    return sorted.end() - std::unique(sorted.begin(), sorted.end());
}

/// Ends of edges at each vertex: a self-loop counts twice.
inline std::vector<std::int64_t> degrees_of(const std::vector<Edge>& edges,
                                            std::int64_t num_vertices) {
    std::vector<std::int64_t> degrees(static_cast<std::size_t>(num_vertices));
    for (const Edge& edge : edges) {
        ++degrees.at(edge.from);
        ++degrees.at(edge.to);
    }
    return degrees;
}

inline double mean_of(const std::vector<std::int64_t>& values) {
    double sum = 0;
    for (const std::int64_t value : values) {
        sum += static_cast<double>(value);
    }
    return sum / static_cast<double>(values.size());
}

inline double variance_of(const std::vector<std::int64_t>& values) {
    const double mean = mean_of(values);
    double sum = 0;
    for (const std::int64_t value : values) {
        sum += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
    }
    return sum / static_cast<double>(values.size() - 1);
}

/// Pieces asked for backwards and twice, behind other edges, are the same; all vertices exist.
inline void expect_fixed_pieces(const EdgeSource& source) {
    const std::vector<Edge> forwards = edges_of(source);
    std::vector<Edge> backwards;
    for (std::int64_t piece = source.num_pieces() - 1; piece >= 0; --piece) {
        EdgePiece out;
        out.edges = {{7, 8}};
        source.append_piece(piece, out);
        const std::vector<Edge> once(out.edges.begin() + 1, out.edges.end());
        EXPECT_EQ(out.edges.front(), (Edge{7, 8}));
        EXPECT_LE(std::ssize(once), 4'000'000);
        out.clear();
        source.append_piece(piece, out);
        EXPECT_TRUE(out.edges == once) << "piece " << piece;
        backwards.insert(backwards.begin(), once.begin(), once.end());
    }
    EXPECT_TRUE(forwards == backwards);
    EXPECT_FALSE(source.directed());
    EXPECT_TRUE(std::all_of(forwards.begin(), forwards.end(), [&](const Edge& edge) {
        return edge.from < source.num_vertices() && edge.to < source.num_vertices();
    }));
}

/// One fault, of this key, with both texts.
inline void expect_fault(const KeyFaults& faults, const std::string& key, const std::string& why) {
    ASSERT_EQ(faults.size(), 1u) << "for " << key;
    EXPECT_EQ(faults[0].key, key);
    EXPECT_EQ(faults[0].why, why);
    EXPECT_FALSE(faults[0].advice.empty());
}

}  // namespace annelid
