// The lines of a text file, plain or gzip, one after the other and counted.
#pragma once

#include "engine/graph/unpacked_file.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace annelid {

class TextLines {
  public:
    /// InputError as UnpackedFile.
    explicit TextLines(const std::filesystem::path& path);

    /// The next line without its end (LF or CRLF), valid until the next call; false after the last.
    bool next(std::string_view& line);

    /// Whether the file begins so, capitals or not. Before the first line only.
    bool starts_with(std::string_view words) const;
    /// A line longer than this is refused rather than held; 1 MB unless said.
    void set_longest_line(std::size_t bytes) { longest_line_ = bytes; }

    const std::string& name() const { return file_.name(); }
    /// Of the line that next() gave last, counted from 1 in the unpacked text.
    std::int64_t number() const { return number_; }
    /// How much of the file is behind us, from 0 to 1; 0 where its size is unknown.
    double share_read() const;

    /// Throws InputError `file:line: text`.
    [[noreturn]] void refuse(const std::string& text) const {
        refuse(number_ > 0 ? number_ : 1, text);
    }
    [[noreturn]] void refuse(std::int64_t line, const std::string& text) const;

  private:
    /// Reads on behind the unfinished line; false at the end of the file.
    bool fill();

    UnpackedFile file_;
    std::vector<char> buffer_;
    std::size_t at_ = 0;               ///< start of the next line
    std::size_t end_ = 0;              ///< of what is filled
    std::int64_t unpacked_bytes_ = 0;  ///< so far
    std::size_t longest_line_ = 1 << 20;
    std::int64_t number_ = 0;
};

}  // namespace annelid
