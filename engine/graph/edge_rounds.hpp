// All edges of a source, dealt to the ranks piece by piece.
#pragma once

#include "engine/files/shared_fate.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstdint>

namespace annelid {

/// Collective. Calls body(piece) the same number of times on every rank, with each piece of the
/// source on one of them and without edges where there is none left; `body` may talk. A piece that
/// one rank cannot read is an InputError on all, at the end: nobody waits for a rank that threw.
template <class Body>
void for_each_round(const EdgeSource& source, const Communicator& ranks, Body&& body) {
    SharedFate fate(ranks);
    EdgePiece piece;
    for (std::int64_t first = 0; first < source.num_pieces(); first += ranks.size()) {
        const std::int64_t mine = first + ranks.rank();
        piece.clear();
        if (mine < source.num_pieces()) {
            fate.attempt([&] { source.append_piece(mine, piece); });
        }
        body(piece);
    }
    fate.join<InputError>("");
}

}  // namespace annelid
