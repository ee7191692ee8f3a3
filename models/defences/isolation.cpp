#include "models/defences/isolation.hpp"

#include "engine/scenario/distribution_faults.hpp"
#include "models/defences/common.hpp"

#include <algorithm>

namespace annelid {

namespace {

class Isolation final : public DefenceModel {
  public:
    Isolation(const std::string& name, const IsolationSettings& settings,
              const DefenceContext& context)
        : DefenceModel(name, {.isolates = settings.timing.compliance > 0}),
          settings(settings),
          context(context),
          delay(settings.after) {}

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    const IsolationSettings settings;
    const DefenceContext context;
    const Distribution delay;
};

class Process final : public DefenceProcess {
  public:
    Process(const Isolation& model, Seed seed)
        : model_(model),
          activation_(model.settings.timing.activation(model.context, seed, model.name())),
          // Sensors have other names.
          delay_(seed, Purpose::detection, model.name()) {}

    Span isolation(HostId host, Traits traits, TimeUs time) const override {
        const TimeUs begin = activation_.begins_at(host, traits);
        if (begin >= never) {
            return {};
        }
        const std::uint64_t draw = delay_.bits(id_of(model_.context, host));
        const TimeUs delay = from_seconds(model_.delay.quantile(draw));
        const TimeUs from = std::max(begin, std::min(never, time + delay));
        const TimeUs end = activation_.ends_at(host, traits);
        return from < end ? Span{from, std::min(end, from + model_.settings.lasts)} : Span{};
    }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

  private:
    const Isolation& model_;
    Activation activation_;
    Draws delay_;
};

std::unique_ptr<DefenceProcess> Isolation::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields IsolationSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"isolation"};
    Field after_field{"after", &after, Unit::duration,
                      "from a detection until the host is cut off"};
    after_field.source = "assumption; sweep 1 min to 1 d";
    Field lasts_field{"lasts", &lasts, Unit::duration, "for how long; never: until it is cleaned"};
    lasts_field.above_min = true;
    lasts_field.min = 0;
    return with_timing({kind_field, after_field, lasts_field}, timing);
}

KeyFaults IsolationSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    check_drawn("after", after, out);
    return with_timing(std::move(out), timing, names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const IsolationSettings& settings,
                                           const DefenceContext& context) {
    refuse("defence." + name, settings.faults(names_of(context)));
    return std::make_unique<Isolation>(name, settings, context);
}

}  // namespace annelid
