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

constexpr std::int64_t vertices_a_piece = 1 << 12;

template <class T>
T add(T& counter, T more) {
    return std::atomic_ref<T>(counter).fetch_add(more, std::memory_order_relaxed);
}

/// Counts become places: first_[v] is where the links of v begin, the last one where all end.
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

/// Hands every link of an edge source to the rank that owns the vertex it comes from.
class Graph::Delivery {
  public:
    Delivery(const EdgeSource& source, const Partition& partition, Communicator ranks)
        : source_(source), partition_(partition), ranks_(std::move(ranks)) {}

    /// Collective. Calls visit(link) on its source's owner, on several threads at a time and in no
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
        const auto to = static_cast<std::size_t>(partition_.owner(HostId{link.from}));
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
             const Communicator& ranks) {
    const std::int64_t hosts = ranks.sum(partition.num_local());
    if (hosts != source.num_vertices()) {
        throw InputError(
            fmt::format("network: {} vertices (one for each of {} hosts): state as "
                        "many hosts as vertices",
                        source.num_vertices(), hosts));
    }
    Delivery delivery(source, partition, ranks);
    count_links(delivery, partition);
    const auto num_links = static_cast<std::size_t>(first_.back());
    targets_ = LargeVector<Vertex>(num_links);
    weights_.resize(source.weighted() ? num_links : 0);
    intervals_.resize(source.temporal() ? num_links : 0);
    // first_[v] runs ahead as the links of v come in, to where those of the next begin.
    delivery.each([&](const Link& link) {
        std::int64_t& next = first_[partition.to_local(HostId{link.from}).value];
        const auto at = static_cast<std::size_t>(add(next, std::int64_t{1}));
        targets_[at] = link.to;
        if (!weights_.empty()) {
            weights_[at] = link.weight;
        }
        if (!intervals_.empty()) {
            intervals_[at] = link.interval;
        }
    });
    std::copy_backward(first_.begin(), first_.end() - 1, first_.end());
    first_[0] = 0;
    sort_links(multiple == Multiple::merge);
    has_multiple_ = multiple == Multiple::keep || temporal();
    symmetric_ = !source.directed();
    counts_.vertices = source.num_vertices();
    counts_.edges = ranks.sum(num_local_links());
    counts_.duplicates = ranks.sum(static_cast<std::int64_t>(num_links)) - counts_.edges;
    counts_.self_loops = ranks.sum(self_loops_);
}

/// Counts the links of each vertex into first_ and turns the counts into places.
void Graph::count_links(Delivery& delivery, const Partition& partition) {
    first_ = LargeVector<std::int64_t>(static_cast<std::size_t>(partition.num_local()) + 1, 0);
    self_loops_ = delivery.each([&](const Link& link) {
        add(first_[partition.to_local(HostId{link.from}).value], std::int64_t{1});
    });
    sum_up(first_);
}

/// Puts the links of each vertex in the one order, whatever order threads and ranks left them in.
void Graph::sort_links(bool merge) {
    const std::int64_t vertices = num_local_vertices();
    std::vector<std::uint32_t> kept(static_cast<std::size_t>(vertices));
    parallel_pieces(vertices, vertices_a_piece, [&](std::int64_t begin_v, std::int64_t end_v) {
        std::vector<Link> scratch;
        for (auto v = static_cast<std::uint32_t>(begin_v); v < end_v; ++v) {
            kept[v] = weighted() || temporal()
                          ? sort_targets_with_values(LocalHost{v}, merge, scratch)
                          : sort_targets(LocalHost{v}, merge);
        }
    });
    close_gaps(kept);
}

std::uint32_t Graph::sort_targets(LocalHost vertex, bool merge) {
    const auto first = targets_.begin() + begin(vertex), last = targets_.begin() + end(vertex);
    std::sort(first, last);
    return static_cast<std::uint32_t>((merge ? std::unique(first, last) : last) - first);
}

std::uint32_t Graph::sort_targets_with_values(LocalHost vertex, bool merge,
                                              std::vector<Link>& scratch) {
    scratch.clear();
    for (auto i = static_cast<std::size_t>(begin(vertex));
         i < static_cast<std::size_t>(end(vertex)); ++i) {
        scratch.push_back({vertex.value, targets_[i], weighted() ? weights_[i] : 1,
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
    auto at = static_cast<std::size_t>(begin(vertex));
    for (const Link& link : scratch) {
        targets_[at] = link.to;
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

/// Moves links together where of each vertex only the first `kept` are left.
void Graph::close_gaps(const std::vector<std::uint32_t>& kept) {
    std::int64_t to = 0;
    for (std::size_t v = 0; v < kept.size(); ++v) {
        const std::int64_t from = first_[v];
        first_[v] = to;
        const auto move = [&](auto& values) {
            if (from != to && !values.empty()) {
                std::copy_n(values.begin() + from, kept[v], values.begin() + to);
            }
        };
        move(targets_);
        move(weights_);
        move(intervals_);
        to += kept[v];
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
    return bytes(first_) + bytes(targets_) + bytes(weights_) + bytes(intervals_);
}

}  // namespace annelid
