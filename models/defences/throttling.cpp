#include "models/defences/throttling.hpp"

#include "models/defences/filters.hpp"

namespace annelid {

namespace {

class Throttling final : public DefenceModel {
  public:
    Throttling(const std::string& name, const ThrottlingSettings& given,
               const DefenceContext& world)
        : DefenceModel(name, {.stops = given.timing.compliance > 0 && given.factor < 1}),
          settings(given),
          context(world) {}

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    /// Share of the attempts of a throttled source that are kept.
    double kept(const Passage& p) const {
        if (settings.factor >= 0) {
            const bool has_rate = !settings.vectors.empty() || p.process.rate_per_s(p.source) > 0;
            return has_rate ? settings.factor : 1;
        }
        const double rate = p.process.rate_per_s(p.source);
        return rate > settings.limit_per_s ? settings.limit_per_s / rate : 1;
    }

    ThrottlingSettings settings;
    DefenceContext context;
};

class Process final : public DefenceProcess {
  public:
    Process(const Throttling& model, Seed seed)
        : model_(model),
          seed_(seed),
          activation_(model.settings.timing.activation(model.context, seed, model.name())) {}

    bool lets_pass(const Passage& p) const override {
        if (p.source == no_host || !activation_.has_begun(p.source, p.drawn) ||
            !concerns(model_.settings.vectors, p.vector)) {
            return true;
        }
        const double kept = model_.kept(p);
        if (kept >= 1 ||
            !activation_.in_scope(p.source, traits_for(activation_, model_.context, p.source))) {
            return true;
        }
        // Ordinals begin anew with every infection: the time tells their attempts apart.
        const Draws draws(seed_, Purpose::throttling, model_.name() + "/" + p.vector.name());
        return happens(draws.bits(id_of(model_.context, p.source), p.ordinal,
                                  static_cast<std::uint32_t>(p.drawn)),
                       kept);
    }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

  private:
    const Throttling& model_;
    Seed seed_;
    Activation activation_;
};

std::unique_ptr<DefenceProcess> Throttling::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields ThrottlingSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"throttling"};
    Field limit_field{"limit", &limit_per_s, Unit::rate,
                      "most connections to new hosts a source makes by a vector; or else `factor`"};
    limit_field.source = "Williamson 2002: \"1 /s\" [R]";
    limit_field.min = 0;
    Field factor_field{"factor", &factor, Unit::share,
                       "share of its attempts that a source still makes; or else `limit`"};
    factor_field.source = "assumption";
    return with_timing_but(
        {}, {kind_field, limit_field, factor_field, vectors_field(vectors, "all of kind scan")},
        timing);
}

KeyFaults ThrottlingSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    if ((limit_per_s >= 0) == (factor >= 0)) {
        out.push_back({factor >= 0 ? "factor" : "limit",
                       factor >= 0 ? "throttling has a limit or a factor, not both"
                                   : "throttling has either a limit or a factor",
                       "write limit = \"1 /s\" or factor = 0.1"});
    }
    check_vectors(vectors, names, out);
    return with_timing(std::move(out), timing, names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const ThrottlingSettings& settings,
                                           const DefenceContext& context) {
    refuse("defence." + name, settings.faults(names_with(settings.vectors, context)));
    return std::make_unique<Throttling>(name, settings, context);
}

}  // namespace annelid
