#include "engine/graph/edge_text.hpp"

#include "engine/base/errors.hpp"
#include "engine/base/time.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>
#include <utility>

#include <fmt/format.h>

namespace annelid {

std::string EdgeText::shown(std::string_view field) {
    std::string text(field.substr(0, 160));
    if (first_invalid_utf8(text) != std::string::npos) {
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c < 0; }, '?');
    }
    return in_quotes(shortened(text, 40));
}

void EdgeText::refuse_vertex(std::string_view field) const {
    const bool negative = field.starts_with('-');
    const std::string_view digits = field.substr(negative ? 1 : 0);
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), Fields::is_digit)) {
        lines.refuse(
            fmt::format("{} is no vertex (ids are whole numbers from {} on): number the "
                        "vertices and write their numbers",
                        shown(field), range_.first));
    }
    const std::string id(field.substr(0, 40));
    std::int64_t value = 0;
    const bool fits =
        std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc();
    if (negative || (fits && value < range_.first)) {
        lines.refuse(fmt::format("vertex {} (ids count from {}{}): renumber the vertices", id,
                                 range_.first, range_.first == 1 ? " in this format" : ""));
    }
    if (range_.why.empty()) {
        lines.refuse(fmt::format("vertex {} (ids go up to {}): number the vertices without gaps",
                                 id, range_.end - 1));
    }
    lines.refuse(fmt::format("vertex {} (ids go from {} to {}: {}): mend the one or the other", id,
                             range_.first, range_.end - 1, range_.why));
}

float EdgeText::weight(Fields& fields) const {
    const std::string_view field = fields.take();
    const char* const end = field.data() + field.size();
    float value = 0;
    const auto [last, error] = std::from_chars(field.data(), end, value);
    if (error == std::errc::invalid_argument || last != end) {
        lines.refuse(fmt::format("weight {} (not a number): write one as 0.5", shown(field)));
    }
    if (error != std::errc()) {
        lines.refuse(
            fmt::format("weight {} (it does not fit into 32 bits, about 1e-38 to 3e38): "
                        "rescale the weights",
                        shown(field)));
    }
    if (!std::isfinite(value) || value < 0) {
        lines.refuse(
            fmt::format("weight {} (a weight multiplies a rate, so it is finite and not "
                        "negative): mend or remove this edge",
                        shown(field)));
    }
    return value + 0.0F;  // no -0
}

Interval EdgeText::interval(Fields& fields) const {
    const std::string_view open = fields.take();
    const std::string_view close = fields.take();
    const Interval result{time_us(open), time_us(close)};
    if (result.close_us < result.open_us) {
        lines.refuse(fmt::format("close = {} (before open = {}): swap or mend them", close, open));
    }
    if (result.close_us == result.open_us) {
        lines.refuse(
            fmt::format("close = {} (the same as open, and a link is open before its "
                        "close): give it a duration or remove it",
                        close));
    }
    return result;
}

/// Decimal digits become an integer without a float in between.
std::int64_t EdgeText::time_us(std::string_view field) const {
    const bool negative = field.starts_with('-');
    const std::string_view number = field.substr(negative ? 1 : 0);
    const std::size_t point = std::min(number.find('.'), number.size());
    const std::string_view whole = number.substr(0, point);
    const std::string_view parts = number.substr(std::min(point + 1, number.size()));
    const auto all_digits = [](std::string_view text) {
        return std::all_of(text.begin(), text.end(), Fields::is_digit);
    };
    if (whole.empty() || !all_digits(whole) || !all_digits(parts)) {
        lines.refuse(
            fmt::format("time {} (not a number): write seconds in decimals as 12.5", shown(field)));
    }
    const auto not_zero = [](char c) { return c != '0'; };
    if (parts.size() > 6 && std::any_of(parts.begin() + 6, parts.end(), not_zero)) {
        lines.refuse(fmt::format("time {} (times are whole microseconds): round it to 6 decimals",
                                 shown(field)));
    }
    std::int64_t seconds = 0;
    const auto error = std::from_chars(whole.data(), whole.data() + point, seconds).ec;
    if (error != std::errc() || seconds >= never / us_per_s) {
        lines.refuse(fmt::format("time {} (more than 73,000 years do not fit): times are seconds",
                                 shown(field)));
    }
    std::int64_t us = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        us = 10 * us + (i < parts.size() ? parts[i] - '0' : 0);
    }
    us += seconds * us_per_s;
    return negative ? -us : us;
}

std::int64_t EdgeText::count(Fields& fields, std::string_view what) const {
    std::int64_t value = 0;
    Fields before = fields;
    if (!fields.take_whole(value)) {
        lines.refuse(fmt::format("{} as the number of {} (not a whole number): mend the header",
                                 shown(before.take()), what));
    }
    return value;
}

void EdgeText::check_stated(std::int64_t num_vertices) const {
    if (options.num_vertices > 0 && options.num_vertices < num_vertices) {
        lines.refuse(fmt::format("{} vertices (population.hosts = {}): leave population.hosts out",
                                 num_vertices, options.num_vertices));
    }
}

void EdgeText::make_room() {
    constexpr std::size_t sample = chunk_bytes / 16;
    auto reserve = [&](std::size_t count) {
        try {
            piece.edges.reserve(count);
            piece.weights.reserve(piece.weights.empty() ? 0 : count);
            piece.intervals.reserve(piece.intervals.empty() ? 0 : count);
        } catch (const std::bad_alloc&) {
            // Only an estimate: growing step by step may still do.
        }
    };
    const std::size_t size = piece.edges.size();
    if (size < sample) {
        return reserve(sample);
    }
    // Half as much again at least, where the size is unknown or the file gets denser.
    std::size_t expected = size + size / 2;
    if (const double share = lines.share_read(); share > 0) {
        const double all = 1.02 * static_cast<double>(size) / share;
        expected = std::max(expected, static_cast<std::size_t>(all));
    }
    reserve(expected);
}

std::unique_ptr<EdgeSource> EdgeText::finish(std::int64_t num_vertices, bool directed) {
    if (piece.edges.empty()) {
        throw InputError(lines.name() + " (no edges): name a file with at least one");
    }
    return std::make_unique<EdgeList>(std::max(num_vertices, options.num_vertices), directed,
                                      std::move(piece));
}

}  // namespace annelid
