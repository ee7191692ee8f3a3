#include "models/vectors/source_links.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace annelid {

namespace {

/// Sums are of integers, so that they do not depend on who owns which link: a weight is counted in
/// parts of 2^-26 of the next power of two above the largest one. With 2^40 links of which 2^32
/// meet in one vertex the products of two sums stay below 2^127.
constexpr int part_bits = 26;

constexpr std::int64_t piece_size = 1 << 20;

class SourceLinks {
  public:
    SourceLinks(const VectorContext& context, Traits required)
        : context_(context), graph_(*context.graph), required_(required) {
        // A rank without links does not know whether others have weights.
        float largest = graph_.weighted() || graph_.num_local_links() == 0 ? 0 : 1;
        for (std::int64_t link = 0; graph_.weighted() && link < graph_.num_local_links(); ++link) {
            largest = std::max(largest, graph_.weights()[link]);
        }
        // Floats that are not negative are in the order of their bits.
        const auto bits = context.ranks.max(std::bit_cast<std::int32_t>(largest));
        std::frexp(std::bit_cast<float>(static_cast<std::int32_t>(bits)), &exponent_);
    }

    double mean(std::int64_t num_carriers) {
        std::vector<double> carries_it(graph_local());
        for (std::uint32_t v = 0; v < carries_it.size(); ++v) {
            carries_it[v] = can_take(LocalHost{v}) ? 1 : 0;
        }
        std::vector<std::int64_t> in(carries_it.size());
        const double links = sum(by_row(std::move(carries_it)), &in);
        if (links == 0) {
            return 0;
        }
        const double pairs = sum(by_row(std::vector<double>(in.begin(), in.end())), nullptr);
        return std::ldexp(std::max(links / static_cast<double>(num_carriers), pairs / links),
                          exponent_ - part_bits);
    }

  private:
    struct Told {
        Graph::Row row;
        double value;
    };

    std::size_t graph_local() const {
        return static_cast<std::size_t>(context_.partition.num_local());
    }
    bool can_take(LocalHost host) const {
        return carries(context_.hosts.traits[host.value], required_);
    }
    std::int64_t parts(std::int64_t link) const {
        return graph_.weighted() ? static_cast<std::int64_t>(
                                       std::ldexp(static_cast<double>(graph_.weights()[link]),
                                                  part_bits - exponent_) +
                                       0.5)
                                 : std::int64_t{1} << (part_bits - 1);
    }
    std::vector<double> by_row(std::vector<double> values) const;
    double sum(const std::vector<double>& of_source, std::vector<std::int64_t>* into) const;
    double sum_exactly(__int128 mine) const;

    const VectorContext& context_;
    const Graph& graph_;
    Traits required_;
    int exponent_ = 0;  ///< the largest weight is below 2^exponent
};

/// Collective. Values of local vertices by row, with those of other ranks' sources.
std::vector<double> SourceLinks::by_row(std::vector<double> values) const {
    Communicator ranks = context_.ranks;
    const std::int64_t vertices = std::ssize(values);
    values.resize(static_cast<std::size_t>(graph_.num_rows()));
    // A piece at a time: nobody holds messages for all of its vertices at once.
    const std::int64_t last = ranks.size() > 1 ? ranks.max(vertices) : 0;
    for (std::int64_t begin = 0; begin < last; begin += piece_size) {
        std::vector<std::vector<Told>> to(static_cast<std::size_t>(ranks.size()));
        for (std::int64_t v = begin; v < std::min(begin + piece_size, vertices); ++v) {
            const LocalHost vertex{static_cast<std::uint32_t>(v)};
            for (const Graph::Remote& remote : graph_.remotes(vertex)) {
                to[static_cast<std::size_t>(remote.rank)].push_back(
                    {remote.row, values[vertex.value]});
            }
        }
        for (const Told& told : ranks.exchange(to)) {
            values[told.row] = told.value;
        }
    }
    return values;
}

/// Collective. Sum over all links of weight x value of the source, where the target carries what is
/// required; adds what is this rank's to its targets in `into`.
double SourceLinks::sum(const std::vector<double>& of_source,
                        std::vector<std::int64_t>* into) const {
    __int128 mine = 0;
    for (Graph::Row row = 0; row < of_source.size(); ++row) {
        const auto value = static_cast<std::int64_t>(of_source[row]);
        for (std::int64_t link = graph_.begin(row); value > 0 && link < graph_.end(row); ++link) {
            const LocalHost target = graph_.targets()[link];
            if (!can_take(target)) {
                continue;
            }
            mine += static_cast<__int128>(parts(link)) * value;
            if (into != nullptr) {
                (*into)[target.value] += parts(link) * value;
            }
        }
    }
    return sum_exactly(mine);
}

/// Collective. Sums of 32 bits each, which do not overflow.
double SourceLinks::sum_exactly(__int128 mine) const {
    __int128 all = 0;
    for (int shift = 0; shift < 128; shift += 32) {
        const auto digit = static_cast<std::int64_t>((mine >> shift) & 0xffffffff);
        all += static_cast<__int128>(context_.ranks.sum(digit)) << shift;
    }
    return static_cast<double>(all);
}

}  // namespace

double mean_links_of_sources(const VectorContext& context, Traits required,
                             std::int64_t num_carriers) {
    return SourceLinks(context, required).mean(num_carriers);
}

}  // namespace annelid
