#include "models/defences/kill_switch.hpp"

#include "models/defences/filters.hpp"

#include <algorithm>

namespace annelid {

namespace {

class KillSwitch final : public DefenceModel {
  public:
    KillSwitch(const std::string& name, const KillSwitchSettings& given,
               const DefenceContext& world)
        : DefenceModel(name, {.inert = true}, given.worm), settings(given), context(world) {
        settings.timing.start = std::max<TimeUs>(0, given.time);
    }

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    KillSwitchSettings settings;
    DefenceContext context;
};

class Process final : public DefenceProcess {
  public:
    Process(const KillSwitch& model, Seed seed)
        : model_(model),
          activation_(model.settings.timing.activation(model.context, seed, model.name())),
          reach_(seed, Purpose::kill_switch_reach, model.name()) {}

    bool makes_inert(HostId host, std::uint32_t /*ordinal*/, TimeUs time) const override {
        return in_force(activation_, model_.context, host, time) &&
               happens(reach_.bits(static_cast<std::uint64_t>(host.value)), model_.settings.reach);
    }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

  private:
    const KillSwitch& model_;
    Activation activation_;
    Draws reach_;
};

std::unique_ptr<DefenceProcess> KillSwitch::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields KillSwitchSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"kill_switch"};
    Field time_field{"time", &time, Unit::duration,
                     "when the look-up begins to be answered; or else `trigger`"};
    time_field.min = 0;
    Field reach_field{"reach", &reach, Unit::share, "share of hosts that can look it up"};
    reach_field.source = "assumption; sweep 0.7 to 1";
    return with_timing_but(
        {"start"},
        {kind_field, time_field, reach_field,
         Field{"worm", &worm, Unit::none,
               "the only worm that looks it up; empty: every one with an inert state"}},
        timing);
}

KeyFaults KillSwitchSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    if (timing.trigger.empty() && time < 0) {
        out.push_back({"time", "it begins at a time or by a trigger", "add time = \"10 min\""});
    }
    if (!timing.trigger.empty() && time >= 0) {
        out.push_back({"time", "it begins at a time or by a trigger, not both",
                       "leave out time or trigger; delay counts from the trigger"});
    }
    if (!worm.empty() &&
        std::find(names.worms.begin(), names.worms.end(), worm) == names.worms.end()) {
        out.push_back({"worm", "there is no worm of that name", "name one of the run's"});
    }
    return with_timing(std::move(out), timing, names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const KillSwitchSettings& settings,
                                           const DefenceContext& context) {
    DefenceNames names = names_of(context);
    names.worms = {settings.worm};
    refuse("defence." + name, settings.faults(names));
    return std::make_unique<KillSwitch>(name, settings, context);
}

}  // namespace annelid
