// METIS and Chaco graphs (METIS manual, section 4.1): a header `vertices edges [fmt [ncon]]`, then
// a line for each vertex, [size] [ncon weights] and its neighbours, each with a weight if there are
// weights. Every edge stands at both of its ends and is taken from the lower one.
#include "engine/graph/edge_text.hpp"

#include <cstring>
#include <string>

#include <fmt/format.h>

namespace annelid {
namespace {

constexpr std::size_t longest_line_bytes = std::size_t{1} << 30;  // a hub has a long one

struct Header {
    std::int64_t vertices = 0;
    std::int64_t edges = 0;
    std::int64_t skipped_fields = 0;  ///< size and weights of a vertex
    bool weighted = false;            ///< edges
};

/// What was met so far, to compare with the header and with each other.
struct Tally {
    std::int64_t up = 0, down = 0, loops = 0;
    std::uint64_t difference = 0;  ///< of all edges at their lower ends and all at their upper ends
};

bool next_line(EdgeText& text, std::string_view& line) {
    while (text.lines.next(line)) {
        if (line.empty() || line[0] != '%') {
            return true;
        }
    }
    return false;
}

/// The digits of fmt: sizes of vertices, weights of vertices, weights of edges.
void read_format(EdgeText& text, Fields& fields, Header& header) {
    const std::string_view format = fields.take();
    const bool is_one =
        format.size() <= 3 && format.find_first_not_of("01") == std::string_view::npos;
    if (!is_one) {
        text.lines.refuse(fmt::format("fmt = {} (not up to three digits 0 or 1): mend the header",
                                      EdgeText::shown(format)));
    }
    const std::string digits = std::string(3 - format.size(), '0') + std::string(format);
    const std::int64_t num_weights = fields.empty() ? 1 : text.count(fields, "weights");
    header.skipped_fields = (digits[0] == '1' ? 1 : 0) + (digits[1] == '1' ? num_weights : 0);
    header.weighted = digits[2] == '1';
}

Header read_header(EdgeText& text) {
    std::string_view line;
    do {
        if (!next_line(text, line)) {
            text.lines.refuse(
                "the file ends without a header (vertices edges [fmt [ncon]]): is it "
                "whole?");
        }
    } while (Fields(line).empty());
    Fields fields(line);
    Header header;
    header.vertices = text.count(fields, "vertices");
    header.edges = text.count(fields, "edges");
    if (!fields.empty()) {
        read_format(text, fields, header);
    }
    if (!fields.empty()) {
        text.lines.refuse(
            "more than 4 fields (a header is `vertices edges [fmt [ncon]]`): mend "
            "it");
    }
    if (header.vertices > most_vertices) {
        text.lines.refuse(fmt::format("{} vertices (at most {} are possible): name a smaller graph",
                                      header.vertices, most_vertices));
    }
    text.set_range(
        {1, header.vertices + 1, fmt::format("the header has {} vertices", header.vertices)});
    return header;
}

void check_options(const EdgeText& text, const Header& header) {
    if (text.options.temporal) {
        text.lines.refuse("network.temporal = true (a METIS file has no times): use an edge list");
    }
    if (text.options.weighted && !header.weighted) {
        text.lines.refuse(
            "network.weighted = true (fmt in the header says that edges have no "
            "weights): set it to false");
    }
}

/// A number for an edge, the same from both ends; sums of these tell lists of edges apart.
std::uint64_t mark(Vertex low, Vertex high, float weight) {
    std::uint32_t bits;
    std::memcpy(&bits, &weight, sizeof bits);
    std::uint64_t x = (std::uint64_t{low} << 32 | high) + std::uint64_t{bits} * 0x9E3779B97F4A7C15;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return x ^ x >> 31;
}

void read_neighbours(EdgeText& text, const Header& header, Vertex vertex, Fields fields,
                     Tally& tally) {
    for (std::int64_t i = 0; i < header.skipped_fields; ++i) {
        if (fields.empty()) {
            text.lines.refuse(
                fmt::format("too few fields (sizes and weights of a vertex are {} "
                            "fields): mend the line or fmt in the header",
                            header.skipped_fields));
        }
        fields.take();
    }
    while (!fields.empty()) {
        const Vertex other = text.vertex(fields);
        float weight = 1;
        if (header.weighted) {
            if (fields.empty()) {
                text.lines.refuse(
                    fmt::format("neighbour {} without a weight (fmt in the header "
                                "says that edges have weights): mend the one or the "
                                "other",
                                std::int64_t{other} + 1));
            }
            weight = text.weight(fields);
        }
        if (other > vertex) {
            ++tally.up;
            tally.difference += mark(vertex, other, weight);
            text.add({vertex, other});
            if (header.weighted) {
                text.piece.weights.push_back(weight);
            }
        } else if (other < vertex) {
            ++tally.down;
            tally.difference -= mark(other, vertex, weight);
        } else {
            ++tally.loops;
        }
    }
}

/// METIS forbids self-loops; writers who leave them in count them or not.
void check_tally(const EdgeText& text, const Header& header, std::int64_t header_line,
                 const Tally& tally) {
    if (tally.up != tally.down || tally.difference != 0) {
        text.lines.refuse(
            fmt::format("the lists of neighbours do not agree (each edge stands at "
                        "both ends with one weight; {} stand at the lower end and {} "
                        "at the upper): write all of them twice",
                        tally.up, tally.down));
    }
    if (header.edges < tally.up || header.edges > tally.up + tally.loops) {
        text.lines.refuse(header_line,
                          fmt::format("{} edges announced (the file has {}, each at both ends): "
                                      "is it whole?",
                                      header.edges, tally.up));
    }
}

}  // namespace

std::unique_ptr<EdgeSource> read_metis(EdgeText& text) {
    text.lines.set_longest_line(longest_line_bytes);
    const Header header = read_header(text);
    const std::int64_t header_line = text.lines.number();
    check_options(text, header);
    text.check_stated(header.vertices);
    Tally tally;
    std::int64_t vertex = 0;
    std::string_view line;
    while (next_line(text, line)) {
        const Fields fields(line);
        if (vertex < header.vertices) {
            read_neighbours(text, header, static_cast<Vertex>(vertex), fields, tally);
            ++vertex;
        } else if (!fields.empty()) {
            text.lines.refuse(
                fmt::format("a line for vertex {} (the header has {} vertices): is "
                            "it the header of this file?",
                            vertex + 1, header.vertices));
        }
    }
    if (vertex < header.vertices) {
        text.lines.refuse(
            fmt::format("the file ends after {} vertices (its header announces {}, "
                        "a line for each, blank without neighbours): is it whole?",
                        vertex, header.vertices));
    }
    check_tally(text, header, header_line, tally);
    return text.finish(header.vertices, false);
}

}  // namespace annelid
