#include "models/program/run_description.hpp"

#include "engine/base/parallel.hpp"
#include "models/program/commands.hpp"

#include <algorithm>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace annelid {

namespace {

/// Of the series in memory: 2 GB on the first rank.
constexpr double most_values = 250e6;

/// Values a row of the further series that an outbreak has.
std::size_t further_values(const RunAxes& axes, const OutbreakModel& model) {
    Abilities able;
    for (const auto& defence : model.defences) {
        able |= defence->abilities();
    }
    const std::size_t by_country = 2 * axes.sensors.size() + (able.isolates ? 1 : 0) +
                                   (able.cleans ? 1 : 0) + (able.inert ? 1 : 0);
    const std::size_t by_sector = model.services != nullptr ? 3 * axes.sectors.size() : 0;
    return axes.countries.size() * (by_country + by_sector) + 2 * axes.telescopes.size();
}

}  // namespace

RunAxes make_axes(const Scenario& scenario, const World& world, const RunOptions& options) {
    RunAxes axes;
    axes.start = scenario.start;
    for (std::int64_t row = 0; row < scenario.num_rows(); ++row) {
        axes.row_times_us.push_back(row * scenario.record_every);
    }
    axes.states = world.state_names();
    for (const Country& country : world.population().countries()) {
        axes.countries.push_back(country.code);
        axes.country_names.push_back(country.name);
    }
    axes.sectors = world.population().sectors();
    axes.vectors = world.vector_names();
    for (const Worm& worm : scenario.worms) {
        if (scenario.worms.size() > 1) {
            axes.worms.push_back(worm.name);
        }
    }
    axes.sensors = world.model().sensors();
    for (const auto& telescope : scenario.telescopes) {
        axes.telescopes.push_back(telescope.name);
    }
    for (const auto& defence : scenario.defences) {
        axes.defences.push_back(defence.name);
    }
    axes.replicate_axis = options.replicates > 0;
    if (options.quantiles) {
        axes.quantiles = ensemble_quantiles;
    }
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
                                            const RunOptions& options, const Communicator& ranks) {
    std::string notes;
    for (const auto* remarks : {&world.warnings(), &world.notes()}) {
        for (const std::string& note : *remarks) {
            notes += (notes.empty() ? "" : "\n") + note;
        }
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
            {"team_size", std::int64_t{options.team_size > 0 ? options.team_size : ranks.size()}},
            {"threads", std::int64_t{num_threads()}},
            {"hosts", population.num_hosts()},
            {"real_hosts", population.real_hosts()},
            {"real_hosts_per_host",
             population.real_hosts() / static_cast<double>(population.num_hosts())},
            {"step_us", world.step_us()},
            {"start", scenario.start},
            {"notes", notes}};
}

double values_of_replicate(const RunAxes& axes, const OutbreakModel& model) {
    const std::size_t places = axes.countries.size() + axes.sectors.size() + 1;
    const std::size_t row = axes.num_worms() * (places * axes.states.size() + axes.vectors.size()) +
                            further_values(axes, model);
    return static_cast<double>(axes.row_times_us.size()) * static_cast<double>(row);
}

std::string disk_needed(const RunAxes& axes, const OutbreakModel& model, bool events) {
    const double each = 8 * values_of_replicate(axes, model);
    const auto text = [](double bytes) {
        return bytes < 1e9 ? fmt::format("{:.3g} MB", bytes * 1e-6)
                           : fmt::format("{:.3g} GB", bytes * 1e-9);
    };
    const auto replicates = axes.replicates.size();
    const std::size_t quantiles =
        axes.quantiles.empty() ? ensemble_quantiles.size() : axes.quantiles.size();
    const std::string all = text(each * static_cast<double>(replicates)),
                      bands = text(each * static_cast<double>(quantiles));
    return (axes.quantiles.empty()
                ? fmt::format("the series of {} replicates take {} of disk; --quantiles would "
                              "keep {} quantiles of them, {}",
                              replicates, all, quantiles, bands)
                : fmt::format("{} quantiles of the series take {} of disk; all series, without "
                              "--quantiles, would take {}",
                              quantiles, bands, all)) +
           (events ? "; events take 30 bytes an infection" : "");
}

void check_series_size(const Scenario& scenario, const RunAxes& axes, const OutbreakModel& model) {
    const double values =
        static_cast<double>(axes.replicates.size()) * values_of_replicate(axes, model);
    if (values > most_values) {
        scenario.refuse(
            "record.every",
            fmt::format("{} replicates x {} rows x {} countries x {} states are {:.1f} GB "
                        "in memory, {:.0f} at most",
                        axes.replicates.size(), axes.row_times_us.size(), axes.countries.size(),
                        axes.states.size(), values * 8e-9, most_values * 8e-9),
            "record less often, or run fewer replicates at a time");
    }
}

}  // namespace annelid
