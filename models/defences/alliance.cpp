#include "models/defences/alliance.hpp"

#include "models/populations/place_names.hpp"
#include "models/populations/table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace annelid {

Fields AllianceSettings::fields() {
    return {
        Field{"countries", &countries, Unit::none, "codes of its members"},
        Field{"file", &file, Unit::none,
              "a table of its members (country,name,joined), beside the scenario or in inputs/"}};
}

KeyFaults AllianceSettings::faults(const std::vector<std::string>& world) const {
    KeyFaults out;
    const std::string key = file.empty() ? "countries" : "file";
    if (countries.empty()) {
        out.push_back(
            {key, "an alliance has members",
             "write countries = [\"EE\", \"LV\"] or file = \"world-2017/nato-2017.csv\""});
    }
    for (auto at = countries.begin(); at != countries.end(); ++at) {
        if (std::find(countries.begin(), at, *at) != at) {
            out.push_back({key, fmt::format("{} is named twice", *at), "name each member once"});
        }
    }
    check_places(key, countries, world, out);
    return out;
}

std::vector<std::string> read_alliance(const std::filesystem::path& file) {
    const std::string advice = "write a table like inputs/world-2017/nato-2017.csv";
    Table<3> table(file, {"country", "name", "joined"}, {io::ignore_extra_column, advice, advice});
    std::vector<std::string> out;
    std::string country, name, joined;
    while (table.next(country, name, joined)) {
        if (country.empty()) {
            table.fail("country = \"\" (a member has a code): " + advice);
        }
        out.push_back(country);
    }
    return out;
}

}  // namespace annelid
