// Partitions of a graph on any number of ranks: all ranks agree on the owners, PT-Scotch cuts where
// a graph is thin, the figures are those of a count on one rank, and what depends on hosts alone
// (pools, values in id order) is the same on any partition.
//
//     mpirun -n 3 partition_ranks_test

#include "engine/base/errors.hpp"
#include "engine/graph/partition_graph.hpp"
#include "engine/graph/partition_quality.hpp"
#include "engine/hosts/host_table.hpp"
#include "engine/hosts/id_order.hpp"
#include "engine/hosts/pool.hpp"

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace annelid;

int failures = 0;

void expect(bool holds, const std::string& what) {
    if (!holds) {
        std::fprintf(stderr, "FAILED: %s\n", what.c_str());
        ++failures;
    }
}

/// Cliques of ten in a ring, each linked to the next by one edge. Ids jump between cliques, so that
/// contiguous blocks would cut nearly everything.
EdgeList ring_of_cliques(std::int64_t cliques, bool directed) {
    const auto vertex = [&](std::int64_t clique, std::int64_t i) {
        return static_cast<Vertex>(i * cliques + clique % cliques);
    };
    EdgePiece piece;
    for (std::int64_t c = 0; c < cliques; ++c) {
        for (std::int64_t i = 0; i < 10; ++i) {
            for (std::int64_t j = 0; j < i; ++j) {
                piece.edges.push_back({vertex(c, i), vertex(c, j)});
            }
        }
        piece.edges.push_back({vertex(c, 0), vertex(c + 1, 1)});
    }
    return {10 * cliques, directed, std::move(piece)};
}

/// A hub, isolated vertices, self-loops and edges that come more than once; several pieces.
EdgeList untidy() {
    EdgePiece piece;
    for (Vertex i = 0; i < 300'000; ++i) {
        piece.edges.push_back({i % 7 == 0 ? 5 : i % 1000, i * 17 % 911});
    }
    return {1200, true, std::move(piece)};
}

Population hosts_of(std::int64_t hosts) {
    Population::Parts parts;
    parts.countries = {{"--", "", {HostId{0}, HostId{hosts}}, 0, hosts}};
    parts.sectors = {"home"};
    parts.cells = {{HostId{0}, 0, 0}};
    parts.runs = {{HostId{0}, 1}};
    parts.num_hosts = hosts;
    // One host in 20 carries a trait; the other bits tell whose traits they are.
    parts.draw_traits = [](HostId first, std::span<Traits> out) {
        for (std::size_t i = 0; i < out.size(); ++i) {
            const auto host = static_cast<std::size_t>(first.value) + i;
            out[i] = static_cast<Traits>(host % 20 == 3 ? 1 : host * 2);
        }
    };
    return Population(std::move(parts));
}

std::vector<std::int32_t> owners_of(const Partition& partition) {
    std::vector<std::int32_t> out;
    for (std::int64_t h = 0; h < partition.num_hosts(); ++h) {
        out.push_back(partition.owner(HostId{h}));
    }
    return out;
}

/// Collective. The figures by a plain count of all edges on this rank.
void check_quality(const EdgeList& graph, const Partition& partition, const Communicator& ranks,
                   const std::string& name) {
    const PartitionQuality found = partition_quality(graph, partition, ranks);
    std::int64_t links = 0, cut = 0;
    std::vector<std::int64_t> out_of(static_cast<std::size_t>(ranks.size()));
    std::vector<std::set<Vertex>> ghosts(out_of.size());
    const auto count = [&](Vertex from, Vertex to) {
        const int rank = partition.owner(HostId{from});
        const bool is_cut = partition.owner(HostId{to}) != rank;
        ++links;
        cut += is_cut ? 1 : 0;
        ++out_of[static_cast<std::size_t>(rank)];
        if (is_cut) {
            ghosts[static_cast<std::size_t>(rank)].insert(to);
        }
    };
    for (const Edge& edge : graph.all().edges) {
        if (edge.from != edge.to) {
            count(edge.from, edge.to);
            if (!graph.directed()) {
                count(edge.to, edge.from);
            }
        }
    }
    std::int64_t all_ghosts = 0, most_ghosts = 0;
    for (const auto& of_rank : ghosts) {
        all_ghosts += std::ssize(of_rank);
        most_ghosts = std::max<std::int64_t>(most_ghosts, std::ssize(of_rank));
    }
    expect(found.ranks == ranks.size() && found.vertices == graph.num_vertices(), name + ": size");
    expect(found.most_vertices == ranks.max(partition.num_local()), name + ": vertices");
    expect(found.links == links && found.cut_links == cut, name + ": links");
    expect(found.most_links == *std::max_element(out_of.begin(), out_of.end()), name + ": balance");
    expect(found.ghosts == all_ghosts && found.most_ghosts == most_ghosts, name + ": ghosts");
}

/// Collective. What hosts alone decide does not depend on who owns them.
void check_hosts(const Population& population, const Partition& partition, Communicator& ranks,
                 const std::string& name) {
    const HostTable hosts(population, partition);
    std::vector<Traits> expected(static_cast<std::size_t>(population.num_hosts()));
    population.draw_traits(HostId{0}, expected);
    const LargeVector<Traits> slice = to_id_order(partition, hosts.traits, ranks);
    const HostRange range = slice_in_id_order(partition, ranks.rank());
    expect(std::ssize(slice) == range.size() &&
               std::equal(slice.begin(), slice.end(), expected.begin() + range.first.value),
           name + ": values in id order");

    const Pool pool(population, partition, hosts, 1, ranks);
    bool in_order = pool.lists_members();
    for (std::int64_t i = 0; in_order && i < pool.size(); ++i) {
        in_order = pool.at(i) == HostId{20 * i + 3};
    }
    expect(in_order && pool.size() == (population.num_hosts() + 16) / 20, name + ": pool");
}

