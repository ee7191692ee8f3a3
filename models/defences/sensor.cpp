#include "models/defences/sensor.hpp"

#include "engine/scenario/distribution_faults.hpp"
#include "models/defences/common.hpp"
#include "models/defences/false_alarms.hpp"
#include "models/populations/place_names.hpp"

#include <algorithm>
#include <optional>

namespace annelid {

namespace {

/// The share of hosts that it watches in each cell of the population.
std::vector<double> coverage_of_cells(const SensorSettings& settings,
                                      const Population& population) {
    std::vector<double> out;
    for (const Cell& cell : population.cells()) {
        const auto sector = settings.coverage_by_sector.find(
            population.sectors()[static_cast<std::size_t>(cell.sector)]);
        const auto country = settings.coverage_by_country.find(
            population.countries()[static_cast<std::size_t>(cell.country)].code);
        out.push_back(sector != settings.coverage_by_sector.end()     ? sector->second
                      : country != settings.coverage_by_country.end() ? country->second
                                                                      : settings.coverage);
    }
    return out;
}

class Sensor final : public DefenceModel {
  public:
    Sensor(const std::string& name, const SensorSettings& settings, const DefenceContext& context,
           std::vector<double> coverage)
        : DefenceModel(name, {.detects = settings.timing.compliance > 0 &&
                                         *std::max_element(coverage.begin(), coverage.end()) > 0}),
          settings(settings),
          context(context),
          coverage(std::move(coverage)),
          delay(settings.after) {}

    Sees sees() const override {
        return settings.sees == "disrupted"    ? Sees::disrupted
               : settings.sees == "infectious" ? Sees::infectious
                                               : Sees::infected;
    }
    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    const SensorSettings settings;
    const DefenceContext context;
    const std::vector<double> coverage;  ///< by cell
    const Distribution delay;
};

class Process final : public DefenceProcess {
  public:
    Process(const Sensor& model, Seed seed)
        : model_(model),
          activation_(model.settings.timing.activation(model.context, seed, model.name())),
          coverage_(seed, Purpose::coverage, model.name()),
          detection_(seed, Purpose::detection, model.name()) {
        if (model.settings.false_alarm_rate_per_s > 0) {
            std::vector<bool> cells;
            for (const double share : model.coverage) {
                cells.push_back(share > 0);
            }
            false_alarms_.emplace(model.context, cells, model.settings.false_alarm_rate_per_s, seed,
                                  model.name(), [this](HostId host) {
                                      return watches(host) &&
                                             activation_.in_scope(
                                                 host,
                                                 traits_for(activation_, model_.context, host));
                                  });
        }
    }

    TimeUs detected_at(const Sighting& sighting) const override {
        const HostId host = sighting.host;
        const TimeUs begin = activation_.begins_at(host, sighting.traits);
        if (begin >= never || !watches(host)) {
            return never;
        }
        const auto draw = detection_.pair(id_of(model_.context, host), sighting.ordinal);
        if (happens(draw[0], model_.settings.false_negatives)) {
            return never;
        }
        const TimeUs delay = from_seconds(model_.delay.quantile(draw[1]));
        const TimeUs time = std::max(begin, std::min(never, sighting.since + delay));
        return time < activation_.ends_at(host, sighting.traits) ? time : never;
    }

    void alarms(TimeUs from, TimeUs until, std::vector<Detection>& out) override {
        if (false_alarms_) {
            false_alarms_->take(until, [&](TimeUs time, HostId host) {
                if (time >= from &&
                    activation_.in_force(host, traits_for(activation_, model_.context, host),
                                         time)) {
                    out.push_back({time, host, 0, false, false});
                }
            });
        }
    }
    TimeUs next_alarm() const override { return false_alarms_ ? false_alarms_->next() : never; }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

  private:
    bool watches(HostId host) const {
        const Population& population = model_.context.population;
        const auto cell =
            static_cast<std::size_t>(&population.cell_of(host) - population.cells().data());
        return happens(coverage_.bits(id_of(model_.context, host)), model_.coverage[cell]);
    }

    const Sensor& model_;
    Activation activation_;
    Draws coverage_, detection_;
    std::optional<FalseAlarms> false_alarms_;
};

std::unique_ptr<DefenceProcess> Sensor::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields SensorSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"sensor"};
    Field coverage_field{"coverage", &coverage, Unit::share, "share of hosts that it watches"};
    coverage_field.source = "assumption; sweep 0.1 to 1";
    Field sees_field{"sees", &sees, Unit::none, "the states in which it sees a host"};
    sees_field.choices = {"infected", "infectious", "disrupted"};
    Field after_field{"after", &after, Unit::duration,
                      "from entering such a state until it is detected"};
    after_field.source = "assumption; sweep 1 min to 1 d";
    Field missed_field{"false_negatives", &false_negatives, Unit::share,
                       "share of infections of watched hosts that it misses"};
    missed_field.source = "assumption; sweep 0 to 0.5";
    Field alarms_field{"false_alarm_rate", &false_alarm_rate_per_s, Unit::rate,
                       "false alarms per watched host and time"};
    alarms_field.source = "assumption; sweep 0 to 1 a year";
    alarms_field.max = 1;
    return with_timing(
        {kind_field, coverage_field,
         Field{"coverage_by_country", &coverage_by_country, Unit::share,
               "in these countries instead, as { UA = 0.3 }"},
         Field{"coverage_by_sector", &coverage_by_sector, Unit::share,
               "in these sectors of any country instead; before coverage_by_country"},
         sees_field, after_field, missed_field, alarms_field},
        timing);
}

KeyFaults SensorSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    for (const auto& [country, share] : coverage_by_country) {
        check_places("coverage_by_country." + country, {country}, names.countries, out);
    }
    for (const auto& [sector, share] : coverage_by_sector) {
        check_places("coverage_by_sector." + sector, {sector}, names.sectors, out);
    }
    check_drawn("after", after, out);
    return with_timing(std::move(out), timing, names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name, const SensorSettings& settings,
                                           const DefenceContext& context) {
    refuse("defence." + name, settings.faults(names_of(context)));
    return std::make_unique<Sensor>(name, settings, context,
                                    coverage_of_cells(settings, context.population));
}

}  // namespace annelid
