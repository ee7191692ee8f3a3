// Graph on one rank: rows, their order, both directions, repeated edges,
// weights and intervals, against a plain map of what the edges say.
#include "engine/graph/graph.hpp"

#include "engine/base/errors.hpp"
#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

/// A link as a row shows it.
struct Link {
    Vertex to;
    std::int64_t open_us = 0, close_us = 0;
    float weight = 1;
    auto operator<=>(const Link&) const = default;
};
using Rows = std::vector<std::vector<Link>>;

struct Built {
    explicit Built(const EdgeSource& source, Multiple multiple = Multiple::merge)
        : population(flat(source.num_vertices())),
          graph(source, Partition(population, 1, 0), multiple, ranks) {}

    Rows rows() const {
        Rows out(static_cast<std::size_t>(graph.num_local_vertices()));
        for (std::size_t r = 0; r < out.size(); ++r) {
            const LocalHost vertex{static_cast<std::uint32_t>(r)};
            for (std::int64_t i = graph.begin(vertex); i < graph.end(vertex); ++i) {
                const Interval open = graph.temporal() ? graph.intervals()[i] : Interval{0, 0};
                out[r].push_back({graph.targets()[i], open.open_us, open.close_us,
                                  graph.weighted() ? graph.weights()[i] : 1});
            }
        }
        return out;
    }

    Communicator ranks;
    Population population;
    Graph graph;
};

std::vector<Vertex> targets_of(const Built& built, std::size_t row) {
    std::vector<Vertex> out;
    const Rows rows = built.rows();
    for (const Link& link : rows[row]) {
        out.push_back(link.to);
    }
    return out;
}

using Targets = std::vector<Vertex>;

TEST(Graph, UndirectedEdgesGoBothWays) {
    const Built built(EdgeList(5, false, {{{3, 1}, {0, 3}, {3, 4}}, {}, {}}));
    EXPECT_EQ(targets_of(built, 0), (Targets{3}));
    EXPECT_EQ(targets_of(built, 1), (Targets{3}));
    EXPECT_EQ(targets_of(built, 2), (Targets{}));
    EXPECT_EQ(targets_of(built, 3), (Targets{0, 1, 4}));
    EXPECT_EQ(targets_of(built, 4), (Targets{3}));
    EXPECT_EQ(built.graph.counts().vertices, 5);
    EXPECT_EQ(built.graph.counts().edges, 6);
    EXPECT_EQ(built.graph.counts().duplicates, 0);
    EXPECT_EQ(built.graph.num_local_links(), 6);
    EXPECT_FALSE(built.graph.has_multiple());
}

TEST(Graph, DirectedEdgesGoOneWay) {
    const Built built(EdgeList(4, true, {{{3, 1}, {1, 3}, {3, 0}}, {}, {}}));
    EXPECT_EQ(targets_of(built, 0), (Targets{}));
    EXPECT_EQ(targets_of(built, 1), (Targets{3}));
    EXPECT_EQ(targets_of(built, 2), (Targets{}));
    EXPECT_EQ(targets_of(built, 3), (Targets{0, 1}));
    EXPECT_EQ(built.graph.counts().edges, 3);
}

TEST(Graph, DropsAndCountsSelfLoops) {
    const Built built(EdgeList(3, false, {{{1, 1}, {0, 1}, {2, 2}, {1, 1}}, {}, {}}));
    EXPECT_EQ(targets_of(built, 1), (Targets{0}));
    EXPECT_EQ(targets_of(built, 2), (Targets{}));
    EXPECT_EQ(built.graph.counts().self_loops, 3);
    EXPECT_EQ(built.graph.counts().edges, 2);
    EXPECT_EQ(built.graph.counts().duplicates, 0);
}

TEST(Graph, MergesWhatIsNamedAgain) {
    const EdgeList edges(3, false, {{{0, 1}, {1, 0}, {0, 1}, {1, 2}}, {}, {}});
    const Built built(edges);
    EXPECT_EQ(targets_of(built, 0), (Targets{1}));
    EXPECT_EQ(targets_of(built, 1), (Targets{0, 2}));
    EXPECT_EQ(targets_of(built, 2), (Targets{1}));
    EXPECT_EQ(built.graph.counts().edges, 4);
    EXPECT_EQ(built.graph.counts().duplicates, 4);
    EXPECT_FALSE(built.graph.has_multiple());
    const Built kept(edges, Multiple::keep);
    EXPECT_EQ(targets_of(kept, 0), (Targets{1, 1, 1}));
    EXPECT_EQ(targets_of(kept, 1), (Targets{0, 0, 0, 2}));
    EXPECT_EQ(kept.graph.counts().edges, 8);
    EXPECT_EQ(kept.graph.counts().duplicates, 0);
    EXPECT_TRUE(kept.graph.has_multiple());
}

TEST(Graph, OfMergedLinksTheLargestWeightCounts) {
    const EdgeList edges(3, true, {{{0, 2}, {0, 1}, {0, 1}, {0, 1}}, {0.5f, 2, 3, 0}, {}});
    EXPECT_EQ(Built(edges).rows()[0], (std::vector<Link>{{1, 0, 0, 3}, {2, 0, 0, 0.5f}}));
    EXPECT_EQ(Built(edges).graph.counts().duplicates, 2);
    EXPECT_EQ(Built(edges, Multiple::keep).rows()[0],
              (std::vector<Link>{{1, 0, 0, 3}, {1, 0, 0, 2}, {1, 0, 0, 0}, {2, 0, 0, 0.5f}}));
}

