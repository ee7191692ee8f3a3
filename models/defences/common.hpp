// What defences with a timing do alike.
#pragma once

#include "engine/hosts/partition.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/scenario/fields.hpp"
#include "models/defences/context.hpp"
#include "models/defences/names.hpp"
#include "models/defences/timing.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace annelid {

/// A defence's own fields, and those of its timing.
Fields with_timing(Fields own, TimingSettings& timing);
/// A defence's own faults, and those of its timing.
KeyFaults with_timing(KeyFaults own, const TimingSettings& timing, const DefenceNames& names);

/// What can be named in the world that is built already.
DefenceNames names_of(const DefenceContext& context);

/// By which a host is drawn for: its number in the whole world.
inline std::uint64_t id_of(const DefenceContext& context, HostId host) {
    return static_cast<std::uint64_t>(context.population.to_whole(host).value);
}

/// A host's traits where the scope asks for them.
inline Traits traits_for(const Activation& activation, const DefenceContext& context, HostId host) {
    return activation.asks_for_traits() ? context.traits_of(host) : Traits{0};
}

/// Collective. Each entry goes to the rank that owns the host it is about; what came, in no order
/// that means anything.
template <class T, class HostOf>
std::vector<T> send_to_owners(const std::vector<T>& entries, HostOf host_of,
                              const Partition& partition, const Communicator& ranks) {
    std::vector<std::vector<T>> to(static_cast<std::size_t>(partition.num_ranks()));
    for (const T& entry : entries) {
        to[static_cast<std::size_t>(partition.owner(host_of(entry)))].push_back(entry);
    }
    Communicator talk = ranks;  // its notes are its own
    return talk.exchange(to);
}

}  // namespace annelid
