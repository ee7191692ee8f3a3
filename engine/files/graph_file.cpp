#include "engine/files/graph_file.hpp"

#include "engine/base/errors.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <system_error>

#include <fmt/format.h>

namespace annelid {

namespace {

/// HDF5 is not thread-safe, not even with a file a thread.
std::mutex hdf5_lock;

/// Entries of /first_edge that are read at a time.
constexpr std::int64_t block_vertices = 1 << 18;

constexpr const char* write_again = "write the file again, for example with annelid network";

hdf5::File open_hdf5(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored) && !hdf5::File::is_hdf5(path)) {
        throw InputError(
            fmt::format("{} (not an HDF5 file): give a graph file, or say what format "
                        "it has",
                        path.string()));
    }
    return hdf5::File::open(path);
}

}  // namespace

void GraphFile::refuse(const std::string& what, const std::string& advice) const {
    throw InputError(fmt::format("{} ({}): {}", path_.string(), what, advice));
}

GraphFile::GraphFile(const std::filesystem::path& path) : path_(path), file_(open_hdf5(path)) {
    check_format();
    const auto number = [&](const char* name) {
        const hdf5::AttributeValue found = attribute(name);
        const auto* integer = std::get_if<std::int64_t>(&found);
        if (integer == nullptr || *integer < 0) {
            refuse(fmt::format("attribute {} is missing or not a count", name), write_again);
        }
        return *integer;
    };
    num_vertices_ = number("vertices");
    num_edges_ = number("edges");
    directed_ = number("directed") != 0;
    if (num_vertices_ > most_vertices) {
        refuse(fmt::format("{} vertices, {} at most", num_vertices_, most_vertices),
               "use a smaller graph");
    }
    source_ = text_attribute("source");
    check_dataset("/first_edge", hdf5::Type::uint64, num_vertices_ + 1);
    check_dataset("/target", hdf5::Type::uint32, num_edges_);
    weighted_ = file_.has("/weight");
    temporal_ = file_.has("/open_us") || file_.has("/close_us");
    if (weighted_) {
        check_dataset("/weight", hdf5::Type::float32, num_edges_);
    }
    if (temporal_) {
        check_dataset("/open_us", hdf5::Type::int64, num_edges_);
        check_dataset("/close_us", hdf5::Type::int64, num_edges_);
    }
    look_through_first_edges();
}

/// An empty text where there is none.
hdf5::AttributeValue GraphFile::attribute(const std::string& name) const {
    return file_.has_attribute("/", name) ? file_.attribute("/", name) : hdf5::AttributeValue("");
}

std::string GraphFile::text_attribute(const std::string& name) const {
    const hdf5::AttributeValue found = attribute(name);
    return std::holds_alternative<std::string>(found) ? std::get<std::string>(found) : "";
}

void GraphFile::check_format() const {
    if (text_attribute("format") != graph_file_format) {
        refuse(fmt::format("its attribute format is \"{}\", not \"{}\"", text_attribute("format"),
                           graph_file_format),
               "give a graph file; annelid info says what a run file holds");
    }
    if (text_attribute("format_version") != graph_file_version) {
        refuse(fmt::format("graph file version \"{}\", this annelid knows \"{}\"",
                           text_attribute("format_version"), graph_file_version),
               "use the annelid that wrote it, or write it again");
    }
}

void GraphFile::check_dataset(const std::string& path, hdf5::Type type, std::int64_t length) const {
    if (!file_.has(path)) {
        refuse(path + " is missing", write_again);
    }
    const hdf5::Type found = file_.type(path);
    if (found != type) {
        refuse(fmt::format("{} is of type {}, not {}", path, hdf5::type_name(found),
                           hdf5::type_name(type)),
               write_again);
    }
    const hdf5::Dims dims = file_.dims(path);
    if (dims != hdf5::Dims{length}) {
        refuse(fmt::format("{} has shape [{}], not [{}] as vertices and edges say", path,
                           fmt::join(dims, ", "), length),
               write_again);
    }
    file_.check_stored(path);
}

template <class T>
std::vector<T> GraphFile::read(const std::string& path, std::int64_t first,
                               std::int64_t last) const {
    std::vector<T> out(static_cast<std::size_t>(last - first));
    if (!out.empty()) {
        const std::lock_guard lock(hdf5_lock);
        file_.read_slab(path, hdf5::type_of<T>(), first, last - first, out.data());
    }
    return out;
}

