// `annelid info`: what is in a run file or a checkpoint, in words.
#include "engine/files/checkpoint_file.hpp"
#include "engine/files/run_file.hpp"
#include "models/program/commands.hpp"

#include <fmt/format.h>

namespace annelid {

namespace {

constexpr const char* help = R"(annelid info FILE.h5

What is in a run file, in words; it may belong to a run that still goes on. Of
a checkpoint: how far it is, and whether it is whole.
results/FORMAT.md has every dataset.

Example:
  annelid info results/wannacry/run.h5
)";

}  // namespace

ExitCode info_command(const Arguments& arguments) {
    if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h")) {
        fmt::print("{}", help);
        return ExitCode::ok;
    }
    if (arguments.size() != 1 || arguments[0].rfind("--", 0) == 0) {
        throw InputError("annelid info (it takes one run file): try annelid info run.h5");
    }
    try {
        fmt::print("{}", is_checkpoint(arguments[0]) ? describe_checkpoint(arguments[0])
                                                     : describe_run_file(arguments[0]));
    } catch (const InputError& e) {
        // What HDF5 says of a file that it cannot read has no advice.
        const std::string text = e.what();
        const bool has_advice = text.find("): ") != std::string::npos;
        throw InputError(has_advice ? text : text + ": name the file that `annelid run` wrote");
    }
    return ExitCode::ok;
}

}  // namespace annelid
