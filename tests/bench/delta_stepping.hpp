// The yardstick of spread over a graph: single-source shortest paths by delta-stepping (Meyer and
// Sanders 2003), in the form of the GAP benchmark suite (Beamer, Asanović and Patterson 2015):
// thread-local bins, one shared frontier, distances lowered by compare-and-swap.
#pragma once

#include "engine/graph/graph.hpp"

#include <atomic>
#include <cstdint>
#include <limits>
#include <vector>

namespace annelid {

/// Shortest distances from `source` along the links of a graph on one rank; `length[link]` > 0.
inline std::vector<float> delta_stepping(const Graph& graph, const std::vector<float>& length,
                                         std::uint32_t source, float delta) {
    constexpr float unreached = std::numeric_limits<float>::infinity();
    constexpr std::size_t no_bin = std::numeric_limits<std::size_t>::max() / 2;
    std::vector<float> distance(static_cast<std::size_t>(graph.num_local_vertices()), unreached);
    std::vector<std::uint32_t> frontier(static_cast<std::size_t>(graph.num_local_links()) + 1);
    distance[source] = 0;
    frontier[0] = source;
    std::size_t bin = 0, next_bin = no_bin;
    std::int64_t size = 1, next_size = 0;
#pragma omp parallel
    {
        std::vector<std::vector<std::uint32_t>> bins;
        const auto relax = [&](std::uint32_t vertex) {
            for (auto link = graph.begin({vertex}); link < graph.end({vertex}); ++link) {
                const std::uint32_t to = graph.targets()[link];
                const float through = distance[vertex] + length[static_cast<std::size_t>(link)];
                std::atomic_ref<float> best(distance[to]);
                float old = best.load(std::memory_order_relaxed);
                while (through < old) {
                    if (best.compare_exchange_weak(old, through, std::memory_order_relaxed)) {
                        const auto b = static_cast<std::size_t>(through / delta);
                        bins.resize(std::max(bins.size(), b + 1));
                        bins[b].push_back(to);
                        break;
                    }
                }
            }
        };
        while (bin < no_bin) {
#pragma omp for nowait schedule(dynamic, 64)
            for (std::int64_t i = 0; i < size; ++i) {
                const std::uint32_t vertex = frontier[static_cast<std::size_t>(i)];
                if (distance[vertex] >= delta * static_cast<float>(bin)) {
                    relax(vertex);
                }
            }
            // What falls into this bin again is worked on at once while it is little.
            while (bin < bins.size() && !bins[bin].empty() && bins[bin].size() < 1000) {
                const std::vector<std::uint32_t> again = std::move(bins[bin]);
                bins[bin].clear();
                for (const std::uint32_t vertex : again) {
                    relax(vertex);
                }
            }
            for (std::size_t b = bin; b < bins.size(); ++b) {
                if (!bins[b].empty()) {
#pragma omp critical(annelid_next_bin)
                    next_bin = std::min(next_bin, b);
                    break;
                }
            }
#pragma omp barrier
#pragma omp single
            {
                bin = next_bin;
                next_bin = no_bin;
                next_size = 0;
            }
            if (bin < bins.size()) {
                std::vector<std::uint32_t>& mine = bins[bin];
                std::int64_t at;
#pragma omp atomic capture
                {
                    at = next_size;
                    next_size += std::ssize(mine);
                }
                std::copy(mine.begin(), mine.end(), frontier.begin() + at);
                mine.clear();
            }
#pragma omp barrier
#pragma omp single
            size = next_size;
        }
    }
    return distance;
}

}  // namespace annelid
