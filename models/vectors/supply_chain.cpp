#include "models/vectors/supply_chain.hpp"

#include "engine/scenario/quantity.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/populations/place_names.hpp"
#include "models/vectors/polls.hpp"

#include <algorithm>

namespace annelid {

namespace {

class SupplyChain final : public VectorModel {
  public:
    SupplyChain(const std::string& name, const SupplyChainSettings& settings,
                const VectorContext& context)
        : VectorModel(name, trait_mask(settings.requires_traits), ""),
          settings_(settings),
          context_(context),
          period_(settings.poll),
          live_(read_live_times(settings.live)),
          pool_(context.population, context.partition, context.hosts, requires_traits(),
                context.ranks) {
        const Population& population = context.population;
        const std::vector<bool> sectors = chosen_places(settings.sectors, population.sectors());
        for (const Cell& cell : population.cells()) {
            const auto country = static_cast<std::size_t>(cell.country);
            const auto named = settings.clients.find(population.countries()[country].code);
            const double share =
                named == settings.clients.end() ? settings.client_share : named->second;
            shares_.push_back(sectors[static_cast<std::size_t>(cell.sector)] ? share : 0);
        }
    }

    double mean_attempts_per_s() const override { return 0; }  // of a source: it has none
    const Pool& pool() const override { return pool_; }
    bool reaches_far() const override { return false; }
    bool is_update() const override { return true; }
    bool lost_when_off() const override { return false; }
    TimeUs opens_at() const override { return live_.front().from; }
    std::unique_ptr<VectorProcess> start(const OutbreakFrame& frame) const override;

    const SupplyChainSettings& settings() const { return settings_; }
    const VectorContext& context() const { return context_; }
    const Distribution& period() const { return period_; }
    const std::vector<LiveTime>& live() const { return live_; }
    /// Share of clients among the organisations of each cell of the population.
    const std::vector<double>& shares() const { return shares_; }

    /// Share of hosts that run the software in a client organisation of so many.
    double host_share(std::int64_t hosts) const {
        return settings_.hosts_per_client > 0
                   ? settings_.hosts_per_client / static_cast<double>(hosts)
                   : settings_.host_share;
    }

  private:
    SupplyChainSettings settings_;
    VectorContext context_;
    Distribution period_;
    std::vector<LiveTime> live_;
    Pool pool_;
    std::vector<double> shares_;
};

class SupplyChainProcess final : public VectorProcess {
  public:
    SupplyChainProcess(const SupplyChain& model, const OutbreakFrame& frame)
        : model_(model),
          frame_(frame),
          client_(frame.seed, Purpose::client, model.name()),
          host_(frame.seed, Purpose::client_host, model.name()),
          polls_(model.period(), model.settings().schedule == "periodic", frame.seed, model.name(),
                 model.context().population, model.context().hours),
          lanes_(frame.lanes) {}

    void open(unsigned lane) override;
    void launch(const Source&, const Window&, unsigned) override {}
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override;
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;

  private:
    struct Update {
        TimeUs time;
        LocalHost host;
    };
    static_assert(sizeof(Update) == 16);
    struct Lane {
        std::vector<Update> first;  ///< of each host, in time order
        std::size_t done = 0;       ///< of them
        Calendar<Update> later;     ///< only where a host can be infected again
    };

    void open_run(unsigned lane, HostId first, LocalHost local, std::int64_t size, double share);
    TimeUs first_update(HostId host, TimeUs from) const;
    void emit_from(Update update, const Window& window, Lane& lane, AttemptSink& sink) const;

