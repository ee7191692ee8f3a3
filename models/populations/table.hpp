// A table of comma-separated values, plain or gzip, read by the names of its columns. Its errors
// are InputErrors with file, line and remedy.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/graph/unpacked_file.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

// The library cuts long names of files in its own errors; ours have the whole name.
#pragma GCC diagnostic push
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wstringop-truncation"
#endif
#include <libfccp/csv.h>
#pragma GCC diagnostic pop

namespace annelid {

/// What is let pass, and what to do about the rest.
struct TableRules {
    io::ignore_column ignored;
    std::string header_advice;
    std::string row_advice;
};

/// What the library says of a malformed table, in our words.
inline std::string reason(const io::error::base& e) {
    if (dynamic_cast<const io::error::too_few_columns*>(&e) != nullptr) {
        return "too few columns in this row";
    }
    if (dynamic_cast<const io::error::too_many_columns*>(&e) != nullptr) {
        return "too many columns in this row";
    }
    if (dynamic_cast<const io::error::escaped_string_not_closed*>(&e) != nullptr) {
        return "a quote is not closed";
    }
    if (dynamic_cast<const io::error::header_missing*>(&e) != nullptr) {
        return "the file is empty";
    }
    if (const auto* missing = dynamic_cast<const io::error::missing_column_in_header*>(&e)) {
        return fmt::format("there is no column {}", missing->column_name);
    }
    if (const auto* extra = dynamic_cast<const io::error::extra_column_in_header*>(&e)) {
        return fmt::format("column \"{}\" is not known", extra->column_name);
    }
    if (const auto* twice = dynamic_cast<const io::error::duplicated_column_in_header*>(&e)) {
        return fmt::format("there are two columns {}", twice->column_name);
    }
    return e.what();
}

template <unsigned columns>
class Table {
  public:
    Table(const std::filesystem::path& file, const std::array<std::string, columns>& names,
          TableRules rules)
        : file_(file.generic_string()),
          rules_(std::move(rules)),
          reader_(file_, std::make_unique<Bytes>(file)) {
        guard([&] {
            std::apply([&](const auto&... name) { reader_.read_header(rules_.ignored, name...); },
                       names);
        });
    }

    bool has(const std::string& column) const { return reader_.has_column(column); }

    /// The next row; cells of columns that the table lacks stay as they are. False after the last.
    template <class... Cells>
    bool next(Cells&... cells) {
        bool more = false;
        guard([&] { more = reader_.read_row(cells...); });
        return more;
    }

    /// Throws InputError with file and line of the last row.
    [[noreturn]] void fail(const std::string& what) const {
        throw InputError(fmt::format("{}:{}: {}", file_, reader_.get_file_line(), what));
    }

  private:
    using Reader =
        io::CSVReader<columns, io::trim_chars<' ', '\t', '\r'>, io::double_quote_escape<',', '"'>,
                      io::throw_on_overflow, io::empty_line_comment>;

    class Bytes final : public io::ByteSourceBase {
      public:
        explicit Bytes(const std::filesystem::path& file) : file_(file) {}
        /// As many as asked for: the library takes fewer for the end of the file.
        int read(char* buffer, int size) override {
            const auto room = static_cast<std::size_t>(size);
            std::size_t filled = 0;
            try {
                for (std::size_t more = 1; filled < room && more > 0; filled += more) {
                    more = file_.read(buffer + filled, room - filled);
                }
            } catch (const InputError& fault) {  // it names a byte, and no file
                throw InputError(file_.name() + ": " + fault.what());
            }
            return static_cast<int>(filled);
        }

      private:
        UnpackedFile file_;
    };

    template <class Body>
    void guard(Body body) {
        try {
            body();
        } catch (const io::error::base& e) {
            const auto* row = dynamic_cast<const io::error::with_file_line*>(&e);
            throw InputError(
                fmt::format("{}:{}: malformed table ({}): {}", file_,
                            row != nullptr ? std::max(1, row->file_line) : 1, reason(e),
                            row != nullptr ? rules_.row_advice : rules_.header_advice));
        }
    }

    std::string file_;
    TableRules rules_;
    Reader reader_;
};

}  // namespace annelid
