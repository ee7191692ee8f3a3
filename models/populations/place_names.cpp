#include "models/populations/place_names.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

std::vector<std::string> country_codes(const Population& population) {
    std::vector<std::string> out;
    for (const Country& country : population.countries()) {
        out.push_back(country.code);
    }
    return out;
}

std::vector<bool> chosen_places(const std::vector<std::string>& named,
                                const std::vector<std::string>& all) {
    std::vector<bool> out;
    for (const std::string& name : all) {
        out.push_back(named.empty() || contains(named, name));
    }
    return out;
}

void check_places(const std::string& key, const std::vector<std::string>& named,
                  const std::vector<std::string>& all, KeyFaults& faults) {
    constexpr std::size_t worth_listing = 20;
    std::vector<std::string> unknown;
    std::copy_if(named.begin(), named.end(), std::back_inserter(unknown),
                 [&](const std::string& name) { return !contains(all, name); });
    if (!unknown.empty()) {
        const std::size_t shown = std::min(all.size(), worth_listing);
        faults.push_back(
            {key, fmt::format("the population has no {}", fmt::join(unknown, ", ")),
             fmt::format("use {}{}",
                         fmt::join(all.begin(), all.begin() + std::ptrdiff_t(shown), ", "),
                         all.size() > shown ? fmt::format(", … ({} in all)", all.size()) : "")});
    }
}

}  // namespace annelid
