#include "models/program/branching.hpp"

#include "engine/scenario/quantity.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <sstream>

#include <fmt/format.h>

namespace annelid {

namespace {

/// Key and value as written, by table; that of the n-th of several worms is "worm n".
using Table = std::map<std::string, std::string>;
using Tables = std::map<std::string, Table>;

/// Of a text that to_toml() has printed: a key a line.
Tables tables_of(const std::string& text) {
    Tables out;
    std::string table, worm = "worm";
    int worms = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("[[")) {
            worm = fmt::format("worm {}", ++worms);
            table = worm;
        } else if (line.starts_with("[")) {
            table = line.substr(1, line.rfind(']') - 1);
            if (table == "worm" || table.starts_with("worm.")) {
                table = worm + table.substr(4);
            }
        } else if (const std::size_t equals = line.find(" = "); equals != std::string::npos) {
            out[table][line.substr(0, equals)] = line.substr(equals + 3);
        }
    }
    return out;
}

/// A value without its quotes.
std::string plain(const std::string& value) {
    return value.size() >= 2 && value.front() == '"' ? value.substr(1, value.size() - 2) : value;
}

std::string value_of(const Table& table, const std::string& key) {
    const auto found = table.find(key);
    return found == table.end() ? "" : plain(found->second);
}

std::optional<TimeUs> time_of(const Table& table, const std::string& key) {
    const std::string text = value_of(table, key);
    return text.empty() ? std::nullopt : std::optional(parse_duration_us(text));
}

/// Why a defence may not come, go or differ; empty: it may. `name` as it stands in the scenario.
std::string why_defence_matters(const std::string& name, const Table* before, const Table* after,
                                const Moment& moment) {
    static const std::set<std::string> pure = {
        "kill_switch", "patching",           "port_filter",      "segmentation",
        "throttling",  "credential_hygiene", "update_revocation"};
    static const std::set<std::string> asked_later = {"sensor", "isolation"};
    const bool both = before != nullptr && after != nullptr;
    const Table& one = before != nullptr ? *before : *after;
    const Table& other = after != nullptr ? *after : *before;
    const std::string kind = value_of(one, "kind"), trigger = value_of(one, "trigger");
    if (kind != value_of(other, "kind")) {
        return "it is of another kind";
    }
    if (!trigger.empty() || !value_of(other, "trigger").empty()) {
        if (!both || trigger != value_of(other, "trigger")) {
            return "it has another trigger";
        }
        if (!pure.contains(kind) && !asked_later.contains(kind)) {
            return "it hears of all that happens";
        }
        return moment.has_begun.contains(name) ? "it has begun" : "";
    }
    if (!pure.contains(kind)) {
        return "it concerns hosts that were infected before the checkpoint";
    }
    for (const Table* table : {&one, &other}) {
        const auto start = time_of(*table, table->contains("time") ? "time" : "start");
        if (!start || *start < moment.time) {
            return "it begins before the checkpoint";
        }
    }
    return "";
}

std::string why_end_matters(const Table& before, const Table& after, const Moment& moment) {
    const TimeUs was = time_of(before, "end").value_or(0), now = time_of(after, "end").value_or(0);
    return now > was           ? "nothing beyond the end that was known has been drawn"
           : now < moment.time ? "it lies before the checkpoint"
                               : "";
}

std::string why_seeds_matter(const Table& before, const Table& after, const Moment& moment) {
    return std::min(time_of(before, "time").value_or(0), time_of(after, "time").value_or(0)) <
                   moment.time
               ? "the outbreak begins before the checkpoint"
               : "";
}

}  // namespace

Differences compare_scenarios(const std::string& before_text, const std::string& after_text,
                              const Moment& moment) {
    const Tables before = tables_of(before_text), after = tables_of(after_text);
    std::set<std::string> names;
    for (const auto* tables : {&before, &after}) {
        for (const auto& [name, table] : *tables) {
            names.insert(name);
        }
    }
    Differences out;
    for (const std::string& name : names) {
        const auto was = before.find(name), now = after.find(name);
        const Table* one = was == before.end() ? nullptr : &was->second;
        const Table* other = now == after.end() ? nullptr : &now->second;
        static const Table nothing;
        const Table& from = one != nullptr ? *one : nothing;
        const Table& to = other != nullptr ? *other : nothing;
        if (from == to) {
            continue;
        }
        const auto why = [&](const std::string& key) -> std::string {
            if (name.starts_with("defence.") && name.find('.', 8) == std::string::npos) {
                return why_defence_matters(name.substr(8), one, other, moment);
            }
            if (one == nullptr || other == nullptr) {
                return "it begins before the checkpoint";
            }
            if ((name.empty() && key == "title") || (name == "record" && key == "hosts") ||
                (name == "network" && key == "partition")) {
                return "";
            }
            if (name == "time" && key == "end") {
                return why_end_matters(from, to, moment);
            }
            if (name == "seeds" || name.ends_with(".seeds")) {
                return why_seeds_matter(from, to, moment);
            }
            return "it matters from the start";
        };
        if (one == nullptr || other == nullptr) {
            const std::string reason = why("");
            const std::string what =
                fmt::format("[{}] is {}", name, one == nullptr ? "new" : "gone");
            (reason.empty() ? out.allowed : out.refused)
                .push_back(reason.empty() ? what : fmt::format("{} ({})", what, reason));
            continue;
        }
        std::set<std::string> keys;
        for (const Table* table : {&from, &to}) {
            for (const auto& [key, value] : *table) {
                keys.insert(key);
            }
        }
        for (const std::string& key : keys) {
            const auto written = [&](const Table& table) {
                const auto found = table.find(key);
                return found == table.end() ? std::string("not set") : found->second;
            };
            if (written(from) == written(to)) {
                continue;
            }
            const std::string reason = why(key);
            const std::string what =
                fmt::format("{}{}{} = {}, was {}", name, name.empty() ? "" : ".", key, written(to),
                            written(from));
            (reason.empty() ? out.allowed : out.refused)
                .push_back(reason.empty() ? what : fmt::format("{} ({})", what, reason));
        }
    }
    return out;
}

}  // namespace annelid
