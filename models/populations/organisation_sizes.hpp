// How many organisations of each size a sector of a country has.
//
// Employees e of a firm follow a Zipf law inside each size class, P(E >= e) ~ e^-a (Axtell 2001),
// and the classes share employment as the EU's firms do (Eurostat 2012). A firm has max(1, round(p
// e)) hosts, p the PCs per employee of its sector. Homes have a geometric number of hosts.
//
// Counts are drawn by systematic sampling: with K organisations expected at or above size s, there
// are floor(K + u), u one uniform draw of the cell. So every count has the right expectation, large
// organisations of a small country are rare and not lost. A small world has no room for the
// largest: firms of 250 up have 0.20 of the business hosts of 10^6 hosts, 0.32 of 1.6 x 10^7 (table
// 0.33).
#pragma once

#include "engine/hosts/population.hpp"
#include "models/populations/world_tables.hpp"

#include <cstdint>
#include <vector>

namespace annelid {

class OrganisationSizes {
  public:
    /// Firms of a sector with `pcs_per_employee`; `largest` employees at most.
    static OrganisationSizes firms(const std::vector<WorldTables::SizeClass>& classes,
                                   double exponent, double largest, double pcs_per_employee);
    /// Households with `mean_hosts` on average, eight at most.
    static OrganisationSizes homes(double mean_hosts);

    /// Sizes of organisations that found no room in the cell they were drawn for.
    using Homeless = std::vector<std::int64_t>;

    /// Appends the runs of organisations that `hosts` hosts, the first of them `first`, make up.
    /// `u` in (0, 1). An organisation that is larger than its cell is handed on in `homeless` and
    /// settles in the next cell of the sector that is four times its size: so a scaled world keeps
    /// its share of large organisations as far as it has room for them, if in fewer countries.
    void append_runs(std::vector<OrganisationRun>& runs, HostId first, std::int64_t hosts, double u,
                     Homeless& homeless) const;

  private:
    /// Expected organisations of at least s hosts, for one host of the sector.
    double at_least(std::int64_t s) const;
    std::int64_t size_at(double organisations) const;

    std::vector<double> table_;  ///< at_least(1), at_least(2), …
    // The tail beyond the table: Pareto with these parameters; none if tail_weight_ is 0.
    double tail_weight_ = 0, tail_exponent_ = 0, tail_low_ = 0, tail_high_ = 0, pcs_ = 0;
};

}  // namespace annelid
