// Rows of /events and /transitions, column by column, with a buffer of bounded size.
#pragma once

#include "engine/files/hdf5_file.hpp"
#include "engine/files/run_file.hpp"
#include "engine/files/run_file_table.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace annelid {

/// Columns of a group of rows ("/events"), its bare axis left out.
std::vector<Column> row_columns(std::string_view group);

/// Into reserved columns, from row `first` on.
void write_rows(hdf5::File& file, std::int64_t first, std::span<const Event> rows);
void write_rows(hdf5::File& file, std::int64_t first, std::span<const Transition> rows);

/// Copies rows `from` … `from + rows - 1` of one file's group to `to` … in another's.
void copy_rows(const hdf5::File& source, std::int64_t from, std::int64_t rows, hdf5::File& target,
               std::int64_t to, std::string_view group);

}  // namespace annelid
