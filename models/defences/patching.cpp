#include "models/defences/patching.hpp"

#include "engine/chance/log.hpp"
#include "models/defences/filters.hpp"
#include "models/defences/turns.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace annelid {

namespace {

Group group_of_capacity(const PatchingSettings& settings) {
    if (settings.per == "organisation") {
        return Group::organisation;
    }
    return settings.per == "country" ? Group::country : Group::world;
}

class Patching final : public DefenceModel {
  public:
    Patching(const std::string& name, const PatchingSettings& given, const DefenceContext& world)
        : DefenceModel(name, {.patches = given.coverage > 0 && given.timing.compliance > 0}),
          settings(given),
          context(world),
          per(group_of_capacity(given)),
          capacity_per_s(given.capacity_per_s *
                         (per == Group::organisation ? 1 : world.population.address_scale())) {}

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    PatchingSettings settings;
    DefenceContext context;
    Group per;
    double capacity_per_s;  ///< in modelled hosts
};

class Process final : public DefenceProcess {
  public:
    Process(const Patching& model, Seed seed)
        : model_(model),
          activation_(model.settings.timing.activation(model.context, seed, model.name())),
          draws_(seed, Purpose::patching, model.name()) {
        if (model.capacity_per_s > 0) {
            turns_.emplace(model.context.population,
                           model.settings.timing.scope(model.context).cells, model.per, seed,
                           model.name());
        }
    }

    TimeUs patched_at(HostId host) const override {
        const TimeUs begins =
            activation_.begins_at(host, traits_for(activation_, model_.context, host));
        if (begins >= never) {
            return never;
        }
        const auto draw = draws_.pair(static_cast<std::uint64_t>(host.value));
        if (!happens(draw[0], model_.settings.coverage)) {
            return never;
        }
        return std::min(never, begins + from_seconds(wait_s(host, draw[1])));
    }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

  private:
    double wait_s(HostId host, std::uint64_t bits) const {
        const PatchingSettings& settings = model_.settings;
        if (turns_) {
            return static_cast<double>(turns_->place_of(host) + 1) / model_.capacity_per_s;
        }
        return settings.rate_per_s > 0 ? exponential_from_bits(bits) / settings.rate_per_s
                                       : to_unit(bits) * to_seconds(settings.duration);
    }

    const Patching& model_;
    Activation activation_;
    Draws draws_;
    std::optional<Turns> turns_;
};

std::unique_ptr<DefenceProcess> Patching::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

/// Where a trigger fires for parts of a group, each part would have all of the group's capacity.
KeyFaults trigger_faults(const PatchingSettings& settings, const DefenceContext& context) {
    const auto trigger = context.triggers.find(settings.timing.trigger);
    if (settings.capacity_per_s <= 0 || trigger == context.triggers.end()) {
        return {};
    }
    const Group per = group_of_capacity(settings);
    const Group fires = trigger->second;
    const bool whole = fires == Group::world || fires == per ||
                       (per == Group::organisation && fires != Group::host);
    if (whole) {
        return {};
    }
    return {{"per", "its trigger fires for smaller groups than share a capacity",
             "use per = \"organisation\", or a trigger per world"}};
}

}  // namespace

Fields PatchingSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"patching"};
    Field rate_field{"rate", &rate_per_s, Unit::rate,
                     "chance per time that an unpatched host is patched; 0: a campaign"};
    rate_field.min = 0;
    Field duration_field{"duration", &duration, Unit::duration,
                         "a campaign reaches its hosts evenly over this time; 0: it does not"};
    duration_field.min = 0;
    Field capacity_field{"capacity", &capacity_per_s, Unit::rate,
                         "hosts that a campaign deals with per time, patched by then or not, in "
                         "random order; 0: it does not"};
    capacity_field.min = 0;
    Field per_field{"per", &per, Unit::none,
                    "who has such a capacity; of a country or the world in real hosts"};
    per_field.choices = {"organisation", "country", "world"};
    return with_timing_but({"duration"},
                           {kind_field, rate_field, duration_field, capacity_field, per_field,
                            Field{"coverage", &coverage, Unit::share,
                                  "share of the hosts in scope ever patched: the ceiling"}},
                           timing);
}

KeyFaults PatchingSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    const int num_ways =
        (rate_per_s > 0 ? 1 : 0) + (duration > 0 ? 1 : 0) + (capacity_per_s > 0 ? 1 : 0);
    if (num_ways != 1) {
        const char* key = num_ways == 0 ? "rate" : capacity_per_s > 0 ? "capacity" : "duration";
        out.push_back({key,
                       num_ways == 0 ? "patching has a rate, a duration or a capacity"
                                     : "patching has one of rate, duration and capacity",
                       "write rate = \"0.02 /d\", duration = \"14 d\" or capacity = \"10 /d\""});
    }
    return with_timing(std::move(out), timing, names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const PatchingSettings& settings,
                                           const DefenceContext& context) {
    refuse("defence." + name, settings.faults(names_of(context)));
    refuse("defence." + name, trigger_faults(settings, context));
    return std::make_unique<Patching>(name, settings, context);
}

}  // namespace annelid
