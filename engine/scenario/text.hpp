// Small tools on text: quoting as TOML does, paths of keys, the nearest word.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace annelid {

std::string trimmed(const std::string& text);

/// As a TOML string, quotes included.
std::string in_quotes(std::string_view text);

/// A key as TOML writes it: bare where it can be.
std::string key_text(const std::string& key);

/// `path` and `key` joined by a dot; an empty path is the document itself.
std::string join_path(const std::string& path, const std::string& key);

/// "a, b, c"
std::string listed(const std::vector<std::string>& words);

/// At most `length` characters of `text`, "…" where it is cut.
std::string shortened(const std::string& text, std::size_t length);

/// Characters, not bytes, of UTF-8 text.
std::size_t width(std::string_view text);

/// The word that `text` was probably meant to be, by edit distance; empty if none is near.
std::string nearest(const std::string& text, const std::vector<std::string>& words);

/// The first byte that is not UTF-8; npos where all is well.
std::size_t first_invalid_utf8(std::string_view text);

}  // namespace annelid
