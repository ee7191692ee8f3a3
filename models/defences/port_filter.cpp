#include "models/defences/port_filter.hpp"

#include "models/defences/filters.hpp"

namespace annelid {

namespace {

class PortFilter final : public DefenceModel {
  public:
    PortFilter(const std::string& name, const PortFilterSettings& given,
               const DefenceContext& world)
        : DefenceModel(name, {.stops = given.timing.compliance > 0}),
          settings(given),
          context(world),
          filters_in(given.direction != "out"),
          filters_out(given.direction != "in") {
        settings.timing.complies = given.at == "country" ? "country" : "organisation";
    }

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    /// True if there is an edge between the two.
    bool divides(HostId source, HostId target) const {
        const Population& population = context.population;
        return settings.at == "country"
                   ? population.cell_of(source).country != population.cell_of(target).country
                   : population.organisation_of(source).first !=
                         population.organisation_of(target).first;
    }
    /// True if somebody can filter at the host's side of it.
    bool has_edge(HostId host) const {
        const Population& population = context.population;
        return settings.at != "organisation" || !population.is_home(population.cell_of(host));
    }

    PortFilterSettings settings;
    DefenceContext context;
    bool filters_in, filters_out;
};

class Process final : public DefenceProcess {
  public:
    Process(const PortFilter& model, Seed seed)
        : model_(model),
          activation_(model.settings.timing.activation(model.context, seed, model.name())) {}

    bool lets_pass(const Passage& p) const override {
        if (p.source == no_host) {
            return true;
        }
        const bool in = model_.filters_in && activation_.has_begun(p.target, p.time);
        const bool out = model_.filters_out && activation_.has_begun(p.source, p.drawn);
        if ((!in && !out) || !concerns(model_.settings.vectors, p.vector) ||
            !model_.divides(p.source, p.target)) {
            return true;
        }
        const auto filters = [&](HostId host, Traits traits) {
            return model_.has_edge(host) && activation_.in_scope(host, traits);
        };
        return !(in && filters(p.target, p.target_traits)) &&
               !(out && filters(p.source, traits_for(activation_, model_.context, p.source)));
    }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

  private:
    const PortFilter& model_;
    Activation activation_;
};

std::unique_ptr<DefenceProcess> PortFilter::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields PortFilterSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"port_filter"};
    Field at_field{"at", &at, Unit::none,
                   "the edges at which it filters: providers for each organisation and household, "
                   "borders of countries, or organisations themselves; who has an edge complies or "
                   "does not, by a draw of its own"};
    at_field.choices = {"internet", "country", "organisation"};
    at_field.required = true;
    Field direction_field{"direction", &direction, Unit::none,
                          "what is dropped: what comes in, what goes out, or both"};
    direction_field.choices = {"in", "out", "both"};
    return with_timing_but(
        {"complies"},
        {kind_field, at_field, direction_field, vectors_field(vectors, "all that cross")}, timing);
}

KeyFaults PortFilterSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    check_vectors(vectors, names, out);
    return with_timing(std::move(out), timing, names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const PortFilterSettings& settings,
                                           const DefenceContext& context) {
    refuse("defence." + name, settings.faults(names_with(settings.vectors, context)));
    return std::make_unique<PortFilter>(name, settings, context);
}

}  // namespace annelid
