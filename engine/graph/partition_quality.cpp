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
          links_into_(static_cast<std::size_t>(partition.num_ranks())),
          cut_sources_(links_into_.size()) {}

    void add(const EdgePiece& piece, bool directed) {
        for (auto& sources : cut_sources_) {
            sources.clear();
        }
        for (const Edge& edge : piece.edges) {
            if (edge.from == edge.to) {
                continue;
            }
            const auto from = static_cast<std::size_t>(partition_.owner(HostId{edge.from}));
            const auto to = static_cast<std::size_t>(partition_.owner(HostId{edge.to}));
            add_link(edge.from, from, to);
            if (!directed) {
                add_link(edge.to, to, from);
            }
        }
    }

    std::int64_t cut() const { return cut_; }
    const std::vector<std::int64_t>& links_into() const { return links_into_; }
    /// Sources of links from one rank to another in the last piece, by the target's rank.
    const std::vector<std::vector<Vertex>>& cut_sources() const { return cut_sources_; }

  private:
    void add_link(Vertex source, std::size_t from, std::size_t to) {
        ++links_into_[to];
        if (from != to) {
            ++cut_;
            cut_sources_[to].push_back(source);
        }
    }

    const Partition& partition_;
    std::int64_t cut_ = 0;
    std::vector<std::int64_t> links_into_;
    std::vector<std::vector<Vertex>> cut_sources_;
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
        for (const Vertex vertex : channel.exchange(count.cut_sources())) {
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
    for (const std::int64_t mine : count.links_into()) {
        const std::int64_t links = ranks.sum(mine);
        out.links += links;
        out.most_links = std::max(out.most_links, links);
    }
    return out;
}

}  // namespace annelid
