#include "engine/scenario/checks.hpp"
#include "engine/scenario/document.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace annelid {
namespace {

constexpr std::size_t terminal_columns = 100;

struct TypeName {
    Unit unit;

    std::string operator()(const bool*) const { return "true or false"; }
    std::string operator()(const std::int64_t*) const {
        return unit == Unit::duration ? "duration" : "whole number";
    }
    std::string operator()(const double*) const {
        switch (unit) {
            case Unit::share:
                return "share";
            case Unit::duration:
                return "duration";
            case Unit::rate:
                return "rate";
            default:
                return "number";
        }
    }
    std::string operator()(const std::string*) const {
        return unit == Unit::datetime ? "date and time, UTC" : "text";
    }
    std::string operator()(const std::vector<std::string>*) const { return "list of text"; }
    std::string operator()(const NamedNumbers*) const {
        return "table of a " + (*this)(static_cast<const double*>(nullptr)) + " by name";
    }
    std::string operator()(const NamedLists*) const { return "table of a list of text by name"; }
    std::string operator()(const DistributionSpec*) const {
        return (*this)(static_cast<const double*>(nullptr)) + " or distribution";
    }
};

bool is_numeric(const Field& field) {
    return std::holds_alternative<std::int64_t*>(field.target) ||
           std::holds_alternative<double*>(field.target) ||
           std::holds_alternative<DistributionSpec*>(field.target) ||
           std::holds_alternative<NamedNumbers*>(field.target);
}

/// "rate, above 0 /s; default "25 /s"".
std::string facts(const Field& field) {
    std::string text = std::visit(TypeName{field.unit}, field.target);
    const std::string range = is_numeric(field) ? range_text(field) : "";
    if (!range.empty())
        text += ", " + range;
    if (!field.choices.empty())
        text += (text == "text" ? ": " : " from ") + listed(field.choices);
    if (field.required)
        return text + "; required";
    const bool is_set = is_writable(field) && target_text(field) != in_quotes("");
    return text + (is_set ? "; default " + target_text(field) : "; not set by default");
}

/// Appends `text` in lines of at most the terminal's width; all but the first start with `margin`
/// spaces, the first starts at `column`.
void wrap(const std::string& text, std::size_t margin, std::size_t column, std::string& out) {
    bool first = true;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string word = text.substr(at, end - at);
        at = end + 1;
        if (!first && column + 1 + width(word) > terminal_columns) {
            out += "\n" + std::string(margin, ' ');
            column = margin;
        } else if (!first) {
            out += ' ';
            ++column;
        }
        out += word;
        column += width(word);
        first = false;
    }
    out += '\n';
}

}  // namespace

std::string to_toml(const Fields& fields) {
    std::string out;
    for (const Field& field : fields) {
        if (is_writable(field))
            out += key_text(field.key) + " = " + target_text(field) + "\n";
    }
    return out;
}

std::string describe(const Fields& fields, int indent) {
    constexpr std::size_t widest_key = 24;
    std::size_t key_width = 0;
    for (const Field& field : fields)
        key_width = std::max(key_width, std::min(width(field.key), widest_key));
    const std::size_t margin = static_cast<std::size_t>(indent) + key_width + 2;
    std::string out;
    for (const Field& field : fields) {
        std::string head = std::string(static_cast<std::size_t>(indent), ' ') + field.key;
        head.resize(std::max(head.size() + 2, margin), ' ');
        out += head;
        wrap(facts(field), margin, width(head), out);
        const std::string source = field.source.empty() ? "" : " [" + field.source + "]";
        if (!field.doc.empty() || !source.empty()) {
            out += std::string(margin, ' ');
            wrap(field.doc.empty() ? source.substr(1) : field.doc + source, margin, margin, out);
        }
    }
    return out;
}

}  // namespace annelid
