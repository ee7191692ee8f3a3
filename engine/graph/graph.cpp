#include "engine/graph/graph.hpp"

#include "engine/base/errors.hpp"
#include "engine/base/parallel.hpp"
#include "engine/graph/edge_rounds.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <tuple>

#include <fmt/format.h>

namespace annelid {

/// A directed link with what belongs to it.
struct Graph::Link {
    Vertex from, to;
    float weight;
    Interval interval;
};

namespace {

constexpr std::int64_t rows_a_piece = 1 << 12;

template <class T>
T add(T& counter, T more) {
    return std::atomic_ref<T>(counter).fetch_add(more, std::memory_order_relaxed);
}

/// Counts become places: first_[r] is where row r begins, the last one where all end.
void sum_up(LargeVector<std::int64_t>& first) {
    std::int64_t sum = 0;
    for (std::int64_t& value : first) {
        sum += std::exchange(value, sum);
    }
}

std::int64_t num_self_loops(const EdgePiece& piece) {
    return std::count_if(piece.edges.begin(), piece.edges.end(),
                         [](const Edge& e) { return e.from == e.to; });
}

}  // namespace

/// Hands every link of a source to the rank that owns its target.
class Graph::Delivery {
  public:
    Delivery(const EdgeSource& source, const Partition& partition, Communicator ranks)
        : source_(source), partition_(partition), ranks_(std::move(ranks)) {}

    /// Collective. Calls visit(link) on the target's owner, on several threads at a time and in no
    /// particular order. Returns the self-loops of the pieces that this rank drew.
    template <class Visit>
    std::int64_t each(Visit visit) {
        return ranks_.size() == 1 ? each_here(visit) : each_there(visit);
    }

    const EdgeSource& source() const { return source_; }

  private:
    /// Calls visit(link) for each directed link of a piece; both ways where it is not directed.
    template <class Visit>
    void for_each_link(const EdgePiece& piece, Visit visit) const {
        for (std::size_t i = 0; i < piece.edges.size(); ++i) {
            const Edge& e = piece.edges[i];
            if (e.from == e.to) {
                continue;
            }
            const float weight = piece.weights.empty() ? 1 : piece.weights[i];
            const Interval interval = piece.intervals.empty() ? Interval{} : piece.intervals[i];
            visit(Link{e.from, e.to, weight, interval});
            if (!source_.directed()) {
                visit(Link{e.to, e.from, weight, interval});
            }
        }
    }

    template <class Visit>
    std::int64_t each_here(Visit visit) {
        std::atomic<std::int64_t> self_loops = 0;
        parallel_pieces(source_.num_pieces(), 1, [&](std::int64_t first, std::int64_t last) {
            EdgePiece piece;
            for (std::int64_t i = first; i < last; ++i) {
                piece.clear();
                source_.append_piece(i, piece);
                self_loops += num_self_loops(piece);
                for_each_link(piece, visit);
            }
        });
        return self_loops;
    }

    template <class Visit>
    std::int64_t each_there(Visit visit) {
        std::int64_t self_loops = 0;
        for_each_round(source_, ranks_, [&](const EdgePiece& piece) {
            self_loops += num_self_loops(piece);
            Parcels parcels(static_cast<std::size_t>(ranks_.size()));
            for_each_link(piece, [&](const Link& link) { pack(parcels, link); });
            const EdgePiece received{ranks_.exchange(parcels.edges),
                                     ranks_.exchange(parcels.weights),
                                     ranks_.exchange(parcels.intervals)};
            parallel_pieces(std::ssize(received.edges), 1 << 14, [&](auto first, auto last) {
                for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last);
                     ++i) {
                    visit(Link{received.edges[i].from, received.edges[i].to,
                               received.weights.empty() ? 1 : received.weights[i],
                               received.intervals.empty() ? Interval{} : received.intervals[i]});
                }
            });
        });
        return self_loops;
    }

    /// Links on their way, by rank; weights and intervals only where the source has them.
    struct Parcels {
        explicit Parcels(std::size_t ranks) : edges(ranks), weights(ranks), intervals(ranks) {}
        std::vector<std::vector<Edge>> edges;
        std::vector<std::vector<float>> weights;
        std::vector<std::vector<Interval>> intervals;
    };

    void pack(Parcels& parcels, const Link& link) const {
        const auto to = static_cast<std::size_t>(partition_.owner(HostId{link.to}));
        parcels.edges[to].push_back({link.from, link.to});
        if (source_.weighted()) {
            parcels.weights[to].push_back(link.weight);
        }
        if (source_.temporal()) {
            parcels.intervals[to].push_back(link.interval);
        }
    }

    const EdgeSource& source_;
    const Partition& partition_;
    Communicator ranks_;
};

