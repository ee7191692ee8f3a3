// `annelid organisations`: which hosts of a scenario belong together.
#include "models/program/command_line.hpp"
#include "models/program/scenario.hpp"
#include "models/program/world_parts.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace annelid {

namespace po = boost::program_options;

namespace {

constexpr const char* help = R"(annelid organisations SCENARIO.toml [options]

Prints a table (CSV) of the organisations and homes of its population. A line
stands for neighbouring ones of one size: `number` of them with `size` hosts
each, the first of which is `first_host`. With it, hosts in the events of a run
file can be gathered by organisation. Where population.redraw is set, the table
is that of replicate 0.

  --set KEY=VALUE   override a key of the scenario; may be repeated

Example:
  annelid organisations inputs/notpetya.toml > organisations.csv
)";

void print_organisations(const Population& population) {
    fmt::print("first_host,size,number,country,sector\n");
    const std::vector<Cell>& cells = population.cells();
    for (std::size_t c = 0; c < cells.size(); ++c) {
        const HostId last =
            c + 1 < cells.size() ? cells[c + 1].first : HostId{population.num_hosts()};
        HostId first = cells[c].first;
        while (first < last) {
            const std::int64_t size = population.organisation_of(first).size();
            HostId next = first;
            while (next < last && population.organisation_of(next).size() == size) {
                next.value += size;
            }
            fmt::print("{},{},{},{},{}\n", first.value, size, (next.value - first.value) / size,
                       population.countries()[static_cast<std::size_t>(cells[c].country)].code,
                       population.sectors()[static_cast<std::size_t>(cells[c].sector)]);
            first = next;
        }
    }
}

}  // namespace

ExitCode organisations_command(const Arguments& arguments) {
    std::vector<std::string> sets;
    po::options_description options;
    options.add_options()("help,h", "")("set", po::value(&sets));
    const po::variables_map values = read_command_line("organisations", arguments, options);
    if (values.count("help") > 0) {
        fmt::print("{}", help);
        return ExitCode::ok;
    }
    const Scenario scenario = read_scenario(scenario_of("organisations", values), sets);
    const bool from_links = std::holds_alternative<GraphSettings>(scenario.population);
    const auto edges = from_links ? make_network(scenario, 0) : nullptr;
    print_organisations(make_population(scenario, edges.get(), 0));
    return ExitCode::ok;
}

}  // namespace annelid
