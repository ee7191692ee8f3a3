// Vector `contact` where only the first attempt on each host can matter.
//
// Cost of a link: four bytes of its target, the target's state, and for those still susceptible one
// draw, one logarithm and the pending time of the target; draws and logarithms in vector
// instructions. Only an attempt that is earlier than the pending one is written down.
#include "engine/base/large_vector.hpp"
#include "engine/chance/log.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/contact_model.hpp"

#include <array>
#include <atomic>
#include <cmath>

namespace annelid {

namespace {

/// Links that are worked on together: their scratch space stays in the first-level cache.
constexpr std::int64_t block_links = 256;

/// Of the earliest attempt on a host that has been emitted: nothing is earlier.
constexpr TimeUs emitted = -1;

/// Relaxed: a lane only reads what another writes to skip attempts that cannot matter.
TimeUs load(const TimeUs& time) {
    return std::atomic_ref<TimeUs>(const_cast<TimeUs&>(time)).load(std::memory_order_relaxed);
}
void store(TimeUs& time, TimeUs value) {
    std::atomic_ref<TimeUs>(time).store(value, std::memory_order_relaxed);
}

class FirstContacts final : public VectorProcess {
  public:
    FirstContacts(const ContactModel& model, const OutbreakFrame& frame)
        : model_(model),
          frame_(frame),
          draws_(model, frame.seed),
          state_(model.context().hosts.state.data()),
          exponential_(model.time().spec().kind == DistributionSpec::Kind::exponential),
          plain_(model.certain() && !model.graph().weighted() && !model.graph().temporal()),
          earliest_(model.context().hosts.state.size(), never),
          by_(model.context().hosts.state.size()),
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
    /// Links to hosts that are still susceptible, side by side for the vector loops.
    struct Block {
        std::array<std::uint32_t, block_links> link;  ///< from the row's first
        std::array<LocalHost, block_links> target;
        std::array<Vertex, block_links> vertex;  ///< of the target
        std::array<std::uint64_t, block_links> bits;
        std::array<double, block_links> time_s;
        std::size_t size = 0;

        /// Drops the links for which keep(i) is false. Written in any case and kept by moving on: a
        /// branch would be mispredicted too often.
        template <class Keep>
        void keep_if(Keep keep) {
            std::size_t n = 0;
            for (std::size_t i = 0; i < size; ++i) {
                link[n] = link[i];
                target[n] = target[i];
                vertex[n] = vertex[i];
                bits[n] = bits[i];
                n += keep(i) ? 1 : 0;
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
    bool plain_;                    ///< every link is open, of weight 1, and every attempt works
    LargeVector<TimeUs> earliest_;  ///< attempt pending on each local host
    LargeVector<Vertex> by_;        ///< its source
    std::vector<Lane> lanes_;
};

/// The links to hosts that can still be infected.
void FirstContacts::gather(Block& block, Graph::Row row, std::int64_t first,
                           std::int64_t last) const {
    const LocalHost* const targets = model_.graph().targets();
    const auto offset = static_cast<std::uint32_t>(first - model_.graph().begin(row));
    std::size_t n = 0;
    for (std::int64_t i = first; i < last; ++i) {
        block.link[n] = offset + static_cast<std::uint32_t>(i - first);
        block.target[n] = targets[i];
        n += state_[targets[i].value] == Lifecycle::susceptible ? 1 : 0;
    }
    block.size = n;
    if (model_.requires_traits() != 0) {
        block.keep_if([&](std::size_t i) { return model_.can_take(block.target[i]); });
    }
    for (std::size_t i = 0; i < block.size; ++i) {
        block.vertex[i] = model_.vertex_of(block.target[i]);
    }
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
    block.keep_if([&](std::size_t i) { return block.bits[i] <= limit; });
    for (std::size_t i = 0; i < block.size; ++i) {
        __builtin_prefetch(&earliest_[block.target[i].value]);
    }
    if (exponential_) {
        exponentials(block.bits.data(), block.size, block.time_s.data());
        const double mean_s = model_.time().mean();
        for (std::size_t i = 0; i < block.size; ++i) {
            block.time_s[i] *= mean_s;
        }
        return;
    }
    for (std::size_t i = 0; i < block.size; ++i) {
        block.time_s[i] = model_.time().quantile(block.bits[i]);
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
    const std::uint64_t limit = limit_of(source);
    const LinkClock plain(source, frame_.end_us);
    const std::int64_t end = model_.graph().end(row);
    for (std::int64_t first = model_.graph().begin(row); first < end; first += block_links) {
        gather(block, row, first, std::min(end, first + block_links));
        draw(block, draws, row, limit);
        for (std::size_t i = 0; i < block.size; ++i) {
            const LocalHost target = block.target[i];
            const TimeUs time = plain_ ? plain.at(block.time_s[i]) : time_of(block, i, source, row);
            if (time != never && time <= load(earliest_[target.value])) {
                offer(lane, lane_index, {time, target, vertex}, before);
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
    TimeUs& earliest = earliest_[c.target.value];
    if (c.time > earliest || (c.time == earliest && c.source >= by_[c.target.value])) {
        return;
    }
    // What is pending now takes effect in the step after `before` at the earliest.
    const std::int64_t step = std::max(before.step + 1, c.time / frame_.step_us);
    if (earliest == never || step < std::max(before.step + 1, earliest / frame_.step_us)) {
        lane.due.push(step, c.target);
    }
    store(earliest, c.time);
    by_[c.target.value] = c.source;
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
        TimeUs& earliest = earliest_[host.value];
        if (earliest != emitted) {
            sink.add(HostId{model_.vertex_of(host)}, earliest, HostId{by_[host.value]}, 0);
            store(earliest, emitted);
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
