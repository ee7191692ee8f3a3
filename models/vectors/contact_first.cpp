// Vector `contact` where only the first attempt on each host can matter.
//
// Cost of a link: four bytes of its target and four bytes about the target, which say whether it is
// infected and else bound the time of the attempt that is pending on it. For those not infected one
// draw and one logarithm, in vector instructions. Only an attempt that may be earlier than the
// pending one is looked at exactly. Links of many sources are worked on together, so that what one
// waits for from memory overlaps with what others do.
#include "engine/base/prefetch.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/contact_model.hpp"
#include "models/vectors/earliest_times.hpp"

#include <algorithm>
#include <array>

namespace annelid {

namespace {

/// Links that are worked on together: their scratch space stays in the first-level cache.
constexpr std::size_t block_links = 512;

/// Vector loops work on whole groups of so many, and may write beyond the last link.
constexpr std::size_t group = 8;
constexpr std::size_t whole_groups(std::size_t n) {
    return (n + group - 1) / group * group;
}

/// How many sources, candidates or hosts ahead memory is asked for.
constexpr std::size_t ahead = 8;

class FirstContacts final : public VectorProcess {
  public:
    FirstContacts(const ContactModel& model, const OutbreakFrame& frame)
        : model_(model),
          frame_(frame),
          draws_(model, frame.seed),
          state_(model.context().hosts.state[model.context().worm].data()),
          exponential_(model.time().spec().kind == DistributionSpec::Kind::exponential),
          plain_(model.certain() && !model.graph().weighted() && !model.graph().temporal() &&
                 model.context().hours == nullptr),
          earliest_(model.context().hosts.traits.size(), frame.end_us),
          lanes_(frame.lanes) {
        for (Lane& lane : lanes_) {
            lane.to_lane.resize(frame.lanes);
        }
    }

