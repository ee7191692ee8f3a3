#include "models/program/network.hpp"

#include "engine/base/errors.hpp"
#include "models/program/data_files.hpp"
#include "models/program/network_file.hpp"

namespace annelid {

namespace fs = std::filesystem;

namespace {

struct Maker {
    std::int64_t num_vertices;
    fs::path folder;
    Seed seed;

    std::unique_ptr<EdgeSource> operator()(const NetworkFileSettings& s) const {
        return read_network_file(find_input(s.file, folder), s, num_vertices);
    }
    std::unique_ptr<EdgeSource> operator()(const BarabasiAlbertSettings& s) const {
        return make_barabasi_albert(s, num_vertices, seed);
    }
    std::unique_ptr<EdgeSource> operator()(const ConfigurationSettings& s) const {
        return make_configuration(s, num_vertices, seed);
    }
    std::unique_ptr<EdgeSource> operator()(const EnterpriseSettings&) const {
        throw InputError(
            "network.kind = \"enterprise\" (its links follow organisations): use it in a scenario "
            "with population internet or flat");
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

}  // namespace

Fields Network::fields() {
    Field duplicates_field{"duplicates", &duplicates, Unit::none,
                           "links named more than once: merge (the largest weight counts) or keep"};
    duplicates_field.choices = {"merge", "keep"};
    Field seed_field{"seed", &seed, Unit::none, "draws the network, whatever the outbreak"};
    seed_field.min = 0;
    Field partition_field{"partition", &partition, Unit::none,
                          "which rank gets which hosts: block (neighbours by number), hash or "
                          "scotch (few links between ranks); never changes a result"};
    partition_field.choices = {"block", "hash", "scotch"};
    return {duplicates_field, partition_field, seed_field};
}

PartitionMethod partition_method(const std::string& name) {
    return name == "hash"     ? PartitionMethod::hash
           : name == "scotch" ? PartitionMethod::scotch
                              : PartitionMethod::block;
}

std::unique_ptr<EdgeSource> make_edges(const Network& network, std::int64_t num_vertices,
                                       const fs::path& folder, std::int64_t replicate) {
    const Seed seed{static_cast<std::uint64_t>(network.seed),
                    static_cast<std::uint64_t>(replicate)};
    return std::visit(Maker{num_vertices, folder, seed}, network.settings);
}

}  // namespace annelid
