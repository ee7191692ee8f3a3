// Triggers: what they count.
#include "engine/spread/triggers.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

namespace annelid {

namespace {

bool in_scope(const TriggerRule& rule, const Population& population, const Cell& cell) {
    return rule.cells.empty() ||
           rule.cells[static_cast<std::size_t>(&cell - population.cells().data())];
}

void check(const std::vector<TriggerRule>& rules, std::size_t number) {
    using Kind = TriggerRule::Kind;
    const TriggerRule& rule = rules[number];
    bool fits = rule.kind == Kind::time || rule.kind == Kind::scans ? rule.per == Group::world
                : rule.kind == Kind::alert ? rule.per == Group::country && rule.of.size() == 1
                                           : rule.per != Group::host;
    for (const std::size_t part : rule.of) {
        fits = fits && part < number && lies_in(rule.per, rules[part].per);
    }
    if (!fits) {
        throw std::invalid_argument("trigger " + rule.name +
                                    " (it looks at a later rule, or at one of other groups)");
    }
}

}  // namespace

bool lies_in(Group fine, Group coarse) {
    return fine == coarse || coarse == Group::world ||
           (fine == Group::organisation && (coarse == Group::country || coarse == Group::sector));
}

std::optional<bool> truth_when_idle(const std::vector<TriggerRule>& rules, std::size_t number) {
    const Group per = rules[number].per;
    const auto idle = [&](std::size_t n, const auto& self) -> std::optional<bool> {
        const TriggerRule& rule = rules[n];
        if (rule.per != per) {
            return std::nullopt;
        }
        if (!combines(rule.kind)) {
            return rule.kind == TriggerRule::Kind::time ? std::nullopt : std::optional(false);
        }
        // One part settles it: a false one of `all`, a true one of `any` and `none`.
        const bool settles = rule.kind != TriggerRule::Kind::all;
        bool known = true;
        for (const std::size_t part : rule.of) {
            const std::optional<bool> truth = self(part, self);
            if (truth == settles) {
                return rule.kind == TriggerRule::Kind::any;
            }
            known = known && truth.has_value();
        }
        return known ? std::optional(rule.kind != TriggerRule::Kind::any) : std::nullopt;
    };
    return idle(number, idle);
}

std::vector<std::int64_t> hosts_in_scope(const TriggerRule& rule, const Population& population) {
    std::vector<std::int64_t> out(num_groups(population, rule.per), 0);
    const std::vector<Cell>& cells = population.cells();
    for (std::size_t c = 0; !out.empty() && c < cells.size(); ++c) {
        if (in_scope(rule, population, cells[c])) {
            out[static_cast<std::size_t>(group_of(cells[c], rule.per))] +=
                (c + 1 < cells.size() ? cells[c + 1].first.value : population.num_hosts()) -
                cells[c].first.value;
        }
    }
    return out;
}

Triggers::Triggers(std::vector<TriggerRule> rules, const Population& population, Seed seed,
                   const std::vector<std::size_t>& starters)
    : rules_(std::move(rules)),
      population_(population),
      starts_(rules_.size(), false),
      needed_(rules_.size(), false),
      by_kind_(static_cast<std::size_t>(Kind::none) + 1),
      places_(rules_.size(), 0),
      num_groups_(rules_.size(), 0),
      looks_up_(rules_.size(), false),
      columns_(rules_.size(), 0),
      fired_organisations_(rules_.size()) {
    for (std::size_t n = 0; n < rules_.size(); ++n) {
        check(rules_, n);
    }
    for (const std::size_t number : starters) {
        starts_.at(number) = true;
        need(number);
    }
    for (std::size_t n = 0; n < rules_.size(); ++n) {
        if (needed_[n]) {
            lay_out(n);
        }
    }
    fed_.assign(counts_.size() + 1, 0);
    truths_.assign(counts_.size(), 0);
    fired_.assign(counts_.size(), 0);
    raised_.assign(counts_.size(), never);
    complies_.assign(counts_.size(), 0);
    for (const std::size_t n : of_kind(Kind::alert)) {
        const Draws draws(seed, Purpose::compliance, rules_[n].name);
        for (std::size_t c = 0; c < num_groups_[n]; ++c) {
            complies_[places_[n] + c] =
                rules_[n].members[c] &&
                complies_by_name(draws, population.countries()[c].code, rules_[n].compliance);
        }
    }
}

void Triggers::need(std::size_t number) {
    if (!needed_[number]) {
        needed_[number] = true;
        std::for_each(rules_[number].of.begin(), rules_[number].of.end(),
                      [&](std::size_t part) { need(part); });
    }
}

/// Gives a rule its place in what is kept by rule and group.
void Triggers::lay_out(std::size_t number) {
    const TriggerRule& rule = rules_[number];
    by_kind_[static_cast<std::size_t>(rule.kind)].push_back(number);
    if (rule.per == Group::organisation) {
        wants_hosts_ = wants_hosts_ || rule.kind == Kind::count;
        looks_up_[number] = std::any_of(rule.of.begin(), rule.of.end(), [&](std::size_t part) {
            return rules_[part].per != rule.per || looks_up_[part];
        });
        columns_[number] = num_columns_;
        num_columns_ += combines(rule.kind) ? 0 : 1;
        return;
    }
    places_[number] = counts_.size();
    num_groups_[number] = num_groups(population_, rule.per);
    for (const std::int64_t n : hosts_in_scope(rule, population_)) {
        counts_.push_back(0);
        least_.push_back(least(rule, n));
    }
}

std::int64_t Triggers::least(const TriggerRule& rule, std::int64_t hosts) const {
    constexpr std::int64_t whole = 1'000'000'000;
    const auto part = static_cast<std::int64_t>(rule.share * static_cast<double>(whole) + 0.5);
    const auto of_hosts =
        static_cast<std::int64_t>((static_cast<__int128>(part) * hosts + whole - 1) / whole);
    return std::max(rule.at_least, of_hosts);
}

void Triggers::add(std::size_t number, const Cell& cell, HostId host, std::int64_t n) {
    const TriggerRule& rule = rules_[number];
    if (n == 0 || !in_scope(rule, population_, cell)) {
        return;
    }
    if (rule.per == Group::organisation) {
        fed_organisations_.push_back({population_.organisation_of(host).first.value,
                                      static_cast<std::int64_t>(columns_[number]), n});
    } else {
        fed_[place_of(number, cell)] += n;
    }
}

void Triggers::count_states(HostId host, const Cell& cell, std::uint8_t worm, StateId from,
                            StateId to, std::int64_t n) {
    for (const std::size_t number : of_kind(Kind::count)) {
        const TriggerRule& rule = rules_[number];
        if (rule.worm < 0 || rule.worm == worm) {
            const auto counts = [&](StateId s) {
                return s < rule.states.size() && rule.states[s] ? 1 : 0;
            };
            add(number, cell, host, n * (counts(to) - counts(from)));
        }
    }
}

void Triggers::count_detection(HostId host, std::uint8_t sensor, bool infected) {
    for (const std::size_t number : of_kind(Kind::detections)) {
        const TriggerRule& rule = rules_[number];
        const bool listed =
            rule.sensors.empty() ||
            std::find(rule.sensors.begin(), rule.sensors.end(), sensor) != rule.sensors.end();
        if (listed && (infected || rule.false_alarms)) {
            add(number, population_.cell_of(host), host, 1);
        }
    }
}

void Triggers::count_outage(HostId organisation_first, bool out) {
    for (const std::size_t number : of_kind(Kind::outages)) {
        add(number, population_.cell_of(organisation_first), organisation_first, out ? 1 : -1);
    }
}

void Triggers::count_scans(std::size_t telescope, std::int64_t n) {
    for (const std::size_t number : of_kind(Kind::scans)) {
        if (rules_[number].telescope == telescope) {
            fed_[places_[number]] += n;
        }
    }
}

void Triggers::share(const Communicator& ranks) {
    if (!wants_states() && !wants_detections() && !wants_outages() && !wants_scans()) {
        return;
    }
    // The last of the sums says whether anything was counted by organisation.
    fed_.back() = static_cast<std::int64_t>(fed_organisations_.size());
    ranks.sum_all(fed_);
    const bool changed =
        std::any_of(fed_.begin(), fed_.end(), [](std::int64_t n) { return n != 0; });
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        counts_[i] += fed_[i];
    }
    if (fed_.back() > 0) {
        for (const Change& change : ranks.gather_all(std::span<const Change>(fed_organisations_))) {
            add(change);
        }
        fed_organisations_.clear();
    }
    if (changed) {
        std::fill(fed_.begin(), fed_.end(), 0);
        due_ = std::min(due_, played_);
        next_.reset();
    }
}

/// Of an organisation by its first host; a new one where nothing has been counted for it.
std::size_t Triggers::number_of(HostId first) {
    const auto [found, is_new] = numbers_.try_emplace(first.value, organisations_.size());
    const std::size_t number = found->second;
    if (is_new) {
        organisations_.push_back({first, number, &population_.cell_of(first), false});
        organisation_counts_.resize(organisation_counts_.size() + num_columns_, 0);
        for (std::size_t n = 0; n < rules_.size(); ++n) {
            if (starts_[n]) {
                fired_organisations_[n].push_back(false);
            }
        }
    }
    return number;
}

void Triggers::add(const Change& change) {
    const std::size_t number = number_of(HostId{change.organisation});
    organisation_counts_[number * num_columns_ + static_cast<std::size_t>(change.column)] +=
        change.n;
    if (!organisations_[number].changed) {
        organisations_[number].changed = true;
        changed_.push_back(number);
    }
}

}  // namespace annelid