    void launch(const Source&, const Window&, unsigned) override {}
    void launch_links(std::span<const LinkSource> sources, const Window& before,
                      unsigned lane) override;
    void settle(const Window& before, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override { return lanes_[lane].due.next_step(); }
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;

  private:
    struct Candidate {
        TimeUs time;
        LocalHost target;
        Vertex source;
    };
    /// Links first … last - 1 of a block are of one source.
    struct Stretch {
        const LinkSource* of;
        std::size_t first, last;
        std::int64_t first_link;  ///< `link` counts from here
    };
    /// Links of some sources, side by side for the vector loops.
    struct Block {
        template <class T>
        using Each = std::array<T, block_links + group>;

        Each<LocalHost> target{};
        Each<std::uint32_t> pending{};  ///< bound of the target's earliest time
        Each<std::uint32_t> link{};
        Each<Vertex> vertex{};  ///< of the target
        Each<std::uint64_t> bits{};
        Each<double> time_s{};
        Each<std::uint8_t> early{};
        std::size_t size = 0;
        std::vector<Stretch> stretches;
    };
    struct Lane {
        Calendar<LocalHost> due;  ///< hosts by the step of their earliest attempt
        std::vector<std::vector<Candidate>> to_lane;
        std::vector<Candidate> candidates;
        Block block;
    };

    void prefetch_targets(Graph::Row row) const;
    void launch_row(const LinkSource& source, const Window& before, unsigned lane_index);
    void gather(Block& block, const LinkSource& source, std::int64_t first,
                std::int64_t last) const;
    void finish(Lane& lane, unsigned lane_index, const Window& before);
    void draw(Block& block) const;
    void find_early(Block& block, const Stretch& stretch) const;
    void choose(Lane& lane, const Stretch& stretch) const;
    void keep_all(Lane& lane, std::vector<Candidate>& candidates, const Window& before);
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

void FirstContacts::launch_links(std::span<const LinkSource> sources, const Window& before,
                                 unsigned lane_index) {
    // Three steps of getting near, each of which needs what the one before asked for.
    for (std::size_t i = 0; i < sources.size() + 3 * ahead; ++i) {
        if (i < sources.size()) {
            model_.graph().prefetch_row(sources[i].row);
        }
        if (i >= ahead && i - ahead < sources.size()) {
            model_.graph().prefetch_links(sources[i - ahead].row);
        }
        if (i >= 2 * ahead && i - 2 * ahead < sources.size()) {
            prefetch_targets(sources[i - 2 * ahead].row);
        }
        if (i >= 3 * ahead) {
            launch_row(sources[i - 3 * ahead], before, lane_index);
        }
    }
    finish(lanes_[lane_index], lane_index, before);
}

void FirstContacts::prefetch_targets(Graph::Row row) const {
    const std::int64_t first = model_.graph().begin(row);
    const std::int64_t last = std::min<std::int64_t>(model_.graph().end(row), first + block_links);
    for (std::int64_t link = first; link < last; ++link) {
        earliest_.prefetch_high(model_.graph().targets()[link]);
    }
}

void FirstContacts::launch_row(const LinkSource& source, const Window& before,
                               unsigned lane_index) {
    Lane& lane = lanes_[lane_index];
    if (model_.context().partition.is_local(source.source.host)) {
        earliest_.close({source.row});
    }
    const std::int64_t end = model_.graph().end(source.row);
    for (std::int64_t first = model_.graph().begin(source.row); first < end;) {
        const auto space = static_cast<std::int64_t>(block_links - lane.block.size);
        const std::int64_t last = std::min(end, first + space);
        gather(lane.block, source, first, last);
        if (lane.block.size == block_links) {
            finish(lane, lane_index, before);
        }
        first = last;
    }
}

/// Adds the links to hosts that can still be infected.
void FirstContacts::gather(Block& block, const LinkSource& source, std::int64_t first,
                           std::int64_t last) const {
    const LocalHost* const targets = model_.graph().targets() + first;
    const auto size = static_cast<std::size_t>(last - first);
    const bool picky = model_.requires_traits() != 0;
    const std::size_t begin = block.size;
    std::size_t n = begin;
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint32_t pending = earliest_.high(targets[i]);
        block.target[n] = targets[i];
        block.pending[n] = pending;
        block.link[n] = static_cast<std::uint32_t>(i);
        n += pending != EarliestTimes::over && (!picky || model_.can_take(targets[i])) ? 1 : 0;
    }
    if (n > begin) {
        block.stretches.push_back({&source, begin, n, first});
        block.size = n;
    }
}

/// Finds the links of the block that bring a host an earlier attempt than it has, and empties it.
void FirstContacts::finish(Lane& lane, unsigned lane_index, const Window& before) {
    Block& block = lane.block;
    draw(block);
    for (const Stretch& stretch : block.stretches) {
        if (plain_) {
            find_early(block, stretch);
        }
        choose(lane, stretch);
    }
    block.stretches.clear();
    block.size = 0;
    if (frame_.lanes == 1) {
        keep_all(lane, lane.candidates, before);
        return;
    }
    for (const Candidate& candidate : lane.candidates) {
        lane.to_lane[lane_of(candidate.target, frame_.lanes)].push_back(candidate);
    }
    lane.candidates.clear();
    keep_all(lane, lane.to_lane[lane_index], before);
}

/// Draws the times of the block's links.
void FirstContacts::draw(Block& block) const {
    const Graph& graph = model_.graph();
    model_.context().partition.to_global({block.target.data(), block.size}, block.vertex.data());
    for (const auto& [of, first, last, first_link] : block.stretches) {
        const LinkDraws draws(draws_.time, static_cast<std::uint64_t>(of->source.host.value),
                              of->source.ordinal, 0);
        // What it writes beyond the stretch, the next one writes anew.
        draws.bits(&block.vertex[first], whole_groups(last - first), &block.bits[first]);
        for (std::size_t i = first; graph.has_multiple() && i < last; ++i) {
            const auto m = model_.multiplicity(of->row, first_link + block.link[i]);
            if (m > 0) {
                block.bits[i] = draws.bits(block.vertex[i], m);
            }
        }
    }
    if (exponential_) {
        exponentials(block.bits.data(), whole_groups(block.size), block.time_s.data());
        const double mean_s = model_.time().mean();
        for (std::size_t i = 0; i < whole_groups(block.size); ++i) {
            block.time_s[i] *= mean_s;
        }
    } else {
        for (std::size_t i = 0; i < block.size; ++i) {
            block.time_s[i] = model_.time().quantile(block.bits[i]);
        }
    }
}

/// Marks the links whose time may be early enough: none that is, and few that are not.
void FirstContacts::find_early(Block& block, const Stretch& stretch) const {
    const Source& source = stretch.of->source;
    constexpr double rounding_us = 1;
    const auto start = static_cast<double>(source.from) - rounding_us;
    const auto until = static_cast<double>(std::min(source.until, frame_.end_us));
    const double unit = earliest_.high_unit_us();
    for (std::size_t i = stretch.first; i < stretch.last; ++i) {
        const double bound = std::min(until, static_cast<double>(block.pending[i]) * unit);
        block.early[i] = block.time_s[i] * 1e6 < bound - start ? 1 : 0;
    }
}

/// Takes the links of a stretch that are early enough as candidates.
void FirstContacts::choose(Lane& lane, const Stretch& stretch) const {
    const Block& block = lane.block;
    const Source& source = stretch.of->source;
    const auto vertex = static_cast<Vertex>(source.host.value);
    const LinkClock plain(source, frame_.end_us);
    std::array<std::uint32_t, block_links> chosen;
    std::size_t n = 0;
    for (std::size_t i = stretch.first; i < stretch.last; ++i) {
        chosen[n] = static_cast<std::uint32_t>(i);
        n += !plain_ || block.early[i] != 0 ? 1 : 0;
    }
    for (std::size_t c = 0; c < n; ++c) {
        const std::size_t i = chosen[c];
        TimeUs time = plain.at(block.time_s[i]);
        if (!plain_) {
            const std::int64_t link = stretch.first_link + block.link[i];
            time = LinkClock(model_, source, link, frame_.end_us).at(block.time_s[i]);
            if (time != never && !model_.certain()) {
                time =
                    first_success(source, stretch.of->row, link, block.vertex[i], block.time_s[i]);
            }
        }
        if (time != never && earliest_.high_of(time) <= block.pending[i]) {
            lane.candidates.push_back({time, block.target[i], vertex});
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

/// Keeps candidates on hosts of this lane, and forgets them.
void FirstContacts::keep_all(Lane& lane, std::vector<Candidate>& candidates, const Window& before) {
    for (std::size_t i = 0; i < candidates.size() + ahead; ++i) {
        if (i < candidates.size()) {
            earliest_.prefetch_all(candidates[i].target);
            prefetch(&state_[candidates[i].target.value]);
        }
        // Another vector may have infected it.
        if (i >= ahead && state_[candidates[i - ahead].target.value] == Lifecycle::susceptible) {
            keep(lane, candidates[i - ahead], before);
        }
    }
    candidates.clear();
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
        keep_all(lanes_[lane_index], from.to_lane[lane_index], before);
    }
}

void FirstContacts::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
    Lane& lane = lanes_[lane_index];
    const std::vector<LocalHost>& due = lane.due.open(window.step);
    for (std::size_t i = 0; i < due.size() + ahead; ++i) {
        if (i < due.size()) {
            earliest_.prefetch_all(due[i]);
            prefetch(&state_[due[i].value]);
        }
        if (i < ahead || earliest_.high(due[i - ahead]) == EarliestTimes::over) {
            continue;
        }
        const LocalHost host = due[i - ahead];
        sink.add(HostId{model_.vertex_of(host)}, earliest_.time(host), HostId{earliest_.by(host)},
                 0, 0);
        earliest_.finish(host);
    }
    lane.due.close(window.step);
}

void FirstContacts::save(StateWriter& out) const {
    RowWriter over = out.of_hosts("over"), pending = out.of_hosts("earliest");
    for (std::uint32_t i = 0; i < model_.context().hosts.traits.size(); ++i) {
        const LocalHost host{i};
        const HostId id = model_.context().partition.to_global(host);
        if (earliest_.high(host) == EarliestTimes::over) {
            over.add(id);
        } else if (earliest_.high(host) != EarliestTimes::none) {
            pending.add(id, earliest_.time(host), earliest_.by(host));
        }
    }
    frame_.save_first_counts(out);
}

void FirstContacts::load(const StateReader& in, const Window& last) {
    frame_.check_first_counts(in, model_.name());
    in.each_host("over", [&](HostId id, StateRow&) {
        earliest_.finish(model_.context().partition.to_local(id));
    });
    in.each_host("earliest", [&](HostId id, StateRow& row) {
        const LocalHost host = model_.context().partition.to_local(id);
        TimeUs time = 0;
        Vertex by = 0;
        row.read(time, by);
        row.require(0 <= time && time < frame_.end_us &&
                    model_.context().population.has(HostId{by}));
        earliest_.set(host, time, by);
        lanes_[lane_of(host, lanes_.size())].due.push(
            std::max(last.step + 1, time / frame_.step_us), host);
    });
}

}  // namespace

std::unique_ptr<VectorProcess> start_first_contacts(const ContactModel& model,
                                                    const OutbreakFrame& frame) {
    return std::make_unique<FirstContacts>(model, frame);
}

}  // namespace annelid
