#include "models/defences/contact_tracing.hpp"

#include "engine/scenario/distribution_faults.hpp"
#include "models/defences/common.hpp"
#include "models/defences/transmission_tree.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace annelid {

namespace {

class ContactTracing final : public DefenceModel {
  public:
    ContactTracing(const std::string& name, const ContactTracingSettings& settings,
                   const DefenceContext& context)
        : DefenceModel(name, {.hears = settings.success > 0 && settings.timing.compliance > 0,
                              .traces = settings.success > 0 && settings.timing.compliance > 0}),
          settings(settings),
          context(context),
          delay(settings.after) {}

    std::unique_ptr<DefenceProcess> start(Seed seed) const override;

    const ContactTracingSettings settings;
    const DefenceContext context;
    const Distribution delay;
};

class Process final : public DefenceProcess {
  public:
    Process(const ContactTracing& model, Seed seed)
        : model_(model),
          activation_(model.settings.timing.activation(model.context, seed, model.name())),
          draws_(seed, Purpose::tracing, model.name()) {}

    void hear(const StepReport& report, const Communicator& ranks,
              std::vector<Order>& orders) override {
        const Partition& partition = model_.context.partition;
        std::vector<Transmission> links;
        std::vector<Trace> traces;
        learn(report, links, traces);
        if (model_.settings.forward) {
            links = send_to_owners(
                links, [](const Transmission& link) { return link.parent; }, partition, ranks);
            for (const Transmission& link : links) {
                const TimeUs detected = tree_.add_child(link);
                if (detected < never) {
                    follow(link.parent, link.child, std::max(detected, link.time), traces);
                }
            }
        }
        for (const Trace& trace : send_to_owners(
                 traces, [](const Trace& t) { return t.host; }, partition, ranks)) {
            const Traits traits = traits_for(activation_, model_.context, trace.host);
            if (activation_.in_scope(trace.host, traits)) {
                waiting_.push_back(trace);
            }
        }
        give_orders(report.window.end, orders);
    }

    void begin(std::int64_t unit, TimeUs time) override { activation_.begin(unit, time); }

    void save(StateWriter& out) const override {
        RowWriter waiting = out.of_hosts("waiting");
        for (const Trace& trace : waiting_) {
            waiting.add(trace.host, trace.time);
        }
        tree_.save(out);
    }
    void load(const StateReader& in) override {
        in.each_host("waiting", [&](HostId host, StateRow& row) {
            Trace trace{0, host};
            row.read(trace.time);
            waiting_.push_back(trace);
        });
        tree_.load(in);
    }

  private:
    /// A host that is to be looked at.
    struct Trace {
        TimeUs time;
        HostId host;
    };

    /// What the step brought, in its order; an infection comes before a detection at its time.
    void learn(const StepReport& report, std::vector<Transmission>& links,
               std::vector<Trace>& traces) {
        auto detection = report.detections.begin();
        const auto detect_until = [&](TimeUs time) {
            for (; detection != report.detections.end() && detection->time < time; ++detection) {
                if (detection->first && detection->infected) {
                    detect(*detection, traces);
                }
            }
        };
        for (const Infection& infection : report.infections) {
            detect_until(infection.time);
            const Transmission link{infection.time, infection.infector, infection.host,
                                    infection.worm};
            tree_.infect(link);
            if (infection.infector != no_host) {
                links.push_back(link);
            }
        }
        detect_until(never);
    }

    void detect(const Detection& detection, std::vector<Trace>& traces) {
        tree_.detect(detection.host, detection.time, [&](const Transmission& link) {
            const bool forward = link.parent == detection.host;
            if (forward ? model_.settings.forward : model_.settings.backward) {
                follow(detection.host, forward ? link.child : link.parent,
                       std::max(detection.time, link.time), traces);
            }
        });
    }

    /// From a detected host to another, if the link is found.
    void follow(HostId from, HostId to, TimeUs time, std::vector<Trace>& traces) const {
        const std::uint64_t other = id_of(model_.context, to);
        const auto draw =
            draws_.pair(id_of(model_.context, from), static_cast<std::uint32_t>(other),
                        static_cast<std::uint32_t>(other >> 32));
        if (happens(draw[0], model_.settings.success)) {
            const TimeUs delay = from_seconds(model_.delay.quantile(draw[1]));
            traces.push_back({std::min(never, time + delay), to});
        }
    }

    void give_orders(TimeUs earliest, std::vector<Order>& orders) {
        std::erase_if(waiting_, [&](const Trace& trace) {
            const Traits traits = traits_for(activation_, model_.context, trace.host);
            const TimeUs begin = activation_.begins_at(trace.host, traits);
            const TimeUs time = std::max({trace.time, begin, earliest});
            // Who traced it is often found by it in turn.
            if (time < activation_.ends_at(trace.host, traits) && !tree_.is_detected(trace.host)) {
                orders.push_back({time, trace.host, Order::Kind::look});
            }
            return begin < never;
        });
    }

    const ContactTracing& model_;
    Activation activation_;
    Draws draws_;
    TransmissionTree tree_;
    std::vector<Trace> waiting_;  ///< for its trigger
};

std::unique_ptr<DefenceProcess> ContactTracing::start(Seed seed) const {
    return std::make_unique<Process>(*this, seed);
}

}  // namespace

Fields ContactTracingSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"contact_tracing"};
    Field after_field{"after", &after, Unit::duration,
                      "from a detection until a host linked to it is looked at"};
    after_field.source = "assumption; sweep 1 min to 1 d";
    Field success_field{"success", &success, Unit::share, "share of links that are found"};
    success_field.source = "assumption; sweep 0.1 to 0.9";
    return with_timing(
        {kind_field, after_field, success_field,
         Field{"forward", &forward, Unit::none, "to those whom a detected host infected"},
         Field{"backward", &backward, Unit::none, "to the host that infected it"}},
        timing);
}

KeyFaults ContactTracingSettings::faults(const DefenceNames& names) const {
    KeyFaults out;
    if (!forward && !backward) {
        out.push_back({"backward", "it would trace nobody", "use forward or backward, or both"});
    }
    check_drawn("after", after, out);
    return with_timing(std::move(out), timing, names);
}

std::unique_ptr<DefenceModel> make_defence(const std::string& name,
                                           const ContactTracingSettings& settings,
                                           const DefenceContext& context) {
    refuse("defence." + name, settings.faults(names_of(context)));
    return std::make_unique<ContactTracing>(name, settings, context);
}

}  // namespace annelid
