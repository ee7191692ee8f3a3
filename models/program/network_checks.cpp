// Faults of a network among the rest of a scenario.
#include "models/program/data_files.hpp"
#include "models/program/scenario_checks.hpp"

#include <algorithm>
#include <filesystem>
#include <variant>

#include <fmt/format.h>

namespace annelid {

namespace {

bool needs_neighbours(const Named<VectorSettings>& vector) {
    const auto* scan = std::get_if<ScanSettings>(&vector.settings);
    const bool local =
        scan != nullptr &&
        (scan->strategy == "sweep" || scan->scope == "organisation" || scan->scope == "subnet");
    return local || std::holds_alternative<CredentialsSettings>(vector.settings);
}

/// Neighbours of one address may be on different ranks then.
void check_partition(const Section& network, const Scenario& scenario) {
    if (scenario.network->partition == "block") {
        return;
    }
    for (const Worm& worm : scenario.worms) {
        const auto found = std::find_if(worm.vectors.begin(), worm.vectors.end(), needs_neighbours);
        if (found != worm.vectors.end()) {
            network.fault(
                "partition",
                fmt::format("vector {} needs a host's neighbours on its rank", found->name),
                "use partition = \"block\"");
            return;
        }
    }
    const auto* flat = std::get_if<FlatSettings>(&scenario.population);
    const bool one_host_each = std::holds_alternative<GraphSettings>(scenario.population) ||
                               (flat != nullptr && flat->organisation_hosts == 1);
    if (scenario.service && !one_host_each) {
        network.fault("partition", "[service] needs the hosts of an organisation on one rank",
                      "use partition = \"block\"");
    }
}

void check_file(const Section& network, const NetworkFileSettings& settings,
                const std::filesystem::path& folder) {
    if (!check_stays_inside(network, "file", settings.file)) {
        return;
    }
    std::error_code ignored;
    const auto path = find_input(settings.file, folder);
    if (std::filesystem::is_directory(path, ignored)) {
        network.fault("file", "this is a folder", "name a file of edges");
    } else if (!std::filesystem::exists(path, ignored)) {
        network.fault("file", "no such file beside the scenario or in inputs/",
                      "check the path, as in file = \"graphs/power.csv.gz\"");
    }
}

}  // namespace

void check_network(const Section& root, const Scenario& scenario) {
    const Section population = root.child("population");
    if (!scenario.network) {
        if (std::holds_alternative<GraphSettings>(scenario.population)) {
            population.fault("kind", "there is no network to take the hosts from",
                             "add a [network]");
        }
        for (const Worm& worm : scenario.worms) {
            const Section vectors = worm_section(root, scenario, worm).child("vector");
            for (const auto& vector : worm.vectors) {
                if (std::holds_alternative<ContactSettings>(vector.settings)) {
                    vectors.child(vector.name)
                        .fault("kind", "there is no network to spread over", "add a [network]");
                }
            }
        }
        return;
    }
    check_partition(root.child("network"), scenario);
    const auto* file = std::get_if<NetworkFileSettings>(&scenario.network->settings);
    const std::int64_t hosts = stated_hosts(scenario);
    if (restricts_world(scenario) &&
        !std::holds_alternative<EnterpriseSettings>(scenario.network->settings)) {
        root.child("network").fault("kind", "it knows nothing of a world that a part is kept of",
                                    "use enterprise, or leave out population.countries and "
                                    "population.sectors");
    } else if (file != nullptr) {
        check_file(root.child("network"), *file, scenario.file.parent_path());
    } else if (std::holds_alternative<EnterpriseSettings>(scenario.network->settings) &&
               std::holds_alternative<GraphSettings>(scenario.population)) {
        population.fault("kind", "network enterprise links hosts by their organisations",
                         "use population internet, flat or enterprise");
    } else if (hosts == 0 && !restricts_world(scenario)) {
        population.fault("hosts", "a generated network needs to know its vertices",
                         "add hosts = 1000");
    } else {
        const auto faults = [&](const auto& settings) { return settings.faults(hosts); };
        for (const KeyFault& fault : std::visit(faults, scenario.network->settings)) {
            root.child("network").fault(fault.key, fault.why, fault.advice);
        }
    }
}

}  // namespace annelid
