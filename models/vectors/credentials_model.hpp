// What a vector `credentials` is, and the process that it starts.
#pragma once

#include "engine/spread/lifecycle.hpp"
#include "models/vectors/credentials.hpp"

namespace annelid {

class CredentialsModel final : public VectorModel {
  public:
    CredentialsModel(const std::string& name, const CredentialsSettings& settings,
                     const VectorContext& context)
        : VectorModel(name, trait_mask(settings.requires_traits), ""),
          settings_(settings),
          context_(context),
          harvest_(settings.harvest),
          pool_(context.population, context.partition, context.hosts, requires_traits(),
                context.ranks),
          source_requires_(trait_mask(settings.source_requires)) {}

    const CredentialsSettings& settings() const { return settings_; }
    const VectorContext& context() const { return context_; }
    const Population& population() const { return context_.population; }
    const Distribution& harvest() const { return harvest_; }
    const Pool& pool() const override { return pool_; }
    bool reaches_far() const override { return false; }
    bool uses_credentials() const override { return true; }
    double mean_attempts_per_s() const override;
    std::int64_t num_neighbours(HostId host) const override;
    double mean_neighbour_delay_s() const override;
    std::unique_ptr<VectorProcess> start(const OutbreakFrame& frame) const override;

    bool serves(HostId source) const {
        return carries(traits_of(source), source_requires_) &&
               !population().is_home(population().cell_of(source));
    }
    bool is_controller(HostId host) const {
        return carries(traits_of(host), trait_domain_controller);
    }
    double yield_of(HostId host) const;
    /// The addresses that a source elsewhere sweeps, as hosts.
    HostRange swept(const Organisation& organisation, HostId source) const {
        return settings_.sweep == "segment" ? organisation.segment_of(source)
                                            : organisation.subnet_of(source);
    }
    /// No longer susceptible. States stand still while sources are launched.
    bool has_fallen(HostId target) const {
        return context_.hosts.state[context_.worm][context_.partition.to_local(target).value] !=
               Lifecycle::susceptible;
    }
    /// Organisations are never cut, so a target is always on the rank of its source.
    bool reaches(HostId source, HostId target) const {
        return target != source && carries(traits_of(target), requires_traits()) &&
               population().may_talk(source, target);
    }
    /// Hosts that a source knows beyond those that it sweeps, by rising id.
    std::vector<HostId> known(const Organisation& organisation, HostId source,
                              const HostRange& beyond) const;

  private:
    Traits traits_of(HostId host) const {
        return context_.hosts.traits[context_.partition.to_local(host).value];
    }

    CredentialsSettings settings_;
    VectorContext context_;
    Distribution harvest_;
    Pool pool_;
    Traits source_requires_;
};

std::unique_ptr<VectorProcess> start_credentials(const CredentialsModel& model,
                                                 const OutbreakFrame& frame);

}  // namespace annelid
