// The hosts of a model and where they sit: country, organisation (with a sector), subnet, address.
//
// Hosts are numbered so that those of a subnet are neighbours, and so are the subnets of an
// organisation, the organisations of a sector and the sectors of a country. Places are therefore
// computed and not stored: organisations of equal size stand side by side in *runs*, and a table of
// runs (a few hundred a sector) replaces an index per host. Every rank holds the same table.
//
// Where a file says which host is in which country (population `graph`), countries and sectors lie
// scattered: a cell is then a run of neighbours alike, and countries have neither a range of hosts
// nor addresses.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/hosts/traits.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace annelid {

/// Hosts first, first + 1, … last - 1.
struct HostRange {
    HostId first{0};
    HostId last{0};
    std::int64_t size() const { return last.value - first.value; }
    bool contains(HostId host) const { return first <= host && host < last; }
    bool operator==(const HostRange&) const = default;
};

/// A country and its contiguous part of the modelled address space.
struct Country {
    std::string code;  ///< ISO 3166 alpha-2, "--" in a flat world
    std::string name;
    HostRange hosts;  ///< empty where its hosts are scattered: they have no addresses then
    std::int64_t first_address = 0;
    std::int64_t num_addresses = 1;
};

/// Neighbouring organisations of one size; `first` is the first host of the first of them.
struct OrganisationRun {
    HostId first{0};
    std::int64_t size = 1;
};

/// Neighbouring hosts of one sector in one country; there may be several cells of the same.
struct Cell {
    HostId first{0};
    std::int32_t country = 0;
    std::int32_t sector = 0;
};

class Population {
  public:
    struct Parts {
        std::vector<Country> countries;  ///< in host order; together all hosts
        std::vector<std::string> sectors;
        std::vector<Cell> cells;            ///< in host order
        std::vector<OrganisationRun> runs;  ///< in host order; none crosses a cell
        std::int64_t num_hosts = 0;
        std::int64_t subnet_hosts = 254;  ///< most hosts of one subnet
        double real_hosts = 0;            ///< what the modelled hosts stand for
        /// Modelled addresses per real one; 1 in a world that is not scaled.
        double address_scale = 1;
        /// Writes the traits of hosts first, first + 1, … into the span. Pure, thread-safe.
        std::function<void(HostId first, std::span<Traits>)> draw_traits;
    };

    explicit Population(Parts parts);

    std::int64_t num_hosts() const { return parts_.num_hosts; }
    double real_hosts() const { return parts_.real_hosts; }
    double address_scale() const { return parts_.address_scale; }
    std::int64_t subnet_hosts() const { return parts_.subnet_hosts; }
    const std::vector<Country>& countries() const { return parts_.countries; }
    const std::vector<std::string>& sectors() const { return parts_.sectors; }
    const std::vector<Cell>& cells() const { return parts_.cells; }

    HostRange all() const { return {HostId{0}, HostId{num_hosts()}}; }
    const Cell& cell_of(HostId host) const;
    HostRange organisation_of(HostId host) const;
    /// Subnets of an organisation are of equal size, give or take one host.
    HostRange subnet_of(HostId host) const;
    /// Number of subnets of an organisation with `hosts` hosts.
    std::int64_t num_subnets(std::int64_t hosts) const;

    /// Public address of a host: hosts spread evenly, in order, over their country's addresses.
    /// Only where countries have ranges of hosts.
    std::int64_t address_of(HostId host) const;
    /// The hosts whose address lies in [first, last).
    HostRange hosts_at(std::int64_t first, std::int64_t last) const;

    void draw_traits(HostId first, std::span<Traits> out) const { parts_.draw_traits(first, out); }

  private:
    HostId first_host_at(std::int64_t address) const;
    Parts parts_;
};

}  // namespace annelid
