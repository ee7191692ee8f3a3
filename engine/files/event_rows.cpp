#include "engine/files/event_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <type_traits>

namespace annelid {

namespace {

/// 8 MB of the widest column: long enough for disks, far below MPI-IO's counts of int.
constexpr std::size_t buffer_rows = std::size_t{1} << 20;

template <class Row, class Get>
void write_column(hdf5::File& file, const char* path, std::int64_t first, std::span<const Row> rows,
                  Get get) {
    using Value = std::invoke_result_t<Get, const Row&>;
    std::vector<Value> buffer(std::min(buffer_rows, rows.size()));
    for (std::size_t at = 0; at < rows.size(); at += buffer.size()) {
        const auto block = rows.subspan(at, std::min(buffer.size(), rows.size() - at));
        std::transform(block.begin(), block.end(), buffer.begin(), get);
        file.write_rows<Value>(path, first + static_cast<std::int64_t>(at),
                               std::span(buffer).first(block.size()));
    }
}

}  // namespace

std::vector<Column> row_columns(std::string_view group) {
    std::vector<Column> out;
    for (const Column& column : run_file_columns()) {
        if (column.path.starts_with(std::string(group) + "/") && column.type != hdf5::Type::none) {
            out.push_back(column);
        }
    }
    return out;
}

void write_rows(hdf5::File& file, std::int64_t first, std::span<const Event> rows) {
    const auto write = [&](const char* path, auto get) {
        write_column(file, path, first, rows, get);
    };
    write("/events/replicate", [](const Event& row) { return row.replicate; });
    write("/events/time_us", [](const Event& row) { return row.time_us; });
    write("/events/host", [](const Event& row) { return row.host.value; });
    write("/events/worm", [](const Event& row) { return row.worm; });
    write("/events/infector", [](const Event& row) { return row.infector.value; });
    write("/events/vector", [](const Event& row) { return row.vector; });
}

void write_rows(hdf5::File& file, std::int64_t first, std::span<const Transition> rows) {
    const auto write = [&](const char* path, auto get) {
        write_column(file, path, first, rows, get);
    };
    write("/transitions/replicate", [](const Transition& row) { return row.replicate; });
    write("/transitions/time_us", [](const Transition& row) { return row.time_us; });
    write("/transitions/host", [](const Transition& row) { return row.host.value; });
    write("/transitions/worm", [](const Transition& row) { return row.worm; });
    write("/transitions/from", [](const Transition& row) { return row.from; });
    write("/transitions/to", [](const Transition& row) { return row.to; });
}

void copy_rows(const hdf5::File& source, std::int64_t from, std::int64_t rows, hdf5::File& target,
               std::int64_t to, std::string_view group) {
    std::vector<std::int64_t> buffer(std::min(buffer_rows, static_cast<std::size_t>(rows)));
    const auto step = static_cast<std::int64_t>(buffer.size());
    for (const Column& column : row_columns(group)) {
        for (std::int64_t at = 0; at < rows; at += step) {
            const std::string path(column.path);
            const std::int64_t count = std::min(step, rows - at);
            source.read_slab(path, column.type, from + at, count, buffer.data());
            target.write_slab(path, column.type, {to + at}, {count}, buffer.data());
        }
    }
}

}  // namespace annelid
