#include "models/program/trigger_checks.hpp"

#include "engine/base/errors.hpp"
#include "models/program/data_files.hpp"
#include "models/program/scenario_checks.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace {

namespace fs = std::filesystem;

/// Kinds of defences whose findings a trigger can count.
const std::set<std::string> kinds_that_detect = {"sensor", "contact_tracing"};

bool contains(const std::vector<std::string>& all, const std::string& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
}

/// False where its members cannot be known.
bool read_members(AllianceSettings& alliance, const Section& section, const fs::path& folder,
                  Problems& problems) {
    if (alliance.file.empty()) {
        return true;
    }
    if (!alliance.countries.empty()) {
        section.fault("file", "an alliance has countries or a file, not both", "leave one out");
        return false;
    }
    if (!check_stays_inside(section, "file", alliance.file)) {
        return false;
    }
    std::error_code ignored;
    const fs::path file = find_input(alliance.file, folder);
    if (!fs::is_regular_file(file, ignored)) {
        section.fault("file", "no such file beside the scenario or in inputs/",
                      "use file = \"world-2017/nato-2017.csv\"");
        return false;
    }
    try {
        alliance.countries = read_alliance(file);
    } catch (const InputError& fault) {
        problems.add(fault.what());
        return false;
    }
    return true;
}

/// Every country that the population could have: of a world, not of the part that is kept.
std::vector<std::string> countries_of_world(const Scenario& scenario) {
    std::vector<std::string> out;
    for (const auto& country : scenario.tables.countries) {
        out.push_back(country.code);
    }
    return out.empty() ? countries_of(scenario) : out;
}

void check_alliances(const Section& alliances, const Scenario& scenario) {
    const std::vector<std::string> world = countries_of_world(scenario);
    const std::vector<std::string> kept = countries_of(scenario);
    for (const auto& alliance : scenario.alliances) {
        const AllianceSettings& settings = alliance.settings;
        if (!alliance.fits) {
            continue;
        }
        const Section here = alliances.child(alliance.name);
        const KeyFaults faults = settings.faults(world);
        report(here, faults);
        if (faults.empty() &&
            std::none_of(settings.countries.begin(), settings.countries.end(),
                         [&](const auto& code) { return contains(kept, code); })) {
            here.warn(settings.file.empty() ? "countries" : "file",
                      "the population has none of its members", "see population.countries");
        }
    }
}

TriggerNames names_of_triggers(const Scenario& scenario, bool times_fit) {
    TriggerNames out;
    out.all = names_in(scenario);
    for (const Worm& worm : scenario.worms) {
        std::vector<std::string>& states = out.states[worm.name];
        for (const StateSpec& state : worm.lifecycle.states) {
            if (state.name != worm.lifecycle.susceptible) {
                states.push_back(state.name);
            }
        }
    }
    for (const auto& defence : scenario.defences) {
        const std::string kind = std::visit([](const auto& s) { return s.kind; }, defence.settings);
        // Who knows what one that was refused would do?
        if (!defence.fits || kinds_that_detect.count(kind) > 0) {
            out.sensors.push_back(defence.name);
        }
    }
    for (const auto& telescope : scenario.telescopes) {
        out.telescopes.push_back(telescope.name);
    }
    out.services = scenario.service.has_value();
    out.hosts = stated_hosts(scenario);
    out.end = times_fit ? scenario.end : never;
    return out;
}

/// The table of a trigger, or of the defence that is one.
Section section_of(const Section& root, const TriggerTables& tables, const std::string& name) {
    return root.child(tables.sharing.count(name) > 0 ? "defence" : "trigger").child(name);
}

/// Those that defences name.
std::vector<std::string> started_in(const Scenario& scenario) {
    std::vector<std::string> out;
    for (const auto& defence : scenario.defences) {
        const TimingSettings* timing = timing_of(defence.settings);
        if (timing != nullptr && !timing->trigger.empty()) {
            out.push_back(timing->trigger);
        }
    }
    return out;
}

