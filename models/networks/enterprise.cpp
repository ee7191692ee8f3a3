#include "models/networks/enterprise.hpp"

#include "engine/chance/log.hpp"

#include <algorithm>

namespace annelid {

namespace {

/// Hosts of a piece: organisations that begin among them are drawn in it.
constexpr std::int64_t piece_hosts = 1 << 16;

/// What an ordinal of a draw about a host is for.
enum Link : std::uint32_t { work, administration, partner_number, partner_place, partner };

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
            const HostRange organisation = population_->organisation_of(host);
            if (organisation.first == host && !is_home(host)) {
                append_organisation(organisation, out);
            }
            host = organisation.last;
        }
    }

  private:
    bool is_home(HostId host) const {
        const auto sector = static_cast<std::size_t>(population_->cell_of(host).sector);
        return population_->sectors()[sector] == "home";
    }
    std::int64_t num_servers(std::int64_t size) const {
        return size < 2 ? 0 : (size + s_.hosts_per_server - 1) / s_.hosts_per_server;
    }
    std::int64_t num_administrators(std::int64_t size) const {
        return size / s_.hosts_per_administrator;
    }
    static void link(HostId a, HostId b, EdgePiece& out) {
        out.edges.push_back({static_cast<Vertex>(a.value), static_cast<Vertex>(b.value)});
    }
    std::uint64_t draw(HostId host, Link what, std::int64_t ordinal) const {
        return draws_.bits(static_cast<std::uint64_t>(host.value), what,
                           static_cast<std::uint32_t>(ordinal));
    }

    void append_organisation(const HostRange& organisation, EdgePiece& out) const {
        const std::int64_t size = organisation.size();
        for (std::int64_t i = 0; i < size; ++i) {
            const HostId host{organisation.first.value + i};
            if (i % s_.hosts_per_server != 0) {
                append_work(organisation, host, out);
            }
            if ((i + 1) % s_.hosts_per_administrator == 0) {
                append_administration(organisation, host, out);
            }
        }
        append_partners(organisation, out);
    }

    HostId server(const HostRange& organisation, std::int64_t number) const {
        return {organisation.first.value + number * s_.hosts_per_server};
    }

    void append_work(const HostRange& organisation, HostId host, EdgePiece& out) const {
        const std::int64_t servers = num_servers(organisation.size());
        const std::int64_t nearest = (host.value - organisation.first.value) / s_.hosts_per_server;
        for (std::int64_t i = 0; i < std::min(s_.server_links, servers); ++i) {
            const auto other = static_cast<std::int64_t>(
                to_index(draw(host, work, i), static_cast<std::uint64_t>(servers)));
            link(host, server(organisation, i == 0 ? nearest : other), out);
        }
    }

    void append_administration(const HostRange& organisation, HostId host, EdgePiece& out) const {
        const std::int64_t size = organisation.size();
        for (std::int64_t i = 0; i < num_servers(size); ++i) {
            link(host, server(organisation, i), out);
        }
        for (std::int64_t i = 0; i < std::min(s_.administrator_links, size); ++i) {
            const auto other =
                to_index(draw(host, administration, i), static_cast<std::uint64_t>(size));
            link(host, HostId{organisation.first.value + static_cast<std::int64_t>(other)}, out);
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
        const HostRange& home = population_->countries()[country_index].hosts;
        const std::int64_t partners = num_partners(organisation.first);
        for (std::int64_t i = 0; i < partners; ++i) {
            const bool at_home =
                happens(draw(organisation.first, partner_place, i), s_.partner_home);
            const HostRange among = at_home ? home : population_->all();
            const auto place = to_index(draw(organisation.first, partner, i),
                                        static_cast<std::uint64_t>(among.size()));
            const HostId found{among.first.value + static_cast<std::int64_t>(place)};
            const HostId other = population_->organisation_of(found).first;
            if (other != organisation.first && !is_home(other)) {
                link(organisation.first, other, out);
            }
        }
    }

    EnterpriseSettings s_;
    std::shared_ptr<const Population> population_;
    Draws draws_;
};

Field assumption(const char* key, Field::Target target, Unit unit, const char* doc, double min,
                 double max) {
    Field field{key, target, unit, doc, "assumption"};
    field.min = min;
    field.max = max;
    return field;
}

}  // namespace

Fields EnterpriseSettings::fields() {
    constexpr double many = 1e9;
    Field kind_field{"kind", &kind, Unit::none, "the kind of network"};
    kind_field.choices = {"enterprise"};
    return {
        kind_field,
        assumption("hosts_per_server", &hosts_per_server, Unit::none,
                   "one host of an organisation in so many is a server; sweep 10 to 50", 2, many),
        assumption("hosts_per_administrator", &hosts_per_administrator, Unit::none,
                   "one in so many is an administrator's; sweep 50 to 500", 2, many),
        assumption("server_links", &server_links, Unit::none,
                   "servers that a workstation talks to; sweep 1 to 5", 0, many),
        assumption("administrator_links", &administrator_links, Unit::none,
                   "hosts beyond the servers that an administrator logs on to; sweep 10 to 500", 0,
                   many),
        assumption("partner_share", &partner_share, Unit::share,
                   "share of organisations that seek any partner; sweep 0.1 to 1", 0, 1),
        assumption("partner_exponent", &partner_exponent, Unit::none,
                   "exponent of the degree distribution of partners; sweep 2 to 3", 1.01, 10),
        assumption("most_partners", &most_partners, Unit::none, "that one organisation seeks", 0,
                   many),
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
