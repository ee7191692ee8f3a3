// Which host is in which country and sector and what it carries, from a table with a row a host.
//
// Columns, all optional: `host` (without it row i is host i), `country`, `sector`, and traits by
// their names with 0 or 1. What has no column is as in a flat world: one country, one sector, every
// trait but roles carried.
#pragma once

#include "engine/hosts/population.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace annelid {

/// By rising name; empty where the table has no such column.
struct HostLabels {
    std::vector<std::string> countries, sectors;

    /// Whether hosts of one country need not be neighbours.
    bool scattered() const { return !countries.empty(); }
};

struct HostAttributes {
    HostLabels labels;
    std::vector<Cell> cells;
    std::vector<Traits> traits;  ///< by host; empty where the table has no trait
};

/// Reads the table of `num_hosts` hosts: 6 B a host meanwhile. 0: only the labels, while nobody
/// knows how many hosts there are. InputError with file and line for what is wrong.
HostAttributes read_host_attributes(const std::filesystem::path& file, std::int64_t num_hosts);

}  // namespace annelid
