// `annelid list`: what a scenario can name, with parameters, units, defaults and sources. Made from
// the tables that parse scenarios.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "engine/hosts/traits.hpp"
#include "models/program/commands.hpp"
#include "models/program/scenario.hpp"

namespace annelid {

namespace {

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
    const std::filesystem::path folder = find_data("worms");
    std::vector<std::filesystem::path> files;
    if (!folder.empty()) {
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            if (entry.path().extension() == ".toml") {
                files.push_back(entry.path());
            }
        }
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        Problems problems;
        const Document document(file, problems);
        Worm worm;
        document.root().read(worm.fields());
        fmt::print("{:<14} {}\n", file.stem().string(), worm.title);
    }
    Worm worm;
    StateSpec state;
    fmt::print("\nUse one with [worm] preset = \"NAME\"; any key of it can be overridden.\n\n"
               "[worm]\n{}\n[worm.state.NAME]\n{}\n[worm.vector.NAME]: see annelid list vectors\n",
               describe(worm.fields(), 2), describe(state_fields(state), 2));
}

void print_scenario() {
    Scenario s;
    fmt::print("{}\n[time]\n{}\n[population]: see annelid list populations\n{}\n[seeds]\n{}\n"
               "[record]\n{}\n[worm]: see annelid list worms\n"
               "[defence.NAME]: see annelid list defences\n",
               describe(s.top_fields(), 2), describe(s.time_fields(), 2),
               describe(s.world_fields(), 2), describe(s.seed_fields(), 2),
               describe(s.record_fields(), 2));
}

}  // namespace

ExitCode list_command(const Arguments& arguments) {
    const std::string what = arguments.empty() ? "" : arguments.front();
    if (what == "worms") {
        print_worms();
    } else if (what == "vectors") {
        print_kinds<VectorSettings>("[worm.vector.NAME]");
        fmt::print("Traits: ");
        for (const auto name : trait_names) {
            fmt::print("{} ", name);
        }
        fmt::print("\n");
    } else if (what == "defences") {
        print_kinds<DefenceSettings>("[defence.NAME]");
    } else if (what == "populations") {
        print_kinds<PopulationSettings>("[population]");
    } else if (what == "scenario") {
        print_scenario();
    } else if (what == "--help" || what == "-h") {
        fmt::print("annelid list worms|vectors|defences|populations|scenario\n\n"
                   "What a scenario can name: keys, units, defaults, meaning and sources.\n");
    } else {
        throw InputError(fmt::format("annelid list {} (nothing of that name): use worms, vectors, "
                                     "defences, populations or scenario",
                                     what));
    }
    return ExitCode::ok;
}

}  // namespace annelid
