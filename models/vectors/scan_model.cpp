#include "models/vectors/scan_model.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace annelid {

ScanModel::Scope ScanModel::scope_of(const std::string& text) {
    if (text == "country")
        return Scope::country;
    if (text == "/8")
        return Scope::slash_8;
    if (text == "/16")
        return Scope::slash_16;
    if (text == "/24")
        return Scope::slash_24;
    if (text == "organisation")
        return Scope::organisation;
    if (text == "subnet")
        return Scope::subnet;
    return Scope::internet;
}

ScanModel::ScanModel(const std::string& name, const ScanSettings& settings,
                     const VectorContext& context)
    : VectorModel(name, trait_mask(settings.requires_traits), settings.follows,
                  settings.strategy == "permutation"),
      settings_(settings),
      context_(context),
      scope_(scope_of(settings.scope)),
      rate_(settings.rate),
      pool_(context.population, context.partition, context.hosts, requires_traits(), context.ranks),
      source_requires_(trait_mask(settings.source_requires)) {
    count_sources();
}

void ScanModel::count_sources() {
    const auto both = static_cast<Traits>(source_requires_ | requires_traits());
    if (both != requires_traits() && pool_.num_carriers() > 0) {
        const auto& traits = context_.hosts.traits;
        const std::int64_t mine =
            std::count_if(traits.begin(), traits.end(), [&](Traits t) { return carries(t, both); });
        source_share_ = static_cast<double>(context_.ranks.sum(mine)) /
                        static_cast<double>(pool_.num_carriers());
    }
}

Target ScanModel::block(HostId host, std::int64_t size) const {
    const std::int64_t first = context_.population.address_of(host) / size * size;
    return {context_.population.hosts_at(first, first + size), static_cast<double>(size), first};
}

Target ScanModel::around(HostId host) const {
    const Population& population = context_.population;
    switch (scope_) {
        case Scope::country: {
            const auto index = static_cast<std::size_t>(population.cell_of(host).country);
            const Country& country = population.countries()[index];
            return {country.hosts, static_cast<double>(country.num_addresses),
                    country.first_address};
        }
        case Scope::slash_8:
            // One part in 256 of all addresses, however many the scaled world has.
            return block(host, static_cast<std::int64_t>(0x1.0p24 * population.address_scale()));
        case Scope::slash_16:
            return block(host, 1 << 16);
        case Scope::slash_24:
            return block(host, 1 << 8);
        case Scope::organisation: {
            const HostRange hosts = population.organisation_of(host);
            const std::int64_t subnets = population.num_subnets(hosts.size());
            return {hosts, static_cast<double>(subnets * population.subnet_hosts()), 0};
        }
        case Scope::subnet:
            return {population.subnet_of(host), static_cast<double>(population.subnet_hosts()), 0};
        case Scope::internet:
            break;
    }
    return {population.all(), internet_addresses(), 0};
}

std::int64_t ScanModel::index_in(const Target& target, HostId host) const {
    if (scope_ == Scope::internet) {
        const Country& last = context_.population.countries().back();
        const auto everywhere = static_cast<std::int64_t>(target.addresses);
        return static_cast<std::int64_t>(
            static_cast<__int128>(context_.population.address_of(host)) * everywhere /
            (last.first_address + last.num_addresses));
    }
    if (!is_local_scope()) {
        return context_.population.address_of(host) - target.first_address;
    }
    const HostRange subnet = context_.population.subnet_of(host);
    const std::int64_t hosts = target.hosts.size();
    const std::int64_t number = scope_ == Scope::subnet
                                    ? 0
                                    : (host.value - target.hosts.first.value) *
                                          context_.population.num_subnets(hosts) / hosts;
    return number * context_.population.subnet_hosts() + (host.value - subnet.first.value);
}

bool ScanModel::is_carrier(HostId member) const {
    if (pool_.lists_members()) {
        return true;
    }
    Traits traits{};
    if (context_.partition.is_local(member)) {
        traits = context_.hosts.traits[context_.partition.to_local(member).value];
    } else {
        context_.population.draw_traits(member, {&traits, 1});
    }
    return carries(traits, requires_traits());
}

double ScanModel::mean_attempts_per_s() const {
    const auto carriers = static_cast<double>(pool_.num_carriers());
    double places = internet_addresses();
    if (is_local_scope()) {
        places = static_cast<double>(context_.population.num_hosts());  // as if subnets were full
    }
    return rate_.mean() * settings_.success * source_share_ * carriers / places;
}

std::int64_t ScanModel::num_neighbours(HostId host) const {
    if (!is_local_scope()) {
        return 0;
    }
    const Pool::Slice slice = pool_.within(around(host).hosts);
    std::int64_t count = 0;
    for (std::int64_t i = slice.first; i < slice.first + slice.size; ++i) {
        count += pool_.at(i) != host && worth_probing(pool_.at(i)) ? 1 : 0;
    }
    return count;
}

double ScanModel::mean_neighbour_delay_s() const {
    // A sweep or a sequence finds a host after half its length on average, random probes after its
    // whole length.
    const double length_s = static_cast<double>(context_.population.subnet_hosts()) / rate_.mean();
    return is_local_scope() ? (settings_.strategy == "random" ? 1.0 : 0.5) * length_s : 0;
}

/// Sources that walk beside their infector do not count; those that jump do.
double ScanModel::branching_per_s() const {
    const double local = settings_.local_start;
    double share = 1;
    if (settings_.strategy == "sequential") {
        share = 1 - local;
    } else if (settings_.strategy == "permutation") {
        share = 0.5 * (std::sqrt(local * local + 4) - local);
    }
    return share * mean_attempts_per_s();
}

double ScanModel::longest_step_s() const {
    return settings_.hit_list > 0 ? 1 / rate_.mean() : VectorModel::longest_step_s();
}

KeyFaults ScanModel::faults() const {
    KeyFaults out;
    if (settings_.hit_list > pool_.num_carriers()) {
        out.push_back(
            {"hit_list",
             fmt::format("only {} hosts carry what the vector requires", pool_.num_carriers()),
             "use a shorter list or more population.hosts"});
    }
    if ((settings_.strategy == "permutation" || settings_.strategy == "divide_and_conquer") &&
        static_cast<double>(pool_.size()) > internet_addresses()) {
        out.push_back({"addresses", "fewer addresses than hosts", "use more addresses"});
    }
    return out;
}

std::unique_ptr<VectorProcess> ScanModel::start(const OutbreakFrame& frame) const {
    const std::string& strategy = settings_.strategy;
    auto scans = strategy == "sweep"                ? start_sweeps(*this, frame)
                 : strategy == "sequential"         ? start_sequential_scans(*this, frame)
                 : strategy == "permutation"        ? start_permutation_scans(*this, frame)
                 : strategy == "divide_and_conquer" ? start_divided_scans(*this, frame)
                                                    : start_random_scans(*this, frame);
    return settings_.hit_list > 0 ? start_hit_list(*this, frame, std::move(scans))
                                  : std::move(scans);
}

}  // namespace annelid
