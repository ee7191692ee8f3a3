// `annelid check`: every fault of a scenario, or the scenario in full.
#include "models/program/command_line.hpp"
#include "models/program/scenario.hpp"

#include <fmt/format.h>

namespace annelid {

namespace po = boost::program_options;

namespace {

constexpr const char* help = R"(annelid check SCENARIO.toml [options]

Prints the effective scenario, a valid file with every default, or every fault
with its line (exit code 2); warnings to standard error. Nothing is run and
nothing is written.

  --set KEY=VALUE   override a key of the scenario; may be repeated

Examples:
  annelid check inputs/wannacry.toml > full.toml
  annelid check inputs/slammer.toml --set seeds.hosts=3 --set time.end="1 h"
)";

}  // namespace

ExitCode check_command(const Arguments& arguments) {
    std::vector<std::string> sets;
    po::options_description options;
    options.add_options()("help,h", "")("set", po::value(&sets));
    const po::variables_map values = read_command_line("check", arguments, options);
    if (values.count("help") > 0) {
        fmt::print("{}", help);
    } else {
        const Scenario scenario = read_scenario(scenario_of("check", values), sets);
        for (const std::string& warning : scenario.warnings) {
            fmt::print(stderr, "warning: {}\n", warning);
        }
        fmt::print("{}", effective_text(scenario));
    }
    return ExitCode::ok;
}

}  // namespace annelid
