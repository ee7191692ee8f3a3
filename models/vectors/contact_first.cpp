// Vector `contact` where only the first attempt on each host can matter.
//
// Cost of a link: four bytes of its target and four bytes about the target, which say whether it is
// infected and else bound the time of the attempt that is pending on it. For those not infected one
// draw and one logarithm, in vector instructions. Only an attempt that may be earlier than the
// pending one is looked at exactly.
#include "engine/base/large_vector.hpp"
#include "engine/base/touch.hpp"
#include "engine/chance/log.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/contact_model.hpp"

#include <array>
#include <atomic>
#include <bit>

namespace annelid {

namespace {

/// Links that are worked on together: their scratch space stays in the first-level cache.
constexpr std::int64_t block_links = 256;

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
    void bring_near(LocalHost host) const { touch(&rest_[host.value]); }
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

class FirstContacts final : public VectorProcess {
  public:
    FirstContacts(const ContactModel& model, const OutbreakFrame& frame)
        : model_(model),
          frame_(frame),
          draws_(model, frame.seed),
          state_(model.context().hosts.state.data()),
          exponential_(model.time().spec().kind == DistributionSpec::Kind::exponential),
          plain_(model.certain() && !model.graph().weighted() && !model.graph().temporal() &&
                 model.context().hours == nullptr),
          earliest_(model.context().hosts.state.size(), frame.end_us),
          lanes_(frame.lanes) {
        for (Lane& lane : lanes_) {
            lane.to_lane.resize(frame.lanes);
        }
    }

