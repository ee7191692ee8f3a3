// `annelid run`: replicates of one scenario into one run file.
#include <chrono>
#include <ctime>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

#include <boost/program_options.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include "engine/base/parallel.hpp"
#include "models/program/commands.hpp"
#include "models/program/progress.hpp"
#include "models/program/scenario.hpp"
#include "models/program/world.hpp"

namespace annelid {

namespace po = boost::program_options;

namespace {

struct RunOptions {
    std::string scenario;
    std::vector<std::string> sets;
    std::optional<std::int64_t> seed;
    std::int64_t replicates = 0;  ///< 0: one run, no replicate axis
    std::int64_t replicate = 0;   ///< the first, or the only one
    std::string output;
    bool force = false;
    Progress::Mode progress = Progress::Mode::log;
    double flush_every_s = 60;
};

constexpr const char* examples = R"(
Examples:
  annelid run inputs/wannacry.toml --output results/wannacry/run.h5
  annelid run inputs/code-red-v2.toml --replicates 100 --set record.events=false
  mpirun -n 2 annelid run inputs/wannacry.toml --set population.hosts=10_000_000 --seed 7
)";

/// Options as given; empty if only help was wanted.
std::optional<RunOptions> parse(const Arguments& arguments) {
    RunOptions out;
    std::string progress = "auto";
    std::int64_t seed = 0;
    po::options_description options("annelid run SCENARIO.toml [options]");
    options.add_options()
        ("help,h", "this text")
        ("set", po::value(&out.sets)->value_name("KEY=VALUE"),
         "override a key of the scenario; may be repeated")
        ("seed", po::value(&seed)->value_name("N"), "override seed")
        ("replicates", po::value(&out.replicates)->value_name("R"),
         "run R replicates (0 … R-1) into one file with a leading axis")
        ("replicate", po::value(&out.replicate)->value_name("r"), "run only replicate r")
        ("output", po::value(&out.output)->value_name("FILE"),
         "run file; default: run.h5 in the folder results/NAME")
        ("force", po::bool_switch(&out.force), "overwrite the run file if it exists")
        ("flush-every", po::value(&out.flush_every_s)->value_name("S"),
         "seconds between flushes to the file while the run goes on; default 60")
        ("progress", po::value(&progress)->value_name("MODE"), "auto, live, log or off");
    po::options_description hidden;
    hidden.add_options()("scenario", po::value(&out.scenario));
    po::positional_options_description position;
    position.add("scenario", 1);
    po::variables_map values;
    try {
        po::store(po::command_line_parser(arguments)
                      .options(po::options_description().add(options).add(hidden))
                      .positional(position)
                      .run(),
                  values);
        po::notify(values);
    } catch (const po::error& e) {
        throw InputError(fmt::format("annelid run: {}: see annelid run --help", e.what()));
    }
    if (values.count("help") > 0) {
        std::ostringstream text;
        text << options << examples;
        fmt::print("{}", text.str());
        return std::nullopt;
    }
    if (out.scenario.empty()) {
        throw InputError("annelid run (no scenario is named): add one, for example "
                         "inputs/wannacry.toml");
    }
    if (values.count("seed") > 0) {
        out.seed = seed;
    }
    if (values.count("replicates") > 0 && (out.replicates < 1 || values.count("replicate") > 0)) {
        throw InputError(fmt::format("--replicates = {} (from 1 up, and not with --replicate): "
                                     "use one of them",
                                     out.replicates));
    }
    if (out.replicate < 0 || out.flush_every_s <= 0) {
        throw InputError("--replicate and --flush-every (they cannot be negative): correct them");
    }
    out.progress = Progress::parse(progress);
    return out;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

RunAxes make_axes(const Scenario& scenario, const World& world, const RunOptions& options) {
    RunAxes axes;
    axes.start = scenario.start;
    for (std::int64_t row = 0; row < scenario.num_rows(); ++row) {
        axes.row_times_us.push_back(row * scenario.record_every);
    }
    for (const auto& state : world.lifecycle().states()) {
        axes.states.push_back(state.name);
    }
    for (const Country& country : world.population().countries()) {
        axes.countries.push_back(country.code);
        axes.country_names.push_back(country.name);
    }
    axes.sectors = world.population().sectors();
    axes.vectors = {"seed"};
    for (const auto& vector : scenario.worm.vectors) {
        axes.vectors.push_back(vector.name);
    }
    axes.replicate_axis = options.replicates > 0;
    for (std::int64_t r = 0; r < std::max<std::int64_t>(1, options.replicates); ++r) {
        axes.replicates.push_back(options.replicate + r);
    }
    return axes;
}

PopulationTable make_table(const Population& population) {
    PopulationTable table;
    for (const Cell& cell : population.cells()) {
        table.first_host.push_back(cell.first.value);
        table.country.push_back(cell.country);
        table.sector.push_back(cell.sector);
    }
    table.first_host.push_back(population.num_hosts());
    return table;
}

std::map<std::string, Attribute> provenance(const Scenario& scenario, const World& world,
                                            const RunOptions& options,
                                            const Communicator& ranks) {
    std::string notes;
    for (const std::string& note : world.notes()) {
        notes += (notes.empty() ? "" : "\n") + note;
    }
    const auto& population = world.population();
    return {{"title", scenario.title},
            {"version", std::string(version())},
            {"git_commit", std::string(git_commit())},
            {"created", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
            {"seed", scenario.seed},
            {"population_seed", scenario.population_seed},
            {"replicates", std::max<std::int64_t>(1, options.replicates)},
            {"ranks", std::int64_t{ranks.size()}},
            {"threads", std::int64_t{num_threads()}},
            {"hosts", population.num_hosts()},
            {"real_hosts", population.real_hosts()},
            {"real_hosts_per_host",
             population.real_hosts() / static_cast<double>(population.num_hosts())},
            {"step_us", world.step_us()},
            {"start", scenario.start},
            {"notes", notes}};
}

std::string default_output(const std::string& scenario) {
    return (std::filesystem::path("results") / std::filesystem::path(scenario).stem() / "run.h5")
        .string();
}

/// Everything that goes on between an opened run file and its end.
class Run {
  public:
    Run(const Scenario& scenario, const RunOptions& options, Communicator& ranks)
        : scenario_(scenario), options_(options), ranks_(ranks) {
        world_ = std::make_unique<World>(scenario, options.replicate, ranks);
        axes_ = make_axes(scenario, *world_, options);
        const std::string output =
            options.output.empty() ? default_output(options.scenario) : options.output;
        file_ = std::make_unique<RunFile>(
            ranks,
            RunFile::Settings{output, options.force, scenario.record_events,
                              scenario.record_transitions},
            axes_, make_table(world_->population()),
            provenance(scenario, *world_, options, ranks), effective_text(scenario));
        if (ranks.is_first()) {
            const std::size_t cells = axes_.replicates.size() * axes_.row_times_us.size();
            series_.counts.resize(cells * axes_.states.size());
            series_.country_counts.resize(cells * axes_.countries.size() * axes_.states.size());
            series_.sector_counts.resize(cells * axes_.sectors.size() * axes_.states.size());
            series_.vector_infections.resize(cells * axes_.vectors.size());
        }
        timings_.setup_s = seconds_since(start_);
        if (ranks.is_first() && options.progress != Progress::Mode::off) {
            announce(output);
        }
        play(output);
    }

  private:
    void announce(const std::string& output) const;
    void play(const std::string& output);
    void play_replicate(std::size_t index, Progress& progress);
    void flush(Outbreak& outbreak, const Series& series, std::size_t index);
    void keep_diagnostics(const OutbreakCounts& counts);
    void finish();

    const Scenario& scenario_;
    const RunOptions& options_;
    Communicator& ranks_;
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point last_flush_ = start_;
    std::unique_ptr<World> world_;
    RunAxes axes_;
    RunSeries series_;
    std::unique_ptr<RunFile> file_;
    RunDiagnostics diagnostics_;
    RunTimings timings_;
    std::vector<Event> last_events_;
    std::vector<Transition> last_transitions_;
    std::int64_t infections_ = 0;
};

void Run::announce(const std::string& output) const {
    const Population& population = world_->population();
    fmt::print(stderr, "{}: {} hosts ({:.4g} real ones each), step {:.4g} s, {} rank{} x {} thread{}"
                       " -> {}\n",
               scenario_.title.empty() ? options_.scenario : scenario_.title,
               population.num_hosts(),
               population.real_hosts() / static_cast<double>(population.num_hosts()),
               to_seconds(world_->step_us()), ranks_.size(), ranks_.size() > 1 ? "s" : "",
               num_threads(), num_threads() > 1 ? "s" : "", output);
    for (const std::string& note : world_->notes()) {
        fmt::print(stderr, "note: {}\n", note);
    }
}

void Run::play(const std::string& output) {
    {
        Progress progress(ranks_.is_first() ? options_.progress : Progress::Mode::off,
                          scenario_.end, std::ssize(axes_.replicates));
        for (std::size_t index = 0; index < axes_.replicates.size(); ++index) {
            if (index > 0 && scenario_.redraw) {
                world_.reset();
                world_ = std::make_unique<World>(scenario_, axes_.replicates[index], ranks_);
            }
            play_replicate(index, progress);
        }
    }
    finish();
    if (ranks_.is_first() && options_.progress != Progress::Mode::off) {
        fmt::print(stderr, "{} infections in {} run{}, {:.2f} s -> {}\n", infections_,
                   axes_.replicates.size(), axes_.replicates.size() > 1 ? "s" : "",
                   timings_.total_s, output);
    }
}

void Run::play_replicate(std::size_t index, Progress& progress) {
    const auto reset = std::chrono::steady_clock::now();
    const Seed seed{static_cast<std::uint64_t>(scenario_.seed),
                    static_cast<std::uint64_t>(axes_.replicates[index])};
    Series series(world_->population(), axes_.states.size(), axes_.vectors.size(),
                  scenario_.record_every, scenario_.num_rows());
    world_->reset(series);
    timings_.setup_s += seconds_since(reset);

    const auto begin = std::chrono::steady_clock::now();
    const double output_before_s = timings_.output_s;
    OutbreakSettings settings;
    settings.seed = seed;
    settings.replicate = static_cast<std::int32_t>(axes_.replicates[index]);
    settings.events = scenario_.record_events;
    settings.transitions = scenario_.record_transitions;
    settings.lanes = static_cast<unsigned>(num_threads());
    const OutbreakModel model = world_->model();
    Outbreak outbreak(model, settings, world_->hosts(), series, ranks_, world_->draw_seeds(seed));

    std::int64_t steps = 0;
    while (outbreak.play_step()) {
        if (outbreak.first_rank_asks()) {
            outbreak.ask(false);
            flush(outbreak, series, index);
        }
        if (++steps % 16 == 0 && ranks_.is_first()) {
            progress.update(static_cast<std::int64_t>(index), outbreak.played_until(),
                            outbreak.num_infections());
            outbreak.ask(seconds_since(last_flush_) > options_.flush_every_s);
        }
    }
    outbreak.settle_patched_states();
    series.write_to(series_, index, scenario_.num_rows(), ranks_);
    series_.rows_final = static_cast<std::int64_t>(index + 1) * scenario_.num_rows();
    keep_diagnostics(outbreak.counts());
    const std::vector<Event> events = outbreak.take_events();
    const std::vector<Transition> transitions = outbreak.take_transitions();
    last_events_.insert(last_events_.end(), events.begin(), events.end());
    last_transitions_.insert(last_transitions_.end(), transitions.begin(), transitions.end());
    timings_.simulate_s += seconds_since(begin) - (timings_.output_s - output_before_s);
}

void Run::flush(Outbreak& outbreak, const Series& series, std::size_t index) {
    const auto begin = std::chrono::steady_clock::now();
    const std::int64_t rows = series.rows_before(outbreak.played_until());
    series.write_to(series_, index, rows, ranks_);
    series_.rows_final = static_cast<std::int64_t>(index) * scenario_.num_rows() + rows;
    std::vector<Event> events = std::exchange(last_events_, {});
    std::vector<Transition> transitions = std::exchange(last_transitions_, {});
    const auto more = outbreak.take_events();
    const auto more_transitions = outbreak.take_transitions();
    events.insert(events.end(), more.begin(), more.end());
    transitions.insert(transitions.end(), more_transitions.begin(), more_transitions.end());
    file_->flush(series_, std::move(events), std::move(transitions));
    last_flush_ = std::chrono::steady_clock::now();
    timings_.output_s += seconds_since(begin);
}

void Run::keep_diagnostics(const OutbreakCounts& counts) {
    diagnostics_.attempts.push_back(counts.attempts);
    diagnostics_.scans_represented.push_back(counts.scans_represented);
    diagnostics_.steps.push_back(counts.steps);
    diagnostics_.steps_skipped.push_back(counts.steps_skipped);
    diagnostics_.deferred_kinds = deferred_kinds;
    diagnostics_.deferred.push_back(counts.deferred_attempts);
    diagnostics_.deferred.push_back(counts.deferred_replies);
}

void Run::finish() {
    const auto begin = std::chrono::steady_clock::now();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const std::int64_t peak = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
    diagnostics_.peak_memory_bytes = ranks_.sum(peak);
    diagnostics_.peak_memory_largest_bytes = ranks_.max(peak);
    if (ranks_.is_first()) {
        const std::size_t rows = axes_.row_times_us.size();
        for (std::size_t i = rows - 1; i < rows * axes_.replicates.size(); i += rows) {
            for (std::size_t v = 0; v < axes_.vectors.size(); ++v) {
                infections_ += series_.vector_infections[i * axes_.vectors.size() + v];
            }
        }
    }
    HostSlice hosts;
    if (scenario_.record_hosts) {
        hosts.first = world_->model().partition.local().first.value;
        hosts.state = std::move(world_->hosts().state);
        hosts.traits = std::move(world_->hosts().traits);
    }
    // The file holds its own cost up to the moment at which its last part is written.
    timings_.output_s += seconds_since(begin);
    timings_.total_s = seconds_since(start_);
    file_->finish(series_, std::move(last_events_), std::move(last_transitions_), diagnostics_,
                  scenario_.record_hosts ? &hosts : nullptr, timings_);
    timings_.total_s = seconds_since(start_);
}

}  // namespace

ExitCode run_command(const Arguments& arguments, Communicator& ranks) {
    const std::optional<RunOptions> options =
        ranks.is_first() || std::find(arguments.begin(), arguments.end(), "--help") ==
                                arguments.end()
            ? parse(arguments)
            : std::nullopt;
    if (!options) {
        return ExitCode::ok;
    }
    Scenario scenario = read_scenario(options->scenario, options->sets);
    if (options->seed) {
        if (*options->seed < 0) {
            throw InputError(fmt::format("--seed = {} (a seed is not negative): use 0 or more",
                                         *options->seed));
        }
        scenario.seed = *options->seed;
    }
    if (scenario.redraw && options->replicates > 1 && scenario.record_hosts) {
        throw InputError("record.hosts (with several worlds there is no one population): use "
                         "population.redraw = false or run one replicate");
    }
    Run(scenario, *options, ranks);
    return ExitCode::ok;
}

}  // namespace annelid
