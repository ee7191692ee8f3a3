// One rank's part of the network: every link out of its own vertices, grouped by source.
//
// A link lives with its *source*, which draws its attempts when it turns infectious. Most links
// carry none: only an attempt that happens travels to the rank of its target.
#pragma once

#include "engine/base/large_vector.hpp"
#include "engine/base/prefetch.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/ranks/communicator.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace annelid {

/// What becomes of links that an edge source names more than once. Self-loops are always dropped:
/// a hit on oneself is wasted.
enum class Multiple {
    merge,  ///< one link; the largest weight counts
    keep,   ///< links of their own, each with its own draws
};

/// What was found while a graph was built, over all ranks.
struct GraphCounts {
    std::int64_t vertices = 0;
    std::int64_t edges = 0;       ///< directed links that are kept; an undirected edge is two
    std::int64_t self_loops = 0;  ///< dropped edges of the source
    std::int64_t duplicates = 0;  ///< directed links that were merged into others
};

class Graph {
  public:
    /// Collective. Goes through the source twice. InputError where source and partition differ in
    /// their number of vertices.
    Graph(const EdgeSource& source, const Partition& partition, Multiple multiple,
          const Communicator& ranks);

    const GraphCounts& counts() const { return counts_; }
    bool weighted() const { return !weights_.empty(); }
    bool temporal() const { return !intervals_.empty(); }
    /// True if any two vertices may have several links between them.
    bool has_multiple() const { return has_multiple_; }

    /// Every link has one of the same weight and interval the other way.
    bool symmetric() const { return symmetric_; }

    std::int64_t num_local_vertices() const { return std::ssize(first_) - 1; }
    std::int64_t num_local_links() const { return std::ssize(targets_); }

    /// The links out of a local vertex are links begin(vertex) … end(vertex) - 1, by rising id of
    /// the target.
    std::int64_t begin(LocalHost vertex) const { return first_[vertex.value]; }
    std::int64_t end(LocalHost vertex) const { return first_[vertex.value + 1]; }
    std::int64_t degree(LocalHost vertex) const { return end(vertex) - begin(vertex); }
    /// Bring the links of a vertex near, one call after the other with other work between; the rest
    /// of many links follows by itself as they are read.
    void prefetch_range(LocalHost vertex) const { prefetch(&first_[vertex.value]); }
    void prefetch_links(LocalHost vertex) const {
        constexpr std::int64_t cache_line = 64 / sizeof(Vertex), lines = 4;
        for (std::int64_t link = 0; link < lines; ++link) {
            prefetch(targets_.data() + begin(vertex) + link * cache_line);
        }
    }
    /// The vertex, of any rank, that a link leads to.
    const Vertex* targets() const { return targets_.data(); }
    const float* weights() const { return weights_.data(); }
    const Interval* intervals() const { return intervals_.data(); }

    /// The first link of a vertex that leads to `target`; end(vertex) or a link to another where
    /// none does.
    std::int64_t find_link(LocalHost vertex, Vertex target) const {
        return std::lower_bound(targets_.data() + begin(vertex), targets_.data() + end(vertex),
                                target) -
               targets_.data();
    }

    std::int64_t memory_bytes() const;

  private:
    struct Link;
    class Delivery;

    void count_links(Delivery& delivery, const Partition& partition);
    void sort_links(bool merge);
    std::uint32_t sort_targets(LocalHost vertex, bool merge);
    std::uint32_t sort_targets_with_values(LocalHost vertex, bool merge,
                                           std::vector<Link>& scratch);
    void close_gaps(const std::vector<std::uint32_t>& kept);

    std::int64_t self_loops_ = 0;
    bool has_multiple_ = false;
    bool symmetric_ = false;
    GraphCounts counts_;
    LargeVector<std::int64_t> first_;  ///< link of each local vertex, and the number of links
    LargeVector<Vertex> targets_;
    LargeVector<float> weights_;
    LargeVector<Interval> intervals_;
};

}  // namespace annelid
