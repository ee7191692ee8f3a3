// `annelid run`: reads what is asked for, and runs it.
#include "engine/base/stop.hpp"
#include "models/program/commands.hpp"
#include "models/program/run.hpp"
#include "models/program/world_parts.hpp"

#include <fmt/format.h>

namespace annelid {

ExitCode run_command(const Arguments& arguments, Communicator& ranks) {
    const RunOptions options = read_run_options(arguments);
    if (options.help) {
        fmt::print("{}", ranks.is_first() ? run_help : "");
        return ExitCode::ok;
    }
    listen_for_stop();
    Scenario scenario = read_scenario_together(options.scenario, options.sets, ranks);
    scenario.seed = options.seed.value_or(scenario.seed);
    if (scenario.redraw && options.replicates > 1 && scenario.record_hosts) {
        scenario.refuse("record.hosts", "with several worlds there is no one population",
                        "use population.redraw = false or run one replicate");
    }
    const Run run(scenario, options, ranks);
    return run.is_stopped() ? ExitCode::come_back_later : ExitCode::ok;
}

}  // namespace annelid
