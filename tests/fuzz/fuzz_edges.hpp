// What the targets of the three text formats share.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/graph/read_edges.hpp"
#include "tests/fuzz/input_file.hpp"

#include <cmath>

namespace annelid::fuzz {

/// The first byte says what is asked of the file, the rest is the file.
inline int read_as(const std::string& format, const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    ReadOptions options;
    options.format = format;
    options.directed = (data[0] & 1) != 0;
    options.weighted = (data[0] & 2) != 0;
    options.temporal = (data[0] & 4) != 0;
    options.num_vertices = (data[0] & 8) != 0 ? 1000 : 0;
    const auto file = folder().write("edges", text_of(data + 1, size - 1));
    try {
        const auto source = read_edges(file, options);
        const auto& edges = dynamic_cast<const EdgeList&>(*source).all();
        require(edges.weights.empty() || edges.weights.size() == edges.edges.size());
        require(edges.intervals.empty() || edges.intervals.size() == edges.edges.size());
        for (const Edge& edge : edges.edges) {
            require(edge.from < source->num_vertices() && edge.to < source->num_vertices());
        }
        for (const float weight : edges.weights) {
            require(std::isfinite(weight) && weight >= 0);
        }
        for (const Interval& open : edges.intervals) {
            require(open.open_us < open.close_us);
        }
    } catch (const InputError&) {
    }
    return 0;
}

}  // namespace annelid::fuzz
