#include "models/populations/internet.hpp"

#include "engine/chance/log.hpp"
#include "models/populations/organisation_sizes.hpp"
#include "models/populations/world_part.hpp"
#include "models/populations/world_tables.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace annelid {

namespace {

constexpr std::int64_t block_addresses = 1 << 16;

/// A share as a threshold on 32 random bits.
std::uint64_t threshold(double share) {
    return static_cast<std::uint64_t>(std::clamp(share, 0.0, 1.0) * 0x1.0p32);
}

/// Shares out `whole` by weights, in order, so that the parts are integers and sum to `whole`.
std::vector<std::int64_t> apportion(std::int64_t whole, const std::vector<double>& weights) {
    double sum = 0;
    for (const double weight : weights) {
        sum += weight;
    }
    std::vector<std::int64_t> out;
    double so_far = 0;
    std::int64_t given = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        so_far += weights[i];
        const std::int64_t until =
            i + 1 == weights.size()
                ? whole
                : static_cast<std::int64_t>(so_far / sum * static_cast<double>(whole) + 0.5);
        out.push_back(until - given);
        given = until;
    }
    return out;
}

/// What decides the traits of the hosts of a cell.
struct TraitThresholds {
    std::int64_t last_host;
    std::int64_t to_whole;  ///< what is added to a host's number to have it in the whole world
    std::uint64_t windows_7, unpatched, outbound;
    double exposed;  ///< of a host in an organisation of one
    Traits always;
};

/// Draws traits host by host; organisations decide how likely their hosts are exposed.
class TraitDraws {
  public:
    TraitDraws(std::vector<TraitThresholds> cells, std::vector<OrganisationRun> runs,
               double size_exponent, Seed seed)
        : cells_(std::move(cells)),
          runs_(std::move(runs)),
          size_exponent_(size_exponent),
          draws_(seed, Purpose::host_traits) {}

    void operator()(HostId first, std::span<Traits> out) const {
        auto cell = std::upper_bound(
            cells_.begin(), cells_.end(), first.value,
            [](std::int64_t host, const TraitThresholds& t) { return host < t.last_host; });
        auto run = std::prev(
            std::upper_bound(runs_.begin(), runs_.end(), first,
                             [](HostId host, const OrganisationRun& r) { return host < r.first; }));
        std::uint64_t exposed = 0;
        std::int64_t last = first.value;  // the thresholds hold up to here
        std::int64_t host = first.value;
        for (Traits& traits : out) {
            if (host == last) {
                while (host >= cell->last_host) {
                    ++cell;
                }
                while (std::next(run) != runs_.end() && std::next(run)->first.value <= host) {
                    ++run;
                }
                exposed = threshold(cell->exposed * exposure_weight(run->size, size_exponent_));
                last = std::next(run) == runs_.end()
                           ? cell->last_host
                           : std::min(cell->last_host, std::next(run)->first.value);
            }
            const auto w = draws_.words(static_cast<std::uint64_t>(host + cell->to_whole));
            traits =
                static_cast<Traits>(cell->always | (w[0] < cell->windows_7 ? trait_windows_7 : 0) |
                                    (w[1] < cell->unpatched ? trait_unpatched : 0) |
                                    (w[2] < exposed ? trait_exposed : 0) |
                                    (w[3] < cell->outbound ? trait_outbound : 0));
            ++host;
        }
    }

    /// How likely a host is exposed, against one in an organisation of its own: size^(b - 1).
    static double exposure_weight(std::int64_t size, double exponent) {
        return portable_exp((exponent - 1) * portable_log(static_cast<double>(size)));
    }

  private:
    std::vector<TraitThresholds> cells_;
    std::vector<OrganisationRun> runs_;
    double size_exponent_;
    Draws draws_;
};

class Builder {
  public:
    Builder(const InternetSettings& settings, const WorldTables& world, Seed seed)
        : settings_(settings),
          world_(world),
          scale_(static_cast<double>(settings.hosts) / settings.real_hosts),
          sizes_seed_(seed, Purpose::organisation_sizes) {
        for (const auto& sector : world.sectors) {
            parts_.sectors.push_back(sector.name);
            sizes_.push_back(
                sector.pcs_per_employee > 0
                    ? OrganisationSizes::firms(world.sizes, settings.organisation_exponent,
                                               static_cast<double>(settings.largest_organisation),
                                               sector.pcs_per_employee)
                    : OrganisationSizes::homes(settings.home_mean_hosts));
        }
        homeless_.resize(sizes_.size());
    }

    Population build(Seed seed);

  private:
    void add_country(const WorldTables::CountryRow& row, std::int64_t hosts);
    void keep_thresholds();
    std::vector<double> sector_shares() const;

    const InternetSettings& settings_;
    const WorldTables& world_;
    double scale_;
    Draws sizes_seed_;
    std::vector<OrganisationSizes> sizes_;               ///< by sector
    std::vector<OrganisationSizes::Homeless> homeless_;  ///< by sector
    Population::Parts parts_;
    std::vector<TraitThresholds> thresholds_;
    std::int64_t next_host_ = 0;
    std::int64_t next_address_ = 0;
};

std::vector<double> Builder::sector_shares() const {
    double business = 0;
    for (const auto& sector : world_.sectors) {
        business += sector.name == "home" ? 0 : sector.share;
    }
    std::vector<double> shares;
    for (const auto& sector : world_.sectors) {
        shares.push_back(sector.name == "home"
                             ? settings_.home_share
                             : sector.share / business * (1 - settings_.home_share));
    }
    return shares;
}

