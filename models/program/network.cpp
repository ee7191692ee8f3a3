#include "models/program/network.hpp"

#include "engine/base/errors.hpp"
#include "engine/graph/read_edges.hpp"
#include "models/program/data_files.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

struct Maker {
    std::int64_t num_vertices;
    fs::path folder;
    Seed seed;

    std::unique_ptr<EdgeSource> operator()(const NetworkFileSettings& s) const;
    std::unique_ptr<EdgeSource> operator()(const BarabasiAlbertSettings& s) const {
        return make_barabasi_albert(s, num_vertices, seed);
    }
    std::unique_ptr<EdgeSource> operator()(const ConfigurationSettings& s) const {
        return make_configuration(s, num_vertices, seed);
    }
    std::unique_ptr<EdgeSource> operator()(const GeometricSettings& s) const {
        return make_geometric(s, num_vertices, seed);
    }
    std::unique_ptr<EdgeSource> operator()(const GnmSettings& s) const {
        return make_gnm(s, num_vertices, seed);
    }
    std::unique_ptr<EdgeSource> operator()(const GnpSettings& s) const {
        return make_gnp(s, num_vertices, seed);
    }
    std::unique_ptr<EdgeSource> operator()(const RmatSettings& s) const {
        return make_rmat(s, num_vertices, seed);
    }
    std::unique_ptr<EdgeSource> operator()(const StochasticBlockSettings& s) const {
        return make_stochastic_block(s, num_vertices, seed);
    }
    std::unique_ptr<EdgeSource> operator()(const WattsStrogatzSettings& s) const {
        return make_watts_strogatz(s, num_vertices, seed);
    }
};

/// Vertices per edge beyond which numbers are taken for something else, addresses for example.
constexpr std::int64_t most_vertices_per_edge = 1000;

std::unique_ptr<EdgeSource> Maker::operator()(const NetworkFileSettings& s) const {
    fs::path file = folder / s.file;
    if (!fs::exists(file)) {
        const fs::path input = find_data(fs::path("inputs") / s.file);
        file = input.empty() ? file : input;
    }
    ReadOptions options;
    options.format = s.format;
    options.directed = s.directed;
    options.weighted = s.weighted;
    options.temporal = s.temporal;
    options.num_vertices = num_vertices;
    auto edges = read_edges(file, options);
    const auto& list = dynamic_cast<const EdgeList&>(*edges);
    const std::int64_t num_edges = std::ssize(list.all().edges);
    if (num_vertices == 0 &&
        edges->num_vertices() / most_vertices_per_edge > std::max<std::int64_t>(num_edges, 1000)) {
        throw InputError(fmt::format(
            "{}: {} vertices for {} edges (a vertex for every number up to the largest): number "
            "them from 0, or state population.hosts",
            file.generic_string(), edges->num_vertices(), num_edges));
    }
    return edges;
}

}  // namespace

Fields Network::fields() {
    Field duplicates_field{"duplicates", &duplicates, Unit::none,
                           "links named more than once: merge (the largest weight counts) or keep"};
    duplicates_field.choices = {"merge", "keep"};
    Field seed_field{"seed", &seed, Unit::none, "draws the network, whatever the outbreak"};
    seed_field.min = 0;
    return {duplicates_field, seed_field};
}

std::unique_ptr<EdgeSource> make_edges(const Network& network, std::int64_t num_vertices,
                                       const fs::path& folder, std::int64_t replicate) {
    const Seed seed{static_cast<std::uint64_t>(network.seed),
                    static_cast<std::uint64_t>(replicate)};
    return std::visit(Maker{num_vertices, folder, seed}, network.settings);
}

}  // namespace annelid
