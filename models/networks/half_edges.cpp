#include "models/networks/half_edges.hpp"

#include "engine/base/parallel.hpp"

#include <array>
#include <limits>
#include <numeric>

namespace annelid {

namespace {
constexpr std::size_t few = 128;  ///< look-ups side by side
}

HalfEdges::HalfEdges(std::int64_t num_vertices,
                     const std::function<std::int64_t(std::int64_t)>& degree) {
    constexpr auto per_block = static_cast<std::int64_t>(block_vertices);
    const std::int64_t num_blocks = (num_vertices + per_block - 1) / per_block;
    // Behind the last vertex: no half-edge is as far.
    first_in_block_.assign(static_cast<std::size_t>(num_blocks) * block_vertices,
                           std::numeric_limits<std::uint32_t>::max());
    block_first_.assign(static_cast<std::size_t>(num_blocks) + 1, 0);
    parallel_pieces(num_blocks, 1024, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t block = begin; block < end; ++block) {
            std::uint32_t sum = 0;
            const std::int64_t last = std::min(num_vertices, (block + 1) * per_block);
            for (std::int64_t v = block * per_block; v < last; ++v) {
                first_in_block_[static_cast<std::size_t>(v)] = sum;
                sum += static_cast<std::uint32_t>(degree(v));
            }
            block_first_[static_cast<std::size_t>(block) + 1] = sum;
        }
    });
    std::partial_sum(block_first_.begin(), block_first_.end(), block_first_.begin());
    make_guide();
}

void HalfEdges::make_guide() {
    const std::uint64_t num_half_edges = block_first_.back();
    while ((num_half_edges >> guide_shift_) >= block_first_.size()) {
        ++guide_shift_;
    }
    std::size_t block = 0;
    for (std::uint64_t at = 0; at < num_half_edges; at += std::uint64_t{1} << guide_shift_) {
        while (block_first_[block + 1] <= at) {
            ++block;
        }
        guide_.push_back(static_cast<std::uint32_t>(block));
    }
}

void HalfEdges::find_owners(std::span<std::uint64_t> half_edges) const {
    for (std::size_t first = 0; first < half_edges.size(); first += few) {
        find_few_owners(half_edges.subspan(first, std::min(few, half_edges.size() - first)));
    }
}

// Three passes, each of which asks for the memory of the next: many look-ups wait for it together.
void HalfEdges::find_few_owners(std::span<std::uint64_t> half_edges) const {
    std::array<std::size_t, few> blocks;
    for (std::size_t i = 0; i < half_edges.size(); ++i) {
        blocks[i] = guide_[half_edges[i] >> guide_shift_];
        __builtin_prefetch(&block_first_[blocks[i]]);
    }
    for (std::size_t i = 0; i < half_edges.size(); ++i) {
        std::size_t block = blocks[i];
        while (block_first_[block + 1] <= half_edges[i]) {
            ++block;
        }
        blocks[i] = block;
        __builtin_prefetch(&first_in_block_[block * block_vertices]);
    }
    for (std::size_t i = 0; i < half_edges.size(); ++i) {
        const auto rest = static_cast<std::uint32_t>(half_edges[i] - block_first_[blocks[i]]);
        const std::uint32_t* first = &first_in_block_[blocks[i] * block_vertices];
        std::uint32_t begun = 0;  // vertices of the block that begin at or before it
        for (std::size_t v = 0; v < block_vertices; ++v) {
            begun += first[v] <= rest;
        }
        half_edges[i] = blocks[i] * block_vertices + begun - 1;
    }
}

}  // namespace annelid
