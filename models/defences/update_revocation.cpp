#include "models/defences/update_revocation.hpp"

#include "models/defences/filters.hpp"

namespace annelid {

namespace {

class UpdateRevocation final : public DefenceModel {
  public:
    UpdateRevocation(const std::string& name, const UpdateRevocationSettings& given,
                     const DefenceContext& world)
        : DefenceModel(name, {.stops = given.timing.compliance > 0}),
          settings(given),
          context(world) {}

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    UpdateRevocationSettings settings;
    DefenceContext context;
};

class Process final : public DefenceProcess {
  public:
    Process(const UpdateRevocation& model, Seed seed)
        : model_(model),
          activation_(model.settings.timing.activation(model.context, seed, model.name())) {}

    bool lets_pass(const Passage& p) const override {
        return !p.vector.is_update() || !concerns(model_.settings.vectors, p.vector) ||
               !activation_.in_force(p.target, p.target_traits, p.time);
    }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

  private:
    const UpdateRevocation& model_;
    Activation activation_;
};

std::unique_ptr<DefenceProcess> UpdateRevocation::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields UpdateRevocationSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"update_revocation"};
    return with_timing_but({}, {kind_field, vectors_field(vectors, "all of kind supply_chain")},
                           timing);
}

KeyFaults UpdateRevocationSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    check_vectors(vectors, names, out);
    return with_timing(std::move(out), timing, names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const UpdateRevocationSettings& settings,
                                           const DefenceContext& context) {
    refuse("defence." + name, settings.faults(names_with(settings.vectors, context)));
    return std::make_unique<UpdateRevocation>(name, settings, context);
}

}  // namespace annelid
