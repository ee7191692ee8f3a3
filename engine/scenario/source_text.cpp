#include "engine/scenario/source_text.hpp"

#include "engine/base/errors.hpp"
#include "engine/scenario/document.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace annelid {
namespace {

constexpr std::size_t largest_file_bytes = 16 * 1024 * 1024;

/// The position after the string that starts at `at`; npos where it does not end on its line.
std::size_t skip_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    const std::string three(3, quote);
    const bool many_lines = text.substr(at, 3) == three;
    at += many_lines ? 3 : 1;
    while (at < text.size()) {
        if (text[at] == '\\' && quote == '"') {
            at += 2;
        } else if (many_lines && text.substr(at, 3) == three) {
            at += 3;
            // Up to two quotes before the closing three belong to the string.
            for (int extra = 0; extra < 2 && at < text.size() && text[at] == quote; ++extra)
                ++at;
            return at;
        } else if (!many_lines && text[at] == '\n') {
            return std::string_view::npos;
        } else if (!many_lines && text[at] == quote) {
            return at + 1;
        } else {
            ++at;
        }
    }
    return std::string_view::npos;
}

/// Of the first character of valid UTF-8.
unsigned code_point(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    unsigned code = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i)
        code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return code;
}

}  // namespace

std::string read_source(const std::filesystem::path& file) {
    const std::string name = file.generic_string();
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
        throw InputError(name + " (this is a folder): name a .toml file");
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        const std::string why = errno ? std::strerror(errno) : "it cannot be opened";
        throw InputError(name + " (" + why + "): check the path and its permissions");
    }
    // Read rather than asked for its size: pipes have none.
    std::string text;
    char chunk[1 << 16];
    while (stream.read(chunk, sizeof chunk) || stream.gcount() > 0) {
        text.append(chunk, static_cast<std::size_t>(stream.gcount()));
        if (text.size() > largest_file_bytes)
            throw InputError(name + " (more than 16 MB): name a scenario, not a data file");
    }
    if (stream.bad())
        throw InputError(name + " (reading failed): check the disk");
    const std::size_t invalid = first_invalid_utf8(text);
    if (invalid != std::string::npos) {
        const auto line = 1 + std::count(text.begin(), text.begin() + invalid, '\n');
        throw InputError(Place{name, static_cast<int>(line)}.text() +
                         ": not valid UTF-8 (TOML is UTF-8): save the file as UTF-8");
    }
    return text;
}

void check_source(const std::string& text, const std::string& name) {
    int line = 1;
    int brackets = 0;
    int dots = 0;  // of one key
    for (std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; at < text.size();) {
        const char c = text[at];
        if (c == '"' || c == '\'') {
            const std::size_t end = skip_string(text, at);
            if (end == std::string_view::npos)
                return;  // a syntax error, which the library finds without going deeper
            line += static_cast<int>(std::count(text.begin() + at, text.begin() + end, '\n'));
            at = end;
            continue;
        }
        if (c == '#') {
            at = std::min(text.find('\n', at), text.size());
            continue;
        }
        if (static_cast<unsigned char>(c) >= 0x80) {
            throw InputError(fmt::format(
                "{}: not valid TOML (character U+{:04X} outside quotes): type plain quotes and "
                "spaces, and put text in quotes",
                Place{name, line}.text(), code_point(std::string_view(text).substr(at))));
        }
        if (c == '[' || c == '{')
            ++brackets;
        else if (c == ']' || c == '}')
            brackets = std::max(0, brackets - 1);
        dots = c == '.' ? dots + 1 : std::strchr("[]{}=,\n", c) ? 0 : dots;
        if (brackets > deepest_nesting || dots > deepest_nesting)
            nested_too_deep(name, line);
        line += c == '\n' ? 1 : 0;
        ++at;
    }
}

void nested_too_deep(const std::string& name, int line) {
    throw InputError(Place{name, line}.text() +
                     ": nested too deep (more than 64 levels): write flat tables");
}

void too_many_entries(const std::string& name, int line) {
    throw InputError(Place{name, line}.text() +
                     ": too many entries of one table or list (more than 10,000): name a scenario, "
                     "not a data file");
}

}  // namespace annelid