Graph::Graph(const EdgeSource& source, const Partition& partition, Multiple multiple,
             const Communicator& ranks)
    : num_local_(partition.num_local()) {
    const std::int64_t hosts = ranks.sum(num_local_);
    if (hosts != source.num_vertices()) {
        throw InputError(
            fmt::format("network: {} vertices (one for each of {} hosts): state as "
                        "many hosts as vertices",
                        source.num_vertices(), hosts));
    }
    Delivery delivery(source, partition, ranks);
    const std::vector<Row> row_of = number_rows(delivery, partition, ranks);
    const auto row = [&](Vertex source_vertex) {
        return row_of.empty() ? source_vertex : row_of[source_vertex];
    };
    const auto num_links = static_cast<std::size_t>(first_.back());
    targets_ = LargeVector<LocalHost>(num_links);
    weights_.resize(source.weighted() ? num_links : 0);
    intervals_.resize(source.temporal() ? num_links : 0);
    // first_[r] runs ahead as the row fills up, to where the next row begins.
    delivery.each([&](const Link& link) {
        const auto at = static_cast<std::size_t>(add(first_[row(link.from)], std::int64_t{1}));
        targets_[at] = partition.to_local(HostId{link.to});
        if (!weights_.empty()) {
            weights_[at] = link.weight;
        }
        if (!intervals_.empty()) {
            intervals_[at] = link.interval;
        }
    });
    std::copy_backward(first_.begin(), first_.end() - 1, first_.end());
    first_[0] = 0;
    sort_rows(multiple == Multiple::merge);
    has_multiple_ = multiple == Multiple::keep || temporal();
    counts_.vertices = source.num_vertices();
    counts_.edges = ranks.sum(num_local_links());
    counts_.duplicates = ranks.sum(static_cast<std::int64_t>(num_links)) - counts_.edges;
    counts_.self_loops = ranks.sum(self_loops_);
}

/// Counts the links of each row into first_ and turns the counts into places. Returns the row of
/// each vertex; nothing where rows are vertices.
std::vector<Graph::Row> Graph::number_rows(Delivery& delivery, const Partition& partition,
                                           const Communicator& ranks) {
    const auto count = [&](LargeVector<std::int64_t>& counts) {
        self_loops_ =
            delivery.each([&](const Link& link) { add(counts[link.from], std::int64_t{1}); });
    };
    const std::int64_t vertices = delivery.source().num_vertices();
    LargeVector<std::int64_t> of_vertex(static_cast<std::size_t>(vertices) + 1, 0);
    count(of_vertex);
    if (ranks.size() == 1) {
        first_ = std::move(of_vertex);
        sum_up(first_);
        return {};
    }
    std::vector<Row> row_of(static_cast<std::size_t>(vertices));
    for (std::int64_t i = 0; i < num_local_; ++i) {
        const LocalHost host{static_cast<std::uint32_t>(i)};
        const auto vertex = static_cast<std::size_t>(partition.to_global(host).value);
        row_of[vertex] = host.value;
        first_.push_back(of_vertex[vertex]);
    }
    std::vector<std::vector<Announced>> tell(static_cast<std::size_t>(ranks.size()));
    for (std::int64_t v = 0; v < vertices; ++v) {
        const std::int64_t links = of_vertex[static_cast<std::size_t>(v)];
        const int owner = partition.owner(HostId{v});
        if (links > 0 && owner != ranks.rank()) {
            const auto row = static_cast<Row>(first_.size());
            row_of[static_cast<std::size_t>(v)] = row;
            first_.push_back(links);
            tell[static_cast<std::size_t>(owner)].push_back(
                {static_cast<Vertex>(v), {ranks.rank(), row}});
        }
    }
    first_.push_back(0);
    sum_up(first_);
    keep_remotes(tell, partition, ranks);
    return row_of;
}

/// Every rank learns which others have links of its vertices.
void Graph::keep_remotes(const std::vector<std::vector<Announced>>& tell,
                         const Partition& partition, Communicator ranks) {
    std::vector<Announced> told = ranks.exchange(tell);
    std::sort(told.begin(), told.end(), [](const Announced& a, const Announced& b) {
        return std::tie(a.vertex, a.remote.rank) < std::tie(b.vertex, b.remote.rank);
    });
    first_remote_.assign(static_cast<std::size_t>(num_local_) + 1, 0);
    for (const Announced& a : told) {
        first_remote_[partition.to_local(HostId{a.vertex}).value + 1] += 1;
        remotes_.push_back(a.remote);
    }
    for (std::size_t i = 1; i < first_remote_.size(); ++i) {
        first_remote_[i] += first_remote_[i - 1];
    }
}

std::span<const Graph::Remote> Graph::remotes(LocalHost vertex) const {
    if (first_remote_.empty()) {
        return {};
    }
    return {remotes_.data() + first_remote_[vertex.value],
            remotes_.data() + first_remote_[vertex.value + 1]};
}

