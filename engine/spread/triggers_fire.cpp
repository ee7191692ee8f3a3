// Triggers: what is true when, and what fires.
#include "engine/spread/triggers.hpp"

#include <algorithm>
#include <tuple>

namespace annelid {

namespace {

template <class Part>
bool combine(TriggerRule::Kind kind, const std::vector<std::size_t>& parts, Part&& part) {
    switch (kind) {
        case TriggerRule::Kind::all:
            return std::all_of(parts.begin(), parts.end(), part);
        case TriggerRule::Kind::any:
            return std::any_of(parts.begin(), parts.end(), part);
        default:
            return std::none_of(parts.begin(), parts.end(), part);
    }
}

}  // namespace

/// Not for organisations. An alert that is seen to be raised is noted.
bool Triggers::truth(std::size_t number, std::size_t group, TimeUs at,
                     std::vector<TimeUs>& raised) const {
    const TriggerRule& rule = rules_[number];
    const std::size_t place = places_[number] + group;
    const auto part = [&](std::size_t other) {
        return truths_[places_[other] + (rules_[other].per == rule.per ? group : 0)] != 0;
    };
    switch (rule.kind) {
        case Kind::time:
            return at >= rule.time;
        case Kind::alert:
            if (raised[place] >= never && part(rule.of[0])) {
                raised[place] = at;
            }
            return raised[place] <= at;
        case Kind::all:
        case Kind::any:
        case Kind::none:
            return combine(rule.kind, rule.of, part);
        default:
            return counts_[place] >= least_[place];
    }
}

bool Triggers::truth(std::size_t number, const Organisation& organisation) const {
    const TriggerRule& rule = rules_[number];
    if (rule.per != Group::organisation) {
        return truths_[place_of(number, *organisation.cell)] != 0;
    }
    if (combines(rule.kind)) {
        return combine(rule.kind, rule.of,
                       [&](std::size_t part) { return truth(part, organisation); });
    }
    const std::int64_t hosts =
        rule.share > 0 ? population_.organisation_of(organisation.first).size() : 0;
    return organisation_counts_[organisation.number * num_columns_ + columns_[number]] >=
           least(rule, hosts);
}

/// When members of an alliance hear of the first alert of one of them.
TimeUs Triggers::first_heard(std::size_t number, const std::vector<TimeUs>& raised) const {
    TimeUs first = never;
    for (std::size_t i = places_[number]; i < places_[number] + num_groups_[number]; ++i) {
        first = complies_[i] != 0 ? std::min(first, raised[i]) : first;
    }
    return std::min(never, first + rules_[number].delay);
}

/// The next time after `at` at which truth can change without a count that changes.
TimeUs Triggers::next_switch(TimeUs at, const std::vector<TimeUs>& raised) const {
    TimeUs next = never;
    const auto consider = [&](TimeUs time) { next = time > at ? std::min(next, time) : next; };
    for (const std::size_t number : of_kind(Kind::time)) {
        consider(rules_[number].time);
    }
    for (const std::size_t number : of_kind(Kind::alert)) {
        consider(first_heard(number, raised));
    }
    return next;
}

/// What is true at a time and has not fired, by rule and group.
std::vector<Fire> Triggers::found(TimeUs at, std::vector<TimeUs>& raised) {
    std::vector<Fire> out;
    for (std::size_t n = 0; n < rules_.size(); ++n) {
        if (!needed_[n] || rules_[n].per == Group::organisation) {
            continue;
        }
        for (std::size_t g = 0; g < num_groups_[n]; ++g) {
            truths_[places_[n] + g] = truth(n, g, at, raised);
        }
        if (rules_[n].kind == Kind::alert && first_heard(n, raised) <= at) {
            for (std::size_t i = places_[n]; i < places_[n] + num_groups_[n]; ++i) {
                truths_[i] = truths_[i] != 0 || complies_[i] != 0;
            }
        }
        for (std::size_t g = 0; starts_[n] && g < num_groups_[n]; ++g) {
            if (truths_[places_[n] + g] != 0 && fired_[places_[n] + g] == 0) {
                out.push_back({at, n, static_cast<std::int64_t>(g)});
            }
        }
    }
    for (std::size_t n = 0; n < rules_.size(); ++n) {
        if (starts_[n] && rules_[n].per == Group::organisation) {
            find_organisations(at, n, out);
        }
    }
    std::sort(out.begin(), out.end(), [](const Fire& a, const Fire& b) {
        return std::tuple(a.rule, a.group) < std::tuple(b.rule, b.group);
    });
    return out;
}

/// Only those whose counts have changed since the last look, or all where truths of coarser groups
/// have.
void Triggers::find_organisations(TimeUs at, std::size_t number, std::vector<Fire>& out) const {
    const auto look = [&](const Organisation& organisation) {
        if (!fired_organisations_[number][organisation.number] && truth(number, organisation)) {
            out.push_back({at, number, organisation.first.value});
        }
    };
    if (looks_up_[number] && truths_ != seen_truths_) {
        std::for_each(organisations_.begin(), organisations_.end(), look);
    } else {
        for (const std::size_t changed : changed_) {
            look(organisations_[changed]);
        }
    }
}

void Triggers::mark(const Fire& fire) {
    if (rules_[fire.rule].per == Group::organisation) {
        fired_organisations_[fire.rule][numbers_.at(fire.group)] = true;
    } else {
        fired_[places_[fire.rule] + static_cast<std::size_t>(fire.group)] = 1;
    }
}

void Triggers::save(StateWriter& out) const {
    out.of_all("clock").add_all(played_, due_);
    RowWriter groups = out.of_all("groups");
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        const bool seen = i < seen_truths_.size() && seen_truths_[i] != 0;
        groups.add_all(counts_[i], seen, fired_[i] != 0, raised_[i]);
    }
    out.of_all("looked").add_all(!seen_truths_.empty());
    RowWriter organisations = out.of_all("organisations"), of_rules = out.of_all("counts"),
              fired = out.of_all("fired");
    for (const Organisation& organisation : organisations_) {
        organisations.add_all(organisation.first, organisation.changed);
        for (std::size_t column = 0; column < num_columns_; ++column) {
            of_rules.add_all(organisation_counts_[organisation.number * num_columns_ + column]);
        }
        for (std::size_t n = 0; n < rules_.size(); ++n) {
            if (starts_[n]) {
                const bool has = fired_organisations_[n][organisation.number];
                fired.add_all(has);
            }
        }
    }
}

