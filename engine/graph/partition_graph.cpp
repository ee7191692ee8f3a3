#include "engine/graph/partition_graph.hpp"

#include "engine/base/errors.hpp"
#include "engine/base/parallel.hpp"
#include "engine/chance/draws.hpp"
#include "engine/graph/edge_rounds.hpp"
#include "engine/ranks/graph_partitioner.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace annelid {

namespace {

/// An edge as one of its ends sees it.
struct Arc {
    Vertex from;
    Vertex to;
    auto operator<=>(const Arc&) const = default;
};

/// Vertices 0 … n - 1 in even blocks, one a rank, while their owners are not chosen yet.
class EvenBlocks {
  public:
    EvenBlocks(std::int64_t vertices, int ranks) : vertices_(vertices), ranks_(ranks) {}
    std::int64_t first(int rank) const {
        return static_cast<std::int64_t>(static_cast<__int128>(vertices_) * rank / ranks_);
    }
    std::size_t owner(Vertex vertex) const {
        // The largest r with first(r) <= vertex.
        return static_cast<std::size_t>(((static_cast<__int128>(vertex) + 1) * ranks_ - 1) /
                                        vertices_);
    }

  private:
    std::int64_t vertices_;
    int ranks_;
};

/// The links that this rank's block of vertices has, both ways, and their number out of each
/// vertex.
struct Neighbourhood {
    std::vector<Arc> arcs;
    std::vector<std::int64_t> links_from;
};

/// Collective.
Neighbourhood collect(const EdgeSource& source, const EvenBlocks& blocks,
                      const Communicator& ranks) {
    const std::int64_t first = blocks.first(ranks.rank());
    Neighbourhood mine;
    mine.links_from.resize(static_cast<std::size_t>(blocks.first(ranks.rank() + 1) - first));
    Communicator channel = ranks;
    std::vector<std::vector<Arc>> to_source(static_cast<std::size_t>(ranks.size()));
    std::vector<std::vector<Arc>> to_target(to_source.size());
    const auto take = [&](const std::vector<Arc>& arcs, bool are_links) {
        for (const Arc& arc : arcs) {
            mine.links_from[static_cast<std::size_t>(arc.from - first)] += are_links ? 1 : 0;
        }
        mine.arcs.insert(mine.arcs.end(), arcs.begin(), arcs.end());
    };
    for_each_round(source, ranks, [&](const EdgePiece& piece) {
        for (std::size_t r = 0; r < to_source.size(); ++r) {
            to_source[r].clear();
            to_target[r].clear();
        }
        for (const Edge& edge : piece.edges) {
            if (edge.from != edge.to) {
                to_source[blocks.owner(edge.from)].push_back({edge.from, edge.to});
                to_target[blocks.owner(edge.to)].push_back({edge.to, edge.from});
            }
        }
        take(channel.exchange(to_source), true);
        take(channel.exchange(to_target), !source.directed());
    });
    return mine;
}

/// Collective. Links of the same two vertices become one edge whose weight is their number.
GraphBlock make_block(Neighbourhood mine, std::int64_t first, const Communicator& ranks) {
    std::sort(mine.arcs.begin(), mine.arcs.end());
    GraphBlock block;
    block.loads = std::move(mine.links_from);
    for (std::int64_t& load : block.loads) {
        ++load;  // the vertex itself: no rank gets all the isolated ones
    }
    block.first_edge.assign(block.loads.size() + 1, 0);
    std::size_t distinct = 0;
    for (std::size_t i = 0; i < mine.arcs.size(); ++i) {
        distinct += i == 0 || mine.arcs[i] != mine.arcs[i - 1] ? 1 : 0;
    }
    const bool weighted = ranks.any(distinct < mine.arcs.size());
    block.neighbours.reserve(distinct);
    block.edge_weights.reserve(weighted ? distinct : 0);
    for (std::size_t i = 0; i < mine.arcs.size();) {
        const Arc arc = mine.arcs[i];
        const std::size_t begin = i;
        while (i < mine.arcs.size() && mine.arcs[i] == arc) {
            ++i;
        }
        ++block.first_edge[static_cast<std::size_t>(arc.from - first) + 1];
        block.neighbours.push_back(arc.to);
        if (weighted) {
            block.edge_weights.push_back(static_cast<std::int64_t>(i - begin));
        }
    }
    for (std::size_t v = 1; v < block.first_edge.size(); ++v) {
        block.first_edge[v] += block.first_edge[v - 1];
    }
    return block;
}

/// Collective.
std::vector<std::int32_t> scotch_owners(const EdgeSource& source, const Communicator& ranks) {
    const std::int64_t vertices = source.num_vertices();
    if (ranks.size() == 1 || vertices == 0) {
        return std::vector<std::int32_t>(static_cast<std::size_t>(vertices), 0);
    }
    const EvenBlocks blocks(vertices, ranks.size());
    GraphBlock block =
        make_block(collect(source, blocks, ranks), blocks.first(ranks.rank()), ranks);
    const std::vector<std::int32_t> mine = cut_into_parts(std::move(block), ranks);
    return ranks.gather_all(std::span<const std::int32_t>(mine));
}

std::vector<std::int32_t> hash_owners(std::int64_t vertices, int num_ranks) {
    const Draws draws(Seed{}, Purpose::partition);
    std::vector<std::int32_t> owners(static_cast<std::size_t>(vertices));
    parallel_pieces(vertices, 1 << 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t v = begin; v < end; ++v) {
            const auto id = static_cast<std::uint64_t>(v);
            owners[static_cast<std::size_t>(v)] = static_cast<std::int32_t>(
                to_index(draws.bits(id), static_cast<std::uint64_t>(num_ranks)));
        }
    });
    return owners;
}

}  // namespace

Partition partition_graph(PartitionMethod method, const EdgeSource& source,
                          const Population& population, const Communicator& ranks) {
    if (source.num_vertices() != population.num_hosts()) {
        throw InputError(
            fmt::format("the network has {} vertices (the population has {} hosts): "
                        "make them the same",
                        source.num_vertices(), population.num_hosts()));
    }
    switch (method) {
        case PartitionMethod::hash:
            return {hash_owners(source.num_vertices(), ranks.size()), ranks.size(), ranks.rank()};
        case PartitionMethod::scotch:
            return {scotch_owners(source, ranks), ranks.size(), ranks.rank()};
        default:
            return {population, ranks.size(), ranks.rank()};
    }
}

Partition partition_without_ranks(PartitionMethod method, const Population& population,
                                  int num_ranks) {
    if (method == PartitionMethod::hash) {
        return {hash_owners(population.num_hosts(), num_ranks), num_ranks, 0};
    }
    return {population, num_ranks, 0};
}

}  // namespace annelid
