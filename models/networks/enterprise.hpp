// Network `enterprise`: who talks to whom inside organisations and between them.
//
// The population says which hosts are servers and administrators' (engine/hosts/organisation.hpp).
// Links, both ways:
//   work             a workstation to `server_links` servers of its organisation, the nearest first
//                    (its site's), the others drawn
//   administration   an administrator to each server and to `administrator_links` drawn hosts; none
//                    with administrator_links = 0
//   sites            the first host of a subnet to those of `site_links` other subnets of its
//                    organisation, the first subnet (headquarters) first, the others drawn: a VPN
//   partners         the first hosts of two organisations: a VPN. An organisation seeks N others,
//                    P(N >= k) = share (k)^-(b - 1), k = 1 …, drawn in proportion to their hosts,
//                    at home with probability `partner_home`, else anywhere
// Each family is switched off by server_links, administrator_links, site_links or partner_share =
// 0. Homes have no links. Organisations are drawn by the number of their first host in the whole
// world: a part of the world has the links that the whole has there.
//
// All parameters are assumptions [A]: no census of such links is known. Partners are heavy-tailed
// as links between firms are (Fujiwara and Aoyama 2010, exponent b = 2.3 for suppliers in Japan
// [R]).
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/graph/edge_source.hpp"
#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"

#include <memory>
#include <string>

namespace annelid {

struct EnterpriseSettings {
    std::string kind = "enterprise";
    std::int64_t server_links = 2;
    std::int64_t administrator_links = 50;
    std::int64_t site_links = 0;
    double partner_share = 0.5;
    double partner_exponent = 2.3;
    std::int64_t most_partners = 1000;
    double partner_home = 0.9;

    Fields fields();
    KeyFaults faults(std::int64_t num_vertices) const;
};

/// Between the hosts of `population`.
std::unique_ptr<EdgeSource> make_enterprise(const EnterpriseSettings& settings,
                                            std::shared_ptr<const Population> population,
                                            Seed seed);

}  // namespace annelid
