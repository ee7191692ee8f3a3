// Matrix Market (math.nist.gov/MatrixMarket/formats.html): a banner, comments, a line of sizes, and
// one entry a line. Entry (i, j) is an edge from i to j.
#include "engine/base/errors.hpp"
#include "engine/graph/edge_text.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include <fmt/format.h>

namespace annelid {
namespace {

struct Banner {
    bool symmetric = false;
    bool has_values = false;
};

std::string lower(std::string_view word) {
    std::string text(word);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

Banner read_banner(EdgeText& text) {
    if (!text.lines.starts_with(matrix_banner)) {
        text.lines.refuse(1,
                          "no banner %%MatrixMarket (a Matrix Market file begins so): set "
                          "network.format");
    }
    std::string_view line;
    text.lines.next(line);
    Fields fields(line);
    fields.take();
    const std::string object = lower(fields.take()), layout = lower(fields.take()),
                      type = lower(fields.take()), symmetry = lower(fields.take());
    const auto expect = [&](const std::string& word, std::initializer_list<const char*> read) {
        if (std::find(read.begin(), read.end(), word) == read.end()) {
            text.lines.refuse(
                fmt::format("{} in the banner (what is read here is {}): convert the "
                            "matrix",
                            EdgeText::shown(word), fmt::join(read, ", ")));
        }
    };
    expect(object, {"matrix"});
    expect(layout, {"coordinate"});
    expect(type, {"real", "integer", "pattern"});
    expect(symmetry, {"general", "symmetric"});
    return {symmetry == "symmetric", type != "pattern"};
}

/// The next line that says something.
bool next_line(EdgeText& text, std::string_view& line) {
    while (text.lines.next(line)) {
        if (const Fields fields(line); !fields.empty() && fields.rest()[0] != '%') {
            return true;
        }
    }
    return false;
}

struct Sizes {
    std::int64_t vertices = 0;
    std::int64_t entries = 0;
};

Sizes read_sizes(EdgeText& text) {
    std::string_view line;
    if (!next_line(text, line)) {
        text.lines.refuse("the file ends without its sizes (rows columns entries): is it whole?");
    }
    Fields fields(line);
    const std::int64_t rows = text.count(fields, "rows");
    const std::int64_t columns = text.count(fields, "columns");
    const std::int64_t entries = text.count(fields, "entries");
    if (!fields.empty()) {
        text.lines.refuse("more than 3 fields (sizes are `rows columns entries`): mend the header");
    }
    if (rows != columns) {
        text.lines.refuse(
            fmt::format("{} rows and {} columns (the matrix of a graph is square): "
                        "name another file",
                        rows, columns));
    }
    if (rows > most_vertices) {
        text.lines.refuse(fmt::format("{} vertices (at most {} are possible): name a smaller graph",
                                      rows, most_vertices));
    }
    text.set_range({1, rows + 1, fmt::format("the header has {} vertices", rows)});
    return {rows, entries};
}

void check_options(const EdgeText& text, const Banner& banner) {
    if (text.options.temporal) {
        text.lines.refuse("network.temporal = true (a matrix has no times): use an edge list");
    }
    if (text.options.weighted && !banner.has_values) {
        text.lines.refuse(
            "network.weighted = true (this is a pattern matrix without values): set "
            "it to false");
    }
}

void read_entry(EdgeText& text, std::string_view line, bool has_values) {
    Fields fields(line);
    const auto expect = [&](bool more) {
        if (fields.empty() == more) [[unlikely]] {
            text.lines.refuse(
                fmt::format("too {} fields (an entry is `row column{}`): mend the "
                            "line or the banner",
                            more ? "few" : "many", has_values ? " value" : ""));
        }
    };
    Edge edge;
    edge.from = text.vertex(fields);
    expect(true);
    edge.to = text.vertex(fields);
    text.add(edge);
    if (has_values) {
        expect(true);
        if (text.options.weighted) {
            text.piece.weights.push_back(text.weight(fields));
        } else {
            fields.take();
        }
    }
    expect(false);
}

}  // namespace

std::unique_ptr<EdgeSource> read_matrix_market(EdgeText& text) {
    const Banner banner = read_banner(text);
    check_options(text, banner);
    const Sizes sizes = read_sizes(text);
    text.check_stated(sizes.vertices);
    std::int64_t num_entries = 0;
    std::string_view line;
    while (next_line(text, line)) {
        if (num_entries == sizes.entries) {
            text.lines.refuse(
                fmt::format("more entries than the header announces ({}): is it the "
                            "header of this file?",
                            sizes.entries));
        }
        read_entry(text, line, banner.has_values);
        ++num_entries;
    }
    if (num_entries < sizes.entries) {
        text.lines.refuse(
            fmt::format("the file ends after {} entries (its header announces {}): "
                        "is it whole?",
                        num_entries, sizes.entries));
    }
    return text.finish(sizes.vertices, text.options.directed && !banner.symmetric);
}

}  // namespace annelid
