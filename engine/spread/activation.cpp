#include "engine/spread/activation.hpp"

#include "engine/base/state.hpp"

#include <algorithm>

namespace annelid {

std::int64_t group_of(const Population& population, Group group, HostId host) {
    switch (group) {
        case Group::world:
            return 0;
        case Group::country:
            return population.cell_of(host).country;
        case Group::sector:
            return population.cell_of(host).sector;
        case Group::organisation:
            return population.organisation_of(host).first.value;
        case Group::host:
            break;
    }
    return host.value;
}

std::size_t num_groups(const Population& population, Group group) {
    switch (group) {
        case Group::world:
            return 1;
        case Group::country:
            return population.countries().size();
        case Group::sector:
            return population.sectors().size();
        default:
            return 0;
    }
}

bool complies_by_name(const Draws& draws, const std::string& name, double compliance) {
    return compliance >= 1 || happens(draws.bits(name_hash(name)), compliance);
}

Activation::Activation(const Population& population, Scope scope, Group per, TimeUs start,
                       TimeUs duration, Seed seed, const std::string& name)
    : population_(population),
      scope_(std::move(scope)),
      per_(per),
      start_(start),
      duration_(duration),
      draws_(seed, Purpose::compliance, name),
      begins_(num_groups(population, per), start) {}

void Activation::begin(std::int64_t group, TimeUs time) {
    if (per_ == Group::organisation) {
        organisations_.try_emplace(group, time);
        return;
    }
    TimeUs& begins = begins_[static_cast<std::size_t>(group)];
    begins = std::min(begins, time);
}

bool Activation::in_scope(HostId host, Traits traits) const {
    if (!carries(traits, scope_.traits)) {
        return false;
    }
    const std::vector<Cell>& cells = population_.cells();
    return (scope_.cells.empty() ||
            scope_.cells[static_cast<std::size_t>(&population_.cell_of(host) - cells.data())]) &&
           complies(host);
}

bool Activation::complies(HostId host) const {
    if (scope_.compliance >= 1) {
        return true;
    }
    std::uint64_t id = 0;
    switch (scope_.complies) {
        case Group::world:
            break;
        case Group::country: {
            const auto country = static_cast<std::size_t>(population_.cell_of(host).country);
            return complies_by_name(draws_, population_.countries()[country].code,
                                    scope_.compliance);
        }
        case Group::sector: {
            const auto sector = static_cast<std::size_t>(population_.cell_of(host).sector);
            return complies_by_name(draws_, population_.sectors()[sector], scope_.compliance);
        }
        case Group::organisation:
            id = static_cast<std::uint64_t>(
                population_.to_whole(population_.organisation_of(host).first).value);
            break;
        case Group::host:
            id = static_cast<std::uint64_t>(population_.to_whole(host).value);
            break;
    }
    return happens(draws_.bits(id), scope_.compliance);
}

TimeUs Activation::group_begins_at(HostId host) const {
    if (per_ == Group::organisation) {
        const auto found = organisations_.find(group_of(population_, per_, host));
        return found == organisations_.end() ? start_ : std::min(start_, found->second);
    }
    return begins_[static_cast<std::size_t>(group_of(population_, per_, host))];
}

TimeUs Activation::begins_at(HostId host, Traits traits) const {
    const TimeUs begins = group_begins_at(host);
    return begins >= never || !in_scope(host, traits) ? never : begins;
}

TimeUs Activation::ends_at(HostId host, Traits traits) const {
    const TimeUs begins = begins_at(host, traits);
    return begins >= never ? never : std::min(never, begins + duration_);
}

bool Activation::in_force(HostId host, Traits traits, TimeUs time) const {
    return has_begun(host, time) && in_scope(host, traits);
}

bool Activation::has_begun(HostId host, TimeUs time) const {
    const TimeUs begins = group_begins_at(host);
    return begins < never && begins <= time && time - begins < duration_;
}

}  // namespace annelid
