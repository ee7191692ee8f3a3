// When a client's hosts ask a vendor for updates, and when the update that they get is poisoned.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/chance/distribution.hpp"
#include "engine/chance/draws.hpp"
#include "engine/hosts/hours.hpp"
#include "engine/hosts/population.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace annelid {

/// The update is live in [from, until).
struct LiveTime {
    TimeUs from, until;
};

/// Of texts like "3 h to 8 h", in time order. Throws Refusal where one is none or two overlap.
std::vector<LiveTime> read_live_times(const std::vector<std::string>& texts);

/// The polls of every host: pure functions of the host's number in the whole world and of time. A
/// host's own time, which stands still while it is switched off, is cut into cells of one period; a
/// periodic host polls once a cell, always at the same place, and a Poisson one as often as the
/// unit Poisson law says, at places that are uniform.
class Polls {
  public:
    /// `hours` may be null: then every host is always on.
    Polls(Distribution period, bool periodic, Seed seed, const std::string& label,
          const Population& population, const Hours* hours);

    /// The first poll of `host` at or after `from` and before `until` that works with probability
    /// `success`; `never` if there is none.
    TimeUs first(HostId host, TimeUs from, TimeUs until, double success) const;

  private:
    /// More in a cell have a chance below 1e-13 and are left out.
    static constexpr std::size_t most_in_cell = 15;
    struct Cell {
        std::array<TimeUs, most_in_cell> offsets;  ///< from the begin of the cell, rising
        std::size_t size = 0;
    };
    Cell draw_cell(std::uint64_t id, TimeUs period, std::uint64_t phase_bits,
                   std::uint32_t cell) const;

    Distribution period_;
    bool periodic_;
    Draws poll_, time_, success_;
    const Population* population_;
    const Hours* hours_;
};

}  // namespace annelid