std::unordered_map<std::int64_t, Graph::Row> Graph::rows_of(std::vector<HostId> vertices,
                                                            const Partition& partition,
                                                            Communicator ranks) const {
    struct Question {
        std::int64_t vertex;
        std::int32_t rank;
        Row row;
    };
    std::sort(vertices.begin(), vertices.end());
    vertices.erase(std::unique(vertices.begin(), vertices.end()), vertices.end());
    std::unordered_map<std::int64_t, Row> out;
    std::vector<std::vector<Question>> to(static_cast<std::size_t>(ranks.size()));
    for (const HostId vertex : vertices) {
        if (partition.is_local(vertex)) {
            out[vertex.value] = partition.to_local(vertex).value;
        } else {
            to[static_cast<std::size_t>(partition.owner(vertex))].push_back(
                {vertex.value, ranks.rank(), 0});
        }
    }
    const std::vector<Question> asked = ranks.exchange(to);
    for (auto& questions : to) {
        questions.clear();
    }
    // Only owners know where the links of their vertices are.
    for (Question question : asked) {
        for (const Remote& remote : remotes(partition.to_local(HostId{question.vertex}))) {
            if (remote.rank == question.rank) {
                question.row = remote.row;
                to[static_cast<std::size_t>(question.rank)].push_back(question);
            }
        }
    }
    for (const Question& answer : ranks.exchange(to)) {
        out[answer.vertex] = answer.row;
    }
    return out;
}

/// Puts the links of each row in the one order, whatever order threads and ranks left them in.
void Graph::sort_rows(bool merge) {
    std::vector<std::uint32_t> kept(static_cast<std::size_t>(num_rows()));
    parallel_pieces(num_rows(), rows_a_piece, [&](std::int64_t begin_row, std::int64_t end_row) {
        std::vector<Link> scratch;
        for (auto r = static_cast<Row>(begin_row); r < end_row; ++r) {
            kept[r] =
                weighted() || temporal() ? sort_links(r, merge, scratch) : sort_targets(r, merge);
        }
    });
    close_gaps(kept);
}

std::uint32_t Graph::sort_targets(Row row, bool merge) {
    const auto first = targets_.begin() + begin(row), last = targets_.begin() + end(row);
    std::sort(first, last);
    return static_cast<std::uint32_t>((merge ? std::unique(first, last) : last) - first);
}

std::uint32_t Graph::sort_links(Row row, bool merge, std::vector<Link>& scratch) {
    scratch.clear();
    for (auto i = static_cast<std::size_t>(begin(row)); i < static_cast<std::size_t>(end(row));
         ++i) {
        scratch.push_back({row, targets_[i].value, weighted() ? weights_[i] : 1,
                           temporal() ? intervals_[i] : Interval{}});
    }
    const auto key = [](const Link& l) {
        return std::tuple(l.to, l.interval.open_us, l.interval.close_us, -l.weight);
    };
    std::sort(scratch.begin(), scratch.end(),
              [&](const Link& a, const Link& b) { return key(a) < key(b); });
    if (merge) {
        const auto same = [](const Link& a, const Link& b) {
            return a.to == b.to && a.interval == b.interval;
        };
        scratch.erase(std::unique(scratch.begin(), scratch.end(), same), scratch.end());
    }
    auto at = static_cast<std::size_t>(begin(row));
    for (const Link& link : scratch) {
        targets_[at] = {link.to};
        if (weighted()) {
            weights_[at] = link.weight;
        }
        if (temporal()) {
            intervals_[at] = link.interval;
        }
        ++at;
    }
    return static_cast<std::uint32_t>(scratch.size());
}

/// Moves rows together of which only the first `kept` links are left.
void Graph::close_gaps(const std::vector<std::uint32_t>& kept) {
    std::int64_t to = 0;
    for (std::size_t row = 0; row < kept.size(); ++row) {
        const std::int64_t from = first_[row];
        first_[row] = to;
        const auto move = [&](auto& values) {
            if (from != to && !values.empty()) {
                std::copy_n(values.begin() + from, kept[row], values.begin() + to);
            }
        };
        move(targets_);
        move(weights_);
        move(intervals_);
        to += kept[row];
    }
    first_.back() = to;
    const auto cut = [&](auto& values) {
        values.resize(values.empty() ? 0 : static_cast<std::size_t>(to));
    };
    cut(targets_);
    cut(weights_);
    cut(intervals_);
}

std::int64_t Graph::memory_bytes() const {
    const auto bytes = [](const auto& values) {
        return static_cast<std::int64_t>(values.capacity() * sizeof(values[0]));
    };
    return bytes(first_) + bytes(targets_) + bytes(weights_) + bytes(intervals_) +
           bytes(first_remote_) + bytes(remotes_);
}

}  // namespace annelid
