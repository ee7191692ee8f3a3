// Writes what graph_file.cpp reads. A first pass over the source counts the edges of each vertex;
// further ones place them, as many vertices at a time as fit into memory.
#include "engine/files/graph_file.hpp"
#include "engine/files/output_folder.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace annelid {

namespace {

/// 1 MB of targets; what a reader takes at a time.
constexpr std::int64_t chunk_edges = 1 << 18;

/// The end under which an edge is listed, and the other one.
Edge as_listed(Edge edge, bool directed) {
    return directed || edge.from <= edge.to ? edge : Edge{edge.to, edge.from};
}

class GraphWriter {
  public:
    GraphWriter(const EdgeSource& source, const GraphFileOptions& options)
        : source_(source), options_(options) {}

    void write(const std::filesystem::path& path) {
        count();
        TemporaryFile temporary(path, true);
        auto file = hdf5::File::create(temporary.path());
        describe(file);
        for (std::int64_t begin = 0; begin < source_.num_vertices();) {
            const std::int64_t end = end_of_batch(begin);
            write_batch(file, begin, end);
            begin = end;
        }
        file.close();
        temporary.commit();
    }

  private:
    void count();
    void describe(hdf5::File& file) const;
    std::int64_t end_of_batch(std::int64_t begin) const;
    void write_batch(hdf5::File& file, std::int64_t begin, std::int64_t end) const;

    std::uint64_t first(std::int64_t vertex) const {
        return first_edge_[static_cast<std::size_t>(vertex)];
    }
    std::int64_t num_edges() const { return static_cast<std::int64_t>(first_edge_.back()); }

    const EdgeSource& source_;
    const GraphFileOptions& options_;
    std::vector<std::uint64_t> first_edge_;
};

void GraphWriter::count() {
    first_edge_.assign(static_cast<std::size_t>(source_.num_vertices()) + 1, 0);
    EdgePiece piece;
    for (std::int64_t p = 0; p < source_.num_pieces(); ++p) {
        piece.clear();
        source_.append_piece(p, piece);
        for (const Edge& edge : piece.edges) {
            ++first_edge_[std::size_t{as_listed(edge, source_.directed()).from} + 1];
        }
    }
    for (std::size_t v = 1; v < first_edge_.size(); ++v) {
        first_edge_[v] += first_edge_[v - 1];
    }
}

void GraphWriter::describe(hdf5::File& file) const {
    file.write_attribute("/", "format", std::string(graph_file_format));
    file.write_attribute("/", "format_version", std::string(graph_file_version));
    file.write_attribute("/", "directed", std::int64_t{source_.directed() ? 1 : 0});
    file.write_attribute("/", "vertices", source_.num_vertices());
    file.write_attribute("/", "edges", num_edges());
    file.write_attribute("/", "source", options_.source);
    file.write<std::uint64_t>("/first_edge", {std::ssize(first_edge_)}, first_edge_);
    file.reserve_chunks("/target", hdf5::Type::uint32, num_edges(), chunk_edges);
    if (source_.weighted()) {
        file.reserve_chunks("/weight", hdf5::Type::float32, num_edges(), chunk_edges);
    }
    if (source_.temporal()) {
        file.reserve_chunks("/open_us", hdf5::Type::int64, num_edges(), chunk_edges);
        file.reserve_chunks("/close_us", hdf5::Type::int64, num_edges(), chunk_edges);
    }
}

/// As many vertices as fit, at least one.
std::int64_t GraphWriter::end_of_batch(std::int64_t begin) const {
    const std::uint64_t most = first(begin) + static_cast<std::uint64_t>(options_.most_edges);
    const auto after = std::upper_bound(first_edge_.begin() + begin + 1, first_edge_.end(), most);
    return std::max(begin + 1, after - first_edge_.begin() - 1);
}

void GraphWriter::write_batch(hdf5::File& file, std::int64_t begin, std::int64_t end) const {
    const auto edges = static_cast<std::size_t>(first(end) - first(begin));
    if (edges == 0) {
        return;
    }
    std::vector<std::uint32_t> targets(edges);
    std::vector<float> weights(source_.weighted() ? edges : 0);
    std::vector<std::int64_t> open(source_.temporal() ? edges : 0), close(open.size());
    std::vector<std::uint64_t> next(first_edge_.begin() + begin, first_edge_.begin() + end);
    EdgePiece piece;
    for (std::int64_t p = 0; p < source_.num_pieces(); ++p) {
        piece.clear();
        source_.append_piece(p, piece);
        for (std::size_t i = 0; i < piece.edges.size(); ++i) {
            const Edge edge = as_listed(piece.edges[i], source_.directed());
            if (edge.from < begin || edge.from >= end) {
                continue;
            }
            const std::uint64_t place = next[static_cast<std::size_t>(edge.from - begin)]++;
            const auto at = static_cast<std::size_t>(place - first(begin));
            targets[at] = edge.to;
            if (!weights.empty()) {
                weights[at] = piece.weights[i];
            }
            if (!open.empty()) {
                open[at] = piece.intervals[i].open_us;
                close[at] = piece.intervals[i].close_us;
            }
        }
    }
    const auto row = static_cast<std::int64_t>(first(begin));
    file.write_rows<std::uint32_t>("/target", row, targets);
    if (!weights.empty()) {
        file.write_rows<float>("/weight", row, weights);
    }
    if (!open.empty()) {
        file.write_rows<std::int64_t>("/open_us", row, open);
        file.write_rows<std::int64_t>("/close_us", row, close);
    }
}

}  // namespace

void write_graph_file(const std::filesystem::path& path, const EdgeSource& source,
                      const GraphFileOptions& options) {
    GraphWriter(source, options).write(path);
}

}  // namespace annelid