TEST(Graph, LinksThatAreOpenAtOtherTimesStay) {
    const EdgePiece piece{{{0, 1}, {0, 1}, {1, 0}, {0, 1}}, {}, {{5, 9}, {1, 3}, {5, 9}, {1, 2}}};
    const Built built(EdgeList(2, false, piece));
    EXPECT_EQ(built.rows()[0], (std::vector<Link>{{1, 1, 2}, {1, 1, 3}, {1, 5, 9}}));
    EXPECT_EQ(built.rows()[1], (std::vector<Link>{{0, 1, 2}, {0, 1, 3}, {0, 5, 9}}));
    EXPECT_EQ(built.graph.counts().duplicates, 2);
    EXPECT_TRUE(built.graph.temporal());
    EXPECT_TRUE(built.graph.has_multiple());
    EXPECT_EQ(Built(EdgeList(2, false, piece), Multiple::keep).rows()[0].size(), 4u);
}

TEST(Graph, MayHaveNoEdgesAtAll) {
    const Built built(EdgeList(4, false, {}));
    EXPECT_EQ(built.graph.num_local_vertices(), 4);
    EXPECT_EQ(built.graph.num_local_links(), 0);
    EXPECT_EQ(built.rows(), Rows(4));
    EXPECT_EQ(built.graph.counts().edges, 0);
}

/// Random edges with repeats and loops, over several pieces of an EdgeList.
EdgePiece random_edges(std::uint32_t vertices, std::size_t edges, bool weighted, bool temporal) {
    std::mt19937_64 random(7);
    const auto up_to = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    EdgePiece out;
    for (std::size_t i = 0; i < edges; ++i) {
        // Half of the vertices are in a few edges only, some in none.
        out.edges.push_back({up_to(1 + up_to(vertices)), up_to(vertices)});
        if (weighted) {
            out.weights.push_back(static_cast<float>(up_to(4)));
        }
        if (temporal) {
            const std::int64_t open = up_to(3);
            out.intervals.push_back({open, open + 1 + up_to(2)});
        }
    }
    return out;
}

/// What the rows must be, and what was dropped on the way.
struct Expected {
    Rows rows;
    std::int64_t self_loops = 0, duplicates = 0;
};
Expected expected(const EdgeList& source, Multiple multiple) {
    Expected out;
    out.rows.resize(static_cast<std::size_t>(source.num_vertices()));
    const EdgePiece& all = source.all();
    for (std::size_t i = 0; i < all.edges.size(); ++i) {
        const auto [u, v] = all.edges[i];
        const Interval open = all.intervals.empty() ? Interval{0, 0} : all.intervals[i];
        const float weight = all.weights.empty() ? 1 : all.weights[i];
        if (u == v) {
            ++out.self_loops;
            continue;
        }
        out.rows[u].push_back({v, open.open_us, open.close_us, weight});
        if (!source.directed()) {
            out.rows[v].push_back({u, open.open_us, open.close_us, weight});
        }
    }
    for (std::vector<Link>& row : out.rows) {
        std::sort(row.begin(), row.end(), [](const Link& a, const Link& b) {
            return std::tuple(a.to, a.open_us, a.close_us, -a.weight) <
                   std::tuple(b.to, b.open_us, b.close_us, -b.weight);
        });
        const auto again = [](const Link& a, const Link& b) {
            return std::tie(a.to, a.open_us, a.close_us) == std::tie(b.to, b.open_us, b.close_us);
        };
        const auto size = std::ssize(row);
        if (multiple == Multiple::merge) {
            row.erase(std::unique(row.begin(), row.end(), again), row.end());
        }
        out.duplicates += size - std::ssize(row);
    }
    return out;
}

TEST(Graph, HoldsWhatTheEdgesSay) {
    for (const bool directed : {false, true}) {
        for (const bool weighted : {false, true}) {
            for (const bool temporal : {false, true}) {
                for (const Multiple multiple : {Multiple::merge, Multiple::keep}) {
                    // More edges than one piece holds, so that threads share rows.
                    const EdgeList edges(3000, directed,
                                         random_edges(3000, 300'000, weighted, temporal));
                    const Built built(edges, multiple);
                    const Expected wanted = expected(edges, multiple);
                    EXPECT_TRUE(built.rows() == wanted.rows);
                    EXPECT_EQ(built.graph.weighted(), weighted);
                    EXPECT_EQ(built.graph.temporal(), temporal);
                    EXPECT_EQ(built.graph.counts().self_loops, wanted.self_loops);
                    EXPECT_EQ(built.graph.counts().duplicates, wanted.duplicates);
                    EXPECT_EQ(built.graph.counts().edges, built.graph.num_local_links());
                }
            }
        }
    }
}

TEST(Graph, DoesNotCareForTheOrderOfItsEdges) {
    const EdgePiece piece = random_edges(500, 4000, true, true);
    EdgePiece turned;
    for (std::size_t i = piece.edges.size(); i-- > 0;) {
        turned.edges.push_back({piece.edges[i].to, piece.edges[i].from});
        turned.weights.push_back(piece.weights[i]);
        turned.intervals.push_back(piece.intervals[i]);
    }
    for (const Multiple multiple : {Multiple::merge, Multiple::keep}) {
        EXPECT_TRUE(Built(EdgeList(500, false, piece), multiple).rows() ==
                    Built(EdgeList(500, false, turned), multiple).rows());
    }
}

// A row per host and a host per target: anything else would be read out of
// bounds.
TEST(Graph, HasAVertexForEachHost) {
    const Communicator ranks;
    const EdgeList edges(5, false, {{{0, 4}}, {}, {}});
    for (const std::int64_t hosts : {4, 6}) {
        const Population population = flat(hosts);
        EXPECT_THROW(Graph(edges, Partition(population, 1, 0), Multiple::merge, ranks), InputError);
    }
}

}  // namespace
}  // namespace annelid
