#include "models/defences/common.hpp"

#include "models/populations/place_names.hpp"

namespace annelid {

Fields with_timing(Fields own, TimingSettings& timing) {
    for (Field& field : timing.fields()) {
        own.push_back(std::move(field));
    }
    return own;
}

KeyFaults with_timing(KeyFaults own, const TimingSettings& timing, const DefenceNames& names) {
    for (KeyFault& fault : timing.faults(names)) {
        own.push_back(std::move(fault));
    }
    return own;
}

DefenceNames names_of(const DefenceContext& context) {
    DefenceNames out{country_codes(context.population), context.population.sectors()};
    for (const auto& [name, members] : context.alliances) {
        out.alliances.push_back(name);
    }
    for (const auto& [name, group] : context.triggers) {
        out.triggers.push_back(name);
    }
    return out;
}

}  // namespace annelid
