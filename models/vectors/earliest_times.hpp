// The earliest attempt that is pending on each host.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/large_vector.hpp"
#include "engine/base/prefetch.hpp"
#include "engine/base/time.hpp"
#include "engine/graph/edge_source.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace annelid {

/// The time of the earliest attempt on each local host, in two words: time = (high - 1) x 2^shift +
/// low. The high ones alone tell almost always, and are all that most links look at.
class EarliestTimes {
  public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    /// The host is infected, or its earliest attempt has been emitted: no other matters.
    static constexpr std::uint32_t over = 0;

    EarliestTimes(std::size_t hosts, TimeUs end_us)
        : shift_(std::max(
              0, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(end_us))) - 31)),
          high_(hosts, none),
          rest_(hosts) {}

    std::uint32_t high_of(TimeUs time) const {
        return static_cast<std::uint32_t>(time >> shift_) + 1;
    }
    /// high_of(time) <= high where time < high x high_unit_us().
    double high_unit_us() const { return static_cast<double>(TimeUs{1} << shift_); }
    /// Relaxed: a lane reads what another writes only to skip attempts that cannot matter.
    std::uint32_t high(LocalHost host) const {
        return std::atomic_ref<std::uint32_t>(const_cast<std::uint32_t&>(high_[host.value]))
            .load(std::memory_order_relaxed);
    }
    void finish(LocalHost host) { set_high(host, over); }
    /// A host that was infected otherwise; what is pending on it is still an attempt.
    void close(LocalHost host) {
        if (high(host) == none) {
            finish(host);
        }
    }

    // The lane of the host only.
    TimeUs time(LocalHost host) const {
        return ((TimeUs{high_[host.value]} - 1) << shift_) + rest_[host.value].low;
    }
    Vertex by(LocalHost host) const { return rest_[host.value].by; }
    void prefetch_high(LocalHost host) const { prefetch(&high_[host.value]); }
    void prefetch_all(LocalHost host) const {
        prefetch(&high_[host.value]);
        prefetch(&rest_[host.value]);
    }
    bool is_later(LocalHost host, TimeUs time, Vertex by) const {
        const std::uint32_t mine = high_[host.value], other = high_of(time);
        if (mine != other) {
            return mine > other;
        }
        const TimeUs exact = this->time(host);
        return exact > time || (exact == time && this->by(host) > by);
    }
    void set(LocalHost host, TimeUs time, Vertex by) {
        set_high(host, high_of(time));
        rest_[host.value] = {static_cast<std::uint32_t>(time - (time >> shift_ << shift_)), by};
    }

  private:
    void set_high(LocalHost host, std::uint32_t value) {
        std::atomic_ref<std::uint32_t>(high_[host.value]).store(value, std::memory_order_relaxed);
    }

    struct Rest {
        std::uint32_t low;
        Vertex by;
    };

    int shift_;
    LargeVector<std::uint32_t> high_;
    LargeVector<Rest> rest_;
};

}  // namespace annelid
