#include "models/populations/flat.hpp"

#include <algorithm>

namespace annelid {

Fields FlatSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the kind of population"};
    kind_field.choices = {"flat"};
    Field hosts_field{"hosts", &hosts, Unit::none, "number of hosts"};
    hosts_field.min = 1;
    hosts_field.max = 4294967295.0;
    Field organisation_field{"organisation_hosts", &organisation_hosts, Unit::none,
                             "hosts of an organisation (the last one may be smaller)"};
    organisation_field.min = 1;
    Field subnet_field{"subnet_hosts", &subnet_hosts, Unit::none, "most hosts of a subnet"};
    subnet_field.min = 1;
    subnet_field.max = 254;
    Fields out = {kind_field, hosts_field, organisation_field, subnet_field};
    for (Fields more : {roles.fields(), parts.fields()}) {
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
}

Population::Parts flat_parts(const FlatSettings& settings, Seed seed) {
    Population::Parts parts;
    parts.num_hosts = settings.hosts;
    parts.real_hosts = static_cast<double>(settings.hosts);
    parts.subnet_hosts = settings.subnet_hosts;
    parts.seed = seed;
    settings.roles.apply(parts.organisations);
    settings.parts.apply(parts.organisations);
    const HostRange all{HostId{0}, HostId{settings.hosts}};
    parts.countries = {{"--", "everywhere", all, 0, std::int64_t{1} << 32}};
    parts.sectors = {"none"};
    parts.cells = {{HostId{0}, 0, 0}};
    parts.runs = {{HostId{0}, std::min(settings.organisation_hosts, settings.hosts)}};
    parts.draw_traits = [](HostId, std::span<Traits> out) {
        std::fill(out.begin(), out.end(), all_traits);
    };
    return parts;
}

Population make_flat(const FlatSettings& settings, Seed seed) {
    return Population(flat_parts(settings, seed));
}

}  // namespace annelid
