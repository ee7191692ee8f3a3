// Edge lists and CSV: one edge a line, from to [weight] [open close].
#include "engine/graph/edge_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace annelid {
namespace {

std::string_view columns(const ReadOptions& options) {
    if (options.weighted) {
        return options.temporal ? "from to weight open close" : "from to weight";
    }
    return options.temporal ? "from to open close" : "from to";
}

/// What could be meant by a number of fields that the options do not name.
std::string_view advice(const ReadOptions& options, int num_fields) {
    const bool asked = options.weighted || options.temporal;
    if (!asked && num_fields == 3) {
        return "set network.weighted = true if the third is a weight, or remove it";
    }
    if (!asked && num_fields == 4) {
        return "set network.temporal = true if the last two are times in s, or remove them";
    }
    if (num_fields == 5 && !(options.weighted && options.temporal)) {
        return "set network.weighted = true and network.temporal = true if these are weight, open "
               "and close, or remove them";
    }
    if (asked && num_fields == 2) {
        return options.weighted && options.temporal
                   ? "write them, or set network.weighted and network.temporal = false"
               : options.weighted ? "write weights, or set network.weighted = false"
                                  : "write times, or set network.temporal = false";
    }
    return "write one edge a line";
}

[[noreturn]] void refuse_number_of_fields(const EdgeText& text, std::string_view line) {
    int num_fields = 0;
    for (Fields fields(line); !fields.empty(); fields.take()) {
        ++num_fields;
    }
    text.lines.refuse(fmt::format("{} field{} (an edge is `{}`): {}", num_fields,
                                  num_fields == 1 ? "" : "s", columns(text.options),
                                  advice(text.options, num_fields)));
}

bool is_comment(std::string_view rest) {
    return rest[0] == '#' || rest[0] == '%' || rest.starts_with("//");
}

/// Whether a field is one of numbers, good or bad, and no name of a column.
bool like_number(std::string_view field) {
    const std::size_t sign = field.starts_with('-') || field.starts_with('+') ? 1 : 0;
    return sign < field.size() && (Fields::is_digit(field[sign]) || field[sign] == '.');
}

}  // namespace

std::unique_ptr<EdgeSource> read_edge_list(EdgeText& text) {
    const ReadOptions& options = text.options;
    if (options.num_vertices > 0) {
        text.set_range(
            {0, options.num_vertices, fmt::format("population.hosts = {}", options.num_vertices)});
    }
    Vertex largest = 0;
    bool may_be_header = true;
    std::string_view line;
    while (text.lines.next(line)) {
        Fields fields(line);
        if (fields.empty() || is_comment(fields.rest())) {
            continue;
        }
        if (std::exchange(may_be_header, false) && !like_number(Fields(line).take())) {
            continue;
        }
        const auto expect_field = [&] {
            if (fields.empty()) [[unlikely]] {
                refuse_number_of_fields(text, line);
            }
        };
        Edge edge;
        edge.from = text.vertex(fields);
        expect_field();
        edge.to = text.vertex(fields);
        text.add(edge);
        if (options.weighted) {
            expect_field();
            text.piece.weights.push_back(text.weight(fields));
        }
        if (options.temporal) {
            const Fields times = fields;
            fields.take();
            expect_field();
            fields = times;
            text.piece.intervals.push_back(text.interval(fields));
        }
        if (!fields.empty()) [[unlikely]] {
            refuse_number_of_fields(text, line);
        }
        largest = std::max({largest, edge.from, edge.to});
    }
    return text.finish(std::int64_t{largest} + 1, options.directed);
}

}  // namespace annelid
