// Random numbers as a pure function of (seed, replicate, purpose, label, ids, ordinals).
//
// Nothing here is advanced or stored: the same arguments give the same bits on every rank, thread
// and CPU. A Draws object is a 64-bit Philox key that stands for (seed, replicate, purpose, label);
// the 128-bit counter holds what the draw is about. Philox4x32-10 of Salmon et al. (2011), as
// implemented by Random123.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include <Random123/philox.h>

namespace annelid {

/// What a number is drawn for. Values are part of the results' definition: never renumber.
enum class Purpose : std::uint32_t {
    host_traits = 1,
    organisation_sizes = 2,
    seeds = 3,
    dwell = 4,
    scan = 5,
    sweep_order = 6,
    success = 7,
    thinning = 8,
    host_rate = 9,
    kill_switch_reach = 10,
    patching = 11,
    exposure = 12,
    sweep_success = 13,
    contact = 14,
    contact_success = 15,
    scan_start = 16,
    scan_permutation = 17,
    hit_list = 18,
    network = 20,  ///< every generator of a network, told apart by label
    segments = 24,
    credentials = 25,        ///< what a host holds, and when it has harvested it
    credentials_order = 26,  ///< in which a source probes
    credentials_success = 27,
    exact_number = 28,  ///< which hosts are the so many that a population states
    partition = 40,
    client = 50,       ///< a vendor's client organisations
    client_host = 51,  ///< the hosts in them that run its software
    poll = 52,         ///< how often a host asks for updates, and when first
    poll_time = 53,    ///< polls of a Poisson process
    poll_success = 54,
    hours = 55,       ///< when a host is switched on
    time_zone = 56,   ///< of an organisation
    compliance = 60,  ///< who takes part in a defence
    detection = 61,   ///< whether and when a sensor sees an infection
    coverage = 62,    ///< the hosts that a sensor watches
    false_alarm = 63,
    throttling = 64,   ///< which attempts a throttled source makes
    hygiene = 65,      ///< whose credentials are worthless elsewhere
    tracing = 66,      ///< which links of the transmission tree are found
    cleaning = 67,     ///< how long a host takes
    patch_order = 68,  ///< in which a campaign of limited capacity works through its hosts
    telescope = 69,    ///< scans that a darknet sees
    test = 255,
};

/// Which world or outbreak a draw belongs to.
struct Seed {
    std::uint64_t seed = 1;
    std::uint64_t replicate = 0;
};

class Draws {
  public:
    /// `label` tells apart things of one purpose, for example vectors by name.
    Draws(Seed seed, Purpose purpose, std::string_view label = {});

    /// Four independent words for (id, a, b).
    std::array<std::uint32_t, 4> words(std::uint64_t id, std::uint32_t a = 0,
                                       std::uint32_t b = 0) const {
        using Philox = r123::Philox4x32;
        const Philox::ctr_type counter = {
            {static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32), a, b}};
        const Philox::ctr_type out = Philox{}(counter, Philox::key_type{{key_[0], key_[1]}});
        return {out[0], out[1], out[2], out[3]};
    }

    /// Two independent 64-bit draws for (id, a, b).
    std::array<std::uint64_t, 2> pair(std::uint64_t id, std::uint32_t a = 0,
                                      std::uint32_t b = 0) const {
        const auto w = words(id, a, b);
        return {(std::uint64_t{w[1]} << 32) | w[0], (std::uint64_t{w[3]} << 32) | w[2]};
    }

    std::uint64_t bits(std::uint64_t id, std::uint32_t a = 0, std::uint32_t b = 0) const {
        return pair(id, a, b)[0];
    }

  private:
    std::array<std::uint32_t, 2> key_;
};

/// n < 2^52 as a double: exact, and in instructions that every vector unit has.
inline double small_to_double(std::uint64_t n) {
    return std::bit_cast<double>(n | 0x4330000000000000) - 0x1.0p52;
}

/// 64 random bits as a double in the open interval (0, 1): 2^-53 … 1 - 2^-53, symmetric about 1/2.
/// Its top 52 bits: with 53 the half that keeps it open would round the largest value up to 1.
inline double to_unit(std::uint64_t bits) {
    return (small_to_double(bits >> 12) + 0.5) * 0x1.0p-52;
}

/// 64 random bits as an integer in [0, n), uniform to 1 part in 2^64 / n.
inline std::uint64_t to_index(std::uint64_t bits, std::uint64_t n) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits) * n) >> 64);
}

/// True with the probability part / whole (0 <= part <= whole, whole > 0), compared exactly.
inline bool happens(std::uint64_t bits, std::uint64_t part, std::uint64_t whole) {
    return static_cast<unsigned __int128>(bits) * whole <
           (static_cast<unsigned __int128>(part) << 64);
}

/// True with probability `share`: nested, so what happens at a share happens at any larger one.
inline bool happens(std::uint64_t bits, double share) {
    return to_unit(bits) < share;
}

}  // namespace annelid
