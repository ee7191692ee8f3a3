#include "models/program/checkpoints.hpp"

#include "engine/base/errors.hpp"
#include "engine/files/shared_fate.hpp"
#include "engine/scenario/quantity.hpp"
#include "models/program/branching.hpp"
#include "models/program/commands.hpp"
#include "models/program/replicates.hpp"
#include "models/program/world.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

/// A number for what a world is made of, beyond the scenario's own keys: its tables and graph.
std::int64_t fingerprint(const World& world) {
    std::string all;
    const Population& population = world.population();
    const auto add = [&](std::int64_t value) { all += fmt::format("{} ", value); };
    for (const Country& country : population.countries()) {
        all += country.code + " ";
    }
    for (const std::string& sector : population.sectors()) {
        all += sector + " ";
    }
    for (const Cell& cell : population.cells()) {
        add(cell.first.value);
        add(cell.country);
        add(cell.sector);
    }
    for (const OrganisationRun& run : population.runs()) {
        add(run.first.value);
        add(run.size);
    }
    if (const Graph* graph = world.graph()) {
        add(graph->counts().vertices);
        add(graph->counts().edges);
        add(graph->counts().self_loops);
        add(graph->counts().duplicates);
    }
    return static_cast<std::int64_t>(name_hash(all) >> 1);
}

/// The file of that name beside the checkpoint; the other way round: by its path from there.
fs::path from_beside(const fs::path& checkpoint, const std::string& name) {
    return (fs::absolute(checkpoint).parent_path() / name).lexically_normal();
}
std::string as_beside(const fs::path& checkpoint, const fs::path& file) {
    return fs::absolute(file)
        .lexically_normal()
        .lexically_relative(fs::absolute(checkpoint).lexically_normal().parent_path())
        .string();
}

/// First rank. Where the rows from before the checkpoint are.
fs::path find_run_file(const Restart& restart, const RunOptions& options) {
    const RunFile::Rows& rows = restart.moment.rows;
    const fs::path written = from_beside(options.restart, restart.head.text("run_file"));
    for (const fs::path& file : {fs::path(options.output), written}) {
        std::error_code ignored;
        if (!fs::is_regular_file(file, ignored)) {
            continue;
        }
        const RunFile::Found found = RunFile::look_at(file);
        if (found.created == restart.moment.created) {
            if (found.rows.events < rows.events || found.rows.transitions < rows.transitions) {
                throw InputError(
                    fmt::format("{} (it has {} events, {} at the time of the "
                                "checkpoint): give the checkpoint before it",
                                file.string(), found.rows.events, rows.events));
            }
            return file;
        }
    }
    if (rows.events + rows.transitions == 0) {
        return {};
    }
    throw InputError(
        fmt::format("{} (the run file with the {} events before the checkpoint is not "
                    "there, or is another one): put it back",
                    written.string(), rows.events));
}

void check_options(const CheckpointHead& head, const Scenario& scenario,
                   const RunOptions& options) {
    const auto same = [&](const char* option, const char* attribute, std::int64_t value) {
        if (head.number(attribute) != value) {
            throw InputError(
                fmt::format("{} = {} (the checkpoint is of a run with {}): use that, "
                            "or start anew without --restart",
                            option, value, head.number(attribute)));
        }
    };
    same("--seed", "seed", scenario.seed);
    same("--replicates", "replicates", options.replicates);
    same("--replicate", "replicate", options.replicate);
}

/// First rank.
std::vector<std::string> check_scenario(const Restart& restart, const Scenario& scenario,
                                        const RunOptions& options) {
    const RunMoment& moment = restart.moment;
    const Differences differences =
        compare_scenarios(restart.head.scenario, effective_text(scenario),
                          {moment.time, {moment.has_begun.begin(), moment.has_begun.end()}});
    std::vector<std::string> refused = differences.refused;
    if (moment.index > 0) {
        for (const std::string& change : differences.allowed) {
            refused.push_back(change + " (a replicate before this one is done)");
        }
    }
    if (!refused.empty()) {
        throw InputError(
            fmt::format("{}: {} (made at {} with another scenario; only what lies after it may "
                        "change): undo these changes, or start anew without --restart\n  {}",
                        options.scenario, options.restart, print_duration_us(moment.time),
                        fmt::join(refused, "\n  ")));
    }
    return differences.allowed;
}

void save_numbers(StateWriter& out, const std::string& name,
                  const std::vector<std::int64_t>& values, std::size_t count) {
    RowWriter rows = out.of_first(name);
    for (std::size_t i = 0; i < std::min(count, values.size()); ++i) {
        rows.add_all(values[i]);
    }
}

/// Into the begin of what is there.
void load_numbers(const StateReader& in, const std::string& name,
                  std::vector<std::int64_t>& values) {
    std::size_t i = 0;
    in.each_of_first(name, [&](StateRow& row) {
        row.require(i < values.size());
        row.read(values[i++]);
    });
}

/// Between the parts of a failure, and after each one: in no text that a program prints.
constexpr char unit_end = '\x1f', record_end = '\x1e';

std::string print_failures(const std::vector<RunFailure>& failures) {
    std::string out;
    for (const RunFailure& failure : failures) {
        out += fmt::format("{}{}{}{}{}{}", failure.replicate, unit_end, failure.reason, unit_end,
                           failure.log, record_end);
    }
    return out;
}

