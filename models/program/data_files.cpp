#include "models/program/data_files.hpp"

#include <cstdlib>
#include <set>

namespace annelid {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> data_roots() {
    std::vector<fs::path> roots;
    if (const char* data = std::getenv("ANNELID_DATA")) {
        roots.emplace_back(data);
    }
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    roots.push_back(program.parent_path().parent_path() / "share" / "annelid");
    // In the source tree worms live in models/.
    const fs::path source = ANNELID_SOURCE_DIR;
    roots.push_back(source);
    roots.push_back(source / "models");
    return roots;
}

}  // namespace

fs::path find_data(const fs::path& name) {
    std::error_code ignored;
    for (const fs::path& root : data_roots()) {
        if (fs::exists(root / name, ignored)) {
            return root / name;
        }
    }
    return {};
}

fs::path find_input(const std::string& name, const fs::path& folder) {
    std::error_code ignored;
    if (const fs::path beside = folder / name; fs::exists(beside, ignored)) {
        return beside;
    }
    const fs::path input = find_data(fs::path("inputs") / name);
    return input.empty() ? folder / name : input;
}

bool check_stays_inside(const Section& section, const std::string& key, const std::string& name) {
    const fs::path path = fs::path(name).lexically_normal();
    const bool leaves = path.is_absolute() || (!path.empty() && *path.begin() == "..");
    if (name.find('\0') != std::string::npos) {
        section.fault(key, "no file has such a name", "name one beside the scenario");
        return false;
    }
    if (leaves && !section.is_from_command_line(key)) {
        section.fault(
            key, "a scenario names files of its own folder and of inputs/",
            "copy or link it there, or use --set " + section.path() + "." + key + "=PATH");
        return false;
    }
    return true;
}

std::vector<std::string> worm_names() {
    std::set<std::string> names;
    std::error_code ignored;
    for (const fs::path& root : data_roots()) {
        for (const auto& entry : fs::directory_iterator(root / "worms", ignored)) {
            if (entry.path().extension() == ".toml") {
                names.insert(entry.path().stem().string());
            }
        }
    }
    return {names.begin(), names.end()};
}

}  // namespace annelid