/// Checks the whole array once, so that pieces need not doubt it, and notes where pieces begin.
void GraphFile::look_through_first_edges() {
    std::uint64_t before = 0;
    for (std::int64_t begin = 0; begin <= num_vertices_; begin += block_vertices) {
        const std::int64_t end = std::min(begin + block_vertices, num_vertices_ + 1);
        const auto block = read<std::uint64_t>("/first_edge", begin, end);
        for (std::int64_t v = begin; v < end; ++v) {
            const std::uint64_t first = block[static_cast<std::size_t>(v - begin)];
            if (first < before || (v == 0 && first != 0)) {
                refuse(fmt::format("/first_edge[{}] is {} after {}, but it rises from 0", v, first,
                                   before),
                       write_again);
            }
            if (first > static_cast<std::uint64_t>(num_edges_)) {
                refuse(fmt::format("/first_edge[{}] is {}, but there are {} edges", v, first,
                                   num_edges_),
                       write_again);
            }
            // Pieces that begin before `first` and are not placed yet begin under vertex v - 1.
            while (static_cast<std::uint64_t>(num_pieces() * piece_edges) < first) {
                first_sources_.push_back(v - 1);
            }
            before = first;
        }
    }
    if (before != static_cast<std::uint64_t>(num_edges_)) {
        refuse(fmt::format("/first_edge ends at {}, but there are {} edges", before, num_edges_),
               write_again);
    }
}

std::vector<std::uint32_t> GraphFile::read_targets(std::int64_t first, std::int64_t last) const {
    auto targets = read<std::uint32_t>("/target", first, last);
    const auto largest = std::max_element(targets.begin(), targets.end());
    if (largest != targets.end() && *largest >= num_vertices_) {
        refuse(fmt::format("/target[{}] is {}, but there are {} vertices",
                           first + (largest - targets.begin()), *largest, num_vertices_),
               write_again);
    }
    return targets;
}

void GraphFile::append_piece(std::int64_t index, EdgePiece& out) const {
    const std::int64_t first = index * piece_edges;
    const std::int64_t last = std::min(first + piece_edges, num_edges_);
    const std::vector<std::uint32_t> targets = read_targets(first, last);
    append_edges(first, targets, first_sources_[static_cast<std::size_t>(index)], out);
    if (weighted_) {
        const auto weights = read<float>("/weight", first, last);
        const auto bad = std::find_if(weights.begin(), weights.end(),
                                      [](float w) { return !(w >= 0) || std::isinf(w); });
        if (bad != weights.end()) {
            refuse(fmt::format("/weight[{}] is {}, not a finite number >= 0",
                               first + (bad - weights.begin()), *bad),
                   write_again);
        }
        out.weights.insert(out.weights.end(), weights.begin(), weights.end());
    }
    if (temporal_) {
        const auto open = read<std::int64_t>("/open_us", first, last);
        const auto close = read<std::int64_t>("/close_us", first, last);
        for (std::size_t i = 0; i < open.size(); ++i) {
            out.intervals.push_back({open[i], close[i]});
        }
    }
}

/// `source` is the vertex of edge `first`. Vertices without edges take no time to speak of, but
/// there may be very many of them.
void GraphFile::append_edges(std::int64_t first, const std::vector<std::uint32_t>& targets,
                             std::int64_t source, EdgePiece& out) const {
    const std::int64_t last = first + std::ssize(targets);
    std::size_t at = out.edges.size();
    out.edges.resize(at + targets.size());
    std::int64_t edge = first;
    while (edge < last) {
        const std::int64_t end = std::min(source + block_vertices, num_vertices_);
        // Where the edges of `source` and of each vertex after it end.
        const auto ends = read<std::uint64_t>("/first_edge", source + 1, end + 1);
        for (std::size_t i = 0; i < ends.size() && edge < last; ++i, ++source) {
            const std::int64_t until = std::min(last, static_cast<std::int64_t>(ends[i]));
            for (; edge < until; ++edge) {
                out.edges[at++] = {static_cast<Vertex>(source),
                                   targets[static_cast<std::size_t>(edge - first)]};
            }
        }
    }
}

}  // namespace annelid
