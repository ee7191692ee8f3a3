// Population `graph`: one host per vertex of the network. Every host sits in an organisation of its
// own, and the world is never scaled. Country, sector and traits of each are those of a table where
// there is one (host_attributes.hpp), and else as in a flat world.
#pragma once

#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"
#include "models/populations/host_attributes.hpp"

namespace annelid {

struct GraphSettings {
    std::string kind = "graph";
    std::int64_t hosts = 0;  ///< 0: as many as the network's file has vertices
    std::string attributes;  ///< empty: there is no table

    Fields fields();
};

Population make_graph_population(std::int64_t num_vertices);
Population make_graph_population(std::int64_t num_vertices, HostAttributes attributes);

}  // namespace annelid
