#include "models/defences/segmentation.hpp"

#include "models/defences/filters.hpp"

namespace annelid {

namespace {

class Segmentation final : public DefenceModel {
  public:
    Segmentation(const std::string& name, const SegmentationSettings& settings,
                 const DefenceContext& world)
        : DefenceModel(name, {.stops = settings.timing.compliance > 0 && settings.openness < 1}),
          timing(settings.timing),
          context(world),
          rules(world.population.organisation_rules()) {
        timing.complies = "organisation";
        rules.segment_hosts = settings.segment_hosts;
        rules.segment_openness = settings.openness;
        rules.segment_servers_open = settings.servers_open;
    }

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    TimingSettings timing;
    DefenceContext context;
    OrganisationRules rules;  ///< servers are where the population has them
};

class Process final : public DefenceProcess {
  public:
    Process(const Segmentation& model, Seed seed)
        : model_(model),
          activation_(model.timing.activation(model.context, seed, model.name())),
          draws_(seed, Purpose::segments, model.name()) {}

    bool lets_pass(const Passage& p) const override {
        const Population& population = model_.context.population;
        return p.source == no_host || !activation_.has_begun(p.target, p.time) ||
               !population.organisation_of(p.target).contains(p.source) ||
               population.may_talk(p.source, p.target, model_.rules, draws_) ||
               !activation_.in_scope(p.target, p.target_traits);
    }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

  private:
    const Segmentation& model_;
    Activation activation_;
    Draws draws_;
};

std::unique_ptr<DefenceProcess> Segmentation::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields SegmentationSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"segmentation"};
    Field hosts_field{"segment_hosts", &segment_hosts, Unit::none,
                      "most hosts of one segment; a subnet is never cut"};
    hosts_field.source = "assumption; sweep 50 to 5000";
    hosts_field.min = 1;
    hosts_field.required = true;
    Field openness_field{"openness", &openness, Unit::share,
                         "share of ordered pairs of segments that may talk"};
    openness_field.source = "assumption; sweep 0 to 0.5";
    return with_timing_but({"traits", "complies"},
                           {kind_field, hosts_field, openness_field,
                            Field{"servers_open", &servers_open, Unit::none,
                                  "servers are reached from every segment"}},
                           timing);
}

KeyFaults SegmentationSettings::faults(const DefenceNames& names) const {
    return timing.faults(names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const SegmentationSettings& settings,
                                           const DefenceContext& context) {
    refuse("defence." + name, settings.faults(names_of(context)));
    return std::make_unique<Segmentation>(name, settings, context);
}

}  // namespace annelid
