#include "models/networks/chosen_pairs.hpp"

#include "models/networks/pieces.hpp"

#include <cassert>

namespace annelid {

namespace {

/// -1 / ln(1 - p). Where 1 - p is rounded, its logarithm is off as much as p / (1 - (1 - p)) is
/// (Goldberg 1991, theorem 4).
double mean_gap(double p) {
    const double rest = 1 - p;
    if (rest == 0 || p == 0)
        return 0;
    return rest == 1 ? 1 / p : (1 - rest) / p / -portable_log(rest);
}

/// 2^62 at most: a gap that is cut there is beyond any block.
std::uint64_t block_size(double p) {
    const double size = static_cast<double>(piece_edges) / p;
    return size < 0x1p62 ? static_cast<std::uint64_t>(size) : std::uint64_t{1} << 62;
}

}  // namespace

ChosenPairs::ChosenPairs(std::uint64_t count, double p, const Draws& draws)
    : count_(p > 0 ? count : 0),
      mean_gap_(mean_gap(p)),
      block_size_(block_size(p)),
      num_blocks_(static_cast<std::int64_t>(count_ / block_size_ + (count_ % block_size_ > 0))),
      draws_(draws) {
    assert(p >= 0 && p <= 1 && count <= std::uint64_t{1} << 63);
}

}  // namespace annelid
