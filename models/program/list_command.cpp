// `annelid list`: what a scenario can name, with parameters, units, defaults and sources. Made from
// the tables that parse scenarios.
#include "engine/hosts/traits.hpp"
#include "models/program/commands.hpp"
#include "models/program/data_files.hpp"
#include "models/program/read_kind.hpp"
#include "models/program/scenario.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace {

constexpr const char* help = R"(annelid list worms|vectors|defences|populations|networks|scenario
annelid list worms NAME

What a scenario can name: keys, units, defaults, meaning and sources; or one
worm with its states, vectors, figures and where they are from.

Examples:
  annelid list vectors
  annelid list worms wannacry
)";

template <class Variant, std::size_t i = 0>
void print_kinds(const std::string& where) {
    if constexpr (i < std::variant_size_v<Variant>) {
        std::variant_alternative_t<i, Variant> settings;
        fmt::print("{} ({} kind = \"{}\")\n{}\n", settings.kind, where, settings.kind,
                   describe(settings.fields(), 2));
        print_kinds<Variant, i + 1>(where);
    }
}

void print_worms() {
    for (const std::string& name : worm_names()) {
        Problems problems;
        const Document document(find_data(std::filesystem::path("worms") / (name + ".toml")),
                                problems);
        Worm worm;
        document.root().read(worm.fields());
        fmt::print("{:<14} {}\n", name, worm.title);
    }
    fmt::print("\nannelid list worms NAME: its states and vectors, with sources\n");
    Worm worm;
    StateSpec state;
    std::string preset;
    std::vector<std::string> without;
    fmt::print(
        "\n[worm], or several [[worm]]\n{}{}{}\n[worm.state.NAME]\n{}\n[worm.vector.NAME]: see "
        "annelid list vectors\n",
        describe(preset_fields(preset), 2), describe(without_fields(without), 2),
        describe(worm.fields(), 2), describe(state_fields(state), 2));
}

/// The keys of a table that a file leaves out, as one comment.
void print_defaults(const std::string& table, const Section& section, const Fields& fields) {
    std::string line = fmt::format("# [{}]", table);
    for (const Field& field : fields) {
        std::string text = section.has(field.key) ? "" : to_toml({field});
        if (text.empty()) {
            continue;
        }
        text.pop_back();
        if (line.size() + 2 + text.size() > 99) {
            fmt::print("{}\n", line);
            line = "#  ";
        }
        line += " " + text + ";";
    }
    line.pop_back();
    fmt::print("{}\n", line);
}

/// A worm's file, where its sources stand, and what it leaves at the defaults.
void print_worm(const std::string& name) {
    const std::filesystem::path file = find_data(std::filesystem::path("worms") / (name + ".toml"));
    if (file.empty()) {
        throw InputError(fmt::format("annelid list worms {} (there is no such worm): use one of {}",
                                     name, fmt::join(worm_names(), ", ")));
    }
    std::ifstream in(file, std::ios::binary);
    fmt::print("{}\n# Left at their defaults:\n",
               std::string(std::istreambuf_iterator<char>(in), {}));
    Problems problems;
    const Document document(file, problems);
    for (const auto& [state_name, section] : document.root().child("state").children()) {
        StateSpec state;
        print_defaults("state." + state_name, section, state_fields(state));
    }
    for (const auto& [vector_name, section] : document.root().child("vector").children()) {
        VectorSettings settings;
        read_kind(section, settings, false);
        print_defaults("vector." + vector_name, section,
                       std::visit([](auto& s) { return s.fields(); }, settings));
    }
}

void print_scenario() {
    Scenario s;
    SeedSettings seeds;
    HoursSettings hours;
    RoleHours role;
    role.name = "NAME";
    TelescopeSettings telescope;
    ServiceSettings service;
    DependencySettings dependency;
    fmt::print(
        "{}\n[time]\n{}\n[population]: see annelid list populations\n{}\n"
        "[network]: see annelid list networks\n"
        "[hours]: without it every host is always on\n{}\n"
        "[hours.role.NAME]: of hosts with certain traits; what it does not say is as in [hours]\n"
        "{}\n[seeds], or [worm.seeds] of each [[worm]]\n{}\n"
        "[record]\n{}\n[worm]: see annelid list worms\n"
        "[defence.NAME]: see annelid list defences\n"
        "[telescope.NAME]: a darknet that sees scans\n{}\n"
        "[service]: without it nobody counts who is out of service\n{}\n"
        "[service.dependency.NAME]: a sector that others of its country need\n{}",
        describe(s.top_fields(), 2), describe(s.time_fields(), 2), describe(s.world_fields(), 2),
        describe(hours.fields(), 2), describe(role.fields(), 2), describe(seeds.fields(), 2),
        describe(s.record_fields(), 2), describe(telescope.fields(), 2),
        describe(service.fields(), 2), describe(dependency.fields(), 2));
}

}  // namespace

ExitCode list_command(const Arguments& arguments) {
    const std::string what = arguments.empty() ? "" : arguments.front();
    if (what == "worms" && arguments.size() == 2) {
        print_worm(arguments.back());
        return ExitCode::ok;
    }
    if (arguments.size() > 1) {
        throw InputError(
            fmt::format("annelid list {} (it takes one word): see `annelid list --help`",
                        fmt::join(arguments, " ")));
    }
    if (what == "worms") {
        print_worms();
    } else if (what == "vectors") {
        print_kinds<VectorSettings>("[worm.vector.NAME]");
        fmt::print("Traits: {}\n", fmt::join(trait_names, ", "));
    } else if (what == "defences") {
        print_kinds<DefenceSettings>("[defence.NAME]");
    } else if (what == "populations") {
        print_kinds<PopulationSettings>("[population]");
    } else if (what == "networks") {
        Network network;
        print_kinds<NetworkSettings>("[network]");
        fmt::print("Of every kind:\n{}", describe(network.fields(), 2));
    } else if (what == "scenario") {
        print_scenario();
    } else if (what == "--help" || what == "-h") {
        fmt::print("{}", help);
    } else {
        throw InputError(fmt::format(
            "annelid list{}{} ({}): use worms, vectors, defences, "
            "populations, networks or scenario",
            what.empty() ? "" : " ", what, what.empty() ? "list what?" : "nothing of that name"));
    }
    return ExitCode::ok;
}

}  // namespace annelid