    const SupplyChain& model_;
    OutbreakFrame frame_;
    Draws client_, host_;
    Polls polls_;
    std::vector<Lane> lanes_;
};

void SupplyChainProcess::open(unsigned lane) {
    const Population& population = model_.context().population;
    const Partition& partition = model_.context().partition;
    const std::vector<Cell>& cells = population.cells();
    for (std::size_t c = 0; c < cells.size(); ++c) {
        const double share = model_.shares()[c];
        const HostId last =
            c + 1 < cells.size() ? cells[c + 1].first : HostId{population.num_hosts()};
        if (share > 0) {
            partition.for_each_run(partition.num_local_below(cells[c].first),
                                   partition.num_local_below(last),
                                   [&](HostId first, LocalHost local, std::int64_t size) {
                                       open_run(lane, first, local, size, share);
                                   });
        }
    }
    std::vector<Update>& updates = lanes_[lane].first;
    updates.shrink_to_fit();
    std::sort(updates.begin(), updates.end(), [](const Update& a, const Update& b) {
        return a.time != b.time ? a.time < b.time : a.host < b.host;
    });
}

/// The lane's hosts among so many consecutive ones of a cell.
void SupplyChainProcess::open_run(unsigned lane, HostId first, LocalHost local, std::int64_t size,
                                  double share) {
    const VectorContext& context = model_.context();
    const std::int64_t to_whole = context.population.to_whole(first).value - first.value;
    HostRange organisation{first, first};
    bool client = false;
    double host_share = 0;
    for (std::int64_t i = 0; i < size; ++i) {
        const HostId host{first.value + i};
        if (!organisation.contains(host)) {
            organisation = context.population.organisation_of(host);
            const auto id = static_cast<std::uint64_t>(organisation.first.value + to_whole);
            client = happens(client_.bits(id), share);
            host_share = model_.host_share(organisation.size());
        }
        if (!client) {
            // On to the next organisation.
            i = std::min(size, organisation.last.value - first.value) - 1;
            continue;
        }
        const LocalHost here{local.value + static_cast<std::uint32_t>(i)};
        if (lane_of(here, frame_.lanes) != lane ||
            !carries(context.hosts.traits[here.value], model_.requires_traits()) ||
            !happens(host_.bits(static_cast<std::uint64_t>(host.value + to_whole)), host_share)) {
            continue;
        }
        const TimeUs time = first_update(host, 0);
        if (time < frame_.end_us) {
            lanes_[lane].first.push_back({time, here});
        }
    }
}

/// When a client host takes the update for the first time from `from` on.
TimeUs SupplyChainProcess::first_update(HostId host, TimeUs from) const {
    TimeUs time = never;
    for (std::size_t i = 0; i < model_.live().size() && time >= never; ++i) {
        const LiveTime& live = model_.live()[i];
        time = polls_.first(host, std::max(from, live.from), std::min(live.until, frame_.end_us),
                            model_.settings().success);
    }
    return time;
}

std::int64_t SupplyChainProcess::next_step(unsigned lane_index) const {
    const Lane& lane = lanes_[lane_index];
    const std::int64_t first =
        lane.done < lane.first.size() ? lane.first[lane.done].time / frame_.step_us : no_step;
    return std::min(first, lane.later.next_step());
}

void SupplyChainProcess::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
    Lane& lane = lanes_[lane_index];
    for (const Update& update : lane.later.open(window.step)) {
        emit_from(update, window, lane, sink);
    }
    lane.later.close(window.step);
    for (; lane.done < lane.first.size() && lane.first[lane.done].time < window.end; ++lane.done) {
        emit_from(lane.first[lane.done], window, lane, sink);
    }
}

/// A host's attempts of the window from this one on; what comes later waits.
void SupplyChainProcess::emit_from(Update update, const Window& window, Lane& lane,
                                   AttemptSink& sink) const {
    const HostId host = model_.context().partition.to_global(update.host);
    while (update.time < window.end) {
        sink.add(host, update.time, no_host, 0, 0);
        update.time = frame_.first_counts ? never : first_update(host, update.time + 1);
    }
    if (update.time < frame_.end_us) {
        lane.later.push(update.time / frame_.step_us, update);
    }
}

/// The first updates are known anew once it is open.
void SupplyChainProcess::save(StateWriter& out) const {
    RowWriter later = out.of_hosts("later");
    for (const Lane& lane : lanes_) {
        lane.later.for_each([&](std::int64_t, const Update& update) {
            later.add(model_.context().partition.to_global(update.host), update.time);
        });
    }
    frame_.save_first_counts(out);
}

void SupplyChainProcess::load(const StateReader& in, const Window& last) {
    frame_.check_first_counts(in, model_.name());
    for (Lane& lane : lanes_) {
        const auto next =
            std::lower_bound(lane.first.begin(), lane.first.end(), last.end,
                             [](const Update& update, TimeUs time) { return update.time < time; });
        lane.done = static_cast<std::size_t>(next - lane.first.begin());
    }
    in.each_host("later", [&](HostId host, StateRow& row) {
        Update update{0, model_.context().partition.to_local(host)};
        row.read(update.time);
        lanes_[lane_of(update.host, lanes_.size())].later.push(
            std::max(last.step + 1, update.time / frame_.step_us), update);
    });
}

std::unique_ptr<VectorProcess> SupplyChain::start(const OutbreakFrame& frame) const {
    return std::make_unique<SupplyChainProcess>(*this, frame);
}

}  // namespace

