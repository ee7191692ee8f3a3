// `annelid run`: reads what is asked for, and runs it.
#include "engine/base/stop.hpp"
#include "models/program/commands.hpp"
#include "models/program/run.hpp"
#include "models/program/world_parts.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace annelid {

namespace {

/// Rows of each replicate beside quantiles are only for who wants them, by name.
bool asks_for(const RunOptions& options, const std::string& key) {
    return std::ranges::any_of(options.sets, [&](const std::string& set) {
        const auto end = set.find_first_of(" =");
        return set.substr(0, end) == key;
    });
}

/// "1, 2 or 4": what divides the ranks.
std::string team_sizes(int ranks) {
    std::string out;
    for (int size = 1; size <= ranks; ++size) {
        if (ranks % size == 0) {
            out += (out.empty() ? "" : size == ranks ? " or " : ", ") + std::to_string(size);
        }
    }
    return out;
}

void check_teams(const RunOptions& options, const Scenario& scenario, const Communicator& ranks) {
    if (options.team_size > 0 && ranks.size() % options.team_size != 0) {
        throw InputError(
            fmt::format("--team-size = {} ({} rank{} make{} no whole teams of it): "
                        "use {}, or start another number of ranks",
                        options.team_size, ranks.size(), ranks.size() > 1 ? "s" : "",
                        ranks.size() > 1 ? "" : "s", team_sizes(ranks.size())));
    }
    if (options.team_size == 0 || options.team_size == ranks.size()) {
        return;
    }
    if (!options.restart.empty() || options.wants_checkpoints) {
        throw InputError(fmt::format(
            "--team-size = {} (several teams make no checkpoints and go on from none): leave out "
            "--checkpoint, --checkpoint-every and --restart, or use --team-size {}",
            options.team_size, ranks.size()));
    }
    if (scenario.record_hosts) {
        scenario.refuse("record.hosts", "each team has other hosts in their last states",
                        "use record.hosts = false, or run one replicate");
    }
}

}  // namespace

ExitCode run_command(const Arguments& arguments, Communicator& ranks) {
    const RunOptions options = read_run_options(arguments);
    if (options.help) {
        fmt::print("{}", ranks.is_first() ? run_help : "");
        return ExitCode::ok;
    }
    listen_for_stop();
    Scenario scenario = read_scenario_together(options.scenario, options.sets, ranks);
    scenario.seed = options.seed.value_or(scenario.seed);
    if (options.quantiles && !asks_for(options, "record.events")) {
        scenario.record_events = false;
    }
    if (options.quantiles && !asks_for(options, "record.transitions")) {
        scenario.record_transitions = false;
    }
    check_teams(options, scenario, ranks);
    if (scenario.redraw && options.replicates > 1 && scenario.record_hosts) {
        scenario.refuse("record.hosts", "with several worlds there is no one population",
                        "use population.redraw = false or run one replicate");
    }
    const Run run(scenario, options, ranks);
    return run.is_stopped()       ? ExitCode::come_back_later
           : run.num_failed() > 0 ? ExitCode::some_failed
                                  : ExitCode::ok;
}

}  // namespace annelid
