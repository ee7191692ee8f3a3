// What a world is made of before ranks share it: the links of its network, and its hosts.
#pragma once

#include "engine/graph/edge_source.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "models/program/scenario.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace annelid {

/// Collective. Reads a scenario; where only some ranks can, all throw the InputError of the first.
Scenario read_scenario_together(const std::filesystem::path& file,
                                const std::vector<std::string>& sets, const Communicator& ranks);

/// The links of a scenario's network, null where it has none. InputError where they cannot be read.
std::unique_ptr<EdgeSource> make_network(const Scenario& scenario, std::int64_t replicate);

/// Collective. The links of a scenario's network, null where it has none. InputError on all ranks
/// where one cannot read them: whoever goes through them afterwards need not fear that.
std::unique_ptr<EdgeSource> make_network(const Scenario& scenario, std::int64_t replicate,
                                         const Communicator& ranks);

/// The hosts; `edges` are those of make_network. InputError where a table does not fit them.
Population make_population(const Scenario& scenario, const EdgeSource* edges,
                           std::int64_t replicate);
/// Collective. InputError on all ranks where one cannot make them.
Population make_population(const Scenario& scenario, const EdgeSource* edges,
                           std::int64_t replicate, const Communicator& ranks);

/// Collective. Edges of a file, which each rank opens by `make`. InputError as above.
std::unique_ptr<EdgeSource> read_together(const Communicator& ranks,
                                          const std::function<std::unique_ptr<EdgeSource>()>& make);

/// When hosts are on; null where they always are.
std::unique_ptr<Hours> make_hours(const Scenario& scenario, const Population& population,
                                  std::int64_t replicate);

}  // namespace annelid
