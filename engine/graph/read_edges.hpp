// Graphs from text files, plain or gzip: edge lists and CSV, Matrix Market, METIS.
//
// A file is gone through once, in chunks, and nothing is allocated because a header announces it,
// so a wrong header costs a message and no memory. Self-loops and repeated edges pass: what becomes
// of them is the graph's business (graph.hpp).
#pragma once

#include "engine/graph/edge_source.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace annelid {

/// What a file does not say of itself. Texts of errors name these by their keys in a scenario,
/// network.format and so on.
struct ReadOptions {
    /// "edges", "matrix_market" or "metis". "auto" goes by the name (.mtx; .metis or .graph; all
    /// others are edge lists; a final .gz is ignored) and by the banner %%MatrixMarket.
    std::string format = "auto";
    /// Of edge lists and general matrices; symmetric matrices and METIS files are undirected.
    bool directed = false;
    /// 0: as the file says, or the largest id + 1. More than that adds vertices without edges.
    std::int64_t num_vertices = 0;
    /// Columns of an edge list are: from to [weight] [open close]. Weights of a matrix are its
    /// values, left out where they are not asked for. METIS files say whether they have weights.
    bool weighted = false;
    /// Open and close are seconds in decimals, converted exactly to microseconds.
    bool temporal = false;
};

/// Reads a file into an EdgeList. InputError, with file and line, where it is not what it should
/// be: `file:line: problem (why): advice`.
std::unique_ptr<EdgeSource> read_edges(const std::filesystem::path& file,
                                       const ReadOptions& options);

}  // namespace annelid
