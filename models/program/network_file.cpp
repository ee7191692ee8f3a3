#include "models/program/network_file.hpp"

#include "engine/base/errors.hpp"
#include "engine/files/graph_file.hpp"
#include "engine/files/trial.hpp"
#include "engine/graph/read_edges.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

/// Vertices per edge beyond which numbers are taken for something else, addresses for example.
constexpr std::int64_t most_vertices_per_edge = 1000;

/// A source with further vertices, which have no edges.
class WithMoreVertices final : public EdgeSource {
  public:
    WithMoreVertices(std::unique_ptr<EdgeSource> edges, std::int64_t num_vertices)
        : edges_(std::move(edges)), num_vertices_(num_vertices) {}

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return edges_->directed(); }
    bool weighted() const override { return edges_->weighted(); }
    bool temporal() const override { return edges_->temporal(); }
    std::int64_t num_pieces() const override { return edges_->num_pieces(); }
    void append_piece(std::int64_t index, EdgePiece& out) const override {
        edges_->append_piece(index, out);
    }

  private:
    std::unique_ptr<EdgeSource> edges_;
    std::int64_t num_vertices_;
};

void refuse_odd_numbers(const fs::path& path, std::int64_t num_vertices, std::int64_t num_edges) {
    if (num_vertices / most_vertices_per_edge > std::max<std::int64_t>(num_edges, 1000)) {
        throw InputError(fmt::format(
            "{}: {} vertices for {} edges (a vertex for every number up to the largest): number "
            "them from 0, or state population.hosts",
            path.generic_string(), num_vertices, num_edges));
    }
}

/// What a graph file holds it says itself; it is only held against what is asked for.
void expect(const fs::path& path, const char* key, bool asked, bool found, const char* what) {
    if (asked && !found) {
        throw InputError(
            fmt::format("{}: network.{} = true ({}): leave it out, or write the file "
                        "again",
                        path.generic_string(), key, what));
    }
}

std::unique_ptr<EdgeSource> read_graph_file(const fs::path& path, const NetworkFileSettings& s,
                                            std::int64_t num_vertices) {
    try_out(path, [&] {
        const GraphFile trial(path);
        EdgePiece piece;
        for (std::int64_t index = 0; index < trial.num_pieces(); ++index) {
            piece.clear();
            trial.append_piece(index, piece);
        }
    });
    auto file = std::make_unique<GraphFile>(path);
    expect(path, "directed", s.directed, file->directed(), "its links go both ways");
    expect(path, "weighted", s.weighted, file->weighted(), "it has no weights");
    expect(path, "temporal", s.temporal, file->temporal(), "it has no times");
    if (file->num_edges() == 0) {
        throw InputError(path.generic_string() + " (no edges): name a file with at least one");
    }
    if (num_vertices == 0) {
        refuse_odd_numbers(path, file->num_vertices(), file->num_edges());
    }
    if (num_vertices <= file->num_vertices()) {
        return file;
    }
    return std::make_unique<WithMoreVertices>(std::move(file), num_vertices);
}

std::unique_ptr<EdgeSource> read_text(const fs::path& path, const NetworkFileSettings& s,
                                      std::int64_t num_vertices) {
    ReadOptions options;
    options.format = s.format;
    options.directed = s.directed;
    options.weighted = s.weighted;
    options.temporal = s.temporal;
    options.num_vertices = num_vertices;
    auto edges = read_edges(path, options);
    if (num_vertices == 0) {
        const auto& list = dynamic_cast<const EdgeList&>(*edges);
        refuse_odd_numbers(path, edges->num_vertices(), std::ssize(list.all().edges));
    }
    return edges;
}

}  // namespace

std::unique_ptr<EdgeSource> read_network_file(const fs::path& path,
                                              const NetworkFileSettings& settings,
                                              std::int64_t num_vertices) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        throw InputError(path.generic_string() + " (this is a folder): name a file of edges");
    }
    const bool is_graph_file =
        settings.format == "hdf5" || (settings.format == "auto" && hdf5::File::is_hdf5(path));
    return is_graph_file ? read_graph_file(path, settings, num_vertices)
                         : read_text(path, settings, num_vertices);
}

}  // namespace annelid
