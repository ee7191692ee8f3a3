#include "models/networks/enterprise.hpp"

#include "engine/chance/log.hpp"
#include "models/populations/assumption.hpp"

#include <algorithm>

namespace annelid {

namespace {

/// Hosts of a piece: organisations that begin among them are drawn in it.
constexpr std::int64_t piece_hosts = 1 << 16;

/// What an ordinal of a draw about a host is for.
enum Link : std::uint32_t {
    work,
    administration,
    partner_number,
    partner_place,
    partner,
    site_place
};

class Enterprise final : public EdgeSource {
  public:
    Enterprise(const EnterpriseSettings& settings, std::shared_ptr<const Population> population,
               Seed seed)
        : s_(settings),
          population_(std::move(population)),
          draws_(seed, Purpose::network, "enterprise") {}

    std::int64_t num_vertices() const override { return population_->num_hosts(); }
    bool directed() const override { return false; }
    std::int64_t num_pieces() const override {
        return (num_vertices() + piece_hosts - 1) / piece_hosts;
    }

    void append_piece(std::int64_t index, EdgePiece& out) const override {
        const HostId last{std::min((index + 1) * piece_hosts, num_vertices())};
        HostId host{index * piece_hosts};
        while (host < last) {
            const Organisation organisation = population_->layout_of(host);
            if (organisation.hosts().first == host && !is_home(host)) {
                append_organisation(organisation, out);
            }
            host = organisation.hosts().last;
        }
    }

  private:
    bool is_home(HostId host) const { return population_->is_home(population_->cell_of(host)); }
    static void link(HostId a, HostId b, EdgePiece& out) {
        out.edges.push_back({static_cast<Vertex>(a.value), static_cast<Vertex>(b.value)});
    }
    std::uint64_t draw(HostId host, Link what, std::int64_t ordinal) const {
        return draws_.bits(static_cast<std::uint64_t>(population_->to_whole(host).value), what,
                           static_cast<std::uint32_t>(ordinal));
    }
    std::int64_t index(HostId host, Link what, std::int64_t ordinal, std::int64_t n) const {
        return static_cast<std::int64_t>(
            to_index(draw(host, what, ordinal), static_cast<std::uint64_t>(n)));
    }

    void append_organisation(const Organisation& organisation, EdgePiece& out) const {
        const HostRange& hosts = organisation.hosts();
        for (HostId host = hosts.first; host < hosts.last; ++host.value) {
            if (s_.server_links > 0 && !organisation.is_server(host)) {
                append_work(organisation, host, out);
            }
            if (s_.administrator_links > 0 && organisation.is_administrator(host)) {
                append_administration(organisation, host, out);
            }
        }
        if (s_.site_links > 0) {
            append_sites(organisation, out);
        }
        append_partners(hosts, out);
    }

    void append_work(const Organisation& organisation, HostId host, EdgePiece& out) const {
        const std::int64_t servers = organisation.num_servers();
        // The last server before it: the first host of an organisation is always one.
        const std::int64_t nearest = organisation.servers_before(host) - 1;
        for (std::int64_t i = 0; i < std::min(s_.server_links, servers); ++i) {
            link(host, organisation.server(i == 0 ? nearest : index(host, work, i, servers)), out);
        }
    }

    void append_administration(const Organisation& organisation, HostId host,
                               EdgePiece& out) const {
        for (std::int64_t i = 0; i < organisation.num_servers(); ++i) {
            link(host, organisation.server(i), out);
        }
        const std::int64_t size = organisation.size();
        for (std::int64_t i = 0; i < std::min(s_.administrator_links, size); ++i) {
            const std::int64_t other = index(host, administration, i, size);
            link(host, HostId{organisation.hosts().first.value + other}, out);
        }
    }

    void append_sites(const Organisation& organisation, EdgePiece& out) const {
        const std::int64_t sites = organisation.num_subnets();
        for (std::int64_t site = 1; site < sites; ++site) {
            const HostId gateway = organisation.subnet(site).first;
            for (std::int64_t i = 0; i < std::min(s_.site_links, sites - 1); ++i) {
                const std::int64_t other = i == 0 ? 0 : index(gateway, site_place, i, sites);
                link(gateway, organisation.subnet(other).first, out);
            }
        }
    }

    std::int64_t num_partners(HostId first) const {
        const double u = to_unit(draw(first, partner_number, 0));
        if (u >= s_.partner_share) {
            return 0;
        }
        const double tail =
            portable_exp(portable_log(u / s_.partner_share) / (1 - s_.partner_exponent));
        return static_cast<std::int64_t>(std::min(tail, static_cast<double>(s_.most_partners)));
    }

    void append_partners(const HostRange& organisation, EdgePiece& out) const {
        const auto country_index =
            static_cast<std::size_t>(population_->cell_of(organisation.first).country);
        const HostRange& home = population_->countries()[country_index].whole_hosts;
        const HostRange everywhere{HostId{0}, HostId{population_->num_whole_hosts()}};
        const std::int64_t partners = num_partners(organisation.first);
        for (std::int64_t i = 0; i < partners; ++i) {
            const bool at_home =
                happens(draw(organisation.first, partner_place, i), s_.partner_home);
            const HostRange among = at_home ? home : everywhere;
            const auto found = population_->from_whole(
                {among.first.value + index(organisation.first, partner, i, among.size())});
            if (!found) {
                continue;  // in a part of the world that is left out
            }
            const HostId other = population_->organisation_of(*found).first;
            if (other != organisation.first && !is_home(other)) {
                link(organisation.first, other, out);
            }
        }
    }

    EnterpriseSettings s_;
    std::shared_ptr<const Population> population_;
    Draws draws_;
};

}  // namespace

Fields EnterpriseSettings::fields() {
    constexpr double many = 1e9;
    Field kind_field{"kind", &kind, Unit::none, "the kind of network"};
    kind_field.choices = {"enterprise"};
    return {kind_field,
            assumption("server_links", &server_links, Unit::none,
                       "servers that a workstation talks to; sweep 1 to 5", 0, many),
            assumption(
                "administrator_links", &administrator_links, Unit::none,
                "hosts beyond the servers that an administrator logs on to; 0: none at all; sweep "
                "10 to 500",
                0, many),
            assumption(
                "site_links", &site_links, Unit::none,
                "other sites of its organisation that a subnet's first host has a VPN to; sweep 0 "
                "to 3",
                0, many),
            assumption("partner_share", &partner_share, Unit::share,
                       "share of organisations that seek any partner; sweep 0.1 to 1", 0, 1),
            assumption("partner_exponent", &partner_exponent, Unit::none,
                       "exponent of the degree distribution of partners; sweep 2 to 3", 1.01, 10),
            assumption("most_partners", &most_partners, Unit::none, "that one organisation seeks",
                       0, many),
            assumption("partner_home", &partner_home, Unit::share,
                       "share of the partners sought at home; sweep 0.5 to 1", 0, 1)};
}

KeyFaults EnterpriseSettings::faults(std::int64_t) const {
    return {};
}

std::unique_ptr<EdgeSource> make_enterprise(const EnterpriseSettings& settings,
                                            std::shared_ptr<const Population> population,
                                            Seed seed) {
    return std::make_unique<Enterprise>(settings, std::move(population), seed);
}

}  // namespace annelid
