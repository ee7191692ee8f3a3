#include "models/vectors/credentials_model.hpp"

#include <algorithm>

namespace annelid {

double CredentialsModel::yield_of(HostId host) const {
    const Traits traits = traits_of(host);
    return carries(traits, trait_domain_controller) ? settings_.domain_controller_yield
           : carries(traits, trait_administrator)   ? settings_.administrator_yield
           : carries(traits, trait_server)          ? settings_.server_yield
                                                    : settings_.workstation_yield;
}

std::vector<HostId> CredentialsModel::known(const Organisation& organisation, HostId source,
                                            const HostRange& beyond) const {
    std::vector<HostId> out;
    const auto add = [&](HostId host) {
        if (host != source && organisation.hosts().contains(host) && !beyond.contains(host)) {
            out.push_back(host);
        }
    };
    const HostRange domain = organisation.domain_of(source);
    for (std::int64_t i = 0; i < organisation.num_controllers(domain); ++i) {
        add(organisation.controller(domain, i));
    }
    if (const Graph* graph = context_.graph; graph != nullptr) {
        const LocalHost vertex = context_.partition.to_local(source);
        for (std::int64_t link = graph->begin(vertex); link < graph->end(vertex); ++link) {
            add(HostId{graph->targets()[link]});
        }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

/// Of a workstation, whose role most hosts have.
double CredentialsModel::mean_attempts_per_s() const {
    const double share =
        static_cast<double>(pool_.num_carriers()) / static_cast<double>(population().num_hosts());
    return settings_.rate_elsewhere_per_s * settings_.success * share *
           std::max(settings_.workstation_yield, settings_.local_yield);
}

std::int64_t CredentialsModel::num_neighbours(HostId host) const {
    if (!serves(host)) {
        return 0;
    }
    const Organisation organisation = population().layout_of(host);
    const HostRange domain = organisation.domain_of(host);
    const bool lists = is_controller(host) && domain.size() > 0;
    const HostRange hosts = lists ? domain : swept(organisation, host);
    const double share = std::max(domain.size() > 0 ? yield_of(host) : 0, settings_.local_yield);
    return static_cast<std::int64_t>(share * static_cast<double>(hosts.size() - 1) + 0.5);
}

double CredentialsModel::mean_neighbour_delay_s() const {
    const double addresses = static_cast<double>(population().subnet_hosts());
    return harvest_.mean() + 0.5 * addresses / settings_.rate_elsewhere_per_s;
}

std::unique_ptr<VectorProcess> CredentialsModel::start(const OutbreakFrame& frame) const {
    return start_credentials(*this, frame);
}

Fields CredentialsSettings::fields() {
    const auto yield = [](const char* key, double* target, const char* doc) {
        return Field{key, target, Unit::share, doc, "assumption"};
    };
    const auto rate = [](const char* key, double* target, const char* doc) {
        Field field{key, target, Unit::rate, doc, "assumption; sweep a tenth to ten times"};
        field.min = 0;
        field.above_min = true;
        field.max = 1e6;
        return field;
    };
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"credentials"};
    Field harvest_field{"harvest", &harvest, Unit::duration,
                        "time from a source's turning infectious until it has its credentials",
                        "assumption; sweep 10 s to 10 min"};
    Field opens_field{"local_opens", &local_opens, Unit::none,
                      "what local credentials open: all that is swept, or only known hosts"};
    opens_field.choices = {"swept", "known"};
    Field sweep_field{"sweep", &sweep, Unit::none,
                      "the addresses that a source which is no domain controller sweeps"};
    sweep_field.choices = {"subnet", "segment"};
    Field requires_field{"requires", &requires_traits, Unit::none,
                         "traits that a target must carry"};
    requires_field.choices = {trait_names.begin(), trait_names.end()};
    Field source_field{"source_requires", &source_requires, Unit::none,
                       "traits that a source must carry to use this vector"};
    source_field.choices = requires_field.choices;
    return {kind_field,
            harvest_field,
            yield("workstation_yield", &workstation_yield,
                  "share of workstations that hold a domain administrator's credentials; sweep 0 "
                  "to 0.2"),
            yield("server_yield", &server_yield, "the same of servers; sweep 0.05 to 0.5"),
            yield("administrator_yield", &administrator_yield,
                  "the same of administrators' workstations; sweep 0.5 to 1"),
            yield("domain_controller_yield", &domain_controller_yield,
                  "the same of domain controllers; sweep 0.8 to 1"),
            yield("local_yield", &local_yield,
                  "share of hosts that hold credentials which open their neighbours; sweep 0 to 1"),
            opens_field,
            sweep_field,
            Field{"seeds_harvest", &seeds_harvest, Unit::none,
                  "whether the hosts that the outbreak starts with can hold any"},
            rate("rate", &rate_per_s, "hosts per second that a domain controller opens"),
            rate("rate_elsewhere", &rate_elsewhere_per_s,
                 "addresses, and then known hosts, per second that another source tries"),
            requires_field,
            source_field,
            Field{"success", &success, Unit::share,
                  "probability that a probe of a host that is open to it works"}};
}

std::unique_ptr<VectorModel> make_credentials(const std::string& name,
                                              const CredentialsSettings& settings,
                                              const VectorContext& context) {
    return std::make_unique<CredentialsModel>(name, settings, context);
}

}  // namespace annelid
