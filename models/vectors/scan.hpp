// Vector `scan`: a source probes addresses of a scope at r per second.
//
//   random       the probes are a Poisson process. Only hits on the pool are drawn: a Poisson
//   process
//                of rate r x (pool in the scope) / (addresses of the scope), each on a uniformly
//                drawn member. What a target cannot take by then it refuses.
//   sweep        address j of a keyed permutation of the scope is probed at j / r, once each.
//   sequential   a source probes address after address, the j-th behind its start at j / r, round
//                and round. It starts at its own address with probability `local_start`, else at a
//                drawn one.
//   permutation  the same along one keyed permutation of all addresses that all sources share. A
//                source that meets an infected host learns of it and goes on from a drawn place.
//
//   divide_and_conquer
//                the first sources share all addresses. A source probes its own one after the other
//                and hands the second half of what is left to each host that it hits, so that
//                nobody probes an address again.
//
// With N hosts in A addresses, I infected and S sources that started at a drawn address or place,
//   dI/dt = (r N / A) S (1 - I / N),
// as a source that starts where it was infected only walks beside its infector (and as long as few
// are infected before anybody walks there):
//   random       S = I
//   sequential   dS/dt = (1 - local_start) dI/dt
//   permutation  dS/dt = (r N / A) I - local_start dI/dt
//   divide_and_conquer
//                dI/dt = (r N / A) I, as what is not probed yet is as dense as all was, until the
//                first sources have come to the end of their addresses
// Routable space only: `addresses` = A is smaller than 2^32, for example the 3,654,353,889
// addresses of all countries in country_ipv4.csv [O], for a growth of r N / A.
//
// `hit_list` n: n carriers are known beforehand. The outbreak's first sources share the list; a
// source probes its first entry after 1 / r and hands half of what is left to it, and so on: after
// k / r there are 2^k times the sources, until the list is used up and they scan.
//
// In scope organisation a probe is lost where the segments of source and target may not talk.
//
// With `total_rate_limit` c the probes of all sources together are held to c per second: a probe is
// kept with probability min(1, c / R), R the sum of all sources' rates, those that are switched
// off aside, when the step begins. This is how a network that is full slows a worm that is bound by
// bandwidth (Moore et al. 2003).
//
// Sources: Staniford, Paxson and Weaver (2002) for uniform and permutation scanning and hit lists;
// Zou, Towsley and Gong (2006) for local preference, sequential and routable scanning; Moore et al.
// (2003) for Slammer's bandwidth limit.
#pragma once

#include "engine/chance/distribution.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/vector.hpp"
#include "models/vectors/context.hpp"

#include <memory>
#include <string>
#include <vector>

namespace annelid {

struct ScanSettings {
    std::string kind = "scan";
    std::string scope = "internet";
    std::string strategy = "random";
    DistributionSpec rate;
    std::vector<std::string> requires_traits;
    std::vector<std::string> source_requires;
    double success = 1;
    std::string follows;
    std::int64_t addresses = std::int64_t{1} << 32;
    double total_rate_limit = 0;
    double local_start = 0;
    std::int64_t hit_list = 0;

    Fields fields();
    /// Whether its scope is a country or a block: where hosts lie by addresses.
    bool needs_addresses() const { return scope == "country" || scope.starts_with('/'); }
    /// Whether a network telescope sees its scans, but for those that a limit holds back.
    bool is_random_on_internet() const {
        return scope == "internet" && strategy == "random" && hit_list == 0;
    }
    /// Faults in a world with so many modelled addresses per real one.
    KeyFaults faults(double address_scale) const;
};

/// Collective. Throws InputError where the scope does not fit the population.
std::unique_ptr<VectorModel> make_scan(const std::string& name, const ScanSettings& settings,
                                       const VectorContext& context);

}  // namespace annelid
