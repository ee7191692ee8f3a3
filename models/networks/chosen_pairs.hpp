// Numbers out of 0 … count - 1, each chosen independently with the same probability p.
//
//   gap between chosen numbers:  floor(ln u / ln(1 - p)), geometric  (Batagelj and Brandes 2005)
//
// The range is cut in blocks of equal size with about 2^18 chosen numbers each; jumps are keyed by
// (block, jump), so that any block can be drawn alone.
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/chance/log.hpp"

#include <cstdint>

namespace annelid {

class ChosenPairs {
  public:
    /// 0 <= count <= 2^63, 0 <= p <= 1.
    ChosenPairs(std::uint64_t count, double p, const Draws& draws);

    std::int64_t num_blocks() const { return num_blocks_; }

    /// Calls visit(number) for the chosen numbers of a block, in ascending order.
    template <typename Visit>
    void for_each(std::int64_t block, const Visit& visit) const {
        const std::uint64_t first = static_cast<std::uint64_t>(block) * block_size_;
        const std::uint64_t left = count_ - first;
        const std::uint64_t size = left < block_size_ ? left : block_size_;
        std::uint64_t at = 0;  // first number that the next jump may choose
        for (std::uint32_t jump = 0;; ++jump) {
            for (const std::uint64_t bits : draws_.pair(static_cast<std::uint64_t>(block), jump)) {
                const std::uint64_t gap = gap_of(bits);
                if (gap >= size - at) {
                    return;
                }
                visit(first + at + gap);
                at += gap + 1;
                if (at == size) {
                    return;
                }
            }
        }
    }

  private:
    /// Through a signed number, which CPUs convert at once; a gap beyond all numbers is cut.
    std::uint64_t gap_of(std::uint64_t bits) const {
        const double gap = exponential_from_bits(bits) * mean_gap_;
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(gap < 0x1p62 ? gap : 0x1p62));
    }

    std::uint64_t count_;
    double mean_gap_;  ///< -1 / ln(1 - p), 0 for p = 1
    std::uint64_t block_size_;
    std::int64_t num_blocks_;
    Draws draws_;
};

}  // namespace annelid
