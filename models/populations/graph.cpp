#include "models/populations/graph.hpp"

#include "models/populations/flat.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace annelid {

namespace {

Population::Parts parts_without_attributes(std::int64_t num_vertices) {
    FlatSettings settings;
    settings.hosts = num_vertices;
    return flat_parts(settings);
}

}  // namespace

Fields GraphSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the kind of population"};
    kind_field.choices = {"graph"};
    Field hosts_field{"hosts", &hosts, Unit::none,
                      "number of vertices; 0: as many as the network's file has"};
    hosts_field.min = 0;
    hosts_field.max = 4294967295.0;
    return {kind_field, hosts_field,
            Field{"attributes", &attributes, Unit::none,
                  "table with a row a host, from the scenario's folder or inputs/: columns host, "
                  "country, sector and traits by name (0 or 1); empty: none"}};
}

Population make_graph_population(std::int64_t num_vertices) {
    return Population(parts_without_attributes(num_vertices));
}

Population make_graph_population(std::int64_t num_vertices, HostAttributes attributes) {
    Population::Parts parts = parts_without_attributes(num_vertices);
    if (!attributes.labels.countries.empty()) {
        parts.countries.clear();
        for (const std::string& name : attributes.labels.countries) {
            parts.countries.push_back({name, name, {}, 0, 0});
        }
    }
    if (!attributes.labels.sectors.empty()) {
        parts.sectors = std::move(attributes.labels.sectors);
    }
    parts.cells = std::move(attributes.cells);
    if (!attributes.traits.empty()) {
        parts.draw_traits = [all = std::make_shared<const std::vector<Traits>>(std::move(
                                 attributes.traits))](HostId first, std::span<Traits> out) {
            std::copy_n(all->begin() + first.value, out.size(), out.begin());
        };
    }
    return Population(std::move(parts));
}

}  // namespace annelid
