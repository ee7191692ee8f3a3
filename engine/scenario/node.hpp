// The tree behind a Document: every value with the place where it was written, in written order.
// Internal to engine/scenario.
#pragma once

#include "engine/scenario/document.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace annelid {

struct Section::Node {
    enum class Kind { table, list, text, integer, real, boolean, datetime, other };
    using Entry = std::pair<std::string, std::unique_ptr<Node>>;

    Kind kind = Kind::table;
    Place place;
    std::string text;  ///< text; a date and time as "YYYY-MM-DD hh:mm:ss"; other: as TOML
    std::int64_t integer = 0;
    double real = 0;
    bool boolean = false;
    std::vector<Entry> entries;  ///< of a table; of a list, without keys
    bool from_path = false;      ///< a table that exists only because --set named a key inside it
    bool by_name = false;        ///< a table made from a list of tables that have names

    // What the program has asked for, so that the rest can be reported as unknown.
    bool asked = false;              ///< by its parent's read(), child() or children()
    bool is_section = false;         ///< asked for as a table
    bool any_table = false;          ///< its sub-tables have free names
    bool undecided = false;          ///< a choice between kinds of table was refused
    std::vector<std::string> known;  ///< keys asked for, in that order
    std::map<std::string, std::unique_ptr<Node>> absent;  ///< children asked for but not written

    Node* find(const std::string& key) const;
    /// A new entry; where an absent child was handed out, that one, so that its views stay good.
    Node& add(const std::string& key);
    /// Takes over what `other` says; keeps what was asked.
    void assign(Node&& other);
    void know(const std::string& key);

    bool is_table() const { return kind == Kind::table; }
    /// Not to be merged or walked: a scalar, a list, or an inline distribution.
    bool is_value() const { return !is_table() || find("distribution") != nullptr; }
    /// The value as TOML, shortened to fit into a message.
    std::string shown() const;
};

struct Document::Data {
    std::string name;
    Problems& problems;
    Section::Node root;
};

}  // namespace annelid
