#include "models/populations/graph.hpp"

#include "models/populations/flat.hpp"

namespace annelid {

Fields GraphSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the kind of population"};
    kind_field.choices = {"graph"};
    Field hosts_field{"hosts", &hosts, Unit::none,
                      "number of vertices; 0: as many as the network's file has"};
    hosts_field.min = 0;
    hosts_field.max = 4294967295.0;
    return {kind_field, hosts_field};
}

Population make_graph_population(std::int64_t num_vertices) {
    FlatSettings settings;
    settings.hosts = num_vertices;
    return make_flat(settings);
}

}  // namespace annelid
