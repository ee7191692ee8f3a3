#include "models/defences/kill_switch.hpp"

#include <algorithm>

namespace annelid {

namespace {

class Process final : public DefenceProcess {
  public:
    Process(const std::string& name, const KillSwitchSettings& settings, Seed seed)
        : settings_(settings), reach_(seed, Purpose::kill_switch_reach, name) {}

    bool makes_inert(HostId host, std::uint32_t /*ordinal*/, TimeUs time) const override {
        return time >= settings_.time &&
               happens(reach_.bits(static_cast<std::uint64_t>(host.value)), settings_.reach);
    }

  private:
    KillSwitchSettings settings_;
    Draws reach_;
};

class KillSwitch final : public DefenceModel {
  public:
    KillSwitch(const std::string& name, const KillSwitchSettings& settings)
        : DefenceModel(name, {.inert = true}, settings.worm), settings_(settings) {}

    std::unique_ptr<DefenceProcess> start(Seed seed) const override {
        return std::make_unique<Process>(name(), settings_, seed);
    }

  private:
    KillSwitchSettings settings_;
};

}  // namespace

Fields KillSwitchSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"kill_switch"};
    Field time_field{"time", &time, Unit::duration, "when the look-up begins to be answered"};
    time_field.required = true;
    time_field.min = 0;
    Field reach_field{"reach", &reach, Unit::share, "share of hosts that can look it up"};
    reach_field.source = "assumption; sweep 0.7 to 1";
    return {kind_field, time_field, reach_field,
            Field{"worm", &worm, Unit::none,
                  "the only worm that looks it up; empty: every one with an inert state"}};
}

KeyFaults KillSwitchSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    if (!worm.empty() &&
        std::find(names.worms.begin(), names.worms.end(), worm) == names.worms.end()) {
        out.push_back({"worm", "there is no worm of that name", "name one of the run's"});
    }
    return out;
}

std::unique_ptr<DefenceModel> make_kill_switch(const std::string& name,
                                               const KillSwitchSettings& settings) {
    return std::make_unique<KillSwitch>(name, settings);
}

}  // namespace annelid
