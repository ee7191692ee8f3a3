// Whose a half-edge is, where vertex 0 has the first few numbers, vertex 1 the next, and so on.
#pragma once

#include "engine/graph/edge_source.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace annelid {

/// Prefix sums of degrees in 4.75 B a vertex. A look-up touches a few cache lines, however large
/// the graph is: there is no search but for a step or two on average.
class HalfEdges {
  public:
    /// degree(v) of every vertex: pure, from 0 to 2^27. Called for all of them, in parallel.
    HalfEdges(std::int64_t num_vertices, const std::function<std::int64_t(std::int64_t)>& degree);

    std::int64_t size() const { return static_cast<std::int64_t>(block_first_.back()); }

    /// Replaces every half-edge, each below size(), by its vertex.
    void find_owners(std::span<std::uint64_t> half_edges) const;

  private:
    static constexpr std::size_t block_vertices = 16;  ///< one cache line of them

    void make_guide();
    void find_few_owners(std::span<std::uint64_t> half_edges) const;

    std::vector<std::uint32_t> first_in_block_;  ///< first half-edge of a vertex, from its block's
    std::vector<std::uint64_t> block_first_;     ///< first half-edge of a block; at the end, all
    std::vector<std::uint32_t> guide_;           ///< block of half-edge i << guide_shift_
    unsigned guide_shift_ = 0;
};

}  // namespace annelid
