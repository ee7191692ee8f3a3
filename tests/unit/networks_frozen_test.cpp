// All generators: the same edges with every compiler, and from several threads at once.
#include "engine/base/parallel.hpp"
#include "models/networks/barabasi_albert.hpp"
#include "models/networks/configuration.hpp"
#include "models/networks/geometric.hpp"
#include "models/networks/gnm.hpp"
#include "models/networks/gnp.hpp"
#include "models/networks/rmat.hpp"
#include "models/networks/stochastic_block.hpp"
#include "models/networks/watts_strogatz.hpp"
#include "tests/unit/network_checks.hpp"

namespace annelid {
namespace {

constexpr std::int64_t n = 1 << 16;
constexpr Seed seed{42, 3};

/// FNV-1a of both ends of every edge, in order.
std::uint64_t digest(const std::vector<Edge>& edges) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const Edge& edge : edges) {
        for (const Vertex end : {edge.from, edge.to}) {
            hash = (hash ^ end) * 0x100000001b3;
        }
    }
    return hash;
}

void expect_frozen(const EdgeSource& source, std::uint64_t expected) {
    const std::vector<Edge> edges = edges_of(source);
    EXPECT_GT(source.num_pieces(), 1);
    EXPECT_EQ(digest(edges), expected) << std::hex << "0x" << digest(edges);

    std::vector<EdgePiece> pieces(static_cast<std::size_t>(source.num_pieces()));
    parallel_pieces(source.num_pieces(), 1, [&](std::int64_t piece, std::int64_t) {
        source.append_piece(piece, pieces[static_cast<std::size_t>(piece)]);
    });
    std::vector<Edge> in_threads;
    for (const EdgePiece& piece : pieces) {
        in_threads.insert(in_threads.end(), piece.edges.begin(), piece.edges.end());
    }
    EXPECT_TRUE(in_threads == edges);
}

// A change of any of these changes results that were published with this kind of network.
TEST(Networks, FrozenAnswers) {
    GnmSettings gnm;
    gnm.edges = 500'000;
    expect_frozen(*make_gnm(gnm, n, seed), 0xfd57c27e0f1873f2);
    GnpSettings gnp;
    gnp.density.mean_degree = 16;
    expect_frozen(*make_gnp(gnp, n, seed), 0x59d1a66b52a692d5);
    expect_frozen(*make_rmat(RmatSettings{}, n, seed), 0x4c0615a73d0a41e6);
    WattsStrogatzSettings ring;
    expect_frozen(*make_watts_strogatz(ring, n, seed), 0xe6b51413df022865);
    BarabasiAlbertSettings growth;
    growth.edges_per_host = 8;
    expect_frozen(*make_barabasi_albert(growth, n, seed), 0xb0d34d0f4b9349d3);
    ConfigurationSettings power_law;
    power_law.min_degree = 8;
    expect_frozen(*make_configuration(power_law, n, seed), 0x39e9c47beadf4909);
    ConfigurationSettings poisson;
    poisson.degrees = "poisson";
    poisson.mean_degree = 12.5;
    expect_frozen(*make_configuration(poisson, n, seed), 0xc159279cb436afb6);
    StochasticBlockSettings blocks;
    blocks.blocks = 100;
    blocks.inside.mean_degree = 10;
    blocks.outside.p = 1e-4;
    expect_frozen(*make_stochastic_block(blocks, n, seed), 0xe4bbfd23ff283d4a);
    GeometricSettings near;
    expect_frozen(*make_geometric(near, n, seed), 0x6b52ca10d0bbfed1);
}

}  // namespace
}  // namespace annelid
