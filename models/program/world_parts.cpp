#include "models/program/world_parts.hpp"

#include "engine/files/shared_fate.hpp"
#include "engine/graph/edge_rounds.hpp"
#include "models/program/data_files.hpp"
#include "models/program/scenario_checks.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace annelid {

namespace {

/// Worlds are numbered as replicates are, where each has its own.
std::int64_t number_of_world(const Scenario& scenario, std::int64_t replicate) {
    return scenario.redraw ? replicate : 0;
}

}  // namespace

Scenario read_scenario_together(const std::filesystem::path& file,
                                const std::vector<std::string>& sets, const Communicator& ranks) {
    Scenario scenario;
    std::string faults;
    try {
        scenario = read_scenario(file, sets);
    } catch (const InputError& e) {
        faults = e.what();
    }
    if (ranks.any(!faults.empty())) {
        // One string of all ranks' faults, each with its final zero: the first that is not empty.
        const std::vector<char> all =
            ranks.gather_all(std::span<const char>(faults.c_str(), faults.size() + 1));
        throw InputError(&*std::find_if(all.begin(), all.end(), [](char c) { return c != 0; }));
    }
    return scenario;
}

std::unique_ptr<EdgeSource> read_together(
    const Communicator& ranks, const std::function<std::unique_ptr<EdgeSource>()>& make) {
    SharedFate fate(ranks);
    std::unique_ptr<EdgeSource> edges;
    fate.attempt([&] { edges = make(); });
    fate.join<InputError>("");
    // A graph file is read piece by piece, later, where nobody could bear a fault.
    for_each_round(*edges, ranks, [](const EdgePiece&) {});
    return edges;
}

std::unique_ptr<EdgeSource> make_network(const Scenario& scenario, std::int64_t replicate) {
    if (!scenario.network) {
        return nullptr;
    }
    if (const auto* enterprise = std::get_if<EnterpriseSettings>(&scenario.network->settings)) {
        const Seed seed{static_cast<std::uint64_t>(scenario.network->seed),
                        static_cast<std::uint64_t>(number_of_world(scenario, replicate))};
        return make_enterprise(
            *enterprise,
            std::make_shared<const Population>(make_population(scenario, nullptr, replicate)),
            seed);
    }
    const std::int64_t hosts = stated_hosts(scenario);
    auto edges = make_edges(*scenario.network, hosts, scenario.file.parent_path(),
                            number_of_world(scenario, replicate));
    if (hosts > 0 && edges->num_vertices() > hosts) {
        scenario.refuse(
            "population.hosts",
            fmt::format("fewer than the {} vertices of the network", edges->num_vertices()),
            "use at least as many");
    }
    return edges;
}

std::unique_ptr<EdgeSource> make_network(const Scenario& scenario, std::int64_t replicate,
                                         const Communicator& ranks) {
    if (!scenario.network ||
        !std::holds_alternative<NetworkFileSettings>(scenario.network->settings)) {
        return make_network(scenario, replicate);
    }
    return read_together(ranks, [&] { return make_network(scenario, replicate); });
}

std::unique_ptr<Hours> make_hours(const Scenario& scenario, const Population& population,
                                  std::int64_t replicate) {
    if (!scenario.hours) {
        return nullptr;
    }
    const Seed seed{static_cast<std::uint64_t>(scenario.population_seed),
                    static_cast<std::uint64_t>(number_of_world(scenario, replicate))};
    return make_hours(*scenario.hours, population, scenario.tables, scenario.start, scenario.end,
                      seed);
}

Population make_population(const Scenario& scenario, const EdgeSource* edges,
                           std::int64_t replicate) {
    const Seed seed{static_cast<std::uint64_t>(scenario.population_seed),
                    static_cast<std::uint64_t>(number_of_world(scenario, replicate))};
    if (const auto* graph = std::get_if<GraphSettings>(&scenario.population)) {
        const std::int64_t hosts = std::max(graph->hosts, edges->num_vertices());
        if (graph->attributes.empty()) {
            return make_graph_population(hosts);
        }
        const auto table = find_input(graph->attributes, scenario.file.parent_path());
        return make_graph_population(hosts, read_host_attributes(table, hosts));
    }
    if (const auto* flat = std::get_if<FlatSettings>(&scenario.population)) {
        return make_flat(*flat, seed);
    }
    if (const auto* enterprise = std::get_if<EnterprisePopulationSettings>(&scenario.population)) {
        return make_enterprise_population(*enterprise, seed);
    }
    const auto& internet = std::get<InternetSettings>(scenario.population);
    Population out = make_internet(internet, scenario.tables, seed);
    if (out.num_hosts() == 0) {
        scenario.refuse(internet.countries.empty() ? "population.sectors" : "population.countries",
                        "none of the modelled hosts is there", "use more population.hosts");
    }
    return out;
}

Population make_population(const Scenario& scenario, const EdgeSource* edges,
                           std::int64_t replicate, const Communicator& ranks) {
    SharedFate fate(ranks);
    std::optional<Population> population;
    fate.attempt([&] { population = make_population(scenario, edges, replicate); });
    fate.join<InputError>("");
    return std::move(*population);
}

}  // namespace annelid
