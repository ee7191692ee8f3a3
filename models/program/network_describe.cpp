// `annelid network describe`: what a graph looks like, and what partitions would make of it.
#include "engine/graph/graph_summary.hpp"
#include "engine/graph/partition_quality.hpp"
#include "models/program/command_line.hpp"
#include "models/program/network_commands.hpp"

#include <optional>

#include <fmt/format.h>

namespace annelid {

namespace po = boost::program_options;

namespace {

struct DescribeOptions {
    NetworkInput input;
    std::int64_t ranks = 0;
    std::string partition;  ///< empty: all that can be
};

DescribeOptions read_options(const Arguments& arguments) {
    DescribeOptions out;
    po::options_description options;
    out.input.add_file_options(options);
    options.add_options()("set", po::value(&out.input.sets))("ranks", po::value(&out.ranks))(
        "partition", po::value(&out.partition));
    const auto words = words_of(read_command_line("network describe", arguments, options));
    if (words.empty()) {
        throw InputError(
            "annelid network describe (no graph is named): add a file, for example "
            "inputs/graphs/power.csv.gz");
    }
    out.input.name = words[0];
    return out;
}

std::string degrees(const char* what, const Degrees& degrees, double mean) {
    std::string out =
        fmt::format("{:<12} {} to {}, mean {:.4g}\n", what, degrees.least, degrees.most, mean);
    for (std::size_t i = 0; i < degrees.histogram.size(); ++i) {
        const std::int64_t first = i == 0 ? 0 : std::int64_t{1} << (i - 1);
        const std::int64_t last = i == 0 ? 0 : 2 * first - 1;
        const std::string range =
            first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
        out += fmt::format("  {:<22} {:>12} vertices\n", range, degrees.histogram[i]);
    }
    return out;
}

std::string describe(const std::string& name, const GraphSummary& graph) {
    std::string out = fmt::format(
        "{}: {}, {}{}\n", name, graph.directed ? "directed" : "undirected",
        graph.weighted ? "weighted" : "without weights", graph.temporal ? ", temporal" : "");
    const auto line = [&](const char* what, const std::string& value) {
        out += fmt::format("{:<12} {}\n", what, value);
    };
    line("vertices", fmt::format("{}, {} of them isolated", graph.vertices, graph.isolated));
    line("links", fmt::format("{}{}", graph.links, graph.directed ? "" : " (an edge is two)"));
    line("self-loops", fmt::format("{} edges, left out", graph.self_loops));
    line("duplicates", fmt::format("{} links, left out", graph.duplicates));
    line("components",
         fmt::format("{}, the largest of {} vertices", graph.components, graph.largest_component));
    out += degrees(graph.directed ? "out-degree" : "degree", graph.out, graph.mean_degree());
    return out + (graph.directed ? degrees("in-degree", graph.in, graph.mean_degree()) : "");
}

std::string table_row(const char* method, const PartitionQuality& quality) {
    return fmt::format("  {:<8} {:>12} {:>9.4f} {:>10.4f} {:>9.4f} {:>12} {:>12}\n", method,
                       quality.cut_links, quality.cut_share(), quality.vertex_imbalance(),
                       quality.link_imbalance(), quality.ghosts, quality.most_ghosts);
}

std::string table_head(int num_ranks) {
    return fmt::format(
        "partitions over {} ranks; repeated links count, largest load over mean\n"
        "  {:<8} {:>12} {:>9} {:>10} {:>9} {:>12} {:>12}\n",
        num_ranks, "", "cut links", "share", "vertices", "links", "ghosts", "of a rank");
}

}  // namespace

ExitCode network_describe(const Arguments& arguments, const Communicator& ranks) {
    const DescribeOptions options = read_options(arguments);
    const int num_ranks = checked_ranks(options.ranks, ranks);
    std::optional<PartitionMethod> wanted;
    if (!options.partition.empty()) {
        wanted = read_partition_method(options.partition);
    }
    const auto is_wanted = [&](PartitionMethod m) { return !wanted || *wanted == m; };
    const bool has_ranks = num_ranks == ranks.size();
    if (wanted == PartitionMethod::scotch && !has_ranks) {
        throw InputError(
            fmt::format("--partition = scotch (PT-Scotch runs on the ranks that it cuts for): use "
                        "mpirun -n {}",
                        num_ranks));
    }
    const LoadedNetwork network = load_network(options.input, ranks);
    if (num_ranks > network.population.num_hosts()) {
        throw InputError(fmt::format("--ranks = {} (more than the {} vertices): use fewer",
                                     num_ranks, network.population.num_hosts()));
    }
    std::string told;
    if (ranks.is_first()) {
        told = describe(options.input.name, summarise(*network.edges));
    }
    if (num_ranks > 1) {
        told += table_head(num_ranks);
        for (const auto& [method, name] : {std::pair{PartitionMethod::block, "block"},
                                           std::pair{PartitionMethod::hash, "hash"}}) {
            if (is_wanted(method) && ranks.is_first()) {
                told += table_row(
                    name,
                    partition_quality(*network.edges, partition_without_ranks(
                                                          method, network.population, num_ranks)));
            }
        }
        if (is_wanted(PartitionMethod::scotch) && has_ranks) {
            const auto partition =
                partition_graph(PartitionMethod::scotch, *network.edges, network.population, ranks);
            told += table_row("scotch", partition_quality(*network.edges, partition, ranks));
        } else if (!wanted) {
            told += fmt::format("  scotch   with mpirun -n {}\n", num_ranks);
        }
    }
    fmt::print("{}", ranks.is_first() ? told : "");
    return ExitCode::ok;
}

}  // namespace annelid
