#include "engine/scenario/node.hpp"

#include "engine/scenario/quantity.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>

namespace annelid {
namespace {

constexpr std::size_t longest_shown = 72;

void append_toml(const Section::Node& node, std::string& out) {
    using Kind = Section::Node::Kind;
    // Only the beginning is shown, so a list of a million entries is not printed first.
    if (out.size() > 4 * longest_shown)
        return;
    switch (node.kind) {
        case Kind::text:
            out += in_quotes(node.text);
            break;
        case Kind::integer:
            out += std::to_string(node.integer);
            break;
        case Kind::real:
            out += print_number(node.real);
            break;
        case Kind::boolean:
            out += node.boolean ? "true" : "false";
            break;
        case Kind::datetime:
        case Kind::other:
            out += node.text;
            break;
        case Kind::list:
        case Kind::table:
            out += node.is_table() ? "{ " : "[";
            for (std::size_t i = 0; i < node.entries.size(); ++i) {
                if (i > 0)
                    out += ", ";
                if (node.is_table())
                    out += key_text(node.entries[i].first) + " = ";
                append_toml(*node.entries[i].second, out);
            }
            out += node.is_table() ? " }" : "]";
            break;
    }
}

}  // namespace

Section::Node* Section::Node::find(const std::string& key) const {
    const auto entry = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& e) { return e.first == key; });
    return is_table() && entry != entries.end() ? entry->second.get() : nullptr;
}

Section::Node& Section::Node::add(const std::string& key) {
    const auto handed_out = absent.find(key);
    if (handed_out == absent.end()) {
        entries.emplace_back(key, std::make_unique<Node>());
    } else {
        entries.emplace_back(key, std::move(handed_out->second));
        absent.erase(handed_out);
    }
    return *entries.back().second;
}

void Section::Node::assign(Node&& other) {
    kind = other.kind;
    place = std::move(other.place);
    text = std::move(other.text);
    integer = other.integer;
    real = other.real;
    boolean = other.boolean;
    entries = std::move(other.entries);
    from_path = other.from_path;
}

void Section::Node::know(const std::string& key) {
    if (std::find(known.begin(), known.end(), key) == known.end())
        known.push_back(key);
}

std::string Section::Node::shown() const {
    std::string out;
    append_toml(*this, out);
    return shortened(out, longest_shown);
}

}  // namespace annelid
