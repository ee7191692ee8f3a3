// Vector `contact` where only the first attempt on each host can matter.
//
// Cost of a link: four bytes of its target, one draw and one logarithm, in vector instructions.
// Only where the time that comes out lies in its source's stay is the target looked at: four bytes
// there say whether it is infected and else bound the time of the attempt that is pending on it.
// Links of many sources are worked on together, so that what one waits for from memory overlaps
// with what others do. An attempt on a host of another rank travels as soon as it is drawn, and
// waits there.
#include "engine/base/prefetch.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/contact_model.hpp"
#include "models/vectors/earliest_times.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <vector>

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

/// Candidates whose targets are looked at together.
constexpr std::size_t candidates_together = 512;

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
            lane.to_rank.resize(static_cast<std::size_t>(model.context().partition.num_ranks()));
        }
    }

    void launch(const Source& source, const Window& before, unsigned lane) override {
        launch_all({&source, 1}, before, lane);
    }
    void launch_all(std::span<const Source> sources, const Window& before, unsigned lane) override;
    bool waits_with_targets() const override { return true; }
    void share(Communicator& ranks, const ExchangeNote& note) override;
    void settle(const Window& before, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override { return lanes_[lane].due.next_step(); }
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;

  private:
    /// An attempt that happens, unless its target has an earlier one.
    struct Candidate {
        TimeUs time;
        Vertex target, source;
    };
    /// Links first … last - 1 of a block are of one source, and begin with its `first_link`.
    struct Stretch {
        const Source* of;
        std::size_t first, last;
        std::int64_t first_link;
    };
    /// Links of some sources, side by side for the vector loops.
    struct Block {
        template <class T>
        using Each = std::array<T, block_links + group>;

        Each<Vertex> target{};
        Each<std::uint64_t> bits{};
        Each<double> time_s{};
        std::size_t size = 0;
        std::vector<Stretch> stretches;
    };
    struct Lane {
        Calendar<LocalHost> due;  ///< hosts by the step of their earliest attempt
        Block block;
        std::vector<Candidate> drawn;
        std::vector<std::vector<Candidate>> to_lane, to_rank;
    };

    void launch_links(const Source& source, Lane& lane, const Window& before);
    void finish(Lane& lane, const Window& before);
    void draw(Block& block) const;
    void choose(Lane& lane, const Stretch& stretch) const;
    TimeUs time_of(const Source& source, std::int64_t link, double first_s) const;
    void deal(Lane& lane, const Window& before);
    void keep_all(unsigned lane_index, std::span<const Candidate> candidates, const Window& before);
    void keep(Lane& lane, LocalHost target, const Candidate& candidate, const Window& before);

    const ContactModel& model_;
    OutbreakFrame frame_;
    ContactDraws draws_;
    const StateId* state_;
    bool exponential_;
    bool plain_;  ///< every link is open, of weight 1, every host on, and every attempt works
    EarliestTimes earliest_;
    std::vector<Lane> lanes_;
    std::vector<Candidate> received_;  ///< from other ranks
};

void FirstContacts::launch_all(std::span<const Source> sources, const Window& before,
                               unsigned lane_index) {
    Lane& lane = lanes_[lane_index];
    const Partition& partition = model_.context().partition;
    const auto vertex_of = [&](std::size_t i) { return partition.to_local(sources[i].host); };
    // Two steps of getting near, the second of which needs what the first asked for.
    for (std::size_t i = 0; i < sources.size() + 2 * ahead; ++i) {
        if (i < sources.size()) {
            model_.graph().prefetch_range(vertex_of(i));
        }
        if (i >= ahead && i - ahead < sources.size()) {
            model_.graph().prefetch_links(vertex_of(i - ahead));
        }
        if (i >= 2 * ahead) {
            earliest_.close(vertex_of(i - 2 * ahead));
            launch_links(sources[i - 2 * ahead], lane, before);
        }
    }
    finish(lane, before);
    deal(lane, before);
}

