#include "models/vectors/contact.hpp"

#include "engine/base/errors.hpp"
#include "models/vectors/contact_model.hpp"
#include "models/vectors/source_links.hpp"

#include <fmt/format.h>

namespace annelid {

namespace {

/// Times are whole microseconds: what renews faster stands still.
constexpr double shortest_renewal_s = 1e-6;

void require_network(const std::string& name, const VectorContext& context) {
    if (context.graph == nullptr) {
        refuse("worm.vector." + name,
               {{"kind", "the world has no network to spread over", "add a [network]"}});
    }
}

}  // namespace

ContactModel::ContactModel(const std::string& name, const ContactSettings& settings,
                           const VectorContext& context)
    : VectorModel(name, trait_mask(settings.requires_traits), ""),
      settings_(settings),
      context_(context),
      time_(settings.time),
      pool_(context.population, context.partition, context.hosts, requires_traits(),
            context.ranks) {
    require_network(name, context);
    if (requires_traits() != 0) {
        carriers_.resize(static_cast<std::size_t>(context.population.num_hosts() / 64 + 1));
        for (std::uint32_t i = 0; i < context.hosts.traits.size(); ++i) {
            if (carries(context.hosts.traits[i], requires_traits())) {
                const std::int64_t id = context.partition.to_global(LocalHost{i}).value;
                carriers_[static_cast<std::size_t>(id / 64)] |=
                    static_cast<std::int64_t>(std::uint64_t{1} << (id % 64));
            }
        }
        context.ranks.sum_all(carriers_);  // each bit is set on one rank at most
    }
    if (settings.repeat && time_.mean() < shortest_renewal_s) {
        refuse("worm.vector." + name,
               {{"time", "a link that renews at once would never let time go on",
                 "set repeat = false, or use at least 1 us"}});
    }
}

double ContactModel::mean_attempts_per_s() const {
    return time_.mean() > 0
               ? mean_links_of_sources(context_, requires_traits(), pool_.num_carriers()) *
                     settings_.success / time_.mean()
               : 0;
}

std::uint32_t ContactModel::multiplicity(LocalHost source, std::int64_t link) const {
    const Vertex* const targets = graph().targets();
    std::uint32_t before = 0;
    while (link - before > graph().begin(source) && targets[link - before - 1] == targets[link]) {
        ++before;
    }
    return before;
}

std::unique_ptr<VectorProcess> ContactModel::start(const OutbreakFrame& frame) const {
    return frame.first_counts && !frame.followed(name()) ? start_first_contacts(*this, frame)
                                                         : start_renewing_contacts(*this, frame);
}

Fields ContactSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"contact"};
    Field time_field{"time", &time, Unit::duration,
                     "time from a source's turning infectious to its attempt along a link of "
                     "weight 1"};
    time_field.required = true;
    Field requires_field{"requires", &requires_traits, Unit::none,
                         "traits that a target must carry"};
    requires_field.choices = {trait_names.begin(), trait_names.end()};
    return {kind_field, time_field,
            Field{"repeat", &repeat, Unit::none,
                  "a link renews after each attempt while its source is infectious"},
            requires_field,
            Field{"success", &success, Unit::share,
                  "probability that an attempt on a fit target works"}};
}

std::unique_ptr<VectorModel> make_contact(const std::string& name, const ContactSettings& settings,
                                          const VectorContext& context) {
    return std::make_unique<ContactModel>(name, settings, context);
}

}  // namespace annelid
