#include "engine/spread/services.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <tuple>

namespace annelid {

namespace {

using Wide = __int128;  // a weight times a million

}  // namespace

std::int64_t RoleWeights::of(Traits traits) const {
    std::int64_t out = 0;
    const auto has = [&](Traits role, std::int64_t weight) {
        if (carries(traits, role)) {
            out = std::max(out, weight);
        }
    };
    has(trait_server, server);
    has(trait_administrator, administrator);
    has(trait_domain_controller, domain_controller);
    return (traits & role_traits) == 0 ? workstation : out;
}

std::vector<ServicePlace> count_services(const Population& population) {
    const std::size_t sectors = population.sectors().size();
    std::vector<ServicePlace> out(population.countries().size() * sectors);
    const std::vector<Cell>& cells = population.cells();
    const std::vector<OrganisationRun>& runs = population.runs();
    const auto end_of = [&](const auto& items, std::size_t i) {
        return i + 1 < items.size() ? items[i + 1].first.value : population.num_hosts();
    };
    // Organisations of one host may run on over cells, so pieces of both are cut.
    std::int64_t first = 0;
    for (std::size_t c = 0, r = 0; first < population.num_hosts();) {
        const std::int64_t last = std::min(end_of(cells, c), end_of(runs, r));
        if (!population.is_home(cells[c])) {
            ServicePlace& place = out[static_cast<std::size_t>(cells[c].country) * sectors +
                                      static_cast<std::size_t>(cells[c].sector)];
            place.hosts += last - first;
            place.organisations += (last - first + runs[r].size - 1) / runs[r].size;
        }
        c += end_of(cells, c) == last ? 1 : 0;
        r += end_of(runs, r) == last ? 1 : 0;
        first = last;
    }
    return out;
}

Services::Services(const ServiceRules& rules, const Population& population)
    : rules_(rules),
      population_(population),
      places_(count_services(population)),
      cascades_(rules.dependencies, places_, population.sectors().size()) {}

/// Sums over all hosts, once for an organisation in which something happens.
std::int64_t Services::weight_of(const Organisation& organisation) const {
    std::array<Traits, 4096> block;
    std::int64_t out = 0;
    const HostRange& hosts = organisation.hosts();
    for (HostId host = hosts.first; host < hosts.last; host.value += std::ssize(block)) {
        const std::int64_t here = std::min(std::ssize(block), hosts.last.value - host.value);
        const std::span<Traits> traits(block.data(), static_cast<std::size_t>(here));
        std::fill(traits.begin(), traits.end(), Traits{0});
        organisation.add_roles(host, traits);
        for (const Traits of_host : traits) {
            out += rules_.weights.of(of_host);
        }
    }
    return out;
}

/// Of this rank's organisations, each of which has neighbouring hosts.
std::vector<Crossing> Services::find_crossings(TimeUs before) {
    const auto kept = std::partition(pending_.begin(), pending_.end(),
                                     [&](const Change& change) { return change.time < before; });
    std::sort(pending_.begin(), kept,
              [](const Change& a, const Change& b) { return a.host < b.host; });
    std::vector<Crossing> out;
    for (auto first = pending_.begin(); first != kept;) {
        const Organisation organisation = population_.layout_of(first->host);
        const auto last = std::find_if(first, kept, [&](const Change& change) {
            return !organisation.hosts().contains(change.host);
        });
        if (!population_.is_home(population_.cell_of(first->host))) {
            find_crossings(organisation, {first, last}, out);
        }
        first = last;
    }
    pending_.erase(pending_.begin(), kept);
    return out;
}

/// Of one. What happens to it at the same time is taken together.
void Services::find_crossings(const Organisation& organisation, std::span<Change> changes,
                              std::vector<Crossing>& out) {
    const HostRange& hosts = organisation.hosts();
    const auto [found, is_new] = organisations_.try_emplace(hosts.first.value);
    State& state = found->second;
    if (is_new) {
        state.weight = weight_of(organisation);
    }
    const Cell& cell = population_.cell_of(hosts.first);
    std::sort(changes.begin(), changes.end(),
              [](const Change& a, const Change& b) { return a.time < b.time; });
    for (std::size_t i = 0; i < changes.size();) {
        const TimeUs time = changes[i].time;
        for (; i < changes.size() && changes[i].time == time; ++i) {
            Traits traits = 0;
            organisation.add_roles(changes[i].host, {&traits, 1});
            const std::int64_t weight = rules_.weights.of(traits);
            state.disrupted += changes[i].disrupted ? weight : -weight;
        }
        const bool is_out =
            Wide{state.disrupted} * parts_per_million > Wide{rules_.threshold_ppm} * state.weight;
        if (is_out != state.out) {
            state.out = is_out;
            out.push_back({time, hosts.first, hosts.size(), cell.country, cell.sector, is_out});
        }
    }
}

void Services::save(StateWriter& out) const {
    RowWriter organisations = out.of_hosts("organisations"), pending = out.of_hosts("pending");
    for (const auto& [first, state] : organisations_) {
        organisations.add(HostId{first}, state.weight, state.disrupted, state.out);
    }
    for (const Change& change : pending_) {
        pending.add(change.host, change.time, change.disrupted);
    }
    StateWriter cascades = out.within("cascades");
    cascades_.save(cascades);
}

void Services::load(const StateReader& in) {
    in.each_host("organisations", [&](HostId first, StateRow& row) {
        State& state = organisations_[first.value];
        row.read(state.weight, state.disrupted, state.out);
    });
    in.each_host("pending", [&](HostId host, StateRow& row) {
        Change change{host, 0, false};
        row.read(change.time, change.disrupted);
        pending_.push_back(change);
    });
    cascades_.load(in.within("cascades"));
}

const std::vector<ServiceChange>& Services::settle(const Window& window,
                                                   const Communicator& ranks) {
    const std::vector<Crossing> mine = find_crossings(window.end);
    std::vector<Crossing> all = ranks.gather_all(std::span<const Crossing>(mine));
    std::sort(all.begin(), all.end(), [](const Crossing& a, const Crossing& b) {
        return std::tie(a.time, a.organisation) < std::tie(b.time, b.organisation);
    });
    changes_.clear();
    for (std::size_t first = 0, last = 0;; first = last) {
        const TimeUs time =
            std::min(first < all.size() ? all[first].time : never, cascades_.next_time());
        if (time >= window.end) {
            return changes_;
        }
        while (last < all.size() && all[last].time == time) {
            ++last;
        }
        cascades_.play(time, std::span<const Crossing>(all).subspan(first, last - first), changes_);
    }
}

}  // namespace annelid