void Builder::add_country(const WorldTables::CountryRow& row, std::int64_t hosts) {
    const auto country = static_cast<std::int32_t>(parts_.countries.size());
    const auto addresses =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(row.ipv4 * scale_ + 0.5));
    parts_.countries.push_back({row.code,
                                row.name,
                                {HostId{next_host_}, HostId{next_host_ + hosts}},
                                next_address_,
                                addresses});
    next_address_ += (addresses + block_addresses - 1) / block_addresses * block_addresses;

    const std::vector<double> shares = sector_shares();
    const std::vector<std::int64_t> sector_hosts = apportion(hosts, shares);
    const std::size_t first_cell = parts_.cells.size();
    double exposure_weights = 0;  // of all hosts, business hosts of organisations of one as unit
    // world = home_share x home + (1 - home_share) x business
    const double windows_7_home =
        settings_.home_share > 0
            ? (world_.windows_7_of_windows_all -
               (1 - settings_.home_share) * world_.windows_7_of_windows_business) /
                  settings_.home_share
            : 0;
    for (std::size_t s = 0; s < sector_hosts.size(); ++s) {
        if (sector_hosts[s] == 0) {
            continue;
        }
        const bool home = world_.sectors[s].name == "home";
        parts_.cells.push_back({HostId{next_host_}, country, static_cast<std::int32_t>(s)});
        const std::uint64_t cell_id = static_cast<unsigned char>(row.code[0]) * 65536u +
                                      static_cast<unsigned char>(row.code[1]) * 256u + s;
        const std::size_t first_run = parts_.runs.size();
        sizes_[s].append_runs(parts_.runs, HostId{next_host_}, sector_hosts[s],
                              to_unit(sizes_seed_.bits(cell_id)), homeless_[s]);
        next_host_ += sector_hosts[s];
        const double ratio = home ? settings_.home_exposure_ratio : 1;
        for (std::size_t r = first_run; r < parts_.runs.size(); ++r) {
            const std::int64_t last =
                r + 1 < parts_.runs.size() ? parts_.runs[r + 1].first.value : next_host_;
            exposure_weights +=
                ratio * static_cast<double>(last - parts_.runs[r].first.value) *
                TraitDraws::exposure_weight(parts_.runs[r].size, settings_.exposure_size_exponent);
        }
        thresholds_.push_back(
            {next_host_, 0, threshold(home ? windows_7_home : world_.windows_7_of_windows_business),
             threshold(home ? row.unpatched : settings_.unpatched_business),
             threshold(home ? settings_.outbound_home : settings_.outbound_business), ratio,
             home ? trait_home : Traits{0}});
    }
    // So many exposed hosts as the port scan found, scaled.
    const double exposed =
        settings_.exposed_windows * scale_ * row.open_445 / world_.open_445_total;
    for (std::size_t c = first_cell; c < thresholds_.size(); ++c) {
        thresholds_[c].exposed *= exposure_weights > 0 ? exposed / exposure_weights : 0;
    }
}

/// What is left of the thresholds once parts_ holds only some of the cells.
void Builder::keep_thresholds() {
    const std::vector<TraitThresholds> whole = std::exchange(thresholds_, {});
    for (std::size_t c = 0; c < parts_.cells.size(); ++c) {
        const Cell& cell = parts_.cells[c];
        thresholds_.push_back(*std::upper_bound(
            whole.begin(), whole.end(), cell.whole_first.value,
            [](std::int64_t host, const TraitThresholds& t) { return host < t.last_host; }));
        thresholds_.back().last_host =
            c + 1 < parts_.cells.size() ? parts_.cells[c + 1].first.value : parts_.num_hosts;
        thresholds_.back().to_whole = cell.whole_first.value - cell.first.value;
    }
}

Population Builder::build(Seed seed) {
    std::vector<double> weights;
    for (const auto& row : world_.countries) {
        const bool counts = row.users > 0 && row.ipv4 > 0;
        weights.push_back(counts
                              ? portable_exp(settings_.user_weight * portable_log(row.users) +
                                             (1 - settings_.user_weight) * portable_log(row.ipv4))
                              : 0);
    }
    const std::vector<std::int64_t> hosts = apportion(settings_.hosts, weights);
    for (std::size_t c = 0; c < hosts.size(); ++c) {
        add_country(world_.countries[c], hosts[c]);
    }
    parts_.num_hosts = settings_.hosts;
    parts_.address_scale = scale_;
    parts_.seed = seed;
    settings_.roles.apply(parts_.organisations);
    settings_.parts.apply(parts_.organisations);
    if (settings_.restricts()) {
        parts_ = part_of_world(std::move(parts_), settings_.countries, settings_.sectors);
        keep_thresholds();
    }
    parts_.real_hosts = settings_.real_hosts / static_cast<double>(settings_.hosts) *
                        static_cast<double>(parts_.num_hosts);

    parts_.draw_traits = [draws = std::make_shared<const TraitDraws>(
                              std::move(thresholds_), parts_.runs, settings_.exposure_size_exponent,
                              seed)](HostId first, std::span<Traits> out) { (*draws)(first, out); };
    return Population(std::move(parts_));
}

}  // namespace

Population make_internet(const InternetSettings& settings, const WorldTables& tables, Seed seed) {
    return Builder(settings, tables, seed).build(seed);
}

Population make_internet(const InternetSettings& settings, const std::filesystem::path& folder,
                         Seed seed) {
    return make_internet(settings, WorldTables::read(folder), seed);
}

}  // namespace annelid
