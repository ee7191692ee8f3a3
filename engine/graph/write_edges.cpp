#include "engine/graph/write_edges.hpp"

#include "engine/base/errors.hpp"
#include "engine/base/time.hpp"
#include "engine/files/output_folder.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>

namespace annelid {

namespace {

std::string header(const EdgeSource& source) {
    return fmt::format("from,to{}{}\n", source.weighted() ? ",weight" : "",
                       source.temporal() ? ",open,close" : "");
}

/// Whole microseconds as seconds in decimals.
std::string seconds(std::int64_t time_us) {
    if (time_us / us_per_s >= never / us_per_s) {
        throw InputError(
            "a link that never closes (text holds times up to 73,000 years): write a .h5 file");
    }
    const std::int64_t size = std::abs(time_us);
    return fmt::format("{}{}.{:06}", time_us < 0 ? "-" : "", size / us_per_s, size % us_per_s);
}

void append_lines(const EdgePiece& piece, fmt::memory_buffer& out) {
    auto end = std::back_inserter(out);
    for (std::size_t i = 0; i < piece.edges.size(); ++i) {
        fmt::format_to(end, "{},{}", piece.edges[i].from, piece.edges[i].to);
        if (!piece.weights.empty()) {
            fmt::format_to(end, ",{}", piece.weights[i]);
        }
        if (!piece.intervals.empty()) {
            fmt::format_to(end, ",{},{}", seconds(piece.intervals[i].open_us),
                           seconds(piece.intervals[i].close_us));
        }
        out.push_back('\n');
    }
}

}  // namespace

void write_edges(const std::filesystem::path& path, const EdgeSource& source) {
    TemporaryFile temporary(path, true);
    std::ofstream file(temporary.path(), std::ios::binary);
    file << header(source);
    EdgePiece piece;
    fmt::memory_buffer lines;
    for (std::int64_t p = 0; p < source.num_pieces() && file; ++p) {
        piece.clear();
        lines.clear();
        source.append_piece(p, piece);
        append_lines(piece, lines);
        file.write(lines.data(), static_cast<std::streamsize>(lines.size()));
    }
    file.close();
    if (!file) {
        throw OutputError(path.string() +
                          " (it could not be written to the end): make room or "
                          "choose another --output");
    }
    temporary.commit();
}

}  // namespace annelid
