// One rank's part of the network: every link into its own vertices, grouped by source.
//
// A link lives with its *target*, where its attempts are played, so spread along links touches only
// this rank's memory. A source of another rank has a row here too; when it turns infectious its
// owner says so once per rank that has such a row, and the attempts, which are pure functions of
// source and target, are drawn where they land.
#pragma once

#include "engine/base/large_vector.hpp"
#include "engine/base/prefetch.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/ranks/communicator.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
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
    /// A source vertex by its place among this rank's rows: rows 0 … num_local - 1 are the local
    /// vertices in order, the rest are sources of other ranks.
    using Row = std::uint32_t;

    /// A row on another rank which has the links of a local vertex into that rank.
    struct Remote {
        std::int32_t rank;
        Row row;
    };

    /// Collective. Goes through the source twice. InputError where source and partition differ in
    /// their number of vertices.
    Graph(const EdgeSource& source, const Partition& partition, Multiple multiple,
          const Communicator& ranks);

    const GraphCounts& counts() const { return counts_; }
    bool weighted() const { return !weights_.empty(); }
    bool temporal() const { return !intervals_.empty(); }
    /// True if any two vertices may have several links between them.
    bool has_multiple() const { return has_multiple_; }

    std::int64_t num_rows() const { return std::ssize(first_) - 1; }
    std::int64_t num_local_links() const { return std::ssize(targets_); }

    /// The links of a row are links begin(row) … end(row) - 1, by rising id of the target.
    std::int64_t begin(Row row) const { return first_[row]; }
    std::int64_t end(Row row) const { return first_[row + 1]; }
    /// Bring a row near, one call after the other with other work between; the rest of a long row
    /// follows by itself as it is read.
    void prefetch_row(Row row) const { prefetch(&first_[row]); }
    void prefetch_links(Row row) const {
        constexpr std::int64_t cache_line = 64 / sizeof(LocalHost), lines = 4;
        for (std::int64_t link = 0; link < lines; ++link) {
            prefetch(targets_.data() + begin(row) + link * cache_line);
        }
    }
    /// Local vertex that a link leads to.
    const LocalHost* targets() const { return targets_.data(); }
    const float* weights() const { return weights_.data(); }
    const Interval* intervals() const { return intervals_.data(); }

    /// The first link of a row that leads to `target`; end(row) or a link to another where none
    /// does.
    std::int64_t find_link(Row row, LocalHost target) const {
        return std::lower_bound(targets_.data() + begin(row), targets_.data() + end(row), target) -
               targets_.data();
    }

    /// Collective. The rows here of vertices of any rank; those that have none are left out.
    std::unordered_map<std::int64_t, Row> rows_of(std::vector<HostId> vertices,
                                                  const Partition& partition,
                                                  Communicator ranks) const;

    /// Rows of other ranks for a local vertex.
    std::span<const Remote> remotes(LocalHost vertex) const;

    std::int64_t memory_bytes() const;

  private:
    struct Link;
    class Delivery;
    struct Announced {
        Vertex vertex;
        Remote remote;
    };

    std::vector<Row> number_rows(Delivery& delivery, const Partition& partition,
                                 const Communicator& ranks);
    void keep_remotes(const std::vector<std::vector<Announced>>& tell, const Partition& partition,
                      Communicator ranks);
    void sort_rows(bool merge);
    std::uint32_t sort_targets(Row row, bool merge);
    std::uint32_t sort_links(Row row, bool merge, std::vector<Link>& scratch);
    void close_gaps(const std::vector<std::uint32_t>& kept);

    std::int64_t num_local_;
    std::int64_t self_loops_ = 0;
    bool has_multiple_ = false;
    GraphCounts counts_;
    LargeVector<std::int64_t> first_;  ///< of each row; one more than rows
    LargeVector<LocalHost> targets_;
    LargeVector<float> weights_;
    LargeVector<Interval> intervals_;
    std::vector<std::uint32_t> first_remote_;  ///< of each local vertex; empty on one rank
    std::vector<Remote> remotes_;
};

}  // namespace annelid
