#include "models/populations/world_part.hpp"

#include "models/populations/place_names.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace annelid {

namespace {

/// Numbers of the places that are kept, among those; -1 for the others.
std::vector<std::int32_t> renumber(const std::vector<bool>& kept) {
    std::vector<std::int32_t> out;
    std::int32_t next = 0;
    for (const bool is_kept : kept) {
        out.push_back(is_kept ? next++ : -1);
    }
    return out;
}

/// Takes the cells with their runs of organisations over into `part`.
void move_cells(const Population::Parts& whole, const std::vector<std::int32_t>& countries,
                const std::vector<std::int32_t>& sectors, Population::Parts& part) {
    auto run = whole.runs.begin();
    for (std::size_t c = 0; c < whole.cells.size(); ++c) {
        const Cell& cell = whole.cells[c];
        const HostId last =
            c + 1 < whole.cells.size() ? whole.cells[c + 1].first : HostId{whole.num_hosts};
        const std::int32_t country = countries[static_cast<std::size_t>(cell.country)];
        const std::int32_t sector = sectors[static_cast<std::size_t>(cell.sector)];
        const bool kept = country >= 0 && sector >= 0;
        const std::int64_t to_whole = cell.first.value - part.num_hosts;
        for (; run != whole.runs.end() && run->first < last; ++run) {
            if (kept) {
                part.runs.push_back({HostId{run->first.value - to_whole}, run->size});
            }
        }
        if (kept) {
            part.cells.push_back({HostId{part.num_hosts}, country, sector, cell.first});
            part.num_hosts += last.value - cell.first.value;
            part.countries[static_cast<std::size_t>(country)].hosts.last = HostId{part.num_hosts};
        }
    }
}

}  // namespace

Population::Parts part_of_world(Population::Parts whole, const std::vector<std::string>& countries,
                                const std::vector<std::string>& sectors) {
    std::vector<std::string> codes;
    for (const Country& country : whole.countries) {
        codes.push_back(country.code);
    }
    const auto country_numbers = renumber(chosen_places(countries, codes));
    const auto sector_numbers = renumber(chosen_places(sectors, whole.sectors));

    Population::Parts part;
    part.organisations = whole.organisations;
    part.seed = whole.seed;
    part.subnet_hosts = whole.subnet_hosts;
    part.address_scale = whole.address_scale;
    part.num_whole_hosts = whole.num_hosts;
    for (std::size_t s = 0; s < whole.sectors.size(); ++s) {
        if (sector_numbers[s] >= 0) {
            part.sectors.push_back(whole.sectors[s]);
        }
    }
    for (std::size_t c = 0; c < whole.countries.size(); ++c) {
        if (country_numbers[c] >= 0) {
            part.countries.push_back(whole.countries[c]);
            part.countries.back().whole_hosts = whole.countries[c].hosts;
            part.countries.back().hosts = {};
        }
    }
    move_cells(whole, country_numbers, sector_numbers, part);
    HostId next{0};
    for (Country& country : part.countries) {
        // Hosts end where the next country's begin; one without a host has none where it stands.
        country.hosts = {next, std::max(next, country.hosts.last)};
        next = country.hosts.last;
    }
    return part;
}

}  // namespace annelid
