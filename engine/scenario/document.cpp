#include "engine/scenario/document.hpp"

#include "engine/base/errors.hpp"
#include "engine/scenario/node.hpp"
#include "engine/scenario/source_text.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

// Malformed dates trip the library's assertions; without them it reports these like any fault.
#define TOML_ASSERT(condition) static_cast<void>(0)

#include <fmt/format.h>
#include <toml++/toml.h>

namespace annelid {
namespace {

using Node = Section::Node;

template <typename T>
std::string as_text(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

int line_of(const toml::source_region& source) {
    return static_cast<int>(source.begin.line);
}

/// A date and time that a datetime field can take is brought into its one form.
void convert_datetime(const toml::date_time& value, Node& node) {
    const bool utc = !value.offset || value.offset->minutes == 0;
    if (!utc || value.time.nanosecond != 0) {
        node.kind = Node::Kind::other;
        node.text = as_text(value);
        return;
    }
    std::ostringstream out;
    out << value.date << ' ' << value.time;
    node.kind = Node::Kind::datetime;
    node.text = out.str();
}

/// Copies the library's tree into our own: its copies lose their places, its tables their order.
void convert(const toml::node& from, Node& node, const std::string& file, int level) {
    if (level > deepest_nesting)
        nested_too_deep(file, node.place.line);
    const std::size_t entries = from.is_table()   ? from.as_table()->size()
                                : from.is_array() ? from.as_array()->size()
                                                  : 0;
    if (entries > most_entries)
        too_many_entries(file, node.place.line);
    if (const auto* table = from.as_table()) {
        std::vector<std::pair<const toml::key*, const toml::node*>> sorted;
        for (auto&& [key, value] : *table)
            sorted.emplace_back(&key, &value);
        std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
            const auto& left = a.first->source().begin;
            const auto& right = b.first->source().begin;
            return std::pair(left.line, left.column) < std::pair(right.line, right.column);
        });
        for (const auto& [key, value] : sorted) {
            Node& child = *node.entries.emplace_back(key->str(), std::make_unique<Node>()).second;
            // A table stands where its [header] is, not where [its.child] first implied it.
            child.place = {file, line_of(value->is_table() ? value->source() : key->source())};
            convert(*value, child, file, level + 1);
        }
    } else if (const auto* array = from.as_array()) {
        node.kind = Node::Kind::list;
        for (auto&& element : *array) {
            Node& child = *node.entries.emplace_back("", std::make_unique<Node>()).second;
            child.place = {file, line_of(element.source())};
            convert(element, child, file, level + 1);
        }
    } else if (const auto* text = from.as_string()) {
        node.kind = Node::Kind::text;
        node.text = text->get();
    } else if (const auto* integer = from.as_integer()) {
        node.kind = Node::Kind::integer;
        node.integer = integer->get();
    } else if (const auto* real = from.as_floating_point()) {
        node.kind = Node::Kind::real;
        node.real = real->get();
    } else if (const auto* boolean = from.as_boolean()) {
        node.kind = Node::Kind::boolean;
        node.boolean = boolean->get();
    } else if (const auto* datetime = from.as_date_time()) {
        convert_datetime(datetime->get(), node);
    } else {
        node.kind = Node::Kind::other;
        node.text = from.is_date() ? as_text(*from.as_date()) : as_text(*from.as_time());
    }
}

void parse(const std::string& text, const std::string& name, Node& root) {
    check_source(text, name);
    try {
        const toml::table table = toml::parse(text, name);
        root.place = {name, 0};
        convert(table, root, name, 0);
    } catch (const toml::parse_error& error) {
        std::string reason(error.description());
        std::replace_if(
            reason.begin(), reason.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; },
            '?');
        const bool twice = reason.find("redefine") != std::string::npos;
        throw InputError(fmt::format("{}: not valid TOML ({}): {}",
                                     Place{name, line_of(error.source())}.text(), reason,
                                     twice ? "write each key and table once"
                                           : "text and quantities stand in quotes, as in \"3 d\""));
    }
}

/// The parts of a dotted key. Throws InputError where it is none.
std::vector<std::string> split_key(const std::string& path) {
    Node root;
    parse(path + " = 0", "", root);
    std::vector<std::string> keys;
    for (const Node* node = &root; node->is_table(); node = node->entries.front().second.get())
        keys.push_back(node->entries.front().first);
    return keys;
}

/// The first `=` outside quotes.
std::size_t find_equals(const std::string& text) {
    char quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (quote == '"' && c == '\\')
            ++at;
        else if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '=')
            return at;
    }
    return std::string::npos;
}

/// What stands right of `=`: TOML where it is, else text.
Node parse_value(const std::string& written, const Place& place) {
    Node value;
    try {
        Node root;
        parse("value = " + written, place.file, root);
        if (root.entries.size() == 1)
            value = std::move(*root.entries.front().second);
        else
            throw InputError("several lines");
    } catch (const InputError&) {
        value.kind = Node::Kind::text;
        value.text = trimmed(written);
    }
    return value;
}

/// On the command line there are no lines.
void replace_place(Node& node, const Place& place) {
    node.place = place;
    for (auto& entry : node.entries)
        replace_place(*entry.second, place);
}

