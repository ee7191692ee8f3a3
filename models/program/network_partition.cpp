// `annelid network partition`: the owner of each vertex, as text.
#include "engine/files/output_folder.hpp"
#include "engine/files/shared_fate.hpp"
#include "models/program/command_line.hpp"
#include "models/program/network_commands.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace annelid {

namespace fs = std::filesystem;
namespace po = boost::program_options;

namespace {

struct PartitionOptions {
    NetworkInput input;
    std::int64_t ranks = 0;
    std::string partition = "block";
    std::string output;
    bool force = false;
};

PartitionOptions read_options(const Arguments& arguments, const Communicator& ranks) {
    PartitionOptions out;
    po::options_description options;
    out.input.add_file_options(options);
    options.add_options()("set", po::value(&out.input.sets))("ranks", po::value(&out.ranks))(
        "partition", po::value(&out.partition))("output", po::value(&out.output))(
        "force", po::bool_switch(&out.force));
    const auto words = words_of(read_command_line("network partition", arguments, options));
    if (words.empty()) {
        throw InputError(
            "annelid network partition (no graph is named): add a file, for example "
            "inputs/graphs/power.csv.gz");
    }
    if (out.ranks == 0 && ranks.size() == 1) {
        throw InputError("--ranks (over how many ranks?): add --ranks 4, or use mpirun -n 4");
    }
    out.input.name = words[0];
    return out;
}

void write_owners(const fs::path& path, const Partition& partition) {
    OutputFolder(path).prepare(true);
    TemporaryFile temporary(path, true);
    std::ofstream file(temporary.path(), std::ios::binary);
    file << "vertex,rank\n";
    fmt::memory_buffer lines;
    for (std::int64_t v = 0; v < partition.num_hosts() && file; ++v) {
        fmt::format_to(std::back_inserter(lines), "{},{}\n", v, partition.owner(HostId{v}));
        if (lines.size() > (1 << 20) || v + 1 == partition.num_hosts()) {
            file.write(lines.data(), static_cast<std::streamsize>(lines.size()));
            lines.clear();
        }
    }
    file.close();
    if (!file) {
        throw OutputError(path.string() +
                          " (it could not be written to the end): make room or choose another "
                          "--output");
    }
    temporary.commit();
}

}  // namespace

ExitCode network_partition(const Arguments& arguments, const Communicator& ranks) {
    const PartitionOptions options = read_options(arguments, ranks);
    const PartitionMethod method = read_partition_method(options.partition);
    const int num_ranks = checked_ranks(options.ranks, ranks);
    const bool together = method == PartitionMethod::scotch;
    if (together && num_ranks != ranks.size()) {
        throw InputError(
            fmt::format("--partition = scotch (PT-Scotch runs on the ranks that it cuts for): use "
                        "mpirun -n {}",
                        num_ranks));
    }
    SharedFate fate(ranks);
    fate.attempt([&] {
        if (ranks.is_first()) {
            check_new_file("--output", options.output, options.force, {".csv"});
        }
    });
    fate.join<InputError>("");
    const LoadedNetwork network = load_network(options.input, ranks);
    if (num_ranks > network.population.num_hosts()) {
        throw InputError(fmt::format("--ranks = {} (more than the {} vertices): use fewer",
                                     num_ranks, network.population.num_hosts()));
    }
    const Partition partition =
        together ? partition_graph(method, *network.edges, network.population, ranks)
                 : partition_without_ranks(method, network.population, num_ranks);
    if (ranks.is_first()) {
        write_owners(options.output, partition);
    }
    return ExitCode::ok;
}

}  // namespace annelid
