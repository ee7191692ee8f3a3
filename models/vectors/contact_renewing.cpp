// Vector `contact` where every attempt can matter: hosts return to susceptible, or a vector follows
// this one. Each link of an infectious source has one pending attempt, which draws the next.
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/contact_model.hpp"

namespace annelid {

namespace {

class RenewingContacts final : public VectorProcess {
  public:
    RenewingContacts(const ContactModel& model, const OutbreakFrame& frame)
        : model_(model), frame_(frame), draws_(model, frame.seed), lanes_(frame.lanes) {}

    void launch(const Source& source, const Window& before, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override { return lanes_[lane].next_step(); }
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;

  private:
    /// An attempt to come. `sum_s` is the exact sum of the link's times so far.
    struct Pending {
        Source source;
        TimeUs time;
        double sum_s;
        std::int64_t link;
        std::uint32_t multiplicity;
        std::uint32_t renewal;
    };

    template <class P>
    static auto kept(P& p) {
        return std::tie(p.source.ordinal, p.source.from, p.source.until, p.time, p.sum_s,
                        p.multiplicity, p.renewal);
    }

    bool draw_next(Pending& pending) const;
    bool succeeds(const Pending& pending) const;

    const ContactModel& model_;
    OutbreakFrame frame_;
    ContactDraws draws_;
    std::vector<Calendar<Pending>> lanes_;
};

/// Adds the time of the renewal; false if nothing comes of the link any more.
bool RenewingContacts::draw_next(Pending& p) const {
    const LinkDraws draws(draws_.time, static_cast<std::uint64_t>(p.source.host.value),
                          p.source.ordinal, p.renewal);
    const Vertex target = model_.graph().targets()[p.link];
    p.sum_s += model_.time().quantile(draws.bits(target, p.multiplicity));
    p.time = LinkClock(model_, p.source, p.link, frame_.end_us).at(p.sum_s);
    return p.time < never;
}

bool RenewingContacts::succeeds(const Pending& p) const {
    const Vertex target = model_.graph().targets()[p.link];
    const LinkDraws draws(draws_.success, static_cast<std::uint64_t>(p.source.host.value),
                          p.source.ordinal, p.renewal);
    return model_.certain() ||
           happens(draws.bits(target, p.multiplicity), model_.settings().success);
}

void RenewingContacts::launch(const Source& source, const Window& before, unsigned lane) {
    const Graph& graph = model_.graph();
    const LocalHost vertex = model_.context().partition.to_local(source.host);
    for (std::int64_t link = graph.begin(vertex); link < graph.end(vertex); ++link) {
        if (!model_.can_take(graph.targets()[link])) {
            continue;
        }
        const std::uint32_t m = graph.has_multiple() ? model_.multiplicity(vertex, link) : 0;
        Pending pending{source, 0, 0, link, m, 0};
        if (draw_next(pending)) {
            const std::int64_t step = std::max(before.step + 1, pending.time / frame_.step_us);
            lanes_[lane].push(step, pending);
        }
    }
}

void RenewingContacts::emit(const Window& window, unsigned lane, AttemptSink& sink) {
    Calendar<Pending>& due = lanes_[lane];
    for (Pending& p : due.open(window.step)) {
        bool more = true;
        while (more && p.time < window.end) {
            const bool works = succeeds(p);
            if (works) {
                sink.add(HostId{model_.graph().targets()[p.link]}, p.time, p.source.host,
                         p.source.ordinal, p.renewal);
            }
            p.renewal += 1;
            more = model_.settings().repeat && (!works || !frame_.first_counts) && draw_next(p);
        }
        if (more) {
            due.push(p.time / frame_.step_us, p);
        }
    }
    due.close(window.step);
}

void RenewingContacts::save(StateWriter& out) const {
    RowWriter links = out.of_hosts("links");
    for (const Calendar<Pending>& lane : lanes_) {
        lane.for_each([&](std::int64_t, const Pending& p) {
            links.add(p.source.host, model_.graph().targets()[p.link], kept(p));
        });
    }
    frame_.save_first_counts(out);
}

void RenewingContacts::load(const StateReader& in, const Window& last) {
    frame_.check_first_counts(in, model_.name());
    const Graph& graph = model_.graph();
    in.each_host("links", [&](HostId source, StateRow& row) {
        const LocalHost local = model_.context().partition.to_local(source);
        Vertex target = 0;
        Pending p{};
        p.source.host = source;
        row.read(target);
        row.read(kept(p));
        p.link = graph.find_link(local, target) + p.multiplicity;
        row.require(p.link < graph.end(local) && graph.targets()[p.link] == target);
        lanes_[lane_of(local, lanes_.size())].push(std::max(last.step + 1, p.time / frame_.step_us),
                                                   p);
    });
}

}  // namespace

std::unique_ptr<VectorProcess> start_renewing_contacts(const ContactModel& model,
                                                       const OutbreakFrame& frame) {
    return std::make_unique<RenewingContacts>(model, frame);
}

}  // namespace annelid
