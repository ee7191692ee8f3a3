// The command line of `annelid run`.
#pragma once

#include "models/program/commands.hpp"
#include "models/program/progress.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace annelid {

struct RunOptions {
    bool help = false;
    std::string scenario;
    std::vector<std::string> sets;
    std::optional<std::int64_t> seed;
    std::int64_t replicates = 0;  ///< 0: one run, no replicate axis
    std::int64_t replicate = 0;   ///< the first, or the only one
    int team_size = 0;            ///< ranks a replicate; 0: all
    bool quantiles = false;       ///< over replicates, instead of the series of each
    std::string output;           ///< never empty
    bool force = false;
    Progress::Mode progress = Progress::Mode::log;
    double flush_every_s = 60;
    std::string checkpoint;             ///< never empty
    double checkpoint_every_s = 0;      ///< 0: not by the clock
    std::int64_t checkpoint_every = 0;  ///< steps; 0: not by their number
    bool wants_checkpoints = false;     ///< other than by a signal
    std::string restart;                ///< empty: from the start
};

extern const char* const run_help;

/// InputError where the options do not fit.
RunOptions read_run_options(const Arguments& arguments);

}  // namespace annelid
