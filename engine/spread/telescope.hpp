// Network telescopes: unused stretches of addresses (darknets) whose owner sees every scan that
// comes in.
//
// A darknet with a prefix of length p has 2^(32-p) addresses of the A that a vector probes at
// random, so that it sees the scans of a source as a Poisson process of rate
//
//   r f,  f = 2^(32-p) / A
//
// Nobody lives there: by thinning they are independent of the hits on hosts, so a telescope changes
// nothing. In a scaled world the fraction f stays, and counts are of modelled hosts' scans.
//
// A source that turns infectious at t is first seen at t + E / (r f), E exponential by its own
// draw, if it still is infectious then; from there on its further scans are a Poisson process anew.
// All sources together make a Poisson number of them in each row of the series, of mean f S, where
// S is the exact number (an integer of 10^-12 scans) that the sources which have been seen send
// out: one draw a row, whatever there is of sources, and exact jointly with when each was first
// seen. With [hours] a source's clock stands still while it is off. While it is isolated nothing of
// it is seen: where it would have been seen first then, it is seen E' / (r f) after that is over.
//
// A larger darknet of the same name sees each source no later than a smaller one (the same E); its
// scans do not contain those of the smaller one.
//
// Moore, Shannon, Voelker and Savage, "Network telescopes" (CAIDA tech report 2004), for what a
// darknet of a size sees of a source.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/state.hpp"
#include "engine/base/time.hpp"
#include "engine/chance/draws.hpp"
#include "engine/hosts/hours.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/spread/silences.hpp"
#include "engine/spread/vector.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace annelid {

struct TelescopeModel {
    std::string name;
    int prefix = 8;                    ///< length: 2^(32 - prefix) addresses
    std::vector<std::string> vectors;  ///< VectorModel::name() of those it looks for

    double addresses() const { return static_cast<double>(std::int64_t{1} << (32 - prefix)); }
};

/// What telescopes have seen since the start, a row after the other: [row][telescope].
struct TelescopeRows {
    std::vector<std::int64_t> sources, scans;
};

/// One rank's share of what all telescopes see of one outbreak.
class Telescopes {
  public:
    struct Watched {
        std::string name;  ///< VectorModel::name()
        std::size_t worm;
        const VectorProcess& process;
    };
    struct Frame {
        Seed seed;
        TimeUs row_every_us;
        std::int64_t num_rows;
        TimeUs end_us;
        unsigned lanes = 1;
        const Hours* hours = nullptr;
        bool cut_short = false;  ///< stays can be silenced or cut after they began
        TimeUs step_us = 0;      ///< … and only back to the begin of a step
    };

    /// Vectors that do not probe the Internet at random are not seen. `worm_names` key the draws.
    Telescopes(const std::vector<TelescopeModel>& models, const std::vector<Watched>& vectors,
               const std::vector<std::string>& worm_names, const Frame& frame);

    /// A host of `lane` turns infectious: once a stay. Calls for different lanes may run at the
    /// same time.
    void watch(std::size_t worm, const Source& source, const Silences& silences, unsigned lane);

    /// Something in `silences` about a host of `lane` has changed, nothing of it before the present
    /// step.
    void silence(HostId host, const Silences& silences, unsigned lane);

    /// The host has lost the worm at `from` (to another worm), in the present step or later.
    void cut(std::size_t worm, HostId host, TimeUs from, const Silences& silences, unsigned lane);

    /// Adds what lanes have entered to the rows: now and then, so that it does not pile up; by one
    /// thread, while no lane is at work.
    void settle();

    /// Collective. The first `rows` rows, on the first rank (elsewhere empty): the same whenever it
    /// is called, once all that happens before the last of them is entered. Throws InputError where
    /// more scans are seen than can be counted.
    TelescopeRows rows(std::int64_t rows, const Communicator& ranks);

    /// Collective. Puts those rows into series of replicate `index` of `replicates`, by their paths
    /// in the run file ("/telescope_scans", "/telescope_sources"), on the first rank.
    void write_to(std::map<std::string, std::vector<std::int64_t>>& series, std::size_t index,
                  std::size_t replicates, std::int64_t rows, const Communicator& ranks);

    /// Between two steps. Of one layout to any other; load() after the silences are known.
    void save(StateWriter& out);
    void load(const StateReader& in, const Silences& silences, const Partition& partition);

    /// For tests: when the source is first seen; `never` if it is not before the stay ends.
    /// `silent`: in order, none touching another.
    TimeUs first_seen(std::size_t telescope, std::size_t worm, const Source& source,
                      const std::vector<Span>& silent = {}) const;

    using Int128 = __int128;

    /// Collective, for tests. What the sources of a telescope's vector send out after they were
    /// seen, by row, in 10^-12 scans; on the first rank. `beam` numbers the pairs of a telescope
    /// and a vector that it sees, telescope after telescope.
    std::vector<Int128> scans_by_row(std::size_t beam, std::size_t rows,
                                     const Communicator& ranks) const;

  private:
    /// A telescope and a vector that it sees, and what its sources send out once they were seen.
    struct Beam {
        const VectorProcess* process;
        double fraction;  ///< of the vector's scans
        /// By row, in 10^-12 scans: the rates that hold from its begin on, as changes against the
        /// row before, and what makes it exact where a stay begins or ends inside a row.
        std::vector<Int128> rate_changes, corrections;
    };
    struct OneTelescope {
        std::string name;
        Draws scans;
        std::vector<Draws> sources;                     ///< by worm
        std::vector<std::vector<std::uint32_t>> beams;  ///< by worm
        std::vector<std::int64_t> seen;                 ///< sources by row
    };
    struct Exposure {
        std::uint32_t beam;
        TimeUs from, until;
        MicroRate rate;  ///< negative: taken back
    };
    struct Sight {
        std::uint32_t telescope;
        TimeUs time;
        std::int64_t count;
    };
    /// A stay that some telescope has seen, as it was entered.
    struct Stay {
        Source source;
        std::vector<Span> silent;
        TimeUs cut = never;
    };
    struct Lane {
        std::vector<Exposure> exposures;
        std::vector<Sight> sights;
        std::vector<std::unordered_map<std::int64_t, std::vector<Stay>>> stays;  ///< worm, host
    };

    static std::vector<Span> silent_of(std::size_t worm, const Stay& stay,
                                       const Silences& silences);
    bool enter(std::size_t worm, const Stay& stay, std::int64_t sign, Lane& lane) const;
    void renew(std::size_t worm, std::vector<Stay>& stays, const Silences& silences,
               Lane& lane) const;
    TimeUs next_seen(std::size_t telescope, std::size_t worm, const Source& source, TimeUs from,
                     std::uint32_t part) const;
    void expose(std::uint32_t beam, HostId host, TimeUs from, TimeUs until, MicroRate rate,
                Lane& lane) const;
    void add(const Exposure& exposure);

    Frame frame_;
    std::vector<OneTelescope> telescopes_;
    std::vector<Beam> beams_;
    std::vector<Lane> lanes_;
};

}  // namespace annelid
