// A graph as an HDF5 file: sources in order, each with its targets (engine/graph/README.md has the
// format). Any part of it can be read without the rest, so every rank reads only what it builds.
#pragma once

#include "engine/files/hdf5_file.hpp"
#include "engine/graph/edge_source.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace annelid {

inline constexpr std::string_view graph_file_format = "annelid graph file";
inline constexpr std::string_view graph_file_version = "1.0";

struct GraphFileOptions {
    /// Where the graph is from, in words: a generator with its parameters, a dataset, a paper.
    std::string source;
    /// Edges in memory at a time, 8 to 32 bytes each; fewer mean more passes over the source.
    std::int64_t most_edges = std::int64_t{1} << 27;
};

/// One rank. Edges are listed under their source, undirected ones once under the smaller end; under
/// one vertex they keep the order that they come in. Replaces what was there once all is written.
/// OutputError where it cannot be written.
void write_graph_file(const std::filesystem::path& path, const EdgeSource& source,
                      const GraphFileOptions& options = {});

class GraphFile final : public EdgeSource {
  public:
    /// Looks through /first_edge (8 bytes a vertex) and leaves the rest on disk. InputError with
    /// file, dataset and what is wrong.
    explicit GraphFile(const std::filesystem::path& path);

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return directed_; }
    bool weighted() const override { return weighted_; }
    bool temporal() const override { return temporal_; }
    std::int64_t num_pieces() const override { return std::ssize(first_sources_); }
    /// InputError where the file cannot be read or names a vertex that it does not have.
    void append_piece(std::int64_t index, EdgePiece& out) const override;

    std::int64_t num_edges() const { return num_edges_; }
    /// Where the graph is from; empty if the file does not say.
    const std::string& source() const { return source_; }

  private:
    static constexpr std::int64_t piece_edges = 1 << 18;

    hdf5::AttributeValue attribute(const std::string& name) const;
    std::string text_attribute(const std::string& name) const;
    void check_format() const;
    void check_dataset(const std::string& path, hdf5::Type type, std::int64_t length) const;
    void look_through_first_edges();
    std::vector<std::uint32_t> read_targets(std::int64_t first, std::int64_t last) const;
    void append_edges(std::int64_t first, const std::vector<std::uint32_t>& targets,
                      std::int64_t source, EdgePiece& out) const;
    template <class T>
    std::vector<T> read(const std::string& path, std::int64_t first, std::int64_t last) const;
    [[noreturn]] void refuse(const std::string& what, const std::string& advice) const;

    std::filesystem::path path_;
    hdf5::File file_;
    std::int64_t num_vertices_ = 0;
    std::int64_t num_edges_ = 0;
    bool directed_ = false, weighted_ = false, temporal_ = false;
    std::string source_;
    std::vector<std::int64_t> first_sources_;  ///< of each piece: the vertex of its first edge
};

}  // namespace annelid
