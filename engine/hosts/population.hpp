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
//
// A population may hold only some cells of a *whole world* (its cells know their place in it): what
// the world is made of is drawn by the numbers that hosts have there.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/chance/draws.hpp"
#include "engine/hosts/host_range.hpp"
#include "engine/hosts/organisation.hpp"
#include "engine/hosts/start_index.hpp"
#include "engine/hosts/traits.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace annelid {

/// A country and its contiguous part of the modelled address space.
struct Country {
    std::string code;  ///< ISO 3166 alpha-2, "--" in a flat world
    std::string name;
    HostRange hosts;  ///< empty where its hosts are scattered: they have no addresses then
    std::int64_t first_address = 0;
    std::int64_t num_addresses = 1;
    HostRange whole_hosts = {};  ///< in the whole world; empty: the same hosts
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
    HostId whole_first{-1};  ///< of the first host in the whole world; -1: the same
};

class Population {
  public:
    struct Parts {
        std::vector<Country> countries;  ///< in host order; together all hosts
        std::vector<std::string> sectors;
        std::vector<Cell> cells;            ///< in host order
        std::vector<OrganisationRun> runs;  ///< in host order; none crosses a cell
        std::int64_t num_hosts = 0;
        std::int64_t num_whole_hosts = 0;  ///< of the whole world; 0: the same
        std::int64_t subnet_hosts = 254;   ///< most hosts of one subnet
        OrganisationRules organisations;   ///< of all sectors but `home`
        Seed seed;                         ///< of the world
        double real_hosts = 0;             ///< what the modelled hosts stand for
        /// Modelled addresses per real one; 1 in a world that is not scaled.
        double address_scale = 1;
        /// Writes the traits of hosts first, first + 1, … into the span, roles aside. Pure,
        /// thread-safe.
        std::function<void(HostId first, std::span<Traits>)> draw_traits;
    };

    explicit Population(Parts parts);

    std::int64_t num_hosts() const { return parts_.num_hosts; }
    bool has(HostId host) const { return 0 <= host.value && host.value < num_hosts(); }
    double real_hosts() const { return parts_.real_hosts; }
    double address_scale() const { return parts_.address_scale; }
    std::int64_t subnet_hosts() const { return parts_.subnet_hosts; }
    const std::vector<Country>& countries() const { return parts_.countries; }
    const std::vector<std::string>& sectors() const { return parts_.sectors; }
    const std::vector<Cell>& cells() const { return parts_.cells; }
    const std::vector<OrganisationRun>& runs() const { return parts_.runs; }

    HostRange all() const { return {HostId{0}, HostId{num_hosts()}}; }
    const Cell& cell_of(HostId host) const;
    bool is_home(const Cell& cell) const {
        return parts_.sectors[static_cast<std::size_t>(cell.sector)] == "home";
    }
    HostRange organisation_of(HostId host) const;
    /// The organisation of a host with its subnets, segments, domains and roles. Refers to this.
    Organisation layout_of(HostId host) const;
    HostRange subnet_of(HostId host) const { return layout_of(host).subnet_of(host); }
    /// … as other rules lay it out.
    Organisation layout_of(HostId host, const OrganisationRules& rules) const;
    const OrganisationRules& organisation_rules() const { return parts_.organisations; }
    /// Number of subnets of an organisation with `hosts` hosts.
    std::int64_t num_subnets(std::int64_t hosts) const;

    /// True if a probe gets from one host to another of the same organisation: always inside a
    /// segment, to servers if they are open, else if the draw of this pair of segments says so.
    bool may_talk(HostId from, HostId to) const {
        return !has_segments() || may_talk(from, to, parts_.organisations, segment_draws_);
    }
    /// … in segments by other rules, whose pairs have other draws.
    bool may_talk(HostId from, HostId to, const OrganisationRules& rules, const Draws& draws) const;
    bool has_segments() const { return parts_.organisations.segment_hosts > 0; }

    /// Where the whole world has a host, and back: nothing if it is not held here.
    HostId to_whole(HostId host) const;
    std::optional<HostId> from_whole(HostId host) const;
    std::int64_t num_whole_hosts() const { return parts_.num_whole_hosts; }

    /// Public address of a host: hosts spread evenly, in order, over their country's addresses.
    /// Only where countries have ranges of hosts.
    std::int64_t address_of(HostId host) const;
    /// The hosts whose address lies in [first, last).
    HostRange hosts_at(std::int64_t first, std::int64_t last) const;

    /// With roles. Pure, thread-safe.
    void draw_traits(HostId first, std::span<Traits> out) const;

  private:
    HostId first_host_at(std::int64_t address) const;
    void add_roles(HostId first, std::span<Traits> traits) const;
    Parts parts_;
    Draws segment_draws_;
    StartIndex cell_index_, run_index_;
};

}  // namespace annelid
