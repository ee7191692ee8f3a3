// `annelid network generate` and `convert`: a graph into a file.
#include "models/program/command_line.hpp"
#include "models/program/network.hpp"
#include "models/program/network_commands.hpp"
#include "models/program/read_kind.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace po = boost::program_options;

namespace {

const std::vector<std::string> endings = {".h5", ".csv"};

struct GenerateOptions {
    std::string kind;
    std::int64_t hosts = 0;
    std::vector<std::string> sets;
    std::int64_t seed = 1;
    std::string output;
    bool force = false;
};

std::vector<std::string> generators() {
    std::vector<std::string> out = kinds<NetworkSettings>();
    std::erase(out, "file");
    return out;
}

void check(const GenerateOptions& options) {
    const auto known = generators();
    if (std::find(known.begin(), known.end(), options.kind) == known.end()) {
        throw InputError(
            fmt::format("annelid network generate{}{} (no kind of network to "
                        "generate): use one of {}",
                        options.kind.empty() ? "" : " ", options.kind, fmt::join(known, ", ")));
    }
    if (options.hosts < 1 || options.hosts > most_vertices) {
        throw InputError(options.hosts == 0
                             ? "--hosts (how many vertices?): add --hosts 1000"
                             : fmt::format("--hosts = {} (it must be from 1 to {}): try 1000",
                                           options.hosts, most_vertices));
    }
    if (options.seed < 0) {
        throw InputError(
            fmt::format("--seed = {} (a seed is not negative): use 0 or more", options.seed));
    }
    check_new_file("--output", options.output, options.force, endings);
}

GenerateOptions read_options(const Arguments& arguments) {
    GenerateOptions out;
    po::options_description options;
    options.add_options()("hosts", po::value(&out.hosts))("set", po::value(&out.sets))(
        "seed", po::value(&out.seed))("output", po::value(&out.output))(
        "force", po::bool_switch(&out.force));
    const auto words = words_of(read_command_line("network generate", arguments, options));
    out.kind = words.empty() ? "" : words[0];
    check(out);
    return out;
}

/// The settings of a kind with the keys that --set gives.
NetworkSettings read_settings(const GenerateOptions& options) {
    Problems problems;
    Document document = Document::empty("annelid network generate " + options.kind, problems);
    for (const std::string& assignment : options.sets) {
        document.set(assignment);
    }
    const Section root = document.root();
    NetworkSettings settings;
    const bool fits = read_alternative(root, options.kind, settings);
    document.report_unknown();
    if (fits && problems.empty()) {
        const auto faults = [&](const auto& s) { return s.faults(options.hosts); };
        for (const KeyFault& fault : std::visit(faults, settings)) {
            root.fault(fault.key, fault.why, fault.advice);
        }
    }
    problems.raise();
    return settings;
}

}  // namespace

ExitCode network_generate(const Arguments& arguments) {
    const GenerateOptions options = read_options(arguments);
    Network network;
    network.settings = read_settings(options);
    network.seed = options.seed;
    const auto edges = make_edges(network, options.hosts, {}, 0);
    std::string origin = fmt::format("annelid {} network generate {} --hosts {} --seed {}",
                                     version(), options.kind, options.hosts, options.seed);
    for (const std::string& assignment : options.sets) {
        origin += " --set " + assignment;
    }
    write_network(options.output, *edges, origin);
    return ExitCode::ok;
}

ExitCode network_convert(const Arguments& arguments) {
    NetworkInput input;
    bool force = false;
    po::options_description options;
    input.add_file_options(options);
    options.add_options()("force", po::bool_switch(&force));
    const auto words = words_of(read_command_line("network convert", arguments, options, 2));
    if (words.size() < 2) {
        throw InputError(
            "annelid network convert (it takes two files): try annelid network convert "
            "inputs/graphs/power.csv.gz power.h5");
    }
    input.name = words[0];
    if (input.is_scenario()) {
        throw InputError(input.name +
                         " (a scenario): name its file of edges, or use annelid network generate");
    }
    check_new_file("OUT", words[1], force, endings);
    const LoadedNetwork network = load_network(input);
    write_network(words[1], *network.edges, "converted from " + input.name);
    return ExitCode::ok;
}

}  // namespace annelid
