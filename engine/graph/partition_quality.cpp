#include "engine/graph/partition_quality.hpp"

#include "engine/graph/edge_rounds.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace annelid {

namespace {

/// What one rank finds in the edges that it reads.
class LinkCount {
  public:
    explicit LinkCount(const Partition& partition)
        : partition_(partition),
          links_from_(static_cast<std::size_t>(partition.num_ranks())),
          cut_targets_(links_from_.size()) {}

    void add(const EdgePiece& piece, bool directed) {
        for (auto& targets : cut_targets_) {
            targets.clear();
        }
        for (const Edge& edge : piece.edges) {
            if (edge.from == edge.to) {
                continue;
            }
            const auto from = static_cast<std::size_t>(partition_.owner(HostId{edge.from}));
            const auto to = static_cast<std::size_t>(partition_.owner(HostId{edge.to}));
            add_link(edge.to, from, to);
            if (!directed) {
                add_link(edge.from, to, from);
            }
        }
    }

    std::int64_t cut() const { return cut_; }
    const std::vector<std::int64_t>& links_from() const { return links_from_; }
    /// Targets of links from one rank to another in the last piece, by the source's rank.
    const std::vector<std::vector<Vertex>>& cut_targets() const { return cut_targets_; }

  private:
    void add_link(Vertex target, std::size_t from, std::size_t to) {
        ++links_from_[from];
        if (from != to) {
            ++cut_;
            cut_targets_[from].push_back(target);
        }
    }

    const Partition& partition_;
    std::int64_t cut_ = 0;
    std::vector<std::int64_t> links_from_;
    std::vector<std::vector<Vertex>> cut_targets_;
};

}  // namespace

PartitionQuality partition_quality(const EdgeSource& source, const Partition& partition,
                                   const Communicator& ranks) {
    LinkCount count(partition);
    std::vector<bool> is_ghost(static_cast<std::size_t>(partition.num_hosts()));
    std::int64_t ghosts = 0;
    Communicator channel = ranks;
    for_each_round(source, ranks, [&](const EdgePiece& piece) {
        count.add(piece, source.directed());
        for (const Vertex vertex : channel.exchange(count.cut_targets())) {
            ghosts += is_ghost[vertex] ? 0 : 1;
            is_ghost[vertex] = true;
        }
    });

    PartitionQuality out;
    out.ranks = partition.num_ranks();
    out.vertices = partition.num_hosts();
    out.most_vertices = ranks.max(partition.num_local());
    out.cut_links = ranks.sum(count.cut());
    out.ghosts = ranks.sum(ghosts);
    out.most_ghosts = ranks.max(ghosts);
    for (const std::int64_t mine : count.links_from()) {
        const std::int64_t links = ranks.sum(mine);
        out.links += links;
        out.most_links = std::max(out.most_links, links);
    }
    return out;
}

PartitionQuality partition_quality(const EdgeSource& source, const Partition& partition) {
    constexpr int ranks_at_a_time = 64;
    PartitionQuality out;
    std::vector<std::int64_t> links_from;
    out.ranks = partition.num_ranks();
    out.vertices = partition.num_hosts();
    for (int first = 0; first < partition.num_ranks(); first += ranks_at_a_time) {
        const int last = std::min(first + ranks_at_a_time, partition.num_ranks());
        // Bit r - first of a vertex: it is a ghost of rank r.
        std::vector<std::uint64_t> is_ghost(static_cast<std::size_t>(partition.num_hosts()));
        std::vector<std::int64_t> ghosts(static_cast<std::size_t>(last - first));
        LinkCount count(partition);
        EdgePiece piece;
        for (std::int64_t p = 0; p < source.num_pieces(); ++p) {
            piece.clear();
            source.append_piece(p, piece);
            count.add(piece, source.directed());
            for (int r = first; r < last; ++r) {
                const std::uint64_t bit = std::uint64_t{1} << (r - first);
                for (const Vertex vertex : count.cut_targets()[static_cast<std::size_t>(r)]) {
                    ghosts[static_cast<std::size_t>(r - first)] += is_ghost[vertex] & bit ? 0 : 1;
                    is_ghost[vertex] |= bit;
                }
            }
        }
        for (const std::int64_t of_rank : ghosts) {
            out.ghosts += of_rank;
            out.most_ghosts = std::max(out.most_ghosts, of_rank);
        }
        out.cut_links = count.cut();
        links_from = count.links_from();
    }
    for (int r = 0; r < partition.num_ranks(); ++r) {
        const std::int64_t links = links_from[static_cast<std::size_t>(r)];
        out.links += links;
        out.most_links = std::max(out.most_links, links);
        out.most_vertices = std::max(out.most_vertices, partition.num_hosts_of(r));
    }
    return out;
}

PartitionQuality partition_quality(const Graph& graph, const Partition& partition,
                                   const Communicator& ranks) {
    const std::int64_t links = graph.num_local_links();
    std::int64_t cut = 0, ghosts = 0;
    std::vector<bool> is_ghost(static_cast<std::size_t>(partition.num_hosts()));
    for (std::int64_t link = 0; partition.num_ranks() > 1 && link < links; ++link) {
        const Vertex target = graph.targets()[link];
        if (!partition.is_local(HostId{target})) {
            ++cut;
            ghosts += is_ghost[target] ? 0 : 1;
            is_ghost[target] = true;
        }
    }
    PartitionQuality out;
    out.ranks = partition.num_ranks();
    out.vertices = partition.num_hosts();
    out.most_vertices = ranks.max(partition.num_local());
    out.links = ranks.sum(links);
    out.most_links = ranks.max(links);
    out.cut_links = ranks.sum(cut);
    out.ghosts = ranks.sum(ghosts);
    out.most_ghosts = ranks.max(ghosts);
    return out;
}

}  // namespace annelid
