#include "engine/files/graph_file.hpp"
#include "engine/files/output_folder.hpp"
#include "engine/files/shared_fate.hpp"
#include "engine/graph/edge_rounds.hpp"
#include "engine/graph/write_edges.hpp"
#include "models/populations/graph.hpp"
#include "models/program/network_commands.hpp"
#include "models/program/network_file.hpp"
#include "models/program/scenario.hpp"
#include "models/program/world_parts.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace fs = std::filesystem;
namespace po = boost::program_options;

namespace {

constexpr std::int64_t most_ranks = 1'000'000;

/// Readers name the keys of a scenario.
std::string for_command_line(std::string text) {
    const std::pair<const char*, const char*> words[] = {
        {"set network.weighted and network.temporal = false",
         "leave out --weighted and --temporal"},
        {"set network.weighted = false", "leave out --weighted"},
        {"set network.temporal = false", "leave out --temporal"},
        {"set network.weighted = true and network.temporal = true", "add --weighted --temporal"},
        {"set network.weighted = true", "add --weighted"},
        {"set network.temporal = true", "add --temporal"},
        {"set network.format", "set --format"},
        {"network.directed = true", "--directed"},
        {"network.weighted = true", "--weighted"},
        {"network.temporal = true", "--temporal"},
        {"network.format", "--format"},
        {"population.hosts", "--hosts"},
    };
    for (const auto& [key, option] : words) {
        if (const auto at = text.find(key); at != std::string::npos) {
            text.replace(at, std::string(key).size(), option);
        }
    }
    return text;
}

LoadedNetwork load_scenario(const NetworkInput& input) {
    const Scenario scenario = read_scenario(input.name, input.sets);
    if (!scenario.network) {
        throw InputError(input.name +
                         " (it has no [network]): name a file of edges, or a scenario that has");
    }
    auto edges = make_network(scenario, 0);
    Population population = make_population(scenario, edges.get(), 0);
    return {std::move(edges), std::move(population)};
}

LoadedNetwork load_file(const NetworkInput& input) {
    const auto formats = {"auto", "edges", "matrix_market", "metis", "hdf5"};
    if (std::find(formats.begin(), formats.end(), input.file.format) == formats.end()) {
        throw InputError(fmt::format("--format = {} (not a format): use {}", input.file.format,
                                     fmt::join(formats, ", ")));
    }
    if (input.hosts < 0 || input.hosts > most_vertices) {
        throw InputError(
            fmt::format("--hosts = {} (a graph has 1 to {} vertices): leave it out to "
                        "take the file's",
                        input.hosts, most_vertices));
    }
    try {
        auto edges = read_network_file(input.name, input.file, input.hosts);
        if (input.hosts > 0 && edges->num_vertices() > input.hosts) {
            throw InputError(
                fmt::format("--hosts = {} (fewer than the {} vertices of {}): use at "
                            "least as many",
                            input.hosts, edges->num_vertices(), input.name));
        }
        Population population = make_graph_population(edges->num_vertices());
        return {std::move(edges), std::move(population)};
    } catch (const InputError& fault) {
        throw InputError(for_command_line(fault.what()));
    }
}

}  // namespace

void NetworkInput::add_file_options(po::options_description& options) {
    options.add_options()("format", po::value(&file.format))(
        "directed", po::bool_switch(&file.directed))("weighted", po::bool_switch(&file.weighted))(
        "temporal", po::bool_switch(&file.temporal))("hosts", po::value(&hosts));
}

LoadedNetwork load_network(const NetworkInput& input) {
    return input.is_scenario() ? load_scenario(input) : load_file(input);
}

LoadedNetwork load_network(const NetworkInput& input, const Communicator& ranks) {
    SharedFate fate(ranks);
    std::optional<LoadedNetwork> network;
    fate.attempt([&] { network.emplace(load_network(input)); });
    fate.join<InputError>("");
    for_each_round(*network->edges, ranks, [](const EdgePiece&) {});
    return std::move(*network);
}

void check_new_file(const std::string& option, const fs::path& file, bool force,
                    const std::vector<std::string>& endings) {
    if (file.empty()) {
        throw InputError(fmt::format("{} (no file is named): add one that ends in {}", option,
                                     fmt::join(endings, " or ")));
    }
    if (std::find(endings.begin(), endings.end(), file.extension()) == endings.end()) {
        throw InputError(fmt::format("{} = {} (what is written ends in {}): name it so", option,
                                     file.string(), fmt::join(endings, " or ")));
    }
    std::error_code ignored;
    if (fs::is_directory(file, ignored)) {
        throw InputError(fmt::format("{} (a folder): name a file in it", file.string()));
    }
    if (!force && fs::exists(file, ignored)) {
        throw InputError(
            fmt::format("{} (the file exists): choose another name or add --force", file.string()));
    }
}

void write_network(const fs::path& file, const EdgeSource& edges, const std::string& origin) {
    OutputFolder(file).prepare(true);
    if (file.extension() == ".h5") {
        GraphFileOptions options;
        options.source = origin;
        write_graph_file(file, edges, options);
    } else {
        write_edges(file, edges);
    }
}

PartitionMethod read_partition_method(const std::string& name) {
    if (name != "block" && name != "hash" && name != "scotch") {
        throw InputError(
            fmt::format("--partition = {} (not a method): use block, hash or scotch", name));
    }
    return partition_method(name);
}

int checked_ranks(std::int64_t given, const Communicator& ranks) {
    if (given == 0) {
        return ranks.size();
    }
    if (given < 0 || given > most_ranks) {
        throw InputError(
            fmt::format("--ranks = {} (it must be from 1 to {}): try 4", given, most_ranks));
    }
    return static_cast<int>(given);
}

}  // namespace annelid
