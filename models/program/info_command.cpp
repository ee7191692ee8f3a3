// `annelid info`: what is in a run file, in words.
#include <fmt/format.h>

#include "engine/files/run_file.hpp"
#include "models/program/commands.hpp"

namespace annelid {

ExitCode info_command(const Arguments& arguments) {
    if (arguments.size() != 1 || arguments[0] == "--help" || arguments[0] == "-h") {
        const bool wanted = !arguments.empty() && arguments[0].rfind('-', 0) == 0;
        if (!wanted) {
            throw InputError("annelid info (it takes one run file): annelid info run.h5");
        }
        fmt::print("annelid info FILE.h5\n\nWhat is in a run file, in words. "
                   "results/FORMAT.md has every dataset.\n");
        return ExitCode::ok;
    }
    fmt::print("{}", describe_run_file(arguments[0]));
    return ExitCode::ok;
}

}  // namespace annelid
