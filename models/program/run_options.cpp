#include "models/program/run_options.hpp"

#include "engine/scenario/quantity.hpp"
#include "models/program/command_line.hpp"

#include <charconv>
#include <filesystem>

#include <fmt/format.h>

namespace annelid {

namespace po = boost::program_options;

const char* const run_help = R"(annelid run SCENARIO.toml [options]

  --set KEY=VALUE      override a key of the scenario; may be repeated
  --seed N             another outbreak: overrides the key `seed`
  --replicates R       replicates 0 to R-1 in one file, with a leading axis
  --team-size K        teams of K ranks, each with a replicate of its own;
                       default: all ranks together play one after the other
  --quantiles          keep quantiles over the replicates, not every series
  --replicate r        only replicate r
  --output FILE        the run file; default: results/SCENARIO/run.h5
  --force              replace the run file if it exists
  --flush-every S      seconds between flushes while the run goes on; default 60
  --checkpoint-every E time on the clock ("10 min") or steps ("500 steps") from
                       one checkpoint to the next; default: when a signal comes
  --checkpoint FILE    where to; default: RUN.checkpoint.h5 beside the run file;
                       the one before is kept as FILE.previous
  --restart FILE       go on from a checkpoint, on any ranks and threads; what
                       lies after it may differ (--set): another future
  --progress MODE      auto (default: live on a terminal, else log), live, log
                       or off
  -h, --help           this text

Examples:
  annelid run inputs/wannacry.toml --output results/wannacry/run.h5
  mpirun -n 4 annelid run inputs/code-red-v2.toml --replicates 100 --team-size 1
  annelid run inputs/wannacry.toml --checkpoint-every "10 min"
  annelid run inputs/wannacry.toml --restart results/wannacry/run.checkpoint.h5
  mpirun -n 2 annelid run inputs/wannacry.toml --set population.hosts=10_000_000

Exit codes: 0 done; 2 bad input (nothing was written); 3 some replicates failed,
the others are in the file; 70 internal fault; 74 a result could not be written;
75 stopped by a signal, come back later.
)";

namespace {

std::string default_output(const std::string& scenario) {
    return (std::filesystem::path("results") / std::filesystem::path(scenario).stem() / "run.h5")
        .string();
}

std::string default_checkpoint(const std::string& output) {
    return std::filesystem::path(output).replace_extension(".checkpoint.h5").string();
}

/// "10 min" or "500 steps".
void read_every(const std::string& text, RunOptions& out) {
    const auto refuse = [&](const std::string& why) {
        throw InputError(fmt::format(
            "--checkpoint-every = {} ({}): write \"10 min\" or \"500 steps\"", text, why));
    };
    std::string number = text;
    if (const std::size_t end = text.find("step"); end != std::string::npos) {
        number = text.substr(0, text.find_last_not_of(' ', end - 1) + 1);
        const auto [last, error] =
            std::from_chars(number.data(), number.data() + number.size(), out.checkpoint_every);
        if (error != std::errc() || last != number.data() + number.size() ||
            out.checkpoint_every < 1) {
            refuse("it is not a number of steps");
        }
        return;
    }
    try {
        out.checkpoint_every_s = parse_duration_s(text);
    } catch (const Refusal& refusal) {
        refuse(refusal.why);
    }
    if (out.checkpoint_every_s <= 0) {
        refuse("it must be above 0");
    }
}

void check(const RunOptions& options, const po::variables_map& values) {
    const bool many = values.count("replicates") > 0;
    if (many && values.count("replicate") > 0) {
        throw InputError("--replicates and --replicate (they exclude each other): use one of them");
    }
    if (many && (options.replicates < 1 || options.replicates > 1'000'000)) {
        throw InputError(fmt::format("--replicates = {} (it must be from 1 to 1000000): try 10",
                                     options.replicates));
    }
    for (const char* name : {"team-size", "quantiles"}) {
        if (!many && values.count(name) > 0 && !values[name].defaulted()) {
            throw InputError(fmt::format(
                "--{} (there is one outbreak): add --replicates, as in --replicates 100", name));
        }
    }
    if (values.count("team-size") > 0 && options.team_size < 1) {
        throw InputError(fmt::format("--team-size = {} (a team has one rank at least): try 1",
                                     options.team_size));
    }
    if (options.replicate < 0 || options.replicate >= 1'000'000) {
        throw InputError(fmt::format("--replicate = {} (replicates count from 0 to 999999): try 0",
                                     options.replicate));
    }
    if (options.seed && *options.seed < 0) {
        throw InputError(
            fmt::format("--seed = {} (a seed is not negative): use 0 or more", *options.seed));
    }
    if (!(options.flush_every_s > 0)) {
        throw InputError(fmt::format("--flush-every = {} (it must be above 0 seconds): try 60",
                                     options.flush_every_s));
    }
    for (const char* name : {"checkpoint", "restart"}) {
        if (values.count(name) > 0 && values[name].as<std::string>().empty()) {
            throw InputError(fmt::format("--{} = \"\" (no file is named): name one", name));
        }
    }
    if (values.count("output") > 0 && options.output.empty()) {
        throw InputError("--output = \"\" (no file is named): try --output run.h5");
    }
}

}  // namespace

RunOptions read_run_options(const Arguments& arguments) {
    RunOptions out;
    std::string progress = "auto", every;
    po::options_description options;
    options.add_options()("help,h", "")("set", po::value(&out.sets))(
        "seed", po::value<std::int64_t>())("replicates", po::value(&out.replicates))(
        "replicate", po::value(&out.replicate))("output", po::value(&out.output))(
        "force", po::bool_switch(&out.force))("flush-every", po::value(&out.flush_every_s))(
        "checkpoint", po::value(&out.checkpoint))("checkpoint-every", po::value(&every))(
        "team-size", po::value(&out.team_size))("quantiles", po::bool_switch(&out.quantiles))(
        "restart", po::value(&out.restart))("progress", po::value(&progress));
    const po::variables_map values = read_command_line("run", arguments, options);
    if (values.count("help") > 0) {
        out.help = true;
        return out;
    }
    out.scenario = scenario_of("run", values);
    if (values.count("seed") > 0) {
        out.seed = values["seed"].as<std::int64_t>();
    }
    check(out, values);
    out.progress = Progress::parse(progress);
    if (out.output.empty()) {
        out.output = default_output(out.scenario);
    }
    out.wants_checkpoints = values.count("checkpoint") + values.count("checkpoint-every") > 0;
    if (out.checkpoint.empty()) {
        out.checkpoint = default_checkpoint(out.output);
    }
    if (values.count("checkpoint-every") > 0) {
        read_every(every, out);
    }
    return out;
}

}  // namespace annelid
