#include "models/defences/patching.hpp"

#include "engine/base/errors.hpp"
#include "engine/chance/log.hpp"
#include "models/populations/place_names.hpp"

#include <algorithm>

namespace annelid {

namespace {

class Patching final : public DefenceModel {
  public:
    Patching(const std::string& name, const PatchingSettings& settings,
             const Population& population, std::vector<bool> in_scope)
        : DefenceModel(name, {.patches = settings.coverage > 0}),
          settings_(settings),
          population_(population),
          in_scope_(std::move(in_scope)) {}

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    /// `first`, `second`: the host's own draws.
    TimeUs patched_at(HostId host, std::uint64_t first, std::uint64_t second) const {
        const Cell& cell = population_.cell_of(host);
        const bool reached =
            in_scope_[static_cast<std::size_t>(&cell - population_.cells().data())];
        if (!reached || !happens(first, settings_.coverage)) {
            return never;
        }
        const double wait = settings_.rate_per_s > 0
                                ? exponential_from_bits(second) / settings_.rate_per_s
                                : to_unit(second) * to_seconds(settings_.duration);
        return std::min(never, settings_.start + from_seconds(wait));
    }

  private:
    PatchingSettings settings_;
    const Population& population_;
    std::vector<bool> in_scope_;  ///< by cell
};

class Process final : public DefenceProcess {
  public:
    Process(const Patching& model, Seed seed)
        : model_(model), draws_(seed, Purpose::patching, model.name()) {}

    TimeUs patched_at(HostId host) const override {
        const auto draw = draws_.pair(static_cast<std::uint64_t>(host.value));
        return model_.patched_at(host, draw[0], draw[1]);
    }

  private:
    const Patching& model_;
    Draws draws_;
};

std::unique_ptr<DefenceProcess> Patching::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields PatchingSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"patching"};
    Field start_field{"start", &start, Unit::duration, "when patching begins"};
    start_field.min = 0;
    Field rate_field{"rate", &rate_per_s, Unit::rate,
                     "chance per time that an unpatched host is patched; 0: a campaign"};
    rate_field.min = 0;
    Field duration_field{"duration", &duration, Unit::duration,
                         "a campaign reaches its hosts evenly over this time; 0: a rate"};
    duration_field.min = 0;
    return {kind_field,
            start_field,
            rate_field,
            duration_field,
            Field{"coverage", &coverage, Unit::share, "share of the hosts in scope ever patched"},
            Field{"countries", &countries, Unit::none, "only these countries; empty: all"},
            Field{"sectors", &sectors, Unit::none, "only these sectors; empty: all"}};
}

KeyFaults PatchingSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    if ((rate_per_s > 0) == (duration > 0)) {
        out.push_back({rate_per_s > 0 ? "duration" : "rate",
                       rate_per_s > 0 ? "patching has a rate or a duration, not both"
                                      : "patching has either a rate or a duration",
                       "write rate = \"0.02 /d\" or duration = \"14 d\""});
    }
    check_places("countries", countries, names.countries, out);
    check_places("sectors", sectors, names.sectors, out);
    return out;
}

std::unique_ptr<DefenceModel> make_patching(const std::string& name,
                                            const PatchingSettings& settings,
                                            const Population& population) {
    const std::vector<std::string> codes = country_codes(population);
    refuse("defence." + name, settings.faults({codes, population.sectors()}));
    const auto countries = chosen_places(settings.countries, codes);
    const auto sectors = chosen_places(settings.sectors, population.sectors());
    std::vector<bool> in_scope;
    for (const Cell& cell : population.cells()) {
        in_scope.push_back(countries[static_cast<std::size_t>(cell.country)] &&
                           sectors[static_cast<std::size_t>(cell.sector)]);
    }
    return std::make_unique<Patching>(name, settings, population, std::move(in_scope));
}

}  // namespace annelid
