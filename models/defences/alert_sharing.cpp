#include "models/defences/alert_sharing.hpp"

namespace annelid {

namespace {

class AlertSharing final : public DefenceModel {
  public:
    explicit AlertSharing(const std::string& name) : DefenceModel(name, {}) {}
    std::unique_ptr<DefenceProcess> start(Seed) const override {
        return std::make_unique<DefenceProcess>();
    }
};

}  // namespace

Fields AlertSharingSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"alert_sharing"};
    Field alliance_field{"alliance", &alliance, Unit::none, "the [alliance.NAME] that shares"};
    alliance_field.required = true;
    Field trigger_field{"trigger", &trigger, Unit::none,
                        "the [trigger.NAME], per country, by which a country raises its alert"};
    trigger_field.required = true;
    Field delay_field{"delay", &delay, Unit::duration,
                      "from a member's alert until the others know"};
    delay_field.source = "assumption; sweep 0 to 1 d";
    delay_field.min = 0;
    Field compliance_field{"compliance", &compliance, Unit::share,
                           "share of the members that tell and heed alerts"};
    compliance_field.source = "assumption; sweep 0 to 1";
    return {kind_field, alliance_field, trigger_field, delay_field, compliance_field};
}

KeyFaults AlertSharingSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    check_names("alliance", {alliance}, names.alliances, "alliance", out);
    check_names("trigger", {trigger}, names.triggers, "trigger", out);
    return out;
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name, const AlertSharingSettings&,
                                           const DefenceContext&) {
    return std::make_unique<AlertSharing>(name);
}

}  // namespace annelid
