// Who infected whom, of one rank's hosts: the last infection of each by each worm, and the hosts
// that it infected since. Links may lead to hosts of other ranks.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/state.hpp"
#include "engine/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace annelid {

/// `parent` infected `child`.
struct Transmission {
    TimeUs time;
    HostId parent, child;
    std::uint8_t worm;
};

class TransmissionTree {
  public:
    /// A host of this rank is infected; whom it infected in an earlier infection is forgotten.
    void infect(const Transmission& infection);

    /// A host of this rank is found to be infected, of each worm that it had by then. Calls
    /// body(transmission) for each link from or to it.
    template <class Body>
    void detect(HostId host, TimeUs time, Body&& body);

    /// A host of this rank has infected another. When it was detected in the infection in which it
    /// did; `never` if it was not (yet).
    TimeUs add_child(const Transmission& link);

    /// True if every infection of the host is detected.
    bool is_detected(HostId host) const;

    void save(StateWriter& out) const;
    void load(const StateReader& in);

  private:
    static constexpr std::uint32_t no_link = 0xffffffff;
    static constexpr std::uint8_t most_worms = 8;

    struct Infection {
        TimeUs time;
        HostId infector;
        TimeUs detected = never;
        std::uint32_t last_child = no_link;
    };
    struct Link {
        TimeUs time;
        HostId child;
        std::uint32_t next;
    };

    static std::uint64_t key(HostId host, std::uint8_t worm) {
        return static_cast<std::uint64_t>(host.value) * most_worms + worm;
    }

    std::unordered_map<std::uint64_t, Infection> infections_;
    std::vector<Link> links_;
    std::uint8_t num_worms_ = 0;  ///< that have been seen
};

template <class Body>
void TransmissionTree::detect(HostId host, TimeUs time, Body&& body) {
    for (std::uint8_t worm = 0; worm < num_worms_; ++worm) {
        const auto found = infections_.find(key(host, worm));
        if (found == infections_.end() || found->second.time > time ||
            found->second.detected < never) {
            continue;
        }
        Infection& infection = found->second;
        infection.detected = time;
        if (infection.infector != no_host) {
            body(Transmission{infection.time, infection.infector, host, worm});
        }
        for (std::uint32_t link = infection.last_child; link != no_link; link = links_[link].next) {
            body(Transmission{links_[link].time, host, links_[link].child, worm});
        }
    }
}

}  // namespace annelid
