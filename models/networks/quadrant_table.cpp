#include "models/networks/quadrant_table.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <numeric>

namespace annelid {

namespace {

/// Words of each cell, numbered by its quadrants as digits to base 4: they sum to 2^32.
std::vector<std::int64_t> words_of_cells(unsigned levels, const std::array<double, 4>& shares) {
    std::vector<std::int64_t> words(std::size_t{1} << (2 * levels));
    for (std::size_t cell = 0; cell < words.size(); ++cell) {
        double share = 1;
        for (unsigned level = 0; level < levels; ++level) {
            share *= shares[(cell >> (2 * level)) & 3];
        }
        words[cell] = static_cast<std::int64_t>(share * 0x1p32 + 0.5);
    }
    // What rounding is off is hardly felt in the largest cell.
    *std::max_element(words.begin(), words.end()) +=
        (std::int64_t{1} << 32) - std::accumulate(words.begin(), words.end(), std::int64_t{0});
    return words;
}

/// First bits of the quadrants are the row, second bits the column.
QuadrantTable::Cell cell_of(std::size_t number, unsigned levels) {
    unsigned row = 0, column = 0;
    for (unsigned level = 0; level < levels; ++level) {
        const auto quadrant = static_cast<unsigned>(number >> (2 * level)) & 3;
        row |= (quadrant >> 1) << level;
        column |= (quadrant & 1) << level;
    }
    return {static_cast<std::uint8_t>(row), static_cast<std::uint8_t>(column)};
}

}  // namespace

QuadrantTable::QuadrantTable(unsigned levels, const std::array<double, 4>& shares)
    : levels_(levels),
      slot_bits_(32 - 2 * levels),
      slot_mask_(static_cast<std::uint32_t>((std::uint64_t{1} << slot_bits_) - 1)),
      slots_(std::size_t{1} << (2 * levels)) {
    assert(levels >= 1 && levels <= most_levels);
    std::vector<std::int64_t> words = words_of_cells(levels, shares);
    const std::int64_t width = std::int64_t{1} << slot_bits_;
    std::vector<std::size_t> small, large;
    for (std::size_t cell = 0; cell < words.size(); ++cell) {
        (words[cell] < width ? small : large).push_back(cell);
    }
    // A small cell leaves room in its slot, which a large one fills. The widths are integers, so
    // whatever is last fits its slot exactly.
    while (!small.empty()) {
        const std::size_t cell = small.back(), other = large.back();
        small.pop_back();
        slots_[cell] = {static_cast<std::uint32_t>(words[cell]),
                        {cell_of(cell, levels), cell_of(other, levels)}};
        words[other] -= width - words[cell];
        if (words[other] < width) {
            large.pop_back();
            small.push_back(other);
        }
    }
    for (const std::size_t cell : large) {
        slots_[cell] = {static_cast<std::uint32_t>(width),
                        {cell_of(cell, levels), cell_of(cell, levels)}};
    }
}

}  // namespace annelid