/// Of those that nothing looks at.
void warn_of_unused(const Section& root, const TriggerTables& tables,
                    std::vector<std::string> used) {
    const std::vector<std::string> names = tables.names();
    for (const std::string& name : names) {
        const std::vector<std::string> parts = tables.parts(name);
        used.insert(used.end(), parts.begin(), parts.end());
    }
    for (const std::string& name : names) {
        if (!contains(used, name)) {
            section_of(root, tables, name)
                .warn("", "no defence names it as its trigger: it changes nothing",
                      fmt::format("write trigger = \"{}\" in a defence, or leave it out", name));
        }
    }
}

/// Of those that look at others; false where one looks at none that there is, or at itself.
bool check_circles(const Section& root, const TriggerTables& tables) {
    const std::vector<std::string> names = tables.names();
    for (const std::string& name : names) {
        for (const std::string& part : tables.parts(name)) {
            if (!contains(names, part)) {
                return false;
            }
        }
    }
    const auto circles = order_of(tables).circles;
    for (const std::vector<std::string>& circle : circles) {
        section_of(root, tables, circle.front())
            .fault(tables.parts_key(circle.front()),
                   fmt::format("it looks at itself: {}", fmt::join(circle, " -> ")),
                   "leave one of them out");
    }
    return circles.empty();
}

}  // namespace

void read_alliances(Scenario& scenario, const Section& alliances, Problems& problems) {
    for (const auto& [name, section] : alliances.children()) {
        Named<AllianceSettings> alliance{name, {}, true};
        alliance.fits =
            section.read(alliance.settings.fields()) &&
            read_members(alliance.settings, section, scenario.file.parent_path(), problems);
        scenario.alliances.push_back(std::move(alliance));
    }
    std::sort(scenario.alliances.begin(), scenario.alliances.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
}

TriggerTables trigger_tables(const Scenario& scenario) {
    TriggerTables out;
    for (const auto& trigger : scenario.triggers) {
        out.triggers[trigger.name] = trigger.settings;
    }
    for (const auto& defence : scenario.defences) {
        if (const auto* sharing = std::get_if<AlertSharingSettings>(&defence.settings)) {
            out.sharing[defence.name] = *sharing;
        }
    }
    return out;
}

const TimingSettings* timing_of(const DefenceSettings& settings) {
    return std::visit(
        [](const auto& s) -> const TimingSettings* {
            if constexpr (requires { s.timing; }) {
                return &s.timing;
            } else {
                return nullptr;
            }
        },
        settings);
}

void check_triggers(const Section& root, const Scenario& scenario, bool times_fit) {
    check_alliances(root.child("alliance"), scenario);
    const TriggerNames names = names_of_triggers(scenario, times_fit);
    const TriggerTables tables = trigger_tables(scenario);
    bool fits = true;
    for (const auto& trigger : scenario.triggers) {
        const Section here = root.child("trigger").child(trigger.name);
        fits = fits && trigger.fits;
        if (tables.sharing.count(trigger.name) > 0) {
            here.fault("", "a defence of kind alert_sharing has that name, and is a trigger too",
                       "rename one of them");
            fits = false;
        }
        if (trigger.fits) {
            const KeyFaults faults =
                std::visit([&](const auto& t) { return t.faults(names); }, trigger.settings);
            report(here, faults);
            fits = fits && faults.empty();
            for (const KeyFault& remark :
                 std::visit([&](const auto& t) { return t.remarks(names); }, trigger.settings)) {
                here.warn(remark.key, remark.why, remark.advice);
            }
        }
    }
    for (const auto& defence : scenario.defences) {
        fits = fits && (defence.fits || tables.sharing.count(defence.name) == 0);
    }
    if (!fits || !check_circles(root, tables)) {
        return;
    }
    const std::vector<std::string> started = started_in(scenario);
    for (const auto& [name, faults] : check_parts(tables, started)) {
        report(section_of(root, tables, name), faults);
    }
    warn_of_unused(root, tables, started);
}

}  // namespace annelid
