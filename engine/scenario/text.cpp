#include "engine/scenario/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace annelid {
namespace {

bool starts_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

/// Edits between two words: insert, delete, replace a letter or swap two neighbours.
std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

/// Bytes of the character at the start of `text`; 0 if it is none (overlong, surrogate, cut off).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (starts_character(text[i]))
            return 0;
    }
    const unsigned second = byte(1);
    const bool out_of_range = (first == 0xE0 && second < 0xA0) ||
                              (first == 0xED && second > 0x9F) ||
                              (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return out_of_range ? 0 : length;
}

}  // namespace

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string::npos)
        return "";
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string in_quotes(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            result += std::string("\\") + c;
        else if (c == '\n')
            result += "\\n";
        else if (c == '\t')
            result += "\\t";
        else if (code < 0x20 || code == 0x7F)
            result += fmt::format("\\u{:04X}", static_cast<unsigned>(code));
        else
            result += c;
    }
    return result + "\"";
}

std::string key_text(const std::string& key) {
    const auto is_bare = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    };
    const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), is_bare);
    return bare ? key : in_quotes(key);
}

std::string join_path(const std::string& path, const std::string& key) {
    return path.empty() ? key_text(key) : path + "." + key_text(key);
}

std::string listed(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string shortened(const std::string& text, std::size_t length) {
    if (width(text) <= length)
        return text;
    std::size_t bytes = 0;
    for (std::size_t characters = 0; bytes < text.size(); ++bytes) {
        if (starts_character(text[bytes]) && characters++ == length - 1)
            break;
    }
    return text.substr(0, bytes) + "…";
}

std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string nearest(const std::string& text, const std::vector<std::string>& words) {
    constexpr std::size_t longest = 64;
    std::string best;
    // A third of the letters may be wrong: `rte` is rate, `end` is not seed.
    std::size_t least = std::max<std::size_t>(1, text.size() / 3) + 1;
    if (text.size() > longest)
        return best;
    for (const std::string& word : words) {
        const std::size_t distance = edit_distance(text, word);
        if (distance < least && distance < word.size()) {
            least = distance;
            best = word;
        }
    }
    return best;
}

std::size_t first_invalid_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text.substr(at));
        if (length == 0)
            return at;
        at += length;
    }
    return std::string_view::npos;
}

}  // namespace annelid