std::vector<RunFailure> read_failures(const std::string& text) {
    std::vector<RunFailure> out;
    std::istringstream records(text);
    for (std::string record; std::getline(records, record, record_end);) {
        std::istringstream units(record);
        std::string number, reason, log;
        std::getline(units, number, unit_end);
        std::getline(units, reason, unit_end);
        std::getline(units, log, unit_end);
        out.push_back({std::strtoll(number.c_str(), nullptr, 10), reason, log});
    }
    return out;
}

}  // namespace

CheckpointHead make_head(const Scenario& scenario, const World& world, const RunOptions& options,
                         const RunMoment& moment) {
    CheckpointHead head;
    head.scenario = effective_text(scenario);
    head.attributes = {{"version", std::string(version())},
                       {"git_commit", std::string(git_commit())},
                       {"created", moment.created},
                       {"run_file", as_beside(options.checkpoint, options.output)},
                       {"events", moment.rows.events},
                       {"transitions", moment.rows.transitions},
                       {"seed", scenario.seed},
                       {"replicates", options.replicates},
                       {"replicate", options.replicate},
                       {"index", static_cast<std::int64_t>(moment.index)},
                       {"time_us", moment.time},
                       {"step_us", world.step_us()},
                       {"hosts", world.population().num_hosts()},
                       {"world", fingerprint(world)},
                       {"has_begun", fmt::format("{}", fmt::join(moment.has_begun, "\n"))}};
    if (!moment.failures.empty()) {
        head.attributes["failures"] = print_failures(moment.failures);
    }
    return head;
}

void save_finished(StateWriter& out, const RunSeries& series, const RunDiagnostics& diagnostics,
                   std::size_t replicates, std::size_t index) {
    const auto save = [&](const std::string& name, const std::vector<std::int64_t>& values) {
        save_numbers(out, "series" + name, values, values.size() / replicates * index);
    };
    save("/counts", series.counts);
    save("/country", series.country_counts);
    save("/sector", series.sector_counts);
    save("/vector", series.vector_infections);
    for (const auto& [path, values] : series.further) {
        save("/further" + path, values);
    }
    // The series are only on the first rank, these on all.
    const auto save_diagnostic = [&](const std::string& name, const auto& values) {
        RowWriter rows = out.of_all("diagnostics/" + name);
        for (const auto value : values) {
            rows.add_all(value);
        }
    };
    each_diagnostic(save_diagnostic, diagnostics);
    RowWriter starts = out.of_all("starts");
    for (const DefenceStart& start : diagnostics.defence_starts) {
        starts.add_all(start.time_us, start.replicate, start.defence, start.country, start.sector,
                       start.organisation);
    }
}

void load_finished(const StateReader& in, RunSeries& series, RunDiagnostics& diagnostics) {
    load_numbers(in, "series/counts", series.counts);
    load_numbers(in, "series/country", series.country_counts);
    load_numbers(in, "series/sector", series.sector_counts);
    load_numbers(in, "series/vector", series.vector_infections);
    for (auto& [path, values] : series.further) {
        load_numbers(in, "series/further" + path, values);
    }
    const auto load_diagnostic = [&](const std::string& name, auto& values) {
        in.each_of_all("diagnostics/" + name,
                       [&](StateRow& row) { row.read(values.emplace_back()); });
    };
    each_diagnostic(load_diagnostic, diagnostics);
    in.each_of_all("starts", [&](StateRow& row) {
        DefenceStart& start = diagnostics.defence_starts.emplace_back();
        row.read(start.time_us, start.replicate, start.defence, start.country, start.sector,
                 start.organisation);
    });
}

Restart read_restart(const Scenario& scenario, const RunOptions& options, Communicator& ranks) {
    Restart restart;
    restart.head = read_checkpoint_head(options.restart, ranks);
    SharedFate fate(ranks);
    fate.attempt([&] {
        const CheckpointHead& head = restart.head;
        restart.moment.index = static_cast<std::size_t>(head.number("index"));
        restart.moment.time = head.number("time_us");
        restart.moment.created = head.text("created");
        restart.moment.rows = {head.number("events"), head.number("transitions")};
        std::istringstream begun(head.text("has_begun"));
        for (std::string name; std::getline(begun, name);) {
            restart.moment.has_begun.push_back(name);
        }
        if (head.attributes.contains("failures")) {
            restart.moment.failures = read_failures(head.text("failures"));
        }
        check_options(head, scenario, options);
        restart.changes = check_scenario(restart, scenario, options);
        restart.run_file = find_run_file(restart, options);
    });
    fate.join<InputError>("");
    return restart;
}

void check_world(const Restart& restart, const World& world, const RunOptions& options) {
    if (restart.head.number("hosts") != world.population().num_hosts() ||
        restart.head.number("step_us") != world.step_us() ||
        restart.head.number("world") != fingerprint(world)) {
        throw InputError(
            fmt::format("{} (of a world that was made from other tables, another graph "
                        "or in another way): restart with the files and the program "
                        "that it was made with",
                        options.restart));
    }
}

}  // namespace annelid
