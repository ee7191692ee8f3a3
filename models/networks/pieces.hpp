// How generators whose edges have numbers cut them in pieces: 2^18 consecutive edges each.
#pragma once

#include "engine/graph/edge_source.hpp"

#include <algorithm>
#include <cstdint>

namespace annelid {

inline constexpr std::int64_t piece_edges = 1 << 18;

inline std::int64_t num_edge_pieces(std::int64_t num_edges) {
    return num_edges / piece_edges + (num_edges % piece_edges > 0);
}

/// first … last - 1.
struct EdgeNumbers {
    std::int64_t first, last;
};

inline EdgeNumbers edges_of_piece(std::int64_t index, std::int64_t num_edges) {
    const std::int64_t first = index * piece_edges;
    return {first, first + std::min(piece_edges, num_edges - first)};
}

/// Room for more edges at the end of a piece, to be written.
inline Edge* append_edges(EdgePiece& out, std::int64_t num_edges) {
    const auto old_size = std::ssize(out.edges);
    out.edges.resize(static_cast<std::size_t>(old_size + num_edges));
    return out.edges.data() + old_size;
}

}  // namespace annelid
