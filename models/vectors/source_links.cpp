#include "models/vectors/source_links.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

namespace annelid {

namespace {

/// Sums are of integers, so that they do not depend on who owns which link: a weight is counted in
/// parts of 2^-26 of the next power of two above the largest one. With 2^40 links of which 2^32
/// meet in one vertex the products of two sums stay below 2^127.
constexpr int part_bits = 26;

/// Links that a rank speaks of in one exchange.
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
        // What lies in targets of other ranks need not be known where all hosts carry what is
        // required, nor, where links go both ways, what leads into one's own.
        const bool everyone = required_ == 0;
        const Values links =
            everyone && graph_.symmetric()
                ? out_of_all()
                : into([this](LocalHost source) { return can_take(source) ? 1 : 0; });
        const double all = sum(links);
        if (all == 0) {
            return 0;
        }
        Values pairs;
        if (everyone) {
            pairs = out_of_all();
            std::transform(pairs.begin(), pairs.end(), links.begin(), pairs.begin(),
                           std::multiplies<>());
        } else {
            pairs = into([&](LocalHost source) { return links[source.value]; });
        }
        return std::ldexp(std::max(all / static_cast<double>(num_carriers), sum(pairs) / all),
                          exponent_ - part_bits);
    }

  private:
    using Values = std::vector<__int128>;  ///< of each local vertex
    /// Of a link into another rank.
    struct Told {
        std::int64_t value;  ///< of its source
        std::int64_t parts;
        Vertex target;
    };

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
    Values out_of_all() const;
    template <class ValueOf>
    Values into(ValueOf value_of) const;
    double sum(const Values& values) const;

    const VectorContext& context_;
    const Graph& graph_;
    Traits required_;
    int exponent_ = 0;  ///< the largest weight is below 2^exponent
};

/// Of each vertex, the sum of the weights of links out of it.
SourceLinks::Values SourceLinks::out_of_all() const {
    Values out(static_cast<std::size_t>(graph_.num_local_vertices()));
    for (std::uint32_t v = 0; v < out.size(); ++v) {
        for (std::int64_t link = graph_.begin({v}); link < graph_.end({v}); ++link) {
            out[v] += parts(link);
        }
    }
    return out;
}

/// Collective. Of each vertex that carries what is required, the sum over links into it of
/// weight x value of the source, which fits 64 bits; 0 for others.
template <class ValueOf>
SourceLinks::Values SourceLinks::into(ValueOf value_of) const {
    Communicator ranks = context_.ranks;
    Values out(static_cast<std::size_t>(graph_.num_local_vertices()));
    const auto add = [&](LocalHost target, std::int64_t parts, std::int64_t value) {
        if (can_take(target)) {
            out[target.value] += static_cast<__int128>(parts) * value;
        }
    };
    std::vector<std::vector<Told>> to(static_cast<std::size_t>(ranks.size()));
    std::uint32_t vertex = 0;
    std::int64_t link = 0;
    for (bool more = true; more;) {
        const std::int64_t end = std::min(link + piece_size, graph_.num_local_links());
        for (; link < end; ++link) {
            while (link >= graph_.end({vertex})) {
                ++vertex;
            }
            const auto value = static_cast<std::int64_t>(value_of(LocalHost{vertex}));
            const HostId target{graph_.targets()[link]};
            if (value == 0) {
                continue;
            }
            if (context_.partition.is_local(target)) {
                add(context_.partition.to_local(target), parts(link), value);
            } else {
                to[static_cast<std::size_t>(context_.partition.owner(target))].push_back(
                    {value, parts(link), graph_.targets()[link]});
            }
        }
        for (const Told& told : ranks.exchange(to)) {
            add(context_.partition.to_local(HostId{told.target}), told.parts, told.value);
        }
        for (auto& of_rank : to) {
            of_rank.clear();
        }
        more = ranks.any(link < graph_.num_local_links());
    }
    return out;
}

/// Collective. Sums of 32 bits each, which do not overflow.
double SourceLinks::sum(const Values& values) const {
    const __int128 mine = std::accumulate(values.begin(), values.end(), __int128{0});
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
