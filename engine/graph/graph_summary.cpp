#include "engine/graph/graph_summary.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <numeric>

namespace annelid {

namespace {

/// Every edge under one of its ends, rows sorted, without self-loops and repeated edges.
class Rows {
  public:
    explicit Rows(const EdgeSource& source) : source_(source) {
        first_.assign(static_cast<std::size_t>(source.num_vertices()) + 1, 0);
        each([&](Vertex from, Vertex) { ++first_[from]; });
        std::exclusive_scan(first_.begin(), first_.end(), first_.begin(), std::uint64_t{0});
        targets_.resize(first_.back());
        std::vector<std::uint64_t> next(first_.begin(), first_.end() - 1);
        each([&](Vertex from, Vertex to) { targets_[next[from]++] = to; });
    }

    std::int64_t self_loops() const { return self_loops_; }
    std::int64_t num_listed() const { return std::ssize(targets_); }

    /// Sorts each row and calls visit(from, to) for each distinct edge.
    template <class Visit>
    void each_distinct(Visit visit) {
        for (std::size_t v = 0; v + 1 < first_.size(); ++v) {
            const auto begin = targets_.begin() + static_cast<std::ptrdiff_t>(first_[v]);
            const auto end = targets_.begin() + static_cast<std::ptrdiff_t>(first_[v + 1]);
            std::sort(begin, end);
            for (auto to = begin; to != end; ++to) {
                if (to == begin || *to != to[-1]) {
                    visit(static_cast<Vertex>(v), *to);
                }
            }
        }
    }

  private:
    template <class Visit>
    void each(Visit visit) {
        self_loops_ = 0;
        EdgePiece piece;
        for (std::int64_t p = 0; p < source_.num_pieces(); ++p) {
            piece.clear();
            source_.append_piece(p, piece);
            for (const Edge& edge : piece.edges) {
                if (edge.from == edge.to) {
                    ++self_loops_;
                } else if (source_.directed() || edge.from < edge.to) {
                    visit(edge.from, edge.to);
                } else {
                    visit(edge.to, edge.from);
                }
            }
        }
    }

    const EdgeSource& source_;
    std::int64_t self_loops_ = 0;
    std::vector<std::uint64_t> first_;
    std::vector<Vertex> targets_;
};

/// Union-find: the smallest vertex stands for its component.
class Components {
  public:
    explicit Components(std::int64_t vertices) : parent_(static_cast<std::size_t>(vertices)) {
        std::iota(parent_.begin(), parent_.end(), Vertex{0});
    }

    void join(Vertex a, Vertex b) {
        a = root(a);
        b = root(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

    void count(GraphSummary& out) {
        std::vector<Vertex> sizes(parent_.size());
        for (std::size_t v = 0; v < parent_.size(); ++v) {
            ++sizes[root(static_cast<Vertex>(v))];
        }
        for (const Vertex size : sizes) {
            out.components += size > 0 ? 1 : 0;
            out.largest_component = std::max(out.largest_component, std::int64_t{size});
        }
    }

  private:
    Vertex root(Vertex v) {
        while (parent_[v] != v) {
            parent_[v] = parent_[parent_[v]];
            v = parent_[v];
        }
        return v;
    }

    std::vector<Vertex> parent_;
};

Degrees degrees_of(const std::vector<std::uint32_t>& degrees) {
    Degrees out;
    if (degrees.empty()) {
        return out;
    }
    const auto [least, most] = std::minmax_element(degrees.begin(), degrees.end());
    out.least = *least;
    out.most = *most;
    out.histogram.resize(static_cast<std::size_t>(std::bit_width(*most)) + 1);
    for (const std::uint32_t degree : degrees) {
        ++out.histogram[static_cast<std::size_t>(std::bit_width(degree))];
    }
    return out;
}

}  // namespace

GraphSummary summarise(const EdgeSource& source) {
    GraphSummary out;
    out.vertices = source.num_vertices();
    out.directed = source.directed();
    out.weighted = source.weighted();
    out.temporal = source.temporal();
    const std::int64_t ways = out.directed ? 1 : 2;
    std::vector<std::uint32_t> links_from(static_cast<std::size_t>(out.vertices));
    std::vector<std::uint32_t> links_into(out.directed ? links_from.size() : 0);
    Components components(out.vertices);
    {
        Rows rows(source);
        rows.each_distinct([&](Vertex from, Vertex to) {
            out.links += ways;
            ++links_from[from];
            ++(out.directed ? links_into : links_from)[to];
            components.join(from, to);
        });
        out.self_loops = rows.self_loops();
        out.duplicates = ways * rows.num_listed() - out.links;
    }
    components.count(out);
    out.out = degrees_of(links_from);
    out.in = out.directed ? degrees_of(links_into) : out.out;
    for (std::size_t v = 0; v < links_from.size(); ++v) {
        out.isolated += links_from[v] == 0 && (!out.directed || links_into[v] == 0) ? 1 : 0;
    }
    return out;
}

}  // namespace annelid
