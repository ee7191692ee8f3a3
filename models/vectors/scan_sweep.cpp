// Strategy sweep: every address of a scope once, in a permuted order.
#include "engine/chance/permutation.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/scan_model.hpp"

namespace annelid {

namespace {

struct Probe {
    TimeUs time;
    HostId target, source;
    std::uint32_t stay;   ///< of the source
    std::uint32_t place;  ///< in the order of the sweep
};

template <class P>
auto kept(P& p) {
    return std::tie(p.time, p.target, p.stay, p.place);
}

class Sweeps final : public VectorProcess {
  public:
    Sweeps(const ScanModel& model, const OutbreakFrame& frame)
        : model_(model),
          pace_(model, frame),
          order_(frame.seed, Purpose::sweep_order, model.name()),
          success_(frame.seed, Purpose::sweep_success, model.name()),
          lanes_(frame.lanes) {}

    void launch(const Source& source, const Window& window, unsigned lane) override {
        if (model_.serves(source.host)) {
            sweep(source, source.host, source.from, 0, window, lanes_[lane]);
        }
    }
    void follow(const Hit& hit, const Source& source, const Window& window, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override { return lanes_[lane].probes.next_step(); }
    Scans scans_represented() const override;
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;
    double rate_per_s(HostId source) const override { return pace_.per_s(source); }

  private:
    struct Lane {
        Calendar<Probe> probes;
        std::int64_t scans = 0;
    };

    void sweep(const Source& source, HostId centre, TimeUs from, std::uint32_t number,
               const Window& window, Lane& lane);

    const ScanModel& model_;
    ScanPace pace_;
    Draws order_, success_;
    std::vector<Lane> lanes_;
};

void Sweeps::sweep(const Source& source, HostId centre, TimeUs from, std::uint32_t number,
                   const Window& window, Lane& lane) {
    const MicroRate rate = pace_.of(source.host);
    const TimeUs until = std::min(source.until, pace_.end_us());
    if (rate <= 0 || from >= until) {
        return;
    }
    const Target target = model_.around(centre);
    const auto addresses = static_cast<std::int64_t>(target.addresses);
    const auto id = static_cast<std::uint64_t>(source.host.value);
    const Permutation order(static_cast<std::uint64_t>(addresses),
                            order_.words(id, source.ordinal, number));
    // A sweep has no room left in a counter for its probes: its own draw keys theirs.
    const std::uint64_t probes = success_.bits(id, source.ordinal, number);
    const double us_per_scan = 1e12 / static_cast<double>(rate);
    const VectorContext& context = model_.context();
    const TimeUs whole =
        context.time_after(source.host, from, static_cast<TimeUs>(us_per_scan * target.addresses));
    lane.scans += pace_.scans(source.host, rate, from, std::min(until, whole));
    const Pool::Slice slice = model_.pool().within(target.hosts);
    for (std::int64_t i = slice.first; i < slice.first + slice.size; ++i) {
        const HostId host = model_.pool().at(i);
        if (host == source.host || !model_.worth_probing(host) ||
            !model_.passes(source.host, host)) {
            continue;
        }
        const auto index = static_cast<std::uint64_t>(model_.index_in(target, host));
        const auto place = static_cast<std::uint32_t>(order.position(index));
        // Its place in the sweep is the source's own: it stands still while the source is off.
        const TimeUs time =
            context.time_after(source.host, from, static_cast<TimeUs>(place * us_per_scan + 0.5));
        const bool succeeds =
            model_.certain() || happens(success_.bits(probes, place), model_.settings().success);
        if (time < until && succeeds) {
            lane.probes.push(pace_.step_after(time, window),
                             {time, host, source.host, source.ordinal, place});
        }
    }
}

void Sweeps::follow(const Hit& hit, const Source& source, const Window& window, unsigned lane) {
    // The reply takes effect when the next step begins.
    if (model_.serves(source.host)) {
        sweep(source, hit.target, std::max(hit.time, window.end), hit.ordinal + 1, window,
              lanes_[lane]);
    }
}

void Sweeps::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
    Lane& lane = lanes_[lane_index];
    for (const Probe& p : lane.probes.open(window.step)) {
        sink.add(p.target, p.time, p.source, p.stay, p.place);
    }
    lane.probes.close(window.step);
}

Scans Sweeps::scans_represented() const {
    Scans scans;
    for (const Lane& lane : lanes_) {
        scans.whole += lane.scans;
    }
    return scans;
}

void Sweeps::save(StateWriter& out) const {
    RowWriter probes = out.of_hosts("probes");
    for (const Lane& lane : lanes_) {
        lane.probes.for_each([&](std::int64_t, const Probe& p) { probes.add(p.source, kept(p)); });
        out.of_first("scans").add_all(lane.scans);
    }
}

void Sweeps::load(const StateReader& in, const Window& last) {
    in.each_host("probes", [&](HostId host, StateRow& row) {
        Probe probe{};
        probe.source = host;
        row.read(kept(probe));
        row.require(model_.context().population.has(probe.target));
        lanes_[lane_of(model_.context().partition.to_local(host), lanes_.size())].probes.push(
            pace_.step_after(probe.time, last), probe);
    });
    load_scans(in, lanes_);
}

}  // namespace

std::unique_ptr<VectorProcess> start_sweeps(const ScanModel& model, const OutbreakFrame& frame) {
    return std::make_unique<Sweeps>(model, frame);
}

}  // namespace annelid
