#include "engine/scenario/checks.hpp"
#include "engine/scenario/distribution_text.hpp"
#include "engine/scenario/document.hpp"
#include "engine/scenario/node.hpp"
#include "engine/scenario/quantity.hpp"
#include "engine/scenario/read_value.hpp"
#include "engine/scenario/text.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace annelid {
namespace {

using Node = Section::Node;
using Kind = Section::Node::Kind;

bool is_number(const Node& value) {
    return value.kind == Kind::integer || value.kind == Kind::real;
}

double number_of(const Node& value) {
    return value.kind == Kind::integer ? static_cast<double>(value.integer) : value.real;
}

struct UnitWords {
    const char* noun;
    const char* unit;
    const char* others;
};
constexpr UnitWords duration_words{"a duration", "s", "us, ms, min, h, d, w"};
constexpr UnitWords rate_words{"a rate", "/s", "/min, /h, /d"};

/// A bare number where a unit belongs: only 0 needs none.
double bare_zero(const Field& field, const Node& value, const UnitWords& words) {
    const double number = number_of(value);
    if (number == 0)
        return number;
    const std::string why = std::string(words.noun) + " needs a unit";
    if (!allows(field, number))
        throw Refusal{why, "try " + example(field)};
    throw Refusal{why, fmt::format("write \"{} {}\" or one of {}", print_number(number), words.unit,
                                   words.others)};
}

/// Text where a number belongs: often only the quotes are too much.
[[noreturn]] void refuse_text(const Field& field, const Node& value, const char* noun) {
    const bool plain = value.text.find_first_not_of("0123456789_.eE+-") == std::string::npos;
    if (plain && !value.text.empty())
        throw Refusal{std::string(noun) + " stands without quotes", "write " + value.text};
    throw Refusal{std::string("it must be ") + noun, "try " + example(field)};
}

std::int64_t read_integer(const Field& field, const Node& value) {
    if (value.kind == Kind::text)
        refuse_text(field, value, "a whole number");
    if (!is_number(value))
        throw Refusal{"it must be a whole number", "try " + example(field)};
    if (value.kind == Kind::real) {
        check_number(field, value.real);
        constexpr double too_large = 9223372036854775808.0;  // 2^63
        if (value.real != std::floor(value.real))
            throw Refusal{"it must be a whole number",
                          "try " + print_number(std::round(value.real))};
        if (std::abs(value.real) >= too_large)
            throw Refusal{"it does not fit into 64 bits", "try " + example(field)};
        return static_cast<std::int64_t>(value.real);
    }
    check_number(field, static_cast<double>(value.integer));
    return value.integer;
}

TimeUs read_duration(const Field& field, const Node& value) {
    if (!is_number(value) && value.kind != Kind::text)
        throw Refusal{"a duration is text with a unit", "try " + example(field)};
    const TimeUs time_us = is_number(value)
                               ? static_cast<TimeUs>(bare_zero(field, value, duration_words))
                               : parse_duration_us(value.text);
    check_number(field, to_seconds(time_us));
    return time_us;
}

struct Reader {
    const Field& field;
    const Node& value;

    void operator()(bool* target) const {
        if (value.kind != Kind::boolean)
            throw Refusal{"it must be true or false", value.kind == Kind::text
                                                          ? "write it without quotes"
                                                          : "try " + example(field)};
        *target = value.boolean;
    }
    void operator()(std::int64_t* target) const {
        if (field.unit != Unit::none && field.unit != Unit::duration)
            throw std::logic_error("field " + field.key + ": this unit needs a double");
        const bool is_time = field.unit == Unit::duration;
        *target = is_time ? read_duration(field, value) : read_integer(field, value);
    }
    void operator()(double* target) const { *target = read_number(field, value); }
    void operator()(std::string* target) const {
        const bool is_date = field.unit == Unit::datetime;
        if (value.kind != Kind::text && !(is_date && value.kind == Kind::datetime)) {
            throw Refusal{is_date ? "a date and time is YYYY-MM-DD hh:mm:ss in UTC"
                                  : "it must be text in quotes",
                          "try " + (is_number(value) && !is_date && field.choices.empty()
                                        ? in_quotes(value.shown())
                                        : example(field))};
        }
        check_text(field, value.text);
        *target = value.text;
    }
    void operator()(std::vector<std::string>* target) const { *target = read_list(); }
    void operator()(DistributionSpec*) const {}  // see read_distribution
    void operator()(NamedNumbers*) const {}      // see read_named
    void operator()(NamedLists*) const {}

