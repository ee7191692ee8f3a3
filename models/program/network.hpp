// The network of a scenario: where its links come from and how ranks share them.
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/graph.hpp"
#include "engine/graph/partition_graph.hpp"
#include "engine/scenario/fields.hpp"
#include "models/networks/barabasi_albert.hpp"
#include "models/networks/configuration.hpp"
#include "models/networks/enterprise.hpp"
#include "models/networks/file.hpp"
#include "models/networks/geometric.hpp"
#include "models/networks/gnm.hpp"
#include "models/networks/gnp.hpp"
#include "models/networks/rmat.hpp"
#include "models/networks/stochastic_block.hpp"
#include "models/networks/watts_strogatz.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <variant>

namespace annelid {

/// The kinds of network that a scenario can name. A new one is added here.
using NetworkSettings =
    std::variant<NetworkFileSettings, GnmSettings, GnpSettings, BarabasiAlbertSettings,
                 WattsStrogatzSettings, RmatSettings, ConfigurationSettings, GeometricSettings,
                 StochasticBlockSettings, EnterpriseSettings>;

struct Network {
    NetworkSettings settings;
    std::string duplicates = "merge";
    std::string partition = "block";
    std::int64_t seed = 1;

    Fields fields();
    Multiple multiple() const { return duplicates == "merge" ? Multiple::merge : Multiple::keep; }
};

/// "block", "hash" or "scotch".
PartitionMethod partition_method(const std::string& name);

/// The edges of `network`, over `num_vertices` vertices (0: as many as its file has). A file is
/// looked for in `folder`, then among the project's inputs. InputError where it cannot be read.
std::unique_ptr<EdgeSource> make_edges(const Network& network, std::int64_t num_vertices,
                                       const std::filesystem::path& folder, std::int64_t replicate);

}  // namespace annelid
