#include "engine/scenario/checks.hpp"

#include "engine/scenario/distribution_text.hpp"
#include "engine/scenario/quantity.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace annelid {
namespace {

double typical(Unit unit) {
    switch (unit) {
        case Unit::share:
            return 0.5;
        case Unit::duration:
            return 600;
        case Unit::rate:
            return 25;
        default:
            return 1;
    }
}

std::string print_in_unit(Unit unit, double value) {
    if (unit == Unit::duration)
        return print_duration_s(value);
    return unit == Unit::rate ? print_rate(value) : print_number(value);
}

std::string quoted_list(const std::vector<std::string>& words) {
    std::vector<std::string> parts;
    for (const std::string& word : words)
        parts.push_back(in_quotes(word));
    return listed(parts);
}

/// What is wrong with a number that is out of range.
std::string range_fault(const Field& field) {
    const double least = lowest(field);
    const double most = highest(field);
    if (field.unit == Unit::rate && least == 0 && !std::isfinite(most))
        return field.above_min ? "a rate is positive" : "a rate is not negative";
    if (field.unit == Unit::duration && least == 0 && !std::isfinite(most))
        return field.above_min ? "a duration is positive" : "a duration is not negative";
    return "it must be " + range_text(field);
}

bool is_choice(const Field& field, const std::string& text) {
    const auto& all = field.choices;
    return all.empty() || std::find(all.begin(), all.end(), text) != all.end();
}

struct Writable {
    const Field& field;

    bool operator()(const bool*) const { return true; }
    bool operator()(const std::int64_t* value) const {
        const bool is_time = field.unit == Unit::duration;
        return allows(field, is_time ? to_seconds(*value) : static_cast<double>(*value));
    }
    bool operator()(const double* value) const { return allows(field, *value); }
    bool operator()(const std::string* value) const {
        return is_choice(field, *value) && (field.unit != Unit::datetime || is_datetime(*value));
    }
    bool operator()(const std::vector<std::string>* value) const {
        return std::all_of(value->begin(), value->end(),
                           [&](const std::string& text) { return is_choice(field, text); });
    }
    bool operator()(const DistributionSpec* value) const { return allows(field, *value); }
    bool operator()(const NamedNumbers* value) const {
        return std::all_of(value->begin(), value->end(),
                           [&](const auto& named) { return allows(field, named.second); });
    }
    bool operator()(const NamedLists*) const { return true; }
};

struct Printer {
    Unit unit;

    std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
    std::string operator()(const std::int64_t* value) const {
        return unit == Unit::duration ? in_quotes(print_duration_us(*value))
                                      : fmt::to_string(*value);
    }
    std::string operator()(const double* value) const { return number_text(unit, *value); }
    std::string operator()(const std::string* value) const { return in_quotes(*value); }
    std::string operator()(const std::vector<std::string>* value) const {
        return "[" + quoted_list(*value) + "]";
    }
    std::string operator()(const DistributionSpec* value) const {
        return distribution_text(unit, *value);
    }
    std::string operator()(const NamedNumbers* value) const {
        return table(*value, [&](double number) { return number_text(unit, number); });
    }
    std::string operator()(const NamedLists* value) const {
        return table(*value, [&](const auto& list) { return "[" + quoted_list(list) + "]"; });
    }

    template <class Map, class Print>
    static std::string table(const Map& values, Print print) {
        std::vector<std::string> entries;
        for (const auto& [name, value] : values)
            entries.push_back(key_text(name) + " = " + print(value));
        return entries.empty() ? "{}" : "{ " + listed(entries) + " }";
    }
};

}  // namespace

double lowest(const Field& field) {
    const bool from_zero =
        field.unit != Unit::none || std::holds_alternative<DistributionSpec*>(field.target);
    return from_zero && std::isinf(field.min) ? 0 : field.min;
}

double highest(const Field& field) {
    return field.unit == Unit::share ? std::fmin(field.max, 1) : field.max;
}

std::string range_text(const Field& field) {
    const double least = lowest(field);
    const double most = highest(field);
    const std::string low = print_in_unit(field.unit, least);
    const std::string high = print_in_unit(field.unit, most);
    if (std::isfinite(least) && std::isfinite(most) && !field.above_min)
        return fmt::format("from {} to {}", low, high);
    std::string text;
    if (std::isfinite(least))
        text = (field.above_min ? "above " : "at least ") + low;
    if (std::isfinite(most))
        text += (text.empty() ? "at most " : " and at most ") + high;
    return text;
}

bool allows(const Field& field, double value) {
    const double least = lowest(field);
    return std::isfinite(value) && (field.above_min ? value > least : value >= least) &&
           value <= highest(field);
}

void check_number(const Field& field, double value) {
    if (!std::isfinite(value))
        throw Refusal{"it must be finite", "try " + example(field)};
    if (!allows(field, value))
        throw Refusal{range_fault(field), "try " + example(field)};
}

void check_text(const Field& field, const std::string& text) {
    if (field.unit == Unit::datetime && !is_datetime(text))
        throw Refusal{"a date and time is YYYY-MM-DD hh:mm:ss in UTC", "try " + example(field)};
    if (is_choice(field, text))
        return;
    const std::string near = nearest(text, field.choices);
    throw Refusal{in_quotes(text) + " is not known here",
                  near.empty() ? "use one of " + quoted_list(field.choices)
                               : fmt::format("did you mean {}?", in_quotes(near))};
}

bool is_writable(const Field& field) {
    return std::visit(Writable{field}, field.target);
}

std::string number_text(Unit unit, double value) {
    const bool is_bare = unit != Unit::duration && unit != Unit::rate;
    return is_bare ? print_number(value) : in_quotes(print_in_unit(unit, value));
}

std::string target_text(const Field& field) {
    return std::visit(Printer{field.unit}, field.target);
}

std::string example(const Field& field) {
    if (std::holds_alternative<NamedNumbers*>(field.target)) {
        Field inner = field;
        double value = lowest(field) - 1;  // may not be written
        inner.target = &value;
        return "{ UA = " + example(inner) + " }";
    }
    if (std::holds_alternative<NamedLists*>(field.target))
        return "{ UA = [\"text\"] }";
    const bool is_list = std::holds_alternative<std::vector<std::string>*>(field.target);
    // What a required key holds before it is read is no default.
    if (!field.required && is_writable(field) && target_text(field) != "\"\"" &&
        target_text(field) != "[]")
        return target_text(field);
    if (!field.choices.empty())
        return is_list ? "[" + in_quotes(field.choices[0]) + "]" : in_quotes(field.choices[0]);
    if (is_list)
        return "[\"text\"]";
    if (std::holds_alternative<std::string*>(field.target))
        return field.unit == Unit::datetime ? "\"2017-05-12 07:24:00\"" : "\"text\"";
    const double least = lowest(field);
    const double most = highest(field);
    for (const double value : {typical(field.unit), least, most, least + 1, (least + most) / 2}) {
        if (allows(field, value))
            return number_text(field.unit, value);
    }
    return number_text(field.unit, least);
}

}  // namespace annelid
