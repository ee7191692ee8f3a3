#include "engine/graph/edge_source.hpp"

#include <algorithm>

namespace annelid {

void EdgeList::append_piece(std::int64_t index, EdgePiece& out) const {
    const std::int64_t first = index * piece_edges;
    const std::int64_t last = std::min(first + piece_edges, std::ssize(edges_.edges));
    const auto append = [&](auto& to, const auto& from) {
        if (!from.empty()) {
            to.insert(to.end(), from.begin() + first, from.begin() + last);
        }
    };
    append(out.edges, edges_.edges);
    append(out.weights, edges_.weights);
    append(out.intervals, edges_.intervals);
}

}  // namespace annelid
