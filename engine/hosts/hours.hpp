// When hosts are switched on: a pure function of host and time, with nothing stored per host.
//
// A host is on for the same hours of its local time on every working day, which may reach into the
// next day; a share of hosts works at weekends and holidays too, a share is always on. Which ones,
// how early each begins and ends, and in which of its country's time zones its organisation lies
// are the host's own draws. A week has seven days from Monday; local time knows no change of
// clocks.
#pragma once

#include "engine/base/time.hpp"
#include "engine/chance/draws.hpp"
#include "engine/hosts/host_table.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/hosts/traits.hpp"

#include <cstdint>
#include <vector>

namespace annelid {

/// When one host is on. Refers to the Hours that it comes from.
class HostHours {
  public:
    bool is_on(TimeUs time) const;

    /// The first time from `from` on at which the host is on; `never` if it is not before the end.
    TimeUs next_on(TimeUs from) const;

    /// When the working hours end that hold `time`, at which the host is on; those of the next day
    /// may begin then. `never` for a host that is always on.
    TimeUs end_of_day(TimeUs time) const { return always_ ? never : closes(day_at(time)); }

    /// When a clock that runs only while the host is on, and is started at `from`, has run for
    /// `duration` and the host is on; `never` if that is not before the end.
    TimeUs on_time_after(TimeUs from, TimeUs duration) const;

    /// For how long the host is on in [from, until).
    TimeUs on_time_between(TimeUs from, TimeUs until) const;

  private:
    friend class Hours;

    bool works(std::int64_t day) const;
    /// The last day that has opened by `time`.
    std::int64_t day_at(TimeUs time) const;
    TimeUs opens(std::int64_t day) const;
    TimeUs closes(std::int64_t day) const;

    TimeUs end_us_;
    bool always_ = true, weekends_ = true;
    TimeUs open_ = 0, close_ = 0;
    TimeUs ahead_ = 0;  ///< local time since 1970 is time + ahead
    const std::vector<std::int64_t>* holidays_ = nullptr;
};

class Hours {
  public:
    static constexpr TimeUs day_us = 86'400 * us_per_s;

    /// The hours of all hosts that carry `traits`.
    struct Rule {
        Traits traits = 0;
        TimeUs open = 0, close = day_us;  ///< of the local day; open < close <= open + a day
        double always_on = 0;             ///< share of hosts
        double weekends = 0;              ///< share of the others that work every day
        TimeUs jitter = 0;                ///< a host opens and closes up to so much off
    };
    struct Zone {
        double below;  ///< an organisation is in the first zone whose `below` exceeds its draw
        TimeUs ahead;  ///< of UTC
    };
    /// Of a country.
    struct LocalTime {
        std::vector<Zone> zones = {{1, 0}};
        std::vector<std::int64_t> holidays = {};  ///< days since 1970-01-01, rising
    };

    /// The first rule that fits a host counts; the last must fit all. `countries` are in the
    /// population's order, `start_s` is time 0 in seconds since 1970, `seed` is the world's.
    Hours(const Population& population, std::vector<Rule> rules, std::vector<LocalTime> countries,
          std::int64_t start_s, TimeUs end_us, Seed seed);

    /// Where the traits of this rank's hosts are at hand; other hosts' are drawn anew.
    void know(const Partition& partition, const HostTable& hosts) {
        partition_ = &partition;
        hosts_ = &hosts;
    }

    bool is_on(HostId host, TimeUs time) const;

    /// For who asks more than once.
    HostHours of(HostId host) const;

    // What HostHours answer, for who asks once.
    TimeUs next_on(HostId host, TimeUs from) const { return of(host).next_on(from); }
    TimeUs on_time_after(HostId host, TimeUs from, TimeUs duration) const {
        return of(host).on_time_after(from, duration);
    }
    TimeUs on_time_between(HostId host, TimeUs from, TimeUs until) const {
        return of(host).on_time_between(from, until);
    }

    /// The first time from `from` on at which two hosts are on; `never` as with next_on().
    TimeUs next_both_on(HostId one, HostId other, TimeUs from) const;

  private:
    const Rule& rule_of(HostId host) const;
    TimeUs ahead_of(HostId host, const Cell& cell) const;

    const Population& population_;
    const Partition* partition_ = nullptr;
    const HostTable* hosts_ = nullptr;
    std::vector<Rule> rules_;
    std::vector<LocalTime> countries_;
    TimeUs start_us_, end_us_;
    Draws draws_, zone_;
};

}  // namespace annelid
