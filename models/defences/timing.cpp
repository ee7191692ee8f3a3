#include "models/defences/timing.hpp"

#include "models/defences/scope.hpp"
#include "models/populations/place_names.hpp"

namespace annelid {

Fields TimingSettings::fields() {
    Field start_field{"start", &start, Unit::duration, "when it begins, without a trigger"};
    start_field.min = 0;
    Field delay_field{"delay", &delay, Unit::duration, "from its trigger until it begins"};
    delay_field.min = 0;
    Field duration_field{"duration", &duration, Unit::duration, "for how long it is in force"};
    duration_field.min = 0;
    Field traits_field{"traits", &traits, Unit::none, "only hosts that carry all of these"};
    traits_field.choices = {trait_names.begin(), trait_names.end()};
    Field complies_field{"complies", &complies, Unit::none,
                         "who complies or does not, each by a draw of its own"};
    complies_field.choices = {"host", "organisation", "sector", "country", "world"};
    return {start_field,
            Field{"trigger", &trigger, Unit::none,
                  "the [trigger.NAME] that starts it, for one group after the other"},
            delay_field,
            duration_field,
            Field{"countries", &countries, Unit::none, "only these countries; empty: all"},
            Field{"alliances", &alliances, Unit::none,
                  "only the members of these [alliance.NAME], and `countries`"},
            Field{"sectors", &sectors, Unit::none, "only these sectors; empty: all"},
            traits_field,
            Field{"compliance", &compliance, Unit::share, "share of those in scope that comply"},
            complies_field};
}

Fields TimingSettings::fields_but(const std::vector<std::string>& keys) {
    Fields out = fields();
    std::erase_if(out, [&](const Field& field) {
        return std::find(keys.begin(), keys.end(), field.key) != keys.end();
    });
    return out;
}

KeyFaults TimingSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    check_places("countries", countries, names.countries, out);
    check_places("sectors", sectors, names.sectors, out);
    check_names("alliances", alliances, names.alliances, "alliance", out);
    if (!trigger.empty()) {
        check_names("trigger", {trigger}, names.triggers, "trigger", out);
        if (start > 0) {
            out.push_back({"start", "it begins at a time or by a trigger, not both",
                           "leave out start or trigger; delay counts from the trigger"});
        }
    } else if (delay > 0) {
        out.push_back({"delay", "it counts from a trigger, and there is none",
                       "use start, or name a trigger"});
    }
    return out;
}

Scope TimingSettings::scope(const DefenceContext& context) const {
    Scope out;
    out.traits = trait_mask(traits);
    out.compliance = compliance;
    out.complies = group_named(complies);
    out.cells = cells_in(context.population, with_members(countries, alliances, context.alliances),
                         sectors);
    return out;
}

Activation TimingSettings::activation(const DefenceContext& context, Seed seed,
                                      const std::string& name) const {
    const auto found = context.triggers.find(trigger);
    const Group per = found == context.triggers.end() ? Group::world : found->second;
    return {context.population, scope(context), per, trigger.empty() ? start : never,
            duration,           seed,           name};
}

}  // namespace annelid
