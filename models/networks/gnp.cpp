#include "models/networks/gnp.hpp"

#include "models/networks/chosen_pairs.hpp"
#include "models/networks/pairs.hpp"

namespace annelid {

namespace {

class Gnp final : public EdgeSource {
  public:
    Gnp(double p, std::int64_t num_vertices, Seed seed)
        : num_vertices_(num_vertices),
          pairs_(num_pairs(static_cast<std::uint64_t>(num_vertices)), p,
                 Draws(seed, Purpose::network, "gnp")) {}

    std::int64_t num_vertices() const override { return num_vertices_; }
    bool directed() const override { return false; }
    std::int64_t num_pieces() const override { return pairs_.num_blocks(); }

    void append_piece(std::int64_t index, EdgePiece& out) const override {
        pairs_.for_each(index, [&](std::uint64_t pair) { out.edges.push_back(unrank_pair(pair)); });
    }

  private:
    std::int64_t num_vertices_;
    ChosenPairs pairs_;
};

}  // namespace

Fields GnpSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the kind of network"};
    kind_field.choices = {"gnp"};
    Field degree_field{"mean_degree", &density.mean_degree, Unit::none,
                       "links of a host on average, instead of p"};
    degree_field.min = 0;
    return {kind_field, Field{"p", &density.p, Unit::share, "probability of each possible link"},
            degree_field};
}

KeyFaults GnpSettings::faults(std::int64_t num_vertices) const {
    KeyFaults out;
    check_density(density, "p", "mean_degree", static_cast<double>(num_vertices - 1), out);
    return out;
}

std::unique_ptr<EdgeSource> make_gnp(const GnpSettings& settings, std::int64_t num_vertices,
                                     Seed seed) {
    refuse("network", settings.faults(num_vertices));
    const double p = settings.density.probability(static_cast<double>(num_vertices - 1));
    return std::make_unique<Gnp>(p, num_vertices, seed);
}

}  // namespace annelid
