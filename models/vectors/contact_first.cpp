// Vector `contact` where only the first attempt on each host can matter.
//
// Cost of a link: four bytes of its target, the target's state, and for those still susceptible one
// draw, one logarithm and the pending time of the target; draws and logarithms in vector
// instructions. Only an attempt that is earlier than the pending one is written down.
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
        std::array<std::int64_t, block_links> link;
        std::array<std::uint32_t, block_links> vertex;
        std::array<std::uint64_t, block_links> bits;
        std::array<double, block_links> time_s;
        std::size_t size = 0;
    };
    struct Lane {
        Calendar<LocalHost> due;  ///< hosts by the step of their earliest attempt
        std::vector<std::vector<Candidate>> to_lane;
        Block block;
    };

    void gather(Block& block, std::int64_t first, std::int64_t last) const;
    void draw(Block& block, const LinkDraws& draws, const Source& source, Graph::Row row) const;
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
    std::vector<TimeUs> earliest_;  ///< attempt pending on each local host
    std::vector<Vertex> by_;        ///< its source
    std::vector<Lane> lanes_;
};

/// The links to hosts that can still be infected.
void FirstContacts::gather(Block& block, std::int64_t first, std::int64_t last) const {
    const LocalHost* const targets = model_.graph().targets();
    const bool picky = model_.requires_traits() != 0;
    std::size_t n = 0;
    for (std::int64_t i = first; i < last; ++i) {
        // Written in any case and kept by moving on: a branch would be mispredicted half the time.
        block.link[n] = i;
        block.vertex[n] = model_.vertex_of(targets[i]);
        n += state_[targets[i].value] == Lifecycle::susceptible &&
                     (!picky || model_.can_take(targets[i]))
                 ? 1
                 : 0;
    }
    block.size = n;
}

/// Draws the times of the block's links and drops those that surely end after the source.
void FirstContacts::draw(Block& block, const LinkDraws& draws, const Source& source,
                         Graph::Row row) const {
    draws.bits(block.vertex.data(), block.size, block.bits.data());
    if (model_.graph().has_multiple()) {
        for (std::size_t i = 0; i < block.size; ++i) {
            if (const auto m = model_.multiplicity(row, block.link[i]); m > 0) {
                block.bits[i] = draws.bits(block.vertex[i], m);
            }
        }
    }
    if (!exponential_) {
        for (std::size_t i = 0; i < block.size; ++i) {
            block.time_s[i] = model_.time().quantile(block.bits[i]);
        }
        return;
    }
    if (plain_) {
        // P(time < stay) as a threshold on the draw, a little above, so that no link is lost.
        const double stay_s =
            1e-6 * static_cast<double>(std::min(source.until, frame_.end_us) - source.from + 1);
        const double share = 1.000001 * (1 - portable_exp(-stay_s / model_.time().mean()));
        const std::uint64_t limit =
            share < 1 ? static_cast<std::uint64_t>(share * 0x1.0p64) : ~std::uint64_t{0};
        std::size_t n = 0;
        for (std::size_t i = 0; i < block.size; ++i) {
            block.link[n] = block.link[i];
            block.bits[n] = block.bits[i];
            n += block.bits[i] <= limit ? 1 : 0;
        }
        block.size = n;
    }
    exponentials(block.bits.data(), block.size, block.time_s.data());
    for (std::size_t i = 0; i < block.size; ++i) {
        block.time_s[i] *= model_.time().mean();
    }
}

void FirstContacts::launch_links(const Source& source, Graph::Row row, const Window& before,
                                 unsigned lane_index) {
    Lane& lane = lanes_[lane_index];
    Block& block = lane.block;
    const LocalHost* const targets = model_.graph().targets();
    const auto id = static_cast<std::uint64_t>(source.host.value);
    const LinkDraws draws(draws_.time, id, source.ordinal, 0);
    const std::int64_t end = model_.graph().end(row);
    for (std::int64_t first = model_.graph().begin(row); first < end; first += block_links) {
        gather(block, first, std::min(end, first + block_links));
        draw(block, draws, source, row);
        for (std::size_t i = 0; i < block.size; ++i) {
            const LocalHost target = targets[block.link[i]];
            const LinkClock clock(model_, source, block.link[i], frame_.end_us);
            TimeUs time = clock.at(block.time_s[i]);
            if (time < never && !model_.certain()) {
                time = first_success(source, row, block.link[i], block.vertex[i], block.time_s[i]);
            }
            if (time < load(earliest_[target.value]) ||
                (time < never && time == load(earliest_[target.value]))) {
                offer(lane, lane_index, {time, target, static_cast<Vertex>(id)}, before);
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
