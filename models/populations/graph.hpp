// Population `graph`: one host per vertex of the network. Like `flat` otherwise: every host carries
// every trait, sits in an organisation of its own, and the world is never scaled.
#pragma once

#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"

namespace annelid {

struct GraphSettings {
    std::string kind = "graph";
    std::int64_t hosts = 0;  ///< 0: as many as the network's file has vertices

    Fields fields();
};

Population make_graph_population(std::int64_t num_vertices);

}  // namespace annelid
