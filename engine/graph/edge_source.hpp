// Where a graph comes from: a list of edges that can be gone through any number of times, in
// pieces.
//
// A generator draws a piece by the ids of its edges, never by rank and without communication, so
// the graph is the same on any layout; a file is read once and hands out what it holds. A graph is
// built in two passes over the pieces (count, then place), so no second list of edges is ever in
// memory.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace annelid {

/// A vertex by its number, 0 … num_vertices - 1. Vertex v is host v of the population.
using Vertex = std::uint32_t;

/// Largest number of vertices of a graph.
inline constexpr std::int64_t most_vertices = std::numeric_limits<Vertex>::max();

/// A link from one vertex to another; both ways where its source is not directed.
struct Edge {
    Vertex from = 0;
    Vertex to = 0;
    bool operator==(const Edge&) const = default;
};

/// When a link is open: [open_us, close_us).
struct Interval {
    std::int64_t open_us = 0;
    std::int64_t close_us = std::numeric_limits<std::int64_t>::max();
    bool operator==(const Interval&) const = default;
};

/// Some edges with what belongs to each: `weights` and `intervals` are as long as `edges`, or empty
/// where the source has none.
struct EdgePiece {
    std::vector<Edge> edges;
    std::vector<float> weights;       ///< factor on the rate of transmission, >= 0
    std::vector<Interval> intervals;  ///< of a temporal graph

    /// Forgets the edges, keeps the memory.
    void clear() {
        edges.clear();
        weights.clear();
        intervals.clear();
    }
};

class EdgeSource {
  public:
    virtual ~EdgeSource() = default;

    virtual std::int64_t num_vertices() const = 0;
    /// False: every edge is a link in both directions.
    virtual bool directed() const = 0;
    virtual bool weighted() const { return false; }
    virtual bool temporal() const { return false; }

    /// Pieces are of about equal work, and of at most a few million edges each.
    virtual std::int64_t num_pieces() const = 0;
    /// Appends the edges of a piece, 0 <= index < num_pieces(), in a fixed order. Pure and
    /// thread-safe: the same edges whenever, wherever and in whatever order it is asked for.
    virtual void append_piece(std::int64_t index, EdgePiece& out) const = 0;
};

/// Edges in memory, as a file reader or a test leaves them.
class EdgeList final : public EdgeSource {
  public:
    EdgeList(std::int64_t num_vertices, bool directed, EdgePiece edges)
        : num_vertices_(num_vertices), directed_(directed), edges_(std::move(edges)) {}

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return directed_; }
    bool weighted() const override { return !edges_.weights.empty(); }
    bool temporal() const override { return !edges_.intervals.empty(); }
    std::int64_t num_pieces() const override {
        return (std::ssize(edges_.edges) + piece_edges - 1) / piece_edges;
    }
    void append_piece(std::int64_t index, EdgePiece& out) const override;
    const EdgePiece& all() const { return edges_; }

  private:
    static constexpr std::int64_t piece_edges = 1 << 18;
    std::int64_t num_vertices_;
    bool directed_;
    EdgePiece edges_;
};

}  // namespace annelid