    void launch(const Source&, const Window&, unsigned) override {}
    void launch_links(const Source& source, Graph::Row row, const Window& before,
                      unsigned lane) override;
    void settle(const Window& before, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override { return lanes_[lane].due.next_step(); }

  private:
    struct Candidate {
        TimeUs time;
        LocalHost target;
        Vertex source;
    };
    /// Some links of a row, side by side for the vector loops.
    struct Block {
        std::array<std::uint32_t, block_links> link;  ///< from the row's first
        std::array<LocalHost, block_links> target;
        std::array<Vertex, block_links> vertex;  ///< of the target
        std::array<std::uint64_t, block_links> bits;
        std::array<double, block_links> time_s;
        std::array<TimeUs, block_links> time;
        std::array<std::uint32_t, block_links> pending;  ///< bound of the target's earliest time
        std::array<std::uint8_t, block_links> kept;
        std::size_t size = 0;

        /// Drops the links that are not `kept`. What decides is looked up before, for all links at
        /// once: where the next is written depends on it, so that every look-up would wait for the
        /// one before.
        void drop() {
            std::size_t n = 0;
            for (std::size_t i = 0; i < size; ++i) {
                link[n] = link[i];
                target[n] = target[i];
                vertex[n] = vertex[i];
                bits[n] = bits[i];
                pending[n] = pending[i];
                time[n] = time[i];
                n += kept[i];
            }
            size = n;
        }
    };
    struct Lane {
        Calendar<LocalHost> due;  ///< hosts by the step of their earliest attempt
        std::vector<std::vector<Candidate>> to_lane;
        Block block;
    };

    void gather(Block& block, Graph::Row row, std::int64_t first, std::int64_t last) const;
    void draw(Block& block, const LinkDraws& draws, Graph::Row row, std::uint64_t limit) const;
    std::uint64_t limit_of(const Source& source) const;
    TimeUs time_of(const Block& block, std::size_t i, const Source& source, Graph::Row row) const;
    void offer(Lane& lane, unsigned lane_index, const Candidate& candidate, const Window& before);
    void keep(Lane& lane, const Candidate& candidate, const Window& before);
    TimeUs first_success(const Source& source, Graph::Row row, std::int64_t link, Vertex target,
                         double first_s) const;

    const ContactModel& model_;
    OutbreakFrame frame_;
    ContactDraws draws_;
    const StateId* state_;
    bool exponential_;
    bool plain_;  ///< every link is open, of weight 1, every host on, and every attempt works
    EarliestTimes earliest_;
    std::vector<Lane> lanes_;
};

/// The links to hosts that can still be infected.
void FirstContacts::gather(Block& block, Graph::Row row, std::int64_t first,
                           std::int64_t last) const {
    const LocalHost* const targets = model_.graph().targets() + first;
    const auto offset = static_cast<std::uint32_t>(first - model_.graph().begin(row));
    const bool picky = model_.requires_traits() != 0;
    const auto size = static_cast<std::size_t>(last - first);
    std::array<std::uint32_t, block_links> pending;
    for (std::size_t i = 0; i < size; ++i) {
        pending[i] = earliest_.high(targets[i]);
    }
    std::size_t n = 0;
    for (std::size_t i = 0; i < size; ++i) {
        block.link[n] = offset + static_cast<std::uint32_t>(i);
        block.target[n] = targets[i];
        block.pending[n] = pending[i];
        n += pending[i] != EarliestTimes::over && (!picky || model_.can_take(targets[i])) ? 1 : 0;
    }
    block.size = n;
    model_.context().partition.to_global({block.target.data(), n}, block.vertex.data());
}

/// Draws above it take longer than the source is infectious. A little too high, so that no link is
/// lost to rounding.
std::uint64_t FirstContacts::limit_of(const Source& source) const {
    if (!exponential_ || !plain_) {
        return ~std::uint64_t{0};
    }
    const TimeUs stay = std::min(source.until, frame_.end_us) - source.from + 1;
    const double mean_us = 1e6 * model_.time().mean();
    const double share = 1.000001 * (1 - portable_exp(-static_cast<double>(stay) / mean_us));
    return share < 1 ? static_cast<std::uint64_t>(share * 0x1.0p64) : ~std::uint64_t{0};
}

/// Draws the times of the block's links.
void FirstContacts::draw(Block& block, const LinkDraws& draws, Graph::Row row,
                         std::uint64_t limit) const {
    draws.bits(block.vertex.data(), block.size, block.bits.data());
    for (std::size_t i = 0; model_.graph().has_multiple() && i < block.size; ++i) {
        const auto m = model_.multiplicity(row, model_.graph().begin(row) + block.link[i]);
        if (m > 0) {
            block.bits[i] = draws.bits(block.vertex[i], m);
        }
    }
    if (plain_) {
        for (std::size_t i = 0; i < block.size; ++i) {
            block.kept[i] = block.bits[i] <= limit ? 1 : 0;
        }
        block.drop();
    }
    if (!exponential_) {
        for (std::size_t i = 0; i < block.size; ++i) {
            block.time_s[i] = model_.time().quantile(block.bits[i]);
        }
        return;
    }
    exponentials(block.bits.data(), block.size, block.time_s.data());
    const double mean_s = model_.time().mean();
    for (std::size_t i = 0; i < block.size; ++i) {
        block.time_s[i] *= mean_s;
    }
}

TimeUs FirstContacts::time_of(const Block& block, std::size_t i, const Source& source,
                              Graph::Row row) const {
    const std::int64_t link = model_.graph().begin(row) + block.link[i];
    const TimeUs time = LinkClock(model_, source, link, frame_.end_us).at(block.time_s[i]);
    return time == never || model_.certain()
               ? time
               : first_success(source, row, link, block.vertex[i], block.time_s[i]);
}

void FirstContacts::launch_links(const Source& source, Graph::Row row, const Window& before,
                                 unsigned lane_index) {
    Lane& lane = lanes_[lane_index];
    Block& block = lane.block;
    const LinkDraws draws(draws_.time, static_cast<std::uint64_t>(source.host.value),
                          source.ordinal, 0);
    const auto vertex = static_cast<Vertex>(source.host.value);
    if (model_.context().partition.is_local(source.host)) {
        earliest_.close({row});
    }
    const std::uint64_t limit = limit_of(source);
    const LinkClock plain(source, frame_.end_us);
    const std::int64_t end = model_.graph().end(row);
    for (std::int64_t first = model_.graph().begin(row); first < end; first += block_links) {
        gather(block, row, first, std::min(end, first + block_links));
        draw(block, draws, row, limit);
        for (std::size_t i = 0; i < block.size; ++i) {
            block.time[i] = plain_ ? plain.at(block.time_s[i]) : time_of(block, i, source, row);
        }
        for (std::size_t i = 0; i < block.size; ++i) {
            const bool early = earliest_.high_of(block.time[i]) <= block.pending[i];
            block.kept[i] = block.time[i] != never && early ? 1 : 0;
        }
        block.drop();
        for (std::size_t i = 0; i < block.size; ++i) {
            earliest_.bring_near(block.target[i]);
        }
        for (std::size_t i = 0; i < block.size; ++i) {
            // Another vector may have infected it.
            if (state_[block.target[i].value] == Lifecycle::susceptible) {
                offer(lane, lane_index, {block.time[i], block.target[i], vertex}, before);
            }
        }
    }
}

/// The time of the first attempt that works, the first of all at `first_s`.
TimeUs FirstContacts::first_success(const Source& source, Graph::Row row, std::int64_t link,
                                    Vertex target, double first_s) const {
    const LinkClock clock(model_, source, link, frame_.end_us);
    const auto id = static_cast<std::uint64_t>(source.host.value);
    const std::uint32_t m = model_.graph().has_multiple() ? model_.multiplicity(row, link) : 0;
    double sum_s = first_s;
    for (std::uint32_t renewal = 0;; ++renewal) {
        const TimeUs time = clock.at(sum_s);
        const std::uint64_t bits =
            LinkDraws(draws_.success, id, source.ordinal, renewal).bits(target, m);
        if (time == never || happens(bits, model_.settings().success)) {
            return time;
        }
        if (!model_.settings().repeat) {
            return never;
        }
        sum_s += model_.time().quantile(
            LinkDraws(draws_.time, id, source.ordinal, renewal + 1).bits(target, m));
    }
}

/// Keeps a candidate on a host of this lane, hands on one on a host of another.
void FirstContacts::offer(Lane& lane, unsigned lane_index, const Candidate& candidate,
                          const Window& before) {
    const unsigned owner = frame_.lanes == 1 ? 0 : lane_of(candidate.target, frame_.lanes);
    if (owner == lane_index) {
        keep(lane, candidate, before);
    } else {
        lane.to_lane[owner].push_back(candidate);
    }
}

void FirstContacts::keep(Lane& lane, const Candidate& c, const Window& before) {
    if (!earliest_.is_later(c.target, c.time, c.source)) {
        return;
    }
    // What is pending now takes effect in the step after `before` at the earliest.
    const std::int64_t first_step = before.step + 1;
    const std::int64_t step = std::max(first_step, c.time / frame_.step_us);
    const bool pending = earliest_.high(c.target) != EarliestTimes::none;
    if (!pending || step < std::max(first_step, earliest_.time(c.target) / frame_.step_us)) {
        lane.due.push(step, c.target);
    }
    earliest_.set(c.target, c.time, c.source);
}

void FirstContacts::settle(const Window& before, unsigned lane_index) {
    for (Lane& from : lanes_) {
        for (const Candidate& candidate : from.to_lane[lane_index]) {
            keep(lanes_[lane_index], candidate, before);
        }
        from.to_lane[lane_index].clear();
    }
}

void FirstContacts::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
    Lane& lane = lanes_[lane_index];
    for (const LocalHost host : lane.due.open(window.step)) {
        if (earliest_.high(host) != EarliestTimes::over) {
            sink.add(HostId{model_.vertex_of(host)}, earliest_.time(host),
                     HostId{earliest_.by(host)}, 0);
            earliest_.finish(host);
        }
    }
    lane.due.close(window.step);
}

}  // namespace

std::unique_ptr<VectorProcess> start_first_contacts(const ContactModel& model,
                                                    const OutbreakFrame& frame) {
    return std::make_unique<FirstContacts>(model, frame);
}

}  // namespace annelid