void check_partition(PartitionMethod method, const EdgeList& graph, Communicator& ranks,
                     const std::string& name) {
    const Population population = hosts_of(graph.num_vertices());
    const Partition partition = partition_graph(method, graph, population, ranks);
    const std::vector<std::int32_t> owners = owners_of(partition);
    const auto all = ranks.gather_all(std::span<const std::int32_t>(owners));
    bool agree = true;
    for (std::size_t i = 0; i < all.size(); ++i) {
        agree = agree && all[i] == owners[i % owners.size()];
    }
    expect(agree, name + ": all ranks know the same owners");
    expect(owners == owners_of(partition_graph(method, graph, population, ranks)),
           name + ": the same owners again");
    check_quality(graph, partition, ranks, name);
    check_hosts(population, partition, ranks, name);
}

/// Collective. A ring falls into as many arcs as there are ranks with one edge between two.
void check_cut(bool directed, Communicator& ranks) {
    const EdgeList graph = ring_of_cliques(300, directed);
    const Population population = hosts_of(graph.num_vertices());
    const auto quality = [&](PartitionMethod method) {
        return partition_quality(graph, partition_graph(method, graph, population, ranks), ranks);
    };
    const PartitionQuality scotch = quality(PartitionMethod::scotch);
    const PartitionQuality hash = quality(PartitionMethod::hash);
    const std::string text = fmt::format(
        "{} ring of cliques: scotch cuts {} of {} links (links {:.3f}, vertices {:.3f} "
        "of the mean), hash {} ({:.3f}, {:.3f})",
        directed ? "directed" : "undirected", scotch.cut_links, scotch.links,
        scotch.link_imbalance(), scotch.vertex_imbalance(), hash.cut_links, hash.link_imbalance(),
        hash.vertex_imbalance());
    if (ranks.is_first()) {
        std::printf("%s\n", text.c_str());
    }
    if (ranks.size() == 1) {
        expect(scotch.cut_links == 0 && hash.cut_links == 0, text);
        return;
    }
    expect(scotch.cut_links > 0 && scotch.cut_share() < 0.02, text);
    expect(scotch.link_imbalance() < 1.06, text);
    expect(hash.cut_share() > 0.4 && hash.vertex_imbalance() < 1.1, text);
}

/// A file of which the last piece cannot be read.
class Broken final : public EdgeSource {
  public:
    std::int64_t num_vertices() const override { return 10; }
    bool directed() const override { return true; }
    std::int64_t num_pieces() const override { return 5; }
    void append_piece(std::int64_t index, EdgePiece& out) const override {
        if (index == 4) {
            throw InputError("piece 4 (cannot be read)");
        }
        out.edges.push_back({1, 2});
    }
};

/// Collective. What one rank cannot read is the same error on all, and no rank waits for it.
void check_failure(Communicator& ranks) {
    const Population population = hosts_of(10);
    const Partition partition = partition_graph(PartitionMethod::hash, Broken(), population, ranks);
    const auto refusal = [](const auto& work) {
        try {
            work();
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    expect(refusal([&] { partition_quality(Broken(), partition, ranks); }) ==
               "piece 4 (cannot be read)",
           "figures of a broken source");
    const std::string cut =
        refusal([&] { partition_graph(PartitionMethod::scotch, Broken(), population, ranks); });
    expect(ranks.size() == 1 || cut == "piece 4 (cannot be read)", "a cut of a broken source");
    expect(!refusal([&] {
                partition_graph(PartitionMethod::hash, Broken(), hosts_of(11), ranks);
            }).empty(),
           "another number of vertices");
}

/// Collective. More ranks than vertices, no edges, no vertices.
void check_small(Communicator& ranks) {
    for (const std::int64_t vertices : {1, 2, 5, 40}) {
        const EdgeList bare(vertices, false, {});
        const Population population = hosts_of(vertices);
        for (const auto method : {PartitionMethod::hash, PartitionMethod::scotch}) {
            const Partition partition = partition_graph(method, bare, population, ranks);
            expect(ranks.sum(partition.num_local()) == vertices, "hosts without links have owners");
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    MpiSession session(argc, argv);
    Communicator ranks;
    for (const bool directed : {false, true}) {
        check_cut(directed, ranks);
    }
    const std::pair<PartitionMethod, std::string> methods[] = {{PartitionMethod::block, "block"},
                                                               {PartitionMethod::hash, "hash"},
                                                               {PartitionMethod::scotch, "scotch"}};
    for (const auto& [method, name] : methods) {
        check_partition(method, ring_of_cliques(60, false), ranks, name + ", ring");
        check_partition(method, untidy(), ranks, name + ", untidy");
    }
    check_small(ranks);
    check_failure(ranks);
    const std::int64_t all_failures = ranks.sum(failures);
    if (ranks.is_first()) {
        std::printf("%d ranks, %d failures\n", ranks.size(), static_cast<int>(all_failures));
    }
    return all_failures == 0 ? 0 : 1;
}
