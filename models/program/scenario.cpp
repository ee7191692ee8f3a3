#include "models/program/scenario.hpp"

#include "engine/base/errors.hpp"
#include "engine/scenario/text.hpp"
#include "models/program/data_files.hpp"
#include "models/program/read_kind.hpp"
#include "models/program/scenario_checks.hpp"
#include "models/program/telescopes.hpp"
#include "models/program/trigger_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t most_rows = 1'000'000;

template <class Variant>
std::vector<Named<Variant>> read_named(const Section& section, bool kind_required) {
    std::vector<Named<Variant>> out;
    for (const auto& [name, child] : section.children()) {
        out.push_back({name, {}, true});
        out.back().fits = read_kind(child, out.back().settings, kind_required);
    }
    // Vectors and defences have no order of their own; results must not depend on the file's.
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

/// The key of a vector that is a distribution.
using DrawnKey = std::pair<const char*, const DistributionSpec*>;
DrawnKey drawn_key(const ScanSettings& scan) {
    return {"rate", &scan.rate};
}
DrawnKey drawn_key(const ContactSettings& contact) {
    return {"time", &contact.time};
}
DrawnKey drawn_key(const CredentialsSettings& credentials) {
    return {"harvest", &credentials.harvest};
}
DrawnKey drawn_key(const SupplyChainSettings& vendor) {
    return {"poll", &vendor.poll};
}

/// Puts the preset of a worm below it. False where there is no worm to go on with.
bool merge_preset(Document& document, const Section& worm) {
    std::string preset;
    std::vector<std::string> without;
    if (!worm.read(preset_fields(preset)) || !worm.read(without_fields(without))) {
        return false;
    }
    if (!preset.empty()) {
        const fs::path file = find_data(fs::path("worms") / (preset + ".toml"));
        for (const std::string& name : document.merge_below(worm.path(), file, without)) {
            worm.fault("without", fmt::format("the preset has no vector \"{}\"", name),
                       "name vectors of the preset");
        }
    } else if (!worm.has("state")) {
        worm.fault("preset", "a worm has a preset or states of its own",
                   "write preset = \"si\" or add [worm.state.NAME]; see `annelid list worms`");
        return false;
    }
    return true;
}

Worm read_worm(const Section& section) {
    Worm worm;
    worm.path = section.path();
    const bool names_fit = section.read(worm.fields());
    std::vector<bool> fits;
    for (const auto& [name, child] : section.child("state").children()) {
        worm.lifecycle.states.emplace_back();
        StateSpec& state = worm.lifecycle.states.back();
        state.name = name;
        fits.push_back(child.read(state_fields(state)) &&
                       check_distribution(child, "dwell", state.dwell));
    }
    worm.vectors = read_named<VectorSettings>(section.child("vector"), false);
    for (auto& vector : worm.vectors) {
        const Section here = section.child("vector").child(vector.name);
        const auto [key, drawn] =
            std::visit([](const auto& v) { return drawn_key(v); }, vector.settings);
        vector.fits = vector.fits && check_distribution(here, key, *drawn);
    }
    if (names_fit) {
        check_states(section, worm.lifecycle, fits);
    }
    check_vectors(section, worm.vectors);
    return worm;
}

/// `[worm]` with `[seeds]`, or every `[[worm]]` with its `[worm.seeds]`. False where one of them
/// cannot be known.
bool read_worms(Scenario& scenario, Document& document, bool times_fit) {
    const Section root = document.root();
    const Section all = root.child("worm");
    std::vector<std::pair<std::string, Section>> worms = {{"", all}};
    if (scenario.worms_named) {
        worms = all.children();
        if (root.has("seeds")) {
            root.child("seeds").fault("", "each of several worms has its own",
                                      "write [worm.seeds] below each [[worm]]");
        }
    }
    bool complete = true;
    for (const auto& [name, section] : worms) {
        const bool has_worm = merge_preset(document, section);
        Worm worm = has_worm ? read_worm(section) : Worm{};
        worm.name = scenario.worms_named ? name : worm.name;
        const Section seeds = (scenario.worms_named ? section : root).child("seeds");
        worm.seeds_path = seeds.path();
        const bool seeds_fit = seeds.read(worm.seeds.fields());
        if (times_fit && seeds_fit && worm.seeds.time >= scenario.end) {
            seeds.fault("time", "the run is over by then", "use a time before time.end");
        }
        if (has_worm && seeds_fit) {
            check_seeds(seeds, worm);
        }
        complete = complete && has_worm;
        scenario.worms.push_back(std::move(worm));
    }
    if (complete) {
        check_worms(all, scenario);
    }
    return complete;
}

/// Reads the population's tables, if it has any; the faults of all of them go to `problems`.
void read_tables(Scenario& scenario, const Section& population, Problems& problems) {
    const auto* internet = std::get_if<InternetSettings>(&scenario.population);
    if (internet == nullptr || !check_stays_inside(population, "tables", internet->tables)) {
        return;
    }
    fs::path folder = scenario.file.parent_path() / internet->tables;
    if (!fs::is_directory(folder)) {
        folder = find_data(fs::path("inputs") / internet->tables);
    }
    if (folder.empty()) {
        return population.fault("tables", "no such folder beside the scenario or in inputs/",
                                "use tables = \"world-2017\"");
    }
    bool complete = true;
    for (const std::string& name : WorldTables::file_names()) {
        if (!fs::is_regular_file(folder / name)) {
            population.fault("tables", fmt::format("there is no {} in it", name),
                             "use a folder with the files of inputs/world-2017");
            complete = false;
        }
    }
    if (complete) {
        try {
            scenario.tables = WorldTables::read(folder);
        } catch (const InputError& fault) {
            problems.add(fault.what());
        }
    }
}

/// Reads the labels of the population's table of attributes, if it has one.
void read_labels(Scenario& scenario, const Section& population, Problems& problems) {
    const auto* graph = std::get_if<GraphSettings>(&scenario.population);
    if (graph == nullptr || graph->attributes.empty() ||
        !check_stays_inside(population, "attributes", graph->attributes)) {
        return;
    }
    std::error_code ignored;
    const fs::path file = find_input(graph->attributes, scenario.file.parent_path());
    if (!fs::is_regular_file(file, ignored)) {
        return population.fault("attributes", "no such file beside the scenario or in inputs/",
                                "check the path, or leave the key out");
    }
    try {
        scenario.labels = read_host_attributes(file, 0).labels;
    } catch (const InputError& fault) {
        problems.add(fault.what());
    }
}

/// False where the world cannot be known, so that nothing can be checked against it.
bool read_population(Scenario& scenario, const Section& section, Problems& problems) {
    if (!read_kind(section, scenario.population, true)) {
        return false;
    }
    const std::size_t problems_before = problems.size();
    section.read(scenario.world_fields());
    read_tables(scenario, section, problems);
    read_labels(scenario, section, problems);
    const auto* internet = std::get_if<InternetSettings>(&scenario.population);
    if (internet != nullptr && static_cast<double>(internet->hosts) > internet->real_hosts) {
        section.fault("hosts",
                      fmt::format("more modelled hosts than {} real ones", internet->real_hosts),
                      "use at most population.real_hosts");
    }
    if (problems.size() == problems_before) {
        check_population(section, scenario);
    }
    return problems.size() == problems_before;
}

/// False where the network cannot be known.
bool read_network(Scenario& scenario, const Section& root) {
    if (!root.has("network")) {
        return true;
    }
    const Section section = root.child("network");
    Network network;
    const bool kind_fits = read_kind(section, network.settings, false);
    const bool fits = section.read(network.fields());
    scenario.network = network;
    return kind_fits && fits;
}

/// False where the hours cannot be known.
bool read_hours(Scenario& scenario, const Section& root) {
    if (!root.has("hours")) {
        return true;
    }
    const Section section = root.child("hours");
    HoursSettings hours;
    bool fits = section.read(hours.fields());
    for (const auto& [name, child] : section.child("role").children()) {
        RoleHours role = hours.rest;  // what a role does not say is as for the others
        role.name = name;
        fits = child.read(role.fields()) && fits;
        hours.roles.push_back(std::move(role));
    }
    std::sort(hours.roles.begin(), hours.roles.end(),
              [](const RoleHours& a, const RoleHours& b) { return a.name < b.name; });
    scenario.hours = std::move(hours);
    return fits;
}

/// False where the rules of service cannot be known.
bool read_service(Scenario& scenario, const Section& root) {
    if (!root.has("service")) {
        return true;
    }
    const Section section = root.child("service");
    ServiceSettings service;
    bool fits = section.read(service.fields());
    for (const auto& [name, child] : section.child("dependency").children()) {
        DependencySettings dependency;
        dependency.name = name;
        fits = child.read(dependency.fields()) && fits;
        service.dependencies.push_back(std::move(dependency));
    }
    std::sort(service.dependencies.begin(), service.dependencies.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    scenario.service = std::move(service);
    return fits;
}

std::string table(const std::string& name, const Fields& fields) {
    return fmt::format("\n[{}]\n{}", name, to_toml(fields));
}

}  // namespace

Scenario read_scenario(const fs::path& file, const std::vector<std::string>& sets) {
    Problems problems;
    Document document(file, problems);
    const bool worms_named = document.key_by_name("worm");
    for (const std::string& assignment : sets) {
        document.set(assignment);
    }
    Scenario scenario;
    scenario.file = file;
    scenario.worms_named = worms_named;
    const Section root = document.root();
    const Section record = root.child("record");
    root.read(scenario.top_fields());
    const bool times_fit = root.child("time").read(scenario.time_fields());
    const bool has_worms = read_worms(scenario, document, times_fit);
    const bool has_population = read_population(scenario, root.child("population"), problems);
    const bool has_network = read_network(scenario, root);
    const bool hours_fit = read_hours(scenario, root);
    const bool service_fits = read_service(scenario, root);
    const bool record_fits = record.read(scenario.record_fields());
    read_alliances(scenario, root.child("alliance"), problems);
    scenario.triggers = read_named<TriggerSettings>(root.child("trigger"), true);
    scenario.defences = read_named<DefenceSettings>(root.child("defence"), true);
    scenario.telescopes = read_telescopes(root.child("telescope"));

    if (times_fit && record_fits && scenario.num_rows() > most_rows) {
        record.fault(
            "every",
            fmt::format("{} rows would be written, {} at most", scenario.num_rows(), most_rows),
            "record less often");
    }
    if (has_worms && has_population) {
        check_scopes(root, scenario);
    }
    if (has_network && has_population) {
        check_network(root, scenario);
    }
    if (hours_fit && has_population) {
        check_hours(root, scenario);
    }
    if (service_fits && has_worms && has_population) {
        check_service(root, scenario);
    }
    check_defences(root.child("defence"), scenario, has_worms, has_population);
    if (has_worms && has_population) {
        check_telescopes(root.child("telescope"), scenario);
        check_triggers(root, scenario, times_fit);
    }
    document.report_unknown();
    problems.raise();
    scenario.written = document.written();
    scenario.warnings = problems.warnings();
    return scenario;
}

std::string Scenario::remark(const std::string& key, const std::string& why,
                             const std::string& advice) const {
    // A key that is not written has its default; then its table is named.
    std::string path = key;
    while (written.count(path) == 0) {
        const std::size_t dot = path.rfind('.');
        path.resize(dot == std::string::npos ? 0 : dot);
    }
    const Written& found = written.at(path);
    Problems problems;
    problems.warn(found.place, key, path == key ? found.value : "", why, advice);
    return problems.warnings().front();
}

void Scenario::refuse(const std::string& key, const std::string& why,
                      const std::string& advice) const {
    throw InputError(remark(key, why, advice));
}

std::string effective_text(const Scenario& original) {
    Scenario s = original;
    std::string out = to_toml(s.top_fields());
    out += table("time", s.time_fields());
    std::visit([&](auto& p) { out += table("population", p.fields()); }, s.population);
    out += to_toml(s.world_fields());
    if (s.network) {
        std::visit([&](auto& n) { out += table("network", n.fields()); }, s.network->settings);
        out += to_toml(s.network->fields());
    }
    if (s.hours) {
        out += table("hours", s.hours->fields());
        for (RoleHours& role : s.hours->roles) {
            out += table("hours.role." + key_text(role.name), role.fields());
        }
    }
    out += table("record", s.record_fields());
    for (Worm& worm : s.worms) {
        out += s.worms_named ? "\n[[worm]]\n" : "\n[worm]\n";
        out += to_toml(worm.fields());
        out += table(s.worms_named ? "worm.seeds" : "seeds", worm.seeds.fields());
        for (StateSpec& state : worm.lifecycle.states) {
            Fields fields = state_fields(state);
            if (state.next.empty()) {
                fields.pop_back();  // no dwell time
            }
            out += table("worm.state." + key_text(state.name), fields);
        }
        for (auto& vector : worm.vectors) {
            std::visit(
                [&](auto& v) { out += table("worm.vector." + key_text(vector.name), v.fields()); },
                vector.settings);
        }
    }
    for (auto& alliance : s.alliances) {
        alliance.settings.file.clear();  // its members are known
        out += table("alliance." + key_text(alliance.name), alliance.settings.fields());
    }
    for (auto& trigger : s.triggers) {
        std::visit([&](auto& t) { out += table("trigger." + key_text(trigger.name), t.fields()); },
                   trigger.settings);
    }
    for (auto& defence : s.defences) {
        std::visit([&](auto& d) { out += table("defence." + key_text(defence.name), d.fields()); },
                   defence.settings);
    }
    for (auto& telescope : s.telescopes) {
        out += table("telescope." + key_text(telescope.name), telescope.settings.fields());
    }
    if (s.service) {
        out += table("service", s.service->fields());
        for (DependencySettings& dependency : s.service->dependencies) {
            out += table("service.dependency." + key_text(dependency.name), dependency.fields());
        }
    }
    return out;
}

}  // namespace annelid