Fields SupplyChainSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"supply_chain"};
    Field per_client_field{"hosts_per_client", &hosts_per_client, Unit::none,
                           "how many hosts of a client run the software on average, at most all; "
                           "0: host_share says it"};
    per_client_field.source = "M.E.Doc 2017: 10^6 computers of 400,000 firms [O], 2.5 [D]";
    per_client_field.min = 0;
    Field schedule_field{"schedule", &schedule, Unit::none,
                         "periodic: a host polls at equal intervals, its first at any time of "
                         "one; poisson: at any time, whatever it did before"};
    schedule_field.choices = {"periodic", "poisson"};
    Field poll_field{"poll", &poll, Unit::duration,
                     "mean time between the polls of a host, over hosts; at least 1 s"};
    poll_field.source = "assumption; sweep 1 h to 3 d";
    poll_field.required = true;
    poll_field.above_min = true;
    Field live_field{"live", &live, Unit::none,
                     "when the update is poisoned: \"3 h to 8 h\", from the start on"};
    live_field.required = true;
    Field requires_field{"requires", &requires_traits, Unit::none,
                         "traits that a target must carry"};
    requires_field.choices = {trait_names.begin(), trait_names.end()};
    return {
        kind_field,
        Field{"clients", &clients, Unit::share, "share of a country's organisations, by country",
              "M.E.Doc 2017: about 90 % of Ukrainian firms [O]"},
        Field{"client_share", &client_share, Unit::share, "the same of countries not named"},
        Field{"sectors", &sectors, Unit::none, "only organisations of these sectors; empty: all"},
        Field{"host_share", &host_share, Unit::share, "share of a client's hosts that poll"},
        per_client_field,
        schedule_field,
        poll_field,
        live_field,
        Field{"success", &success, Unit::share, "probability that a poll of a fit host works"},
        requires_field};
}

KeyFaults SupplyChainSettings::faults(const std::vector<std::string>& all_countries,
                                      const std::vector<std::string>& all_sectors) const {
    KeyFaults out;
    double largest = client_share;
    for (const auto& [country, share] : clients) {
        check_places("clients." + country, {country}, all_countries, out);
        largest = std::max(largest, share);
    }
    check_places("sectors", sectors, all_sectors, out);
    if (largest <= 0) {
        out.push_back({"clients", "the vendor has no clients",
                       "write clients = { UA = 0.9 }, or client_share for every country"});
    }
    if (hosts_per_client <= 0 && host_share <= 0) {
        out.push_back({"host_share", "no host of a client polls", "use a share above 0"});
    }
    if (hosts_per_client > 0 && host_share < 1) {
        out.push_back({"host_share", "hosts_per_client says how many hosts poll", "leave out one"});
    }
    if (live.empty()) {
        out.push_back({"live", "the update is never poisoned", "write live = [\"3 h to 8 h\"]"});
    }
    try {
        read_live_times(live);
    } catch (const Refusal& refusal) {
        out.push_back({"live", refusal.why, refusal.advice});
    }
    return out;
}

std::unique_ptr<VectorModel> make_supply_chain(const std::string& name,
                                               const SupplyChainSettings& settings,
                                               const VectorContext& context) {
    const Population& population = context.population;
    refuse("worm.vector." + name, settings.faults(country_codes(population), population.sectors()));
    return std::make_unique<SupplyChain>(name, settings, context);
}

}  // namespace annelid