void merge(Node& mine, Node&& below) {
    std::vector<Node::Entry> own = std::move(mine.entries);
    mine.entries.clear();
    if (mine.place.line == 0)
        mine.place = below.place;
    for (auto& [key, value] : below.entries) {
        const auto found = std::find_if(
            own.begin(), own.end(), [&key = key](const Node::Entry& e) { return e.first == key; });
        if (found == own.end()) {
            Node& added = mine.add(key);
            if (value->is_table())
                merge(added, std::move(*value));
            else
                added.assign(std::move(*value));
            continue;
        }
        // "--set worm.dwell.mean=..." changes one key of a preset's distribution.
        Node& winner = *found->second;
        const bool part = winner.from_path && !winner.is_value() && value->is_table();
        if (part || (!winner.is_value() && !value->is_value()))
            merge(winner, std::move(*value));
        mine.entries.push_back(std::move(*found));
        own.erase(found);
    }
    std::move(own.begin(), own.end(), std::back_inserter(mine.entries));
}

}  // namespace

Document::Document(const std::filesystem::path& file, Problems& problems)
    : data_(new Data{file.generic_string(), problems, {}}) {
    parse(read_source(file), data_->name, data_->root);
}

Document::Document(std::unique_ptr<Data> data) : data_(std::move(data)) {}

Document Document::empty(const std::string& name, Problems& problems) {
    std::unique_ptr<Data> data(new Data{name, problems, {}});
    data->root.place = {name, 0};
    return Document(std::move(data));
}

Document::~Document() = default;

void Document::set(const std::string& assignment) {
    const Place place{"--set", 0};
    Problems& problems = data_->problems;
    if (first_invalid_utf8(assignment) != std::string::npos)
        return problems.add(place, "value", "", "not valid UTF-8", "set the terminal to UTF-8");
    const std::size_t equals = find_equals(assignment);
    if (equals == std::string::npos) {
        return problems.add(place, in_quotes(assignment), "", "it lacks a \"=\"",
                            "write key=value, as in time.end=\"3 d\"");
    }
    std::vector<std::string> keys;
    try {
        keys = split_key(assignment.substr(0, equals));
    } catch (const InputError&) {
        return problems.add(place, in_quotes(assignment), "", "this is not a key",
                            "write names joined by dots, as in population.hosts=1000");
    }

    Node value = parse_value(assignment.substr(equals + 1), place);
    replace_place(value, place);
    Node* table = &data_->root;
    std::string path;
    for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
        path = join_path(path, keys[i]);
        Node* next = table->find(keys[i]);
        if (!next && table->by_name) {
            std::vector<std::string> names;
            for (const Node::Entry& entry : table->entries)
                names.push_back(entry.first);
            return problems.add(place, in_quotes(assignment), "",
                                fmt::format("no {} has that name", join_path("", keys[i - 1])),
                                "name one of " + listed(names));
        }
        if (!next) {
            next = &table->add(keys[i]);
            next->place = place;
            next->from_path = true;
        } else if (!next->is_table()) {
            return problems.add(place, in_quotes(assignment), "", path + " is a value, not a table",
                                fmt::format("set {} itself, now {} at {}", path, next->shown(),
                                            next->place.text()));
        }
        table = next;
    }
    Node* old = table->find(keys.back());
    (old ? *old : table->add(keys.back())).assign(std::move(value));
}

bool Document::key_by_name(const std::string& key) {
    Node* const list = data_->root.find(key);
    if (!list || list->kind != Node::Kind::list)
        return false;
    const std::string shown = "[[" + key + "]]";
    const auto refuse = [&](const Node& element, const std::string& why) {
        data_->problems.add(
            element.place, shown, "", why,
            fmt::format("give each {} a name of its own, as in name = \"a\"", shown));
    };
    Node table;
    table.by_name = true;
    table.place = list->place;
    for (auto& entry : list->entries) {
        Node& element = *entry.second;
        const Node* const name = element.find("name");
        if (!name || name->kind != Node::Kind::text || name->text.empty()) {
            refuse(element, "it has no name");
        } else if (table.find(name->text)) {
            refuse(*name, fmt::format("the name {} is taken", in_quotes(name->text)));
        } else {
            table.entries.emplace_back(name->text, std::move(entry.second));
        }
    }
    *list = std::move(table);
    return true;
}

std::vector<std::string> Document::merge_below(const std::string& path,
                                               const std::filesystem::path& file,
                                               const std::vector<std::string>& without) {
    Node preset;
    parse(read_source(file), file.generic_string(), preset);
    std::vector<std::string> missing;
    for (const std::string& name : without) {
        Node* vectors = preset.find("vector");
        const auto is_named = [&](const Node::Entry& entry) { return entry.first == name; };
        if (vectors == nullptr || std::erase_if(vectors->entries, is_named) == 0) {
            missing.push_back(name);
        }
    }
    Node* table = &data_->root;
    for (const std::string& key : split_key(path)) {
        Node* next = table->find(key);
        if (!next) {
            next = &table->add(key);
            next->place = preset.place;
        }
        // Already a fault of the document: child() reports it.
        if (!next->is_table())
            return missing;
        table = next;
    }
    merge(*table, std::move(preset));
    return missing;
}

Section Document::root() const {
    return Section(this, &data_->root, "");
}

}  // namespace annelid
