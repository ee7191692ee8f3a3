#include "models/defences/cleaning.hpp"

#include "engine/scenario/distribution_faults.hpp"
#include "models/defences/common.hpp"
#include "models/defences/staff_queues.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace annelid {

namespace {

using Job = StaffQueues::Job;

class Cleaning final : public DefenceModel {
  public:
    Cleaning(const std::string& name, const CleaningSettings& settings,
             const DefenceContext& context)
        : DefenceModel(name, {.hears = settings.timing.compliance > 0,
                              .cleans = settings.timing.compliance > 0}),
          settings(settings),
          context(context),
          work(settings.work) {}

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    std::int64_t staff_of(HostId organisation) const {
        const Population& population = context.population;
        if (population.is_home(population.cell_of(organisation))) {
            return settings.homes ? 1 : 0;
        }
        return settings.hosts_per_staff > 0
                   ? std::max<std::int64_t>(1, population.organisation_of(organisation).size() /
                                                   settings.hosts_per_staff)
                   : settings.staff;
    }

    const CleaningSettings settings;
    const DefenceContext context;
    const Distribution work;
};

class Process final : public DefenceProcess {
  public:
    Process(const Cleaning& model, Seed seed)
        : model_(model),
          activation_(model.settings.timing.activation(model.context, seed, model.name())),
          work_(seed, Purpose::cleaning, model.name()) {}

    void hear(const StepReport& report, const Communicator& ranks,
              std::vector<Order>& orders) override {
        for (const Detection& detection : report.detections) {
            const Traits traits = traits_for(activation_, model_.context, detection.host);
            if ((detection.first || !detection.infected) &&
                activation_.in_scope(detection.host, traits)) {
                waiting_.push_back({detection.time, detection.host});
            }
        }
        std::vector<Job> jobs = take_jobs();
        const Partition& partition = model_.context.partition;
        if (!partition.is_block()) {
            // An organisation may lie on several ranks, but its queue lies on one.
            jobs = send_to_owners(
                jobs, [](const Job& job) { return job.organisation; }, partition, ranks);
        }
        std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) {
            return std::tie(a.detected, a.host) < std::tie(b.detected, b.host);
        });
        std::vector<Order> done;
        for (const Job& job : jobs) {
            const TimeUs time = queues_.add(job, model_.staff_of(job.organisation));
            if (time < never) {
                done.push_back({std::max(time, report.window.end), job.host, Order::Kind::clean,
                                model_.settings.patches});
            }
        }
        if (!partition.is_block()) {
            done = send_to_owners(
                done, [](const Order& order) { return order.host; }, partition, ranks);
        }
        orders.insert(orders.end(), done.begin(), done.end());
        queues_.forget(report.window.end);
    }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

    void save(StateWriter& out) const override {
        RowWriter waiting = out.of_hosts("waiting");
        for (const Waiting& host : waiting_) {
            waiting.add(host.host, host.detected);
        }
        queues_.save(out);
    }
    void load(const StateReader& in) override {
        in.each_host("waiting", [&](HostId host, StateRow& row) {
            Waiting waiting{0, host};
            row.read(waiting.detected);
            waiting_.push_back(waiting);
        });
        queues_.load(in);
    }

  private:
    struct Waiting {
        TimeUs detected;
        HostId host;
    };

    /// Of hosts whose organisation has begun, or will by the clock.
    std::vector<Job> take_jobs() {
        std::vector<Job> jobs;
        std::erase_if(waiting_, [&](const Waiting& waiting) {
            const Traits traits = traits_for(activation_, model_.context, waiting.host);
            const TimeUs begin = activation_.begins_at(waiting.host, traits);
            if (begin >= never) {
                return false;
            }
            const std::uint64_t draw = work_.bits(id_of(model_.context, waiting.host));
            jobs.push_back({waiting.host,
                            model_.context.population.organisation_of(waiting.host).first,
                            waiting.detected, begin, activation_.ends_at(waiting.host, traits),
                            from_seconds(model_.work.quantile(draw))});
            return true;
        });
        return jobs;
    }

    const Cleaning& model_;
    Activation activation_;
    Draws work_;
    StaffQueues queues_;
    std::vector<Waiting> waiting_;  ///< for its trigger
};

std::unique_ptr<DefenceProcess> Cleaning::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields CleaningSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"cleaning"};
    Field work_field{"work", &work, Unit::duration, "how long a host takes"};
    work_field.source = "assumption; sweep 30 min to 1 d";
    Field staff_field{"staff", &staff, Unit::none,
                      "members of the staff of each organisation; 0: by its hosts"};
    staff_field.min = 0;
    staff_field.max = 1e9;
    Field per_field{"hosts_per_staff", &hosts_per_staff, Unit::none,
                    "one for each so many hosts of the organisation, at least one; 0: staff says"};
    per_field.min = 0;
    per_field.max = 1e9;
    per_field.source = "assumption; sweep 50 to 500";
    return with_timing(
        {kind_field, work_field, staff_field, per_field,
         Field{"homes", &homes, Unit::none, "households clean their own hosts; else nobody does"},
         Field{"patches", &patches, Unit::none, "a cleaned host has the update"}},
        timing);
}

KeyFaults CleaningSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    if ((staff > 0) == (hosts_per_staff > 0)) {
        out.push_back({"staff",
                       staff > 0 ? "hosts_per_staff says how many there are" : "nobody cleans",
                       staff > 0 ? "leave out one" : "write staff = 2 or hosts_per_staff = 100"});
    }
    check_drawn("work", work, out);
    return with_timing(std::move(out), timing, names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const CleaningSettings& settings,
                                           const DefenceContext& context) {
    refuse("defence." + name, settings.faults(names_of(context)));
    return std::make_unique<Cleaning>(name, settings, context);
}

}  // namespace annelid
