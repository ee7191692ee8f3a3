// Walking a document, and telling what nobody asked for.
#include "engine/scenario/document.hpp"
#include "engine/scenario/node.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace annelid {
namespace {

using Node = Section::Node;

/// For keys written below the wrong header: key -> the first table that knows it.
using Owners = std::map<std::string, std::string>;

void collect(const Node& table, const std::string& path, Owners& owners) {
    for (const std::string& key : table.known) {
        if (!path.empty())
            owners.emplace(key, path);
    }
    for (const auto& [key, child] : table.entries) {
        if (child->is_section)
            collect(*child, join_path(path, key), owners);
    }
    for (const auto& [key, child] : table.absent)
        collect(*child, join_path(path, key), owners);
}

std::string advise(const std::string& key, const Node& table, const Owners& owners) {
    if (const std::string near = nearest(key, table.known); !near.empty())
        return fmt::format("did you mean `{}`?", near);
    if (const auto owner = owners.find(key); owner != owners.end())
        return fmt::format("it belongs in [{}]", owner->second);
    if (table.any_table && table.known.empty())
        return "only tables stand here";
    if (table.known.empty())
        return "this table takes no keys";
    return "known here: " + listed(table.known);
}

void report(const Node& table, const std::string& path, const Owners& owners, Problems& problems) {
    // Where the only key asked for was refused (a vector's kind, say), nobody came to ask for more.
    if (table.undecided && table.known.size() == 1)
        return;
    for (const auto& [key, child] : table.entries) {
        const std::string child_path = join_path(path, key);
        if (child->is_section) {
            report(*child, child_path, owners, problems);
        } else if (!child->asked) {
            const bool is_table = !child->is_value();
            problems.add(child->place, is_table ? "[" + child_path + "]" : child_path,
                         is_table ? "" : child->shown(), is_table ? "unknown table" : "unknown key",
                         advise(key, table, owners));
        }
    }
}

void collect_written(const Node& node, const std::string& path,
                     std::map<std::string, Written>& out) {
    out[path] = {node.place, node.is_value() ? node.shown() : ""};
    if (node.is_value())
        return;
    for (const auto& [key, child] : node.entries)
        collect_written(*child, join_path(path, key), out);
}

}  // namespace

Section::Section(const Document* document, Node* node, std::string path)
    : document_(document), node_(node), path_(std::move(path)) {}

bool Section::has(const std::string& key) const {
    return node_->find(key) != nullptr;
}

Section Section::child(const std::string& key) const {
    const std::string path = join_path(path_, key);
    node_->know(key);
    Node* child = node_->find(key);
    if (child && !child->is_table()) {
        node_->undecided = true;
        child->asked = true;
        document_->data_->problems.add(child->place, path, child->shown(), "it must be a table",
                                       fmt::format("write [{}] and its keys below", path));
        child = nullptr;
    }
    if (!child) {
        std::unique_ptr<Node>& absent = node_->absent[key];
        if (!absent) {
            absent = std::make_unique<Node>();
            absent->place = {document_->data_->name, 0};
        }
        child = absent.get();
    }
    child->asked = true;
    child->is_section = true;
    return Section(document_, child, path);
}

std::vector<std::pair<std::string, Section>> Section::children() const {
    node_->any_table = true;
    std::vector<std::pair<std::string, Section>> sections;
    for (const auto& [key, child] : node_->entries) {
        if (child->is_value() || (child->asked && !child->is_section))
            continue;
        child->asked = true;
        child->is_section = true;
        sections.emplace_back(key, Section(document_, child.get(), join_path(path_, key)));
    }
    return sections;
}

struct Section::Found {
    Place place;
    std::string path, value;
};

Section::Found Section::find(const std::string& key) const {
    // "clients.UA" is an entry of a table whose names are the user's.
    const std::size_t dot = std::min(key.find('.'), key.size());
    const Node* value = node_->find(key.substr(0, dot));
    std::string path = key.empty() ? "[" + path_ + "]" : join_path(path_, key.substr(0, dot));
    if (dot < key.size()) {
        value = value ? value->find(key.substr(dot + 1)) : nullptr;
        path = join_path(path, key.substr(dot + 1));
    }
    const bool scalar = value && value->is_value();
    return {value ? value->place : node_->place, path, scalar ? value->shown() : ""};
}

void Section::fault(const std::string& key, const std::string& why,
                    const std::string& advice) const {
    node_->undecided = true;
    const Found found = find(key);
    document_->data_->problems.add(found.place, found.path, found.value, why, advice);
}

void Section::warn(const std::string& key, const std::string& why,
                   const std::string& advice) const {
    const Found found = find(key);
    document_->data_->problems.warn(found.place, found.path, found.value, why, advice);
}

bool Section::is_from_command_line(const std::string& key) const {
    return find(key).place.file == "--set";
}

const std::string& Section::path() const {
    return path_;
}

void Document::report_unknown() const {
    Owners owners;
    collect(data_->root, "", owners);
    report(data_->root, "", owners, data_->problems);
}

std::map<std::string, Written> Document::written() const {
    std::map<std::string, Written> out;
    collect_written(data_->root, "", out);
    return out;
}

}  // namespace annelid
