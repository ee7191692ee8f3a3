// Small worlds whose organisations go out of service, and what the engine makes of disruptions.
#pragma once

#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/spread/services.hpp"

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace annelid {

/// The sizes of the organisations of each cell, by country, then sector; without roles.
using CellSizes = std::vector<std::vector<std::vector<std::int64_t>>>;

inline Population::Parts service_parts(const std::vector<std::string>& sectors,
                                       const CellSizes& sizes) {
    Population::Parts parts;
    parts.sectors = sectors;
    std::int64_t next = 0;
    for (std::size_t c = 0; c < sizes.size(); ++c) {
        const HostId first{next};
        for (std::size_t s = 0; s < sectors.size(); ++s) {
            if (!sizes[c][s].empty()) {
                parts.cells.push_back(
                    {HostId{next}, static_cast<std::int32_t>(c), static_cast<std::int32_t>(s)});
            }
            for (const std::int64_t size : sizes[c][s]) {
                parts.runs.push_back({HostId{next}, size});
                next += size;
            }
        }
        const std::string code(2, static_cast<char>('A' + c));
        parts.countries.push_back({code, code, {first, HostId{next}}, 0, 1});
    }
    parts.num_hosts = next;
    parts.real_hosts = static_cast<double>(next);
    parts.draw_traits = [](HostId, std::span<Traits> out) {
        std::fill(out.begin(), out.end(), all_traits);
    };
    return parts;
}
inline Population service_world(const std::vector<std::string>& sectors, const CellSizes& sizes) {
    return Population(service_parts(sectors, sizes));
}

struct Disruption {
    std::int64_t host;
    TimeUs time;
    bool disrupted;
};

/// What settle() yields, call by call up to each of `ends` and then to the end of all.
inline std::vector<ServiceChange> play_services(const ServiceRules& rules,
                                                const Population& population,
                                                const std::vector<Disruption>& disruptions,
                                                std::vector<TimeUs> ends = {}) {
    Services services(rules, population);
    const Communicator ranks;
    std::vector<ServiceChange> out;
    ends.push_back(never);
    TimeUs begin = 0;
    for (const TimeUs end : ends) {
        for (const Disruption& d : disruptions) {
            if (begin <= d.time && d.time < end) {
                services.disrupt(HostId{d.host}, d.time, d.disrupted);
            }
        }
        const auto& changes = services.settle({0, begin, end}, ranks);
        out.insert(out.end(), changes.begin(), changes.end());
        begin = end;
    }
    return out;
}

inline ServiceChange own(TimeUs time, std::int32_t country, std::int32_t sector, std::int64_t first,
                         bool out = true) {
    return {time, country, sector, HostId{first}, ServiceChange::Kind::own, out ? 1 : -1};
}
inline ServiceChange by_dependency(TimeUs time, std::int32_t country, std::int32_t sector,
                                   std::int64_t organisations) {
    return {time, country, sector, no_host, ServiceChange::Kind::dependency, organisations};
}

/// For messages of tests.
inline void PrintTo(const ServiceChange& change, std::ostream* to) {
    *to << "t " << change.time << " country " << change.country << " sector " << change.sector
        << (change.kind == ServiceChange::Kind::own ? " own " : " dependency ")
        << change.organisations << " of " << change.organisation.value;
}

}  // namespace annelid
