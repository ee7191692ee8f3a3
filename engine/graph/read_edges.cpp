#include "engine/graph/read_edges.hpp"

#include "engine/base/errors.hpp"
#include "engine/graph/edge_text.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace annelid {
namespace {

/// The last part of the name, a final .gz aside: ".mtx".
std::string extension(std::filesystem::path file) {
    const auto lower = [](const std::filesystem::path& path) {
        std::string text = path.string();
        std::transform(text.begin(), text.end(), text.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return text;
    };
    if (lower(file.extension()) == ".gz") {
        file.replace_extension();
    }
    return lower(file.extension());
}

std::string format_of(const std::filesystem::path& file, const TextLines& lines) {
    const std::string ending = extension(file);
    if (ending == ".mtx" || lines.starts_with(matrix_banner)) {
        return "matrix_market";
    }
    return ending == ".metis" || ending == ".graph" ? "metis" : "edges";
}

void check(const ReadOptions& options) {
    const auto formats = {"auto", "edges", "matrix_market", "metis"};
    if (std::find(formats.begin(), formats.end(), options.format) == formats.end()) {
        throw InputError(fmt::format("network.format = {} (not a format of text): use {}",
                                     in_quotes(options.format), fmt::join(formats, ", ")));
    }
    if (options.num_vertices < 0 || options.num_vertices > most_vertices) {
        throw InputError(
            fmt::format("population.hosts = {} (a graph has 1 to {} vertices): leave "
                        "it out to take the file's",
                        options.num_vertices, most_vertices));
    }
}

}  // namespace

std::unique_ptr<EdgeSource> read_edges(const std::filesystem::path& file,
                                       const ReadOptions& options) {
    check(options);
    EdgeText text(file, options);
    const std::string format =
        options.format == "auto" ? format_of(file, text.lines) : options.format;
    if (format == "matrix_market") {
        return read_matrix_market(text);
    }
    return format == "metis" ? read_metis(text) : read_edge_list(text);
}

}  // namespace annelid