/// Adds the links of a source to the block, which is worked on whenever it is full.
void FirstContacts::launch_links(const Source& source, Lane& lane, const Window& before) {
    Block& block = lane.block;
    const LocalHost vertex = model_.context().partition.to_local(source.host);
    const std::int64_t end = model_.graph().end(vertex);
    for (std::int64_t first = model_.graph().begin(vertex); first < end;) {
        const auto space = static_cast<std::int64_t>(block_links - block.size);
        const std::int64_t last = std::min(end, first + space);
        const auto size = static_cast<std::size_t>(last - first);
        std::copy_n(model_.graph().targets() + first, size, &block.target[block.size]);
        block.stretches.push_back({&source, block.size, block.size + size, first});
        block.size += size;
        if (block.size == block_links) {
            finish(lane, before);
        }
        first = last;
    }
}

/// Draws for the links of the block, takes those that come to an attempt, and empties it.
void FirstContacts::finish(Lane& lane, const Window& before) {
    Block& block = lane.block;
    draw(block);
    for (const Stretch& stretch : block.stretches) {
        choose(lane, stretch);
    }
    block.stretches.clear();
    block.size = 0;
    if (lane.drawn.size() >= candidates_together) {
        deal(lane, before);
    }
}

/// Draws the times of the block's links.
void FirstContacts::draw(Block& block) const {
    for (const auto& [of, first, last, first_link] : block.stretches) {
        const LinkDraws draws(draws_.time, static_cast<std::uint64_t>(of->host.value), of->ordinal,
                              0);
        // What it writes beyond the stretch, the next one writes anew.
        draws.bits(&block.target[first], whole_groups(last - first), &block.bits[first]);
        if (!model_.graph().has_multiple()) {
            continue;
        }
        const LocalHost source = model_.context().partition.to_local(of->host);
        for (std::size_t i = first; i < last; ++i) {
            const auto link = first_link + static_cast<std::int64_t>(i - first);
            const std::uint32_t m = model_.multiplicity(source, link);
            if (m > 0) {
                block.bits[i] = draws.bits(block.target[i], m);
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

/// Takes the links of a stretch whose attempts happen: few of many, so that a first look in
/// doubles, which may take one too many, comes before the exact time.
void FirstContacts::choose(Lane& lane, const Stretch& stretch) const {
    const Block& block = lane.block;
    const Source& source = *stretch.of;
    const auto vertex = static_cast<Vertex>(source.host.value);
    constexpr double rounding_us = 1;
    const double longest_s =
        plain_ ? (static_cast<double>(std::min(source.until, frame_.end_us) - source.from) +
                  rounding_us) *
                     1e-6
               : std::numeric_limits<double>::infinity();
    std::array<std::uint32_t, block_links> chosen;
    std::size_t n = 0;
    for (std::size_t i = stretch.first; i < stretch.last; ++i) {
        chosen[n] = static_cast<std::uint32_t>(i);
        n += block.time_s[i] <= longest_s ? 1 : 0;
    }
    const LinkClock plain(source, frame_.end_us);
    for (std::size_t c = 0; c < n; ++c) {
        const std::size_t i = chosen[c];
        const auto link = stretch.first_link + static_cast<std::int64_t>(i - stretch.first);
        const TimeUs time =
            plain_ ? plain.at(block.time_s[i]) : time_of(source, link, block.time_s[i]);
        if (time != never && model_.can_take(block.target[i])) {
            lane.drawn.push_back({time, block.target[i], vertex});
        }
    }
}

/// The time of the first attempt along a link that works, the first of all after `first_s`.
TimeUs FirstContacts::time_of(const Source& source, std::int64_t link, double first_s) const {
    const LinkClock clock(model_, source, link, frame_.end_us);
    if (model_.certain()) {
        return clock.at(first_s);
    }
    const auto id = static_cast<std::uint64_t>(source.host.value);
    const Vertex target = model_.graph().targets()[link];
    const std::uint32_t m =
        model_.graph().has_multiple()
            ? model_.multiplicity(model_.context().partition.to_local(source.host), link)
            : 0;
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

/// Sorts what was drawn by who will keep it; an attempt that is later than one that waits already
/// on a host of this rank is nobody's.
void FirstContacts::deal(Lane& lane, const Window& before) {
    const Partition& partition = model_.context().partition;
    for (std::size_t i = 0; i < lane.drawn.size() + ahead; ++i) {
        if (i < lane.drawn.size() && partition.is_local(HostId{lane.drawn[i].target})) {
            earliest_.prefetch_high(partition.to_local(HostId{lane.drawn[i].target}));
        }
        if (i < ahead) {
            continue;
        }
        const Candidate& candidate = lane.drawn[i - ahead];
        const HostId target{candidate.target};
        if (!partition.is_local(target)) {
            lane.to_rank[static_cast<std::size_t>(partition.owner(target))].push_back(candidate);
            continue;
        }
        const LocalHost local = partition.to_local(target);
        if (earliest_.high_of(candidate.time) <= earliest_.high(local)) {
            lane.to_lane[lane_of(local, lanes_.size())].push_back(candidate);
        }
    }
    lane.drawn.clear();
    if (lanes_.size() == 1) {
        keep_all(0, lane.to_lane[0], before);
        lane.to_lane[0].clear();
    }
}

void FirstContacts::share(Communicator& ranks, const ExchangeNote& note) {
    std::vector<std::vector<Candidate>>& to_rank = lanes_[0].to_rank;
    for (Lane& lane : std::span(lanes_).subspan(1)) {
        for (std::size_t r = 0; r < to_rank.size(); ++r) {
            to_rank[r].insert(to_rank[r].end(), lane.to_rank[r].begin(), lane.to_rank[r].end());
            lane.to_rank[r].clear();
        }
    }
    ranks.exchange(to_rank, received_, note);
    for (std::vector<Candidate>& block : to_rank) {
        block.clear();
    }
}

void FirstContacts::settle(const Window& before, unsigned lane_index) {
    for (Lane& from : lanes_) {
        keep_all(lane_index, from.to_lane[lane_index], before);
        from.to_lane[lane_index].clear();
    }
    keep_all(lane_index, received_, before);
}

/// Keeps those of the candidates whose targets are hosts of this lane.
void FirstContacts::keep_all(unsigned lane_index, std::span<const Candidate> candidates,
                             const Window& before) {
    const auto target_of = [&](std::size_t i) {
        return model_.context().partition.to_local(HostId{candidates[i].target});
    };
    for (std::size_t i = 0; i < candidates.size() + ahead; ++i) {
        if (i < candidates.size()) {
            const LocalHost target = target_of(i);
            earliest_.prefetch_all(target);
            prefetch(&state_[target.value]);
        }
        if (i < ahead) {
            continue;
        }
        const LocalHost target = target_of(i - ahead);
        // Another vector may have infected it.
        if (lane_of(target, lanes_.size()) == lane_index &&
            state_[target.value] == Lifecycle::susceptible) {
            keep(lanes_[lane_index], target, candidates[i - ahead], before);
        }
    }
}

void FirstContacts::keep(Lane& lane, LocalHost target, const Candidate& c, const Window& before) {
    if (!earliest_.is_later(target, c.time, c.source)) {
        return;
    }
    // What is pending now takes effect in the step after `before` at the earliest.
    const std::int64_t first_step = before.step + 1;
    const std::int64_t step = std::max(first_step, c.time / frame_.step_us);
    const bool pending = earliest_.high(target) != EarliestTimes::none;
    if (!pending || step < std::max(first_step, earliest_.time(target) / frame_.step_us)) {
        lane.due.push(step, target);
    }
    earliest_.set(target, c.time, c.source);
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
        sink.add(model_.context().partition.to_global(host), earliest_.time(host),
                 HostId{earliest_.by(host)}, 0, 0);
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