void Triggers::load(const StateReader& in) {
    in.each_of_all("clock", [&](StateRow& row) { row.read(played_, due_); });
    bool looked = false;
    in.each_of_all("looked", [&](StateRow& row) { row.read(looked); });
    seen_truths_.assign(looked ? counts_.size() : 0, 0);
    std::size_t i = 0;
    in.each_of_all("groups", [&](StateRow& row) {
        row.require(i < counts_.size());
        bool seen = false, fired = false;
        row.read(counts_[i], seen, fired, raised_[i]);
        fired_[i] = fired;
        if (looked) {
            seen_truths_[i] = seen;
        }
        ++i;
    });
    // Organisations are numbered in the order of the rows.
    in.each_of_all("organisations", [&](StateRow& row) {
        HostId first;
        bool changed = false;
        row.read(first, changed);
        row.require(population_.has(first));
        const std::size_t number = number_of(first);
        organisations_[number].changed = changed;
        if (changed) {
            changed_.push_back(number);
        }
    });
    i = 0;
    in.each_of_all("counts", [&](StateRow& row) {
        row.require(i < organisation_counts_.size());
        row.read(organisation_counts_[i++]);
    });
    std::size_t n = 0, number = 0;
    in.each_of_all("fired", [&](StateRow& row) {
        while (n < rules_.size() && !starts_[n]) {
            ++n;
        }
        row.require(n < rules_.size() && number < organisations_.size());
        bool has = false;
        row.read(has);
        fired_organisations_[n][number] = has;
        if (std::none_of(starts_.begin() + static_cast<std::ptrdiff_t>(n) + 1, starts_.end(),
                         [](bool starts) { return starts; })) {
            n = 0;
            ++number;
        } else {
            ++n;
        }
    });
}

std::vector<Fire> Triggers::fire(TimeUs from, TimeUs until) {
    std::vector<Fire> out;
    for (; due_ < until; due_ = next_switch(due_, raised_)) {
        for (Fire fire : found(due_, raised_)) {
            mark(fire);
            fire.time = std::max(fire.time, from);
            out.push_back(fire);
        }
        seen_truths_ = truths_;
        for (const std::size_t changed : changed_) {
            organisations_[changed].changed = false;
        }
        changed_.clear();
        next_.reset();
    }
    played_ = until;
    return out;
}

TimeUs Triggers::next_time() {
    if (!next_) {
        std::vector<TimeUs> raised = raised_;
        TimeUs at = due_;
        while (at < never && found(at, raised).empty()) {
            at = next_switch(at, raised);
        }
        next_ = std::min(at, never);
    }
    return *next_;
}

}  // namespace annelid