    std::vector<std::string> read_list() const {
        if (value.kind != Kind::list) {
            throw Refusal{"it must be a list of text", value.kind == Kind::text
                                                           ? "write [" + in_quotes(value.text) + "]"
                                                           : "try " + example(field)};
        }
        std::vector<std::string> list;
        for (const auto& [no_key, entry] : value.entries) {
            if (entry->kind != Kind::text)
                throw Refusal{entry->shown() + " is not text", "put every entry in quotes"};
            check_text(field, entry->text);
            list.push_back(entry->text);
        }
        return list;
    }
};

double read_one(const Field& field, const Node& value, const NamedNumbers&) {
    Field inner = field;
    double unset = lowest(field) - 1;  // may not be written, so it is no example
    inner.target = &unset;
    return read_number(inner, value);
}

std::vector<std::string> read_one(const Field& field, const Node& value, const NamedLists&) {
    Field inner = field;
    std::vector<std::string> unset;
    inner.target = &unset;
    return Reader{inner, value}.read_list();
}

/// Every value of a table with names of the user's choice, a problem for each that does not fit.
template <class Map>
void read_named(const Field& field, const Node& table, const std::string& path, Map& target,
                Problems& problems) {
    if (!table.is_table()) {
        problems.add(table.place, path, table.shown(), "it must be a table",
                     "try " + example(field));
        return;
    }
    Map out;
    const std::size_t problems_before = problems.size();
    for (const auto& [name, value] : table.entries) {
        try {
            out[name] = read_one(field, *value, out);
        } catch (const Refusal& refusal) {
            problems.add(value->place, join_path(path, name), value->shown(), refusal.why,
                         refusal.advice);
        }
    }
    if (problems.size() == problems_before)
        target = std::move(out);
}

bool decides(const Field& field) {
    return std::holds_alternative<std::string*>(field.target);
}

}  // namespace

double read_number(const Field& field, const Node& value) {
    const bool is_text = value.kind == Kind::text;
    const bool is_distribution = std::holds_alternative<DistributionSpec*>(field.target);
    double number = 0;
    if (field.unit == Unit::none && is_text)
        refuse_text(field, value, "a number");
    if (!is_number(value) && !is_text) {
        const std::string noun = field.unit == Unit::duration ? "a duration is text with a unit"
                                 : field.unit == Unit::rate   ? "a rate is text with a unit"
                                                              : "it must be a number";
        throw Refusal{noun + (is_distribution ? ", or a distribution" : ""),
                      "try " + example(field)};
    }
    switch (field.unit) {
        case Unit::duration:
            number =
                is_text ? parse_duration_s(value.text) : bare_zero(field, value, duration_words);
            break;
        case Unit::rate:
            number = is_text ? parse_rate(value.text) : bare_zero(field, value, rate_words);
            break;
        case Unit::share:
            number = is_text ? parse_percent(value.text) : number_of(value);
            break;
        default:
            number = number_of(value);
    }
    check_number(field, number);
    return number;
}

bool Section::read(const Fields& fields) const {
    Problems& problems = document_->data_->problems;
    const std::size_t problems_before = problems.size();
    for (const Field& field : fields) {
        node_->know(field.key);
        const std::string path = join_path(path_, field.key);
        Node* value = node_->find(field.key);
        if (!value) {
            if (!field.required)
                continue;
            const bool on_command_line = node_->place.file == "--set";
            const Place main_file{document_->data_->name, 0};
            problems.add(on_command_line ? main_file : node_->place, path, "", "it is required",
                         fmt::format("add {} = {}", key_text(field.key), example(field)));
            node_->undecided |= decides(field);
            continue;
        }
        value->asked = true;
        if (std::holds_alternative<DistributionSpec*>(field.target)) {
            read_distribution(field, *value, path, problems);
            continue;
        }
        if (auto* const* numbers = std::get_if<NamedNumbers*>(&field.target)) {
            read_named(field, *value, path, **numbers, problems);
            continue;
        }
        if (auto* const* lists = std::get_if<NamedLists*>(&field.target)) {
            read_named(field, *value, path, **lists, problems);
            continue;
        }
        try {
            std::visit(Reader{field, *value}, field.target);
        } catch (const Refusal& refusal) {
            problems.add(value->place, path, value->shown(), refusal.why, refusal.advice);
            node_->undecided |= decides(field);
        }
    }
    return problems.size() == problems_before;
}

}  // namespace annelid
