// Quadrants of several levels of a recursive matrix from one random word.
//
// The 4^levels sequences of quadrants are drawn by the alias method (Walker 1977, Vose 1991) in
// integers: probabilities are rounded to multiples of 2^-32, and then met exactly.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace annelid {

class QuadrantTable {
  public:
    static constexpr unsigned most_levels = 5;  ///< 1024 cells: the table stays in the cache

    /// Row and column of a cell, `levels` bits each.
    struct Cell {
        std::uint8_t row = 0, column = 0;
    };

    /// Shares of the quadrants (0,0), (0,1), (1,0), (1,1); they sum to 1. 1 <= levels <= 5.
    QuadrantTable(unsigned levels, const std::array<double, 4>& shares);

    unsigned levels() const { return levels_; }

    Cell draw(std::uint32_t word) const {
        const Slot& slot = slots_[word >> slot_bits_];
        return slot.cells[(word & slot_mask_) >= slot.own_width];  // a branch would be a gamble
    }

  private:
    /// Equal ranges of words: the first `own_width` words are one cell's, the rest another's.
    struct Slot {
        std::uint32_t own_width = 0;
        std::array<Cell, 2> cells;
    };

    unsigned levels_;
    unsigned slot_bits_;
    std::uint32_t slot_mask_;
    std::vector<Slot> slots_;
};

}  // namespace annelid
