// Scenario files as text: read whole, and made safe to hand to the TOML library.
#pragma once

#include <filesystem>
#include <string>

namespace annelid {

/// Tables and lists inside each other; the TOML library recurses once a level.
inline constexpr int deepest_nesting = 64;

/// Of one table or list: what is checked of each against the others stays quick.
inline constexpr std::size_t most_entries = 10'000;

/// Throws InputError where `file` cannot be read, is a folder, has more than 16 MB or is not UTF-8.
std::string read_source(const std::filesystem::path& file);

/// Throws InputError for what the TOML library does not survive: nesting without bound, and
/// characters beyond ASCII outside quotes, where its tables of white space end in undefined
/// behaviour (and where they are no TOML). `name` names the text in the message.
void check_source(const std::string& text, const std::string& name);

/// The same fault, for whoever counts levels exactly.
[[noreturn]] void nested_too_deep(const std::string& name, int line);
/// For a table or list with more than most_entries.
[[noreturn]] void too_many_entries(const std::string& name, int line);

}  // namespace annelid
