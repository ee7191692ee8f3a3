#include "models/defences/credential_hygiene.hpp"

#include "models/defences/filters.hpp"

namespace annelid {

namespace {

class CredentialHygiene final : public DefenceModel {
  public:
    CredentialHygiene(const std::string& name, const CredentialHygieneSettings& given,
                      const DefenceContext& world)
        : DefenceModel(name, {.stops = given.timing.compliance > 0 && given.share > 0}),
          settings(given),
          context(world) {}

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    CredentialHygieneSettings settings;
    DefenceContext context;
};

class Process final : public DefenceProcess {
  public:
    Process(const CredentialHygiene& model, Seed seed)
        : model_(model),
          activation_(model.settings.timing.activation(model.context, seed, model.name())),
          draws_(seed, Purpose::hygiene, model.name()) {}

    bool lets_pass(const Passage& p) const override {
        return p.source == no_host || !p.vector.uses_credentials() ||
               !concerns(model_.settings.vectors, p.vector) || !are_worthless(p.source) ||
               !in_force(activation_, model_.context, p.source, p.drawn);
    }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

  private:
    bool are_worthless(HostId source) const {
        return happens(draws_.bits(id_of(model_.context, source)), model_.settings.share);
    }

    const CredentialHygiene& model_;
    Activation activation_;
    Draws draws_;
};

std::unique_ptr<DefenceProcess> CredentialHygiene::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields CredentialHygieneSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"credential_hygiene"};
    Field share_field{"share", &share, Unit::share,
                      "share of hosts whose harvested credentials are worthless elsewhere"};
    share_field.source = "assumption; sweep 0 to 1";
    return with_timing_but(
        {}, {kind_field, share_field, vectors_field(vectors, "all of kind credentials")}, timing);
}

KeyFaults CredentialHygieneSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    check_vectors(vectors, names, out);
    return with_timing(std::move(out), timing, names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const CredentialHygieneSettings& settings,
                                           const DefenceContext& context) {
    refuse("defence." + name, settings.faults(names_with(settings.vectors, context)));
    return std::make_unique<CredentialHygiene>(name, settings, context);
}

}  // namespace annelid
