// Threads of a rank. Models ask for parallel loops here and hold no OpenMP of their own.
#pragma once

#include <algorithm>
#include <cstdint>

#include <omp.h>

namespace annelid {

inline int num_threads() {
    return omp_get_max_threads();
}

/// Calls body(begin, end) for pieces of [0, n), several at a time. `body` must not throw and must
/// not care which pieces there are.
template <class Body>
void parallel_pieces(std::int64_t n, std::int64_t piece, Body&& body) {
    const std::int64_t pieces = (n + piece - 1) / piece;
#pragma omp parallel for schedule(dynamic, 1) if (pieces > 1)
    for (std::int64_t i = 0; i < pieces; ++i) {
        body(i * piece, std::min(n, (i + 1) * piece));
    }
}

}  // namespace annelid
