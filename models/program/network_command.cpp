// `annelid network`: graphs without an outbreak.
#include "models/program/network_commands.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace annelid {

namespace {

constexpr const char* help = R"(annelid network WHAT ...

  generate KIND --hosts N --output G.h5   a graph by a generator; its kinds and
                                          their keys: annelid list networks
  convert IN OUT.h5                       a graph from any format that is read
  describe FILE|SCENARIO.toml             degrees, components; with --ranks what
                                          partitions would cut
  partition FILE|SCENARIO.toml --ranks R --output OWNERS.csv
                                          the rank of each vertex

Of a file that is read:
  --format F           auto, edges, matrix_market, metis or hdf5
  --directed, --weighted, --temporal
                       lines are links one way; have a weight; have two times
  --hosts N            vertices, where there are more than the file names
Of a scenario, and of generate:
  --set KEY=VALUE      another value for a key; may be repeated
  --seed N             of generate: another graph; default 1
What is written:
  --output FILE        .h5: HDF5, read without parsing; .csv: text, which does
                       not hold the number of vertices. No other names
  --force              replace the file if it exists
Partitions:
  --ranks R            over so many ranks; default: those of mpirun
  --partition M        block, hash, or scotch (needs mpirun -n R)

Examples:
  annelid network generate rmat --hosts 1048576 --set edge_factor=8 \
    --output rmat.h5
  annelid network convert inputs/graphs/power.csv.gz power.h5
  annelid network describe inputs/as-outbreak.toml --ranks 4
  mpirun -n 2 annelid network partition power.h5 --partition scotch \
    --output owners.csv
)";

bool asks_for_help(const Arguments& arguments) {
    return arguments.empty() || std::any_of(arguments.begin(), arguments.end(), [](const auto& a) {
               return a == "--help" || a == "-h";
           });
}

}  // namespace

ExitCode network_command(const Arguments& arguments, Communicator& ranks) {
    if (asks_for_help(arguments)) {
        fmt::print("{}", ranks.is_first() ? help : "");
        return ExitCode::ok;
    }
    const std::string& what = arguments.front();
    const Arguments rest(std::next(arguments.begin()), arguments.end());
    if (what == "describe") {
        return network_describe(rest, ranks);
    }
    if (what == "partition") {
        return network_partition(rest, ranks);
    }
    if (what != "generate" && what != "convert") {
        throw InputError(fmt::format(
            "annelid network {} (there is no such command): use generate, convert, describe or "
            "partition",
            what));
    }
    if (!ranks.is_first()) {
        return ExitCode::ok;
    }
    return what == "generate" ? network_generate(rest) : network_convert(rest);
}

}  // namespace annelid
