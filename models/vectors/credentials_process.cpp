// The probes of vector `credentials` during one outbreak.
#include "engine/chance/draws.hpp"
#include "engine/chance/permutation.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/credentials_model.hpp"

#include <algorithm>

namespace annelid {

namespace {

/// What a host holds.
struct Holdings {
    bool domain, local;
    bool any() const { return domain || local; }
};

struct Probe {
    TimeUs time;
    HostId target, source;
    std::uint32_t stay;   ///< of the source
    std::uint32_t place;  ///< in the order of the source's probes
};

class CredentialsProcess final : public VectorProcess {
  public:
    CredentialsProcess(const CredentialsModel& model, const OutbreakFrame& frame)
        : model_(model),
          frame_(frame),
          draws_(frame.seed, Purpose::credentials, model.name()),
          order_(frame.seed, Purpose::credentials_order, model.name()),
          success_(frame.seed, Purpose::credentials_success, model.name()),
          lanes_(frame.lanes) {
        std::sort(frame_.seeds.begin(), frame_.seeds.end());
    }

    void launch(const Source& source, const Window& window, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override { return lanes_[lane].next_step(); }
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;

  private:
    /// One round of probes of a source: `places` of them, evenly in time, in an order of its own.
    struct Round {
        enum Number : std::uint32_t { list, sweep, acquaintances };

        Source source;  ///< until: no later than the end of the run
        Number number;
        TimeUs begin;
        double us_per_probe;
        Permutation order;
        std::uint64_t success_key;
    };

    /// The worm was started on the host, and this is not a later infection of it.
    bool is_seed(const Source& source) const {
        return source.ordinal == 0 &&
               std::binary_search(frame_.seeds.begin(), frame_.seeds.end(), source.host);
    }
    Holdings holdings(HostId host) const {
        const auto bits = draws_.pair(static_cast<std::uint64_t>(host.value));
        return {happens(bits[0], model_.yield_of(host)),
                happens(bits[1], model_.settings().local_yield)};
    }
    TimeUs harvest_us(const Source& source) const {
        const std::uint64_t bits =
            draws_.bits(static_cast<std::uint64_t>(source.host.value), source.ordinal, 1);
        return from_seconds(model_.harvest().quantile(bits));
    }
    Round round(const Source& source, Round::Number number, TimeUs begin, double per_s,
                std::int64_t places) const;
    void probe(const Round& round, std::int64_t index, HostId target, const Window& window,
               unsigned lane);
    void list_domain(const Source& source, TimeUs begin, const HostRange& domain,
                     const Window& window, unsigned lane);
    void look_around(const Source& source, TimeUs begin, const Holdings& holds,
                     const Organisation& organisation, const Window& window, unsigned lane);

    const CredentialsModel& model_;
    OutbreakFrame frame_;
    Draws draws_, order_, success_;
    std::vector<Calendar<Probe>> lanes_;
};

void CredentialsProcess::launch(const Source& given, const Window& window, unsigned lane) {
    if (!model_.serves(given.host) || (!model_.settings().seeds_harvest && is_seed(given))) {
        return;
    }
    Source source = given;
    source.until = std::min(source.until, frame_.end_us);
    const Holdings holds = holdings(source.host);
    const TimeUs delay = harvest_us(source);
    if (!holds.any() || delay >= source.until - source.from) {
        return;
    }
    const TimeUs begin = model_.context().time_after(source.host, source.from, delay);
    if (begin >= source.until) {
        return;
    }
    const Organisation organisation = model_.population().layout_of(source.host);
    const HostRange domain = organisation.domain_of(source.host);
    if (holds.domain && domain.size() > 0 && model_.is_controller(source.host)) {
        list_domain(source, begin, domain, window, lane);
    } else {
        look_around(source, begin, holds, organisation, window, lane);
    }
}

CredentialsProcess::Round CredentialsProcess::round(const Source& source, Round::Number number,
                                                    TimeUs begin, double per_s,
                                                    std::int64_t places) const {
    const auto id = static_cast<std::uint64_t>(source.host.value);
    return {
        source,
        number,
        begin,
        1e6 / per_s,
        Permutation(static_cast<std::uint64_t>(places), order_.words(id, source.ordinal, number)),
        success_.bits(id, source.ordinal, number)};
}

/// The probe of what stands at `index` of a round.
void CredentialsProcess::probe(const Round& round, std::int64_t index, HostId target,
                               const Window& window, unsigned lane) {
    if (frame_.first_counts && model_.has_fallen(target)) {
        return;  // most of a subnet, once the worm is about
    }
    const std::uint64_t place = round.order.position(static_cast<std::uint64_t>(index));
    // Compared as a double first: a late time would not fit an integer.
    const double wait_us = static_cast<double>(place) * round.us_per_probe;
    if (!model_.reaches(round.source.host, target) ||
        wait_us >= static_cast<double>(round.source.until - round.begin)) {
        return;
    }
    const TimeUs time = model_.context().time_after(round.source.host, round.begin,
                                                    static_cast<TimeUs>(wait_us + 0.5));
    if (time < round.source.until &&
        happens(success_.bits(round.success_key, static_cast<std::uint32_t>(place)),
                model_.settings().success)) {
        lanes_[lane].push(std::max(window.step + 1, time / frame_.step_us),
                          {time, target, round.source.host, round.source.ordinal,
                           static_cast<std::uint32_t>(place)});
    }
}

void CredentialsProcess::list_domain(const Source& source, TimeUs begin, const HostRange& domain,
                                     const Window& window, unsigned lane) {
    if (domain.size() < 2 || model_.settings().rate_per_s <= 0) {
        return;
    }
    const Round list =
        round(source, Round::list, begin, model_.settings().rate_per_s, domain.size() - 1);
    std::int64_t index = 0;
    for (HostId host = domain.first; host < domain.last; ++host.value) {
        if (host != source.host) {
            probe(list, index++, host, window, lane);
        }
    }
}

void CredentialsProcess::look_around(const Source& source, TimeUs begin, const Holdings& holds,
                                     const Organisation& organisation, const Window& window,
                                     unsigned lane) {
    const CredentialsSettings& settings = model_.settings();
    const HostRange domain = organisation.domain_of(source.host);
    const bool domain_opens = holds.domain && domain.size() > 0;
    const bool sweep_opens = holds.local && settings.local_opens == "swept";
    const bool knowing_opens = holds.local && settings.local_opens == "known";
    if (settings.rate_elsewhere_per_s <= 0) {
        return;
    }
    HostRange around{source.host, source.host};
    if (domain_opens || sweep_opens) {
        around = model_.swept(organisation, source.host);
        const std::int64_t first = organisation.subnet_number(around.first);
        const std::int64_t last = organisation.subnet_number({around.last.value - 1}) + 1;
        const std::int64_t per_subnet = model_.population().subnet_hosts();
        const Round sweep = round(source, Round::sweep, begin, settings.rate_elsewhere_per_s,
                                  (last - first) * per_subnet);
        for (std::int64_t number = first; number < last; ++number) {
            const HostRange subnet = organisation.subnet(number);
            for (HostId host = subnet.first; host < subnet.last; ++host.value) {
                if (sweep_opens || domain.contains(host)) {
                    probe(sweep, (number - first) * per_subnet + host.value - subnet.first.value,
                          host, window, lane);
                }
            }
        }
        begin = model_.context().time_after(
            source.host, begin,
            from_seconds(static_cast<double>((last - first) * per_subnet) /
                         settings.rate_elsewhere_per_s));
    }
    if ((!domain_opens && !knowing_opens) || begin >= source.until) {
        return;
    }
    const std::vector<HostId> known = model_.known(organisation, source.host, around);
    if (known.empty()) {
        return;
    }
    const Round acquaintances = round(source, Round::acquaintances, begin,
                                      settings.rate_elsewhere_per_s, std::ssize(known));
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (knowing_opens || domain.contains(known[i])) {
            probe(acquaintances, static_cast<std::int64_t>(i), known[i], window, lane);
        }
    }
}

void CredentialsProcess::emit(const Window& window, unsigned lane, AttemptSink& sink) {
    for (const Probe& p : lanes_[lane].open(window.step)) {
        sink.add(p.target, p.time, p.source, p.stay, p.place);
    }
    lanes_[lane].close(window.step);
}

void CredentialsProcess::save(StateWriter& out) const {
    RowWriter probes = out.of_hosts("probes");
    for (const Calendar<Probe>& lane : lanes_) {
        lane.for_each([&](std::int64_t, const Probe& p) {
            probes.add(p.source, p.time, p.target, p.stay, p.place);
        });
    }
    frame_.save_first_counts(out);
}

void CredentialsProcess::load(const StateReader& in, const Window& last) {
    frame_.check_first_counts(in, model_.name());
    in.each_host("probes", [&](HostId host, StateRow& row) {
        Probe p{};
        p.source = host;
        row.read(p.time, p.target, p.stay, p.place);
        row.require(model_.population().has(p.target));
        lanes_[lane_of(model_.context().partition.to_local(host), lanes_.size())].push(
            std::max(last.step + 1, p.time / frame_.step_us), p);
    });
}

}  // namespace

std::unique_ptr<VectorProcess> start_credentials(const CredentialsModel& model,
                                                 const OutbreakFrame& frame) {
    return std::make_unique<CredentialsProcess>(model, frame);
}

}  // namespace annelid
