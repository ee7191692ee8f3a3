// What the readers of all text formats share: lines, numbers with their checks, and the edges so
// far.
#pragma once

#include "engine/graph/fields.hpp"
#include "engine/graph/read_edges.hpp"
#include "engine/graph/text_lines.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace annelid {

class EdgeText {
  public:
    EdgeText(const std::filesystem::path& file, const ReadOptions& options)
        : options(options), lines(file) {}

    const ReadOptions& options;
    TextLines lines;
    EdgePiece piece;

    /// Ids count from `first`; those below `end` are vertices. Why says where `end` comes from.
    struct Range {
        std::int64_t first = 0;
        std::int64_t end = most_vertices;
        std::string why;
    };
    void set_range(Range range) { range_ = std::move(range); }

    /// Next field as a vertex, counted from 0. All of these refuse what is none.
    Vertex vertex(Fields& fields) const {
        std::int64_t id = 0;
        Fields before = fields;
        if (!fields.take_whole(id) || id < range_.first || id >= range_.end) [[unlikely]] {
            refuse_vertex(before.take());
        }
        return static_cast<Vertex>(id - range_.first);
    }
    float weight(Fields& fields) const;
    /// Two fields, in seconds.
    Interval interval(Fields& fields) const;
    /// A whole number of a header; `what` names it in the error.
    std::int64_t count(Fields& fields, std::string_view what) const;

    /// Refuses a stated number of vertices below the one that a header has.
    void check_stated(std::int64_t num_vertices) const;

    void add(Edge edge) {
        if (piece.edges.size() == piece.edges.capacity()) [[unlikely]] {
            make_room();
        }
        piece.edges.push_back(edge);
    }

    /// After the last edge. `num_vertices` is what the file says; more may have been stated.
    std::unique_ptr<EdgeSource> finish(std::int64_t num_vertices, bool directed);

    /// A field as errors show it.
    static std::string shown(std::string_view field);

  private:
    /// For as many edges as the rest of the file probably has.
    void make_room();
    [[noreturn]] void refuse_vertex(std::string_view field) const;
    std::int64_t time_us(std::string_view field) const;

    Range range_;
};

/// One function a format, each in its own file.
std::unique_ptr<EdgeSource> read_edge_list(EdgeText& text);
std::unique_ptr<EdgeSource> read_matrix_market(EdgeText& text);
std::unique_ptr<EdgeSource> read_metis(EdgeText& text);

/// How a Matrix Market file begins, whatever its capitals.
inline constexpr std::string_view matrix_banner = "%%MatrixMarket";

}  // namespace annelid
