#include "models/populations/working_hours.hpp"

#include "engine/base/errors.hpp"
#include "engine/scenario/quantity.hpp"
#include "models/populations/place_names.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace annelid {

namespace {

constexpr TimeUs minute = 60 * us_per_s;

struct DayHours {
    TimeUs open, close;
};

/// "08:00-18:00"; "22:00-06:00" ends on the next day.
std::optional<DayHours> read_day_hours(const std::string& text) {
    constexpr std::string_view pattern = "00:00-00:00";
    if (text.size() != pattern.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (pattern[i] == '0' ? !is_digit : text[i] != pattern[i]) {
            return std::nullopt;
        }
    }
    const auto number = [&](std::size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
    const int open = number(0) * 60 + number(3), close = number(6) * 60 + number(9);
    if (number(3) > 59 || number(9) > 59 || open >= 24 * 60 || close > 24 * 60) {
        return std::nullopt;
    }
    return DayHours{open * minute, (close > open ? close : close + 24 * 60) * minute};
}

std::optional<std::int64_t> read_day(const std::string& date) {
    const std::string midnight = date + " 00:00:00";
    return is_datetime(midnight) ? std::optional(seconds_since_epoch(midnight) / 86'400)
                                 : std::nullopt;
}

Hours::Rule rule_of(const RoleHours& role) {
    const DayHours hours = *read_day_hours(role.weekdays);
    return {trait_mask(role.traits), hours.open,    hours.close,
            role.always_on,          role.weekends, role.jitter};
}

std::vector<Hours::Zone> zones_of(const WorldTables& tables, const std::string& country) {
    const auto row = std::find_if(tables.countries.begin(), tables.countries.end(),
                                  [&](const auto& r) { return r.code == country; });
    std::vector<Hours::Zone> out;
    double below = 0;
    if (row != tables.countries.end()) {
        for (const auto& [ahead_min, share] : row->utc_offsets) {
            out.push_back({below += share, ahead_min * minute});
        }
    }
    return out.empty() ? std::vector<Hours::Zone>{{1, 0}} : out;
}

}  // namespace

Fields RoleHours::fields() {
    Field jitter_field{"jitter", &jitter, Unit::duration,
                       "a host's hours begin and end up to so much earlier or later"};
    jitter_field.max = 12 * 3600;
    Field always_field{"always_on", &always_on, Unit::share, "share of hosts that are always on"};
    always_field.source = "assumption; sweep 0 to 0.5";
    Field weekends_field{"weekends", &weekends, Unit::share,
                         "share of the others that are on at weekends and holidays as on a "
                         "working day"};
    weekends_field.source = "assumption; sweep 0 to 0.3";
    Fields out = {Field{"weekdays", &weekdays, Unit::none,
                        "hours of a working day in local time; \"22:00-06:00\" ends on the next"},
                  always_field, weekends_field, jitter_field};
    if (!name.empty()) {
        Field traits_field{"traits", &traits, Unit::none, "hosts that carry all of these"};
        traits_field.choices = {trait_names.begin(), trait_names.end()};
        traits_field.required = true;
        out.insert(out.begin(), traits_field);
    }
    return out;
}

KeyFaults RoleHours::faults() const {
    KeyFaults out;
    const auto hours = read_day_hours(weekdays);
    if (!hours) {
        out.push_back({"weekdays", "hours are written hh:mm-hh:mm, from 00:00 to 24:00",
                       "try \"08:00-18:00\""});
    } else if (2 * jitter >= hours->close - hours->open ||
               hours->close - hours->open + 2 * jitter > Hours::day_us) {
        if (jitter > 0) {
            out.push_back({"jitter", "a host's day could end before it begins, or last over 24 h",
                           "use less"});
        }
    }
    if (!name.empty() && traits.empty()) {
        out.push_back({"traits", "every host has them", "name some, or change [hours] itself"});
    }
    return out;
}

Fields HoursSettings::fields() {
    Fields out = rest.fields();
    out.push_back(Field{"holidays", &holidays, Unit::none,
                        "public holidays by country: { UA = [\"2017-06-28\"] }"});
    return out;
}

KeyFaults HoursSettings::faults(const std::vector<std::string>& all_countries) const {
    KeyFaults out = rest.faults();
    for (const auto& [country, dates] : holidays) {
        check_places("holidays." + country, {country}, all_countries, out);
        for (const std::string& date : dates) {
            if (!read_day(date)) {
                out.push_back({"holidays." + country, fmt::format("\"{}\" is not a date", date),
                               "write \"2017-06-28\""});
            }
        }
    }
    return out;
}

std::unique_ptr<Hours> make_hours(const HoursSettings& settings, const Population& population,
                                  const WorldTables& tables, const std::string& start,
                                  TimeUs end_us, Seed seed) {
    refuse("hours", settings.faults(country_codes(population)));
    std::vector<Hours::Rule> rules;
    for (const RoleHours& role : settings.roles) {
        refuse("hours.role." + role.name, role.faults());
        rules.push_back(rule_of(role));
    }
    rules.push_back(rule_of(settings.rest));
    std::vector<Hours::LocalTime> countries;
    for (const Country& country : population.countries()) {
        Hours::LocalTime local{zones_of(tables, country.code), {}};
        if (const auto named = settings.holidays.find(country.code);
            named != settings.holidays.end()) {
            for (const std::string& date : named->second) {
                local.holidays.push_back(*read_day(date));
            }
            std::sort(local.holidays.begin(), local.holidays.end());
        }
        countries.push_back(std::move(local));
    }
    return std::make_unique<Hours>(population, std::move(rules), std::move(countries),
                                   seconds_since_epoch(start), end_us, seed);
}

}  // namespace annelid
