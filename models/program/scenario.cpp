#include "models/program/scenario.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "engine/base/errors.hpp"

namespace annelid {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t most_rows = 1'000'000;

template <class Settings>
const std::string& kind_of(const Settings& settings) {
    return std::visit([](const auto& s) -> const std::string& { return s.kind; }, settings);
}

/// Reads `kind`, then the fields of the alternative of the variant that has it.
template <class Variant, std::size_t i = 0>
bool read_alternative(const Section& section, const std::string& kind, Variant& out) {
    if constexpr (i < std::variant_size_v<Variant>) {
        std::variant_alternative_t<i, Variant> settings;
        if (settings.kind == kind) {
            section.read(settings.fields());
            out = std::move(settings);
            return true;
        }
        return read_alternative<Variant, i + 1>(section, kind, out);
    }
    return false;
}

template <class Variant, std::size_t... i>
std::vector<std::string> kinds(std::index_sequence<i...>) {
    return {std::variant_alternative_t<i, Variant>{}.kind...};
}

template <class Variant>
void read_kind(const Section& section, Variant& out, bool required) {
    std::string kind = kind_of(out);
    Field field{"kind", &kind, Unit::none, "the mechanism"};
    field.choices = kinds<Variant>(std::make_index_sequence<std::variant_size_v<Variant>>{});
    field.required = required;
    section.read({field});
    read_alternative(section, kind, out);
}

template <class Variant>
std::vector<Named<Variant>> read_named(const Section& section, bool kind_required) {
    std::vector<Named<Variant>> out;
    for (const auto& [name, child] : section.children()) {
        out.push_back({name, {}});
        read_kind(child, out.back().settings, kind_required);
    }
    // Vectors and defences have no order of their own; results must not depend on the file's.
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

void check_states(const Section& worm, const LifecycleSpec& spec) {
    const auto known = [&](const std::string& name) {
        return std::any_of(spec.states.begin(), spec.states.end(),
                           [&](const StateSpec& s) { return s.name == name; });
    };
    std::string names;
    for (const StateSpec& state : spec.states) {
        names += names.empty() ? state.name : ", " + state.name;
    }
    const auto require = [&](const Section& section, const char* key, const std::string& name) {
        if (!known(name)) {
            section.fault(key, "there is no such state", "name one of " + names);
        }
    };
    require(worm, "susceptible", spec.susceptible);
    if (!spec.entry.empty()) {
        require(worm, "entry", spec.entry);
    }
    if (spec.entry == spec.susceptible) {
        worm.fault("entry", "an infected host must leave the susceptible state",
                   "name another state");
    }
    if (!spec.inert.empty()) {
        require(worm, "inert", spec.inert);
    }
    for (const StateSpec& state : spec.states) {
        const Section section = worm.child("state").child(state.name);
        if (state.name == "immune") {
            section.fault("infected", "the engine has a state of that name", "use another name");
        }
        if (state.name == spec.susceptible &&
            (state.infectious || state.infected || !state.next.empty())) {
            section.fault("next", "a susceptible host waits until a worm reaches it",
                          "give the state no flags and no `next`");
        }
        if (!state.next.empty()) {
            require(section, "next", state.next);
            if (!section.has("dwell")) {
                section.fault("dwell", "a state with `next` needs a dwell time",
                              "add dwell = \"10 min\"");
            }
        } else if (section.has("dwell")) {
            section.fault("dwell", "a state without `next` is never left", "add `next`");
        }
    }
    if (spec.states.size() > 250) {
        worm.fault("state", "at most 250 states are possible", "merge some");
    }
}

void check_vectors(const Section& section, const std::vector<Named<VectorSettings>>& vectors) {
    if (vectors.empty() || vectors.size() > 250) {
        section.fault("vector", "a worm has 1 to 250 vectors", "add [worm.vector.NAME]");
    }
    for (const auto& vector : vectors) {
        const auto& scan = std::get<ScanSettings>(vector.settings);
        const Section here = section.child("vector").child(vector.name);
        if (scan.follows.empty()) {
            continue;
        }
        const auto other = std::find_if(vectors.begin(), vectors.end(),
                                        [&](const auto& v) { return v.name == scan.follows; });
        if (other == vectors.end() || other->name == vector.name) {
            here.fault("follows", "there is no other vector of that name", "name one of the worm's");
        } else if (scan.strategy != "sweep") {
            here.fault("strategy", "a vector that follows another sweeps around the target",
                       "use strategy = \"sweep\"");
        }
    }
}

Worm read_worm(const Section& section) {
    Worm worm;
    section.read(worm.fields());
    for (const auto& [name, child] : section.child("state").children()) {
        worm.lifecycle.states.push_back({name, false, false, false, "", {}});
        child.read(state_fields(worm.lifecycle.states.back()));
    }
    worm.vectors = read_named<VectorSettings>(section.child("vector"), false);
    check_states(section, worm.lifecycle);
    check_vectors(section, worm.vectors);
    return worm;
}

void merge_preset(Document& document) {
    const Section worm = document.root().child("worm");
    std::string preset;
    worm.read({Field{"preset", &preset, Unit::none, "a file of models/worms"}});
    if (preset.empty()) {
        return;
    }
    fs::path file;
    if (preset.find_first_of("/\\") == std::string::npos) {
        file = find_data(fs::path("worms") / (preset + ".toml"));
    }
    if (file.empty()) {
        worm.fault("preset", "there is no such worm", "see `annelid list worms`");
        return;
    }
    document.merge_below("worm", file);
}

void find_tables(Scenario& scenario, const Section& population) {
    const auto* internet = std::get_if<InternetSettings>(&scenario.population);
    if (internet == nullptr) {
        return;
    }
    const fs::path beside = scenario.file.parent_path() / internet->tables;
    scenario.tables = fs::is_directory(beside) ? beside
                                               : find_data(fs::path("inputs") / internet->tables);
    if (scenario.tables.empty()) {
        population.fault("tables", "no such folder beside the scenario or in inputs/",
                         "use tables = \"world-2017\"");
    }
    if (static_cast<double>(internet->hosts) > internet->real_hosts) {
        population.fault("hosts", "more modelled hosts than real ones",
                         "use at most population.real_hosts");
    }
}

std::string table(const std::string& name, const Fields& fields) {
    return fmt::format("\n[{}]\n{}", name, to_toml(fields));
}

/// A key that TOML reads back as one name.
std::string key_name(const std::string& name) {
    const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
    });
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return bare ? name : out + "\"";
}

}  // namespace

