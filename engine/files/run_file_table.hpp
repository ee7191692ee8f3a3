// Every dataset of a run file in one table: the writer takes type, axes and attributes from it,
// results/FORMAT.md shows it, and tests/run_file/ holds the two against each other.
#pragma once

#include "engine/files/hdf5_file.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace annelid {

inline constexpr std::string_view run_file_format = "annelid run file";
inline constexpr std::string_view run_file_version = "1.3";

struct Column {
    std::string_view path;
    /// Names of the axes; one in brackets is there where the run has that axis. An axis is the
    /// dataset of that name in the same group, else in the root group. A dataset on an axis of its
    /// own name is that axis. `(ensemble)` is `replicate`, or `quantile` where the run keeps those:
    /// then values are float64.
    std::string_view dims;
    hdf5::Type type;
    std::string_view units;  ///< empty where there are none; START stands for the start of the run
    std::string_view long_name;
};

std::span<const Column> run_file_columns();
/// The row of `path`, which must be there.
const Column& run_file_column(std::string_view path);

/// Writes datasets by their row in the table. Axes come before what lies on them, and fix how many
/// values that takes.
class TableWriter {
  public:
    /// `optional_axes`: those that the run has of the axes in brackets, and what they are called;
    /// `start` is the time that the axis `time` counts from.
    TableWriter(hdf5::File& file, std::map<std::string, std::string> optional_axes,
                std::string start);

    template <class T>
    void numbers(std::string_view path, std::span<const T> values) {
        const auto dims = shape(path, static_cast<std::int64_t>(values.size()));
        file_.write(std::string(path), dims, values);
        finish(path);
    }
    template <class T>
    void number(std::string_view path, T value) {
        numbers(path, std::span<const T>(&value, 1));
    }
    void texts(std::string_view path, std::span<const std::string> values);
    void text(std::string_view path, const std::string& value);
    /// An axis without values.
    void bare_axis(std::string_view path, std::int64_t length);
    /// Room for rows that are written later.
    void reserve(std::string_view path);
    /// The rows of `parts`, which hold a dataset of the same path.
    void refer(std::string_view path, std::vector<hdf5::VirtualPart> parts);

    hdf5::File& file() { return file_; }

  private:
    /// Lengths of the axes of `path`; `length` if it is an axis itself.
    hdf5::Dims shape(std::string_view path, std::int64_t length);
    /// Attaches axes and writes units and long_name.
    void finish(std::string_view path);
    std::vector<std::string> axes(const Column& column) const;

    hdf5::File& file_;
    std::map<std::string, std::string> optional_axes_;
    std::string start_;
    std::map<std::string, std::int64_t> lengths_;  ///< axis → length
};

}  // namespace annelid
