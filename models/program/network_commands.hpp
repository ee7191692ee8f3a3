// The commands of `annelid network`, one a file, and what they share: where a graph comes from and
// where one goes.
#pragma once

#include "engine/graph/edge_source.hpp"
#include "engine/graph/partition_graph.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "models/networks/file.hpp"
#include "models/program/commands.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace annelid {

/// One rank.
ExitCode network_generate(const Arguments& arguments);
ExitCode network_convert(const Arguments& arguments);
/// Collective.
ExitCode network_describe(const Arguments& arguments, const Communicator& ranks);
ExitCode network_partition(const Arguments& arguments, const Communicator& ranks);

/// A graph as the command line names it: a file and what it does not say of itself, or a scenario.
struct NetworkInput {
    std::string name;
    NetworkFileSettings file;
    std::int64_t hosts = 0;         ///< 0: as many as the file has vertices
    std::vector<std::string> sets;  ///< of a scenario

    bool is_scenario() const { return std::filesystem::path(name).extension() == ".toml"; }
    void add_file_options(boost::program_options::options_description& options);
};

struct LoadedNetwork {
    std::unique_ptr<EdgeSource> edges;
    Population population;
};

/// One rank. InputError where it cannot be read, in the words of the command line.
LoadedNetwork load_network(const NetworkInput& input);
/// Collective. InputError on all ranks where one of them cannot read it.
LoadedNetwork load_network(const NetworkInput& input, const Communicator& ranks);

/// InputError where a file of this name cannot be written: it exists, or ends in none of `endings`.
void check_new_file(const std::string& option, const std::filesystem::path& file, bool force,
                    const std::vector<std::string>& endings);

/// Writes HDF5 or text, as the name ends. `origin` says where the graph is from.
void write_network(const std::filesystem::path& file, const EdgeSource& edges,
                   const std::string& origin);

/// "block", "hash" or "scotch"; InputError for anything else.
PartitionMethod read_partition_method(const std::string& name);

/// --ranks as given, else those of the job. InputError where it is out of range.
int checked_ranks(std::int64_t given, const Communicator& ranks);

}  // namespace annelid
