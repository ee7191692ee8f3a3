// Vector `credentials`: a source opens the hosts of its domain with credentials that it finds on
// itself, patched or not.
//
// What a host holds is its own draw, once for all of its infections: credentials of a domain
// administrator if u < the yield of its role (past log-ons left them), local ones if v <
// `local_yield`; so a larger yield contains a smaller one. Hosts that the outbreak starts with hold
// nothing if `seeds_harvest` is false: the worm was run there without privileges. A source that
// turns infectious at t has them at T = t + `harvest` and then probes, one host after the other:
//
//   on a domain controller, with a domain administrator's: each of the n - 1 other hosts of the
//       domain once, the j-th (j = 0, 1 …) of a keyed permutation at T + j / rate
//   elsewhere: the a addresses of its subnet (or segment), the j-th at T + j / rate_elsewhere;
//       then the k hosts that it knows beyond them, the j-th at T + (a + j) / rate_elsewhere: the
//       controllers of its domain and the hosts of its organisation that the network links it to
//
// A domain administrator's credentials open every host of the source's domain. Local ones open what
// is swept, or only what is known (then without a sweep), in its organisation. A probe is lost
// where the segments of source and target may not talk, on blanks, and on hosts that the
// credentials do not open. Homes hold no credentials. All times are the source's own: they stand
// still while it is switched off.
//
// No measurement of yields or paces is known to us: all are assumptions [A]. That domain
// controllers list the hosts and others sweep their subnet is NotPetya's [O McAfee, Microsoft
// 2017].
#pragma once

#include "engine/chance/distribution.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/vector.hpp"
#include "models/vectors/context.hpp"

#include <memory>
#include <string>
#include <vector>

namespace annelid {

struct CredentialsSettings {
    std::string kind = "credentials";
    DistributionSpec harvest = {.kind = DistributionSpec::Kind::fixed, .mean = 60};
    double workstation_yield = 0.02;
    double server_yield = 0.2;
    double administrator_yield = 0.8;
    double domain_controller_yield = 1;
    double local_yield = 0.3;
    std::string local_opens = "swept";
    std::string sweep = "subnet";
    bool seeds_harvest = true;
    double rate_per_s = 10;
    double rate_elsewhere_per_s = 1;
    std::vector<std::string> requires_traits;
    std::vector<std::string> source_requires;
    double success = 1;

    Fields fields();
};

/// Collective.
std::unique_ptr<VectorModel> make_credentials(const std::string& name,
                                              const CredentialsSettings& settings,
                                              const VectorContext& context);

}  // namespace annelid
