// `annelid check`: every fault of a scenario, or the scenario in full.
#include <fmt/format.h>

#include "models/program/commands.hpp"
#include "models/program/scenario.hpp"

namespace annelid {

ExitCode check_command(const Arguments& arguments) {
    std::string file;
    std::vector<std::string> sets;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--help" || arguments[i] == "-h") {
            fmt::print("annelid check SCENARIO.toml [--set KEY=VALUE]...\n\n"
                       "Prints the effective scenario (a valid file with every default), or every "
                       "fault with\nits line; exit code 2 then. Nothing is run.\n");
            return ExitCode::ok;
        }
        if (arguments[i] == "--set" && i + 1 < arguments.size()) {
            sets.push_back(arguments[++i]);
        } else if (file.empty() && arguments[i].rfind("--", 0) != 0) {
            file = arguments[i];
        } else {
            throw InputError(fmt::format("{} (not an option of check): see annelid check --help",
                                         arguments[i]));
        }
    }
    if (file.empty()) {
        throw InputError("annelid check (no scenario is named): add one, for example "
                         "inputs/wannacry.toml");
    }
    fmt::print("{}", effective_text(read_scenario(file, sets)));
    return ExitCode::ok;
}

}  // namespace annelid
