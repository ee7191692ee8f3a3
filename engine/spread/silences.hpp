// Sources whose attempts are lost, and when: hosts that are isolated, and infections that a host
// was cleaned of. Vectors go on drawing them, as what they draw is a pure function of the source;
// they are dropped where they are emitted, so that nothing else changes.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/spread/defence.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace annelid {

/// Of a Source's ordinal: how many earlier infections its host had.
constexpr std::uint32_t infection_of(std::uint32_t ordinal) {
    return ordinal & 0xff'ffffu;
}

/// Attempts by a host that are lost: those drawn in [from, until) during its first `infections`
/// infections by a worm.
struct Silence {
    static constexpr std::uint8_t any_worm = 255;
    static constexpr std::uint32_t any_infection = std::numeric_limits<std::uint32_t>::max();

    HostId host;
    TimeUs from, until;
    std::uint32_t infections = any_infection;
    std::uint8_t worm = any_worm;

    auto kept() { return std::tie(from, until, infections, worm); }
    auto kept() const { return std::tie(from, until, infections, worm); }
};

class Silences {
  public:
    bool empty() const { return of_host_.empty(); }
    /// One that is empty ends what is not of one infection.
    void add(const Silence& silence) {
        if (silence.from < silence.until) {
            of_host_[silence.host.value].push_back(silence);
        } else {
            release(silence.host, silence.from);
        }
    }
    /// What is not of one infection ends at `time`, or never begins.
    void release(HostId host, TimeUs time) {
        const auto found = of_host_.find(host.value);
        if (found == of_host_.end()) {
            return;
        }
        std::erase_if(found->second, [&](Silence& silence) {
            if (silence.infections == Silence::any_infection && silence.until > time) {
                silence.until = time;
            }
            return silence.from >= silence.until;
        });
    }
    bool covers(std::size_t worm, HostId source, std::uint32_t ordinal, TimeUs drawn) const {
        const auto found = of_host_.find(source.value);
        if (found == of_host_.end()) {
            return false;
        }
        for (const Silence& silence : found->second) {
            if (silence.from <= drawn && drawn < silence.until &&
                (silence.worm == Silence::any_worm || silence.worm == worm) &&
                infection_of(ordinal) < silence.infections) {
                return true;
            }
        }
        return false;
    }

    /// From when until when what a source draws is lost, in any order.
    std::vector<Span> of(std::size_t worm, HostId source, std::uint32_t ordinal) const {
        std::vector<Span> out;
        const auto found = of_host_.find(source.value);
        if (found == of_host_.end()) {
            return out;
        }
        for (const Silence& silence : found->second) {
            if ((silence.worm == Silence::any_worm || silence.worm == worm) &&
                infection_of(ordinal) < silence.infections) {
                out.push_back({silence.from, silence.until});
            }
        }
        return out;
    }

    /// Calls visit(silence) for each.
    template <class Visit>
    void for_each(const Visit& visit) const {
        for (const auto& [host, silences] : of_host_) {
            std::for_each(silences.begin(), silences.end(), visit);
        }
    }

  private:
    std::unordered_map<std::int64_t, std::vector<Silence>> of_host_;
};

}  // namespace annelid
