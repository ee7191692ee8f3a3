#include "models/program/telescopes.hpp"

#include "models/program/scenario_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace annelid {

namespace {

bool names(const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool looks_for(const TelescopeSettings& settings, const Worm& worm) {
    return settings.worm.empty() || settings.worm == worm.name;
}

/// Null where no telescope sees it.
const ScanSettings* seen(const Named<VectorSettings>& vector) {
    const auto* scan = std::get_if<ScanSettings>(&vector.settings);
    return scan != nullptr && scan->is_random_on_internet() ? scan : nullptr;
}

double real_hosts(const Scenario& scenario) {
    const auto* internet = std::get_if<InternetSettings>(&scenario.population);
    return internet != nullptr ? internet->real_hosts : static_cast<double>(stated_hosts(scenario));
}

/// Of a vector that the telescope looks for.
void check_vector(const Section& here, const TelescopeSettings& settings, const Worm& worm,
                  const Named<VectorSettings>& vector, const Scenario& scenario) {
    const ScanSettings* scan = seen(vector);
    if (scan == nullptr) {
        here.fault(
            "vectors",
            fmt::format("\"{}\" does not probe random addresses of the Internet", vector.name),
            "name vectors of kind scan, scope internet, strategy random, no hit_list");
    } else if (scan->total_rate_limit > 0) {
        here.fault("vectors",
                   fmt::format("a telescope cannot watch a vector with total_rate_limit, as "
                               "\"{}\" has",
                               vector.name),
                   fmt::format("name others, or set {}.vector.{}.total_rate_limit = \"0 /s\"",
                               worm.path, vector.name));
    } else if (const double unused = static_cast<double>(scan->addresses) - real_hosts(scenario);
               TelescopeModel{"", static_cast<int>(settings.prefix), {}}.addresses() > unused) {
        here.fault("prefix",
                   fmt::format("vector \"{}\" probes {:.4g} addresses that no host has, fewer than "
                               "the darknet's",
                               vector.name, std::max(0.0, unused)),
                   "use a longer prefix");
    }
}

void check_telescope(const Section& here, const TelescopeSettings& settings,
                     const Scenario& scenario) {
    bool is_worm = false, sees = false, fits = true;
    std::vector<std::string> missing = settings.vectors;
    for (const Worm& worm : scenario.worms) {
        if (!looks_for(settings, worm)) {
            continue;
        }
        is_worm = true;
        for (const auto& vector : worm.vectors) {
            std::erase(missing, vector.name);
            fits = fits && vector.fits;
            // Of vectors that it does not name it takes those that it can see.
            if (vector.fits && (settings.vectors.empty() ? seen(vector) != nullptr
                                                         : names(settings.vectors, vector.name))) {
                sees = true;
                check_vector(here, settings, worm, vector, scenario);
            }
        }
    }
    if (!is_worm) {
        here.fault("worm", "there is no worm of that name", "name one of the run's");
    } else if (!missing.empty()) {
        here.fault("vectors", fmt::format("no worm has a vector \"{}\"", missing.front()),
                   "name vectors of the worms that it looks for");
    } else if (!sees && fits) {
        here.fault("", "no vector probes random addresses of the Internet, so it would see nothing",
                   "leave it out");
    }
}

}  // namespace

std::vector<Named<TelescopeSettings>> read_telescopes(const Section& section) {
    std::vector<Named<TelescopeSettings>> out;
    for (const auto& [name, child] : section.children()) {
        out.push_back({name, {}, true});
        out.back().fits = child.read(out.back().settings.fields());
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

void check_telescopes(const Section& section, const Scenario& scenario) {
    for (const auto& telescope : scenario.telescopes) {
        if (telescope.fits) {
            check_telescope(section.child(telescope.name), telescope.settings, scenario);
        }
    }
}

std::vector<TelescopeModel> make_telescopes(const Scenario& scenario) {
    std::vector<TelescopeModel> out;
    for (const auto& [name, settings, fits] : scenario.telescopes) {
        TelescopeModel model{name, static_cast<int>(settings.prefix), {}};
        for (const Worm& worm : scenario.worms) {
            for (const auto& vector : worm.vectors) {
                if (looks_for(settings, worm) && seen(vector) != nullptr &&
                    (settings.vectors.empty() || names(settings.vectors, vector.name))) {
                    model.vectors.push_back(label_of(worm.name, vector.name));
                }
            }
        }
        out.push_back(std::move(model));
    }
    return out;
}

}  // namespace annelid