fs::path find_data(const fs::path& name) {
    std::vector<fs::path> roots;
    if (const char* data = std::getenv("ANNELID_DATA")) {
        roots.emplace_back(data);
    }
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    roots.push_back(program.parent_path().parent_path() / "share" / "annelid");
    for (const fs::path& root : roots) {
        if (fs::exists(root / name, ignored)) {
            return root / name;
        }
    }
    // In the source tree worms live in models/.
    const fs::path source = ANNELID_SOURCE_DIR;
    for (const fs::path& root : {source, source / "models"}) {
        if (fs::exists(root / name, ignored)) {
            return root / name;
        }
    }
    return {};
}

Scenario read_scenario(const fs::path& file, const std::vector<std::string>& sets) {
    Problems problems;
    Document document(file, problems);
    for (const std::string& assignment : sets) {
        document.set(assignment);
    }
    merge_preset(document);

    Scenario scenario;
    scenario.file = file;
    const Section root = document.root();
    root.read(scenario.top_fields());
    root.child("time").read(scenario.time_fields());
    const Section population = root.child("population");
    read_kind(population, scenario.population, true);
    population.read(scenario.world_fields());
    find_tables(scenario, population);
    root.child("seeds").read(scenario.seed_fields());
    root.child("record").read(scenario.record_fields());
    scenario.worm = read_worm(root.child("worm"));
    scenario.defences = read_named<DefenceSettings>(root.child("defence"), true);

    if (scenario.record_every > 0 && scenario.num_rows() > most_rows) {
        root.child("record").fault("every", fmt::format("{} rows would be written, {} at most",
                                                        scenario.num_rows(), most_rows),
                                   "record less often");
    }
    if (scenario.seeds_time >= scenario.end) {
        root.child("seeds").fault("time", "the run is over by then", "use a time before time.end");
    }
    const auto& vectors = scenario.worm.vectors;
    if (!scenario.seeds_vector.empty() &&
        std::none_of(vectors.begin(), vectors.end(),
                     [&](const auto& v) { return v.name == scenario.seeds_vector; })) {
        root.child("seeds").fault("vector", "the worm has no such vector", "name one of its vectors");
    }
    for (const auto& defence : scenario.defences) {
        if (std::holds_alternative<KillSwitchSettings>(defence.settings) &&
            scenario.worm.lifecycle.inert.empty()) {
            root.child("defence").child(defence.name).fault(
                "kind", "the worm has no inert state", "set worm.inert, or leave the defence out");
        }
    }
    document.report_unknown();
    problems.raise();
    return scenario;
}

std::string effective_text(const Scenario& original) {
    Scenario s = original;
    std::string out = to_toml(s.top_fields());
    out += table("time", s.time_fields());
    std::visit([&](auto& p) { out += table("population", p.fields()); }, s.population);
    out += to_toml(s.world_fields());
    out += table("seeds", s.seed_fields());
    out += table("record", s.record_fields());
    out += table("worm", s.worm.fields());
    for (StateSpec& state : s.worm.lifecycle.states) {
        Fields fields = state_fields(state);
        if (state.next.empty()) {
            fields.pop_back();  // no dwell time
        }
        out += table("worm.state." + key_name(state.name), fields);
    }
    for (auto& vector : s.worm.vectors) {
        std::visit([&](auto& v) { out += table("worm.vector." + key_name(vector.name), v.fields()); },
                   vector.settings);
    }
    for (auto& defence : s.defences) {
        std::visit([&](auto& d) { out += table("defence." + key_name(defence.name), d.fields()); },
                   defence.settings);
    }
    return out;
}

}  // namespace annelid
