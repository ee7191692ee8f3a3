#include "models/networks/configuration.hpp"

#include "engine/chance/permutation.hpp"
#include "models/networks/degree_law.hpp"
#include "models/networks/half_edges.hpp"
#include "models/networks/pieces.hpp"

#include <array>
#include <numeric>
#include <span>

#include <fmt/format.h>

namespace annelid {

namespace {

constexpr std::int64_t largest_degree = DegreeLaw::largest_degree;

DegreeLaw law_of(const ConfigurationSettings& settings) {
    if (settings.degrees == "power_law")
        return DegreeLaw::power_law(settings.exponent, settings.min_degree, settings.max_degree);
    if (settings.degrees == "poisson")
        return DegreeLaw::poisson(settings.mean_degree);
    return DegreeLaw::regular(settings.degree);
}

HalfEdges draw_half_edges(const DegreeLaw& law, std::int64_t num_vertices, const Draws& draws) {
    return {num_vertices,
            [&](std::int64_t v) { return law.draw(draws.bits(static_cast<std::uint64_t>(v))); }};
}

class Configuration final : public EdgeSource {
  public:
    Configuration(const DegreeLaw& law, std::int64_t num_vertices, Seed seed)
        : num_vertices_(num_vertices),
          half_edges_(draw_half_edges(law, num_vertices,
                                      Draws(seed, Purpose::network, "configuration degrees"))),
          num_edges_(half_edges_.size() / 2),
          order_(std::max<std::uint64_t>(1, 2 * static_cast<std::uint64_t>(num_edges_)),
                 Draws(seed, Purpose::network, "configuration").words(0)) {}

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return false; }
    std::int64_t num_pieces() const override { return num_edge_pieces(num_edges_); }

    void append_piece(std::int64_t index, EdgePiece& out) const override {
        const auto [first, last] = edges_of_piece(index, num_edges_);
        Edge* edge = append_edges(out, last - first);
        std::array<std::uint64_t, 1024> buffer;
        const std::int64_t most = std::ssize(buffer) / 2;
        for (std::int64_t i = first; i < last; i += most) {
            const std::int64_t batch = std::min(most, last - i);
            const std::span ends(buffer.data(), static_cast<std::size_t>(2 * batch));
            std::iota(ends.begin(), ends.end(), 2 * static_cast<std::uint64_t>(i));
            order_.apply(ends);
            half_edges_.find_owners(ends);
            for (std::size_t j = 0; j < ends.size(); j += 2) {
                *edge++ = {static_cast<Vertex>(ends[j]), static_cast<Vertex>(ends[j + 1])};
            }
        }
    }

  private:
    std::int64_t num_vertices_;
    HalfEdges half_edges_;
    std::int64_t num_edges_;
    Permutation order_;  ///< of the half-edges that are matched
};

}  // namespace

Fields ConfigurationSettings::fields() {
    const auto limited = [](Field field, double min, double max) {
        field.min = min;
        field.max = max;
        return field;
    };
    const auto largest = static_cast<double>(largest_degree);
    Field kind_field{"kind", &kind, Unit::none, "the kind of network"};
    kind_field.choices = {"configuration"};
    Field degrees_field{"degrees", &degrees, Unit::none, "law of the number of links of a host"};
    degrees_field.choices = {"power_law", "poisson", "regular"};
    return {kind_field,
            degrees_field,
            limited({"exponent", &exponent, Unit::none, "power_law: of the degree"}, 0, 100),
            limited({"min_degree", &min_degree, Unit::none, "power_law: fewest links"}, 1, largest),
            limited({"max_degree", &max_degree, Unit::none, "power_law: most links"}, 1, largest),
            limited({"mean_degree", &mean_degree, Unit::none, "poisson: mean links"}, 0, 1e6),
            limited({"degree", &degree, Unit::none, "regular: links of every host"}, 0, largest)};
}

KeyFaults ConfigurationSettings::faults(std::int64_t num_vertices) const {
    const bool is_power_law = degrees == "power_law", is_poisson = degrees == "poisson";
    if (is_power_law && min_degree > max_degree) {
        return {{"min_degree", fmt::format("max_degree is {}", max_degree),
                 "write the smaller one as min_degree"}};
    }
    const std::string key = is_power_law ? "max_degree" : is_poisson ? "mean_degree" : "degree";
    const double most = is_power_law ? static_cast<double>(max_degree)
                        : is_poisson ? mean_degree
                                     : static_cast<double>(degree);
    if (most > static_cast<double>(num_vertices - 1)) {
        return {{key, fmt::format("a host can have {} links at most", num_vertices - 1),
                 "lower it or use more hosts"}};
    }
    return {};
}

std::unique_ptr<EdgeSource> make_configuration(const ConfigurationSettings& settings,
                                               std::int64_t num_vertices, Seed seed) {
    refuse("network", settings.faults(num_vertices));
    return std::make_unique<Configuration>(law_of(settings), num_vertices, seed);
}

}  // namespace annelid
