#include "models/populations/world_tables.hpp"

#include "engine/base/errors.hpp"
#include "models/populations/table.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace annelid {

namespace {

using Key = std::tuple<std::string, std::string, std::string>;  // topic, key, date

constexpr const char* ipv4_file = "country_ipv4.csv";
constexpr const char* users_file = "country_users_2015.csv";
constexpr const char* exposure_file = "smb_exposure_top40_2017.csv";
constexpr const char* sectors_file = "sectors_2017.csv";
constexpr const char* offsets_file = "country_utc_offset.csv";
constexpr const char* parameters_file = "parameters_2017.csv";

constexpr double most_addresses = 4294967296.0;
constexpr double most_people = 1e11;

constexpr const char* as_ours = "mend it as in inputs/world-2017";

/// One of the tables, of which only the named columns are read.
template <unsigned columns>
class WorldTable : public Table<columns> {
  public:
    WorldTable(const std::filesystem::path& file, const std::array<std::string, columns>& names)
        : Table<columns>(existing(file), names, {io::ignore_extra_column, as_ours, as_ours}) {}

    /// A number from `least` to `most`; empty text is 0.
    double number(const std::string& text, const char* column, double most,
                  double least = 0) const {
        if (text.empty()) {
            return 0;
        }
        char* end = nullptr;
        const double value = std::strtod(text.c_str(), &end);
        if (end == text.c_str() || *end != '\0' || !(value >= least && value <= most)) {
            this->fail(fmt::format("{} = \"{}\" (not a number from {} to {}): correct the table",
                                   column, text, least, most));
        }
        return value;
    }

    /// Fails where a row before has the same key.
    void require_new(const std::string& key, const char* name) {
        if (!keys_.insert(key).second) {
            this->fail(fmt::format("{} = \"{}\" (there is such a row already): remove one of them",
                                   name, key));
        }
    }

  private:
    static const std::filesystem::path& existing(const std::filesystem::path& file) {
        if (!std::filesystem::is_regular_file(file)) {
            throw InputError(file.string() +
                             " (the table is missing): name a folder like inputs/world-2017");
        }
        return file;
    }

    std::set<std::string> keys_;
};

void read_countries(WorldTables& out, const std::filesystem::path& folder) {
    std::map<std::string, std::size_t> index;
    {
        WorldTable<3> table(folder / ipv4_file, {"cc", "name", "ipv4_2017"});
        std::string code, name, ipv4;
        while (table.next(code, name, ipv4)) {
            if (code.size() != 2) {
                table.fail(
                    fmt::format("cc = \"{}\" (not a two-letter code): correct the table", code));
            }
            table.require_new(code, "cc");
            if (code == "A1" || code == "A2" || code == "AP" || code == "EU") {
                continue;  // GeoLite's proxies, satellites and continents are no countries
            }
            index[code] = out.countries.size();
            out.countries.push_back(
                {code, name, table.number(ipv4, "ipv4_2017", most_addresses), 0, 0, 0, {}});
        }
        if (std::none_of(out.countries.begin(), out.countries.end(),
                         [](const auto& row) { return row.ipv4 > 0; })) {
            table.fail("ipv4_2017 (no country has addresses): restore the table");
        }
    }
    double users_sum = 0, ipv4_sum = 0;
    WorldTable<2> table(folder / users_file, {"cc", "internet_users"});
    std::string code, users;
    while (table.next(code, users)) {
        table.require_new(code, "cc");
        const auto found = index.find(code);
        if (found != index.end()) {
            WorldTables::CountryRow& row = out.countries[found->second];
            row.users = table.number(users, "internet_users", most_people);
            if (row.users > 0) {
                users_sum += row.users;
                ipv4_sum += row.ipv4;
            }
        }
    }
    if (!(ipv4_sum > 0)) {
        table.fail("internet_users (no country with addresses has users): restore the table");
    }
    for (WorldTables::CountryRow& row : out.countries) {
        if (row.users == 0) {
            row.users = row.ipv4 * users_sum / ipv4_sum;
        }
    }
    std::sort(out.countries.begin(), out.countries.end(),
              [](const auto& a, const auto& b) { return a.code < b.code; });
}

void read_exposure(WorldTables& out, const std::filesystem::path& folder) {
    WorldTable<2> table(folder / exposure_file, {"cc", "smb445_open_2017"});
    std::map<std::string, double> open;
    std::string code, count;
    while (table.next(code, count)) {
        table.require_new(code, "cc");
        open[code] = table.number(count, "smb445_open_2017", most_addresses);
        out.open_445_total += open[code];
    }
    if (open.count("REST") == 0 || !(out.open_445_total > 0)) {
        table.fail(
            "smb445_open_2017 (no row REST for all other countries, or nothing but 0): "
            "restore the table");
    }
    // The table lists 40 countries; REST is shared out over the others by addresses.
    double rest_ipv4 = 0;
    for (const auto& row : out.countries) {
        rest_ipv4 += open.count(row.code) > 0 ? 0 : row.ipv4;
    }
    for (auto& row : out.countries) {
        const auto found = open.find(row.code);
        row.open_445 = found != open.end() ? found->second
                       : rest_ipv4 > 0     ? open["REST"] * row.ipv4 / rest_ipv4
                                           : 0;
    }
}

/// Local times; countries that the table lacks keep UTC.
void read_utc_offsets(WorldTables& out, const std::filesystem::path& folder) {
    constexpr double most_minutes = 14 * 60;
    WorldTable<3> table(folder / offsets_file, {"cc", "utc_offset_min_20170512", "share"});
    std::string code, offset, share;
    std::map<std::string, std::vector<std::pair<int, double>>> offsets;
    while (table.next(code, offset, share)) {
        table.require_new(code + ", " + offset, "cc, utc_offset_min_20170512");
        const double minutes =
            table.number(offset, "utc_offset_min_20170512", most_minutes, -most_minutes);
        offsets[code].emplace_back(static_cast<int>(minutes), table.number(share, "share", 1));
    }
    for (auto& row : out.countries) {
        double sum = 0;
        for (const auto& [minutes, part] : offsets[row.code]) {
            sum += part;
        }
        if (sum > 0) {
            row.utc_offsets = offsets[row.code];
        }
        for (auto& [minutes, part] : row.utc_offsets) {
            part /= sum;
        }
    }
}

void read_sectors(WorldTables& out, const std::filesystem::path& folder) {
    WorldTable<5> table(folder / sectors_file,
                        {"sector_detail", "model_sector", "employment_share_pct", "pc_per_employee",
                         "share_of_all_pcs"});
    std::string detail, name, employment, pcs, share;
    std::map<std::string, double> employees;
    double business = 0;
    while (table.next(detail, name, employment, pcs, share)) {
        table.require_new(detail, "sector_detail");
        auto found = std::find_if(out.sectors.begin(), out.sectors.end(),
                                  [&](const auto& s) { return s.name == name; });
        if (found == out.sectors.end()) {
            found = out.sectors.insert(found, {name, 0, 0});
        }
        const double weight = table.number(employment, "employment_share_pct", 100);
        const double pcs_of_one = table.number(pcs, "pc_per_employee", 10);
        const double pc_share = table.number(share, "share_of_all_pcs", 1);
        if (name != "home" && !(weight > 0 && pcs_of_one > 0)) {
            table.fail(fmt::format(
                "model_sector = \"{}\" (no employment or no PCs): correct the table", name));
        }
        business += name == "home" ? 0 : pc_share;
        found->share += pc_share;
        found->pcs_per_employee += weight * pcs_of_one;
        employees[name] += weight;
    }
    for (auto& sector : out.sectors) {
        if (employees[sector.name] > 0) {
            sector.pcs_per_employee /= employees[sector.name];
        }
    }
    if (out.sectors.empty() || out.sectors.front().name != "home") {
        table.fail("model_sector (the first row must be `home`): restore the table");
    }
    if (!(business > 0)) {
        table.fail("share_of_all_pcs (only homes have PCs): restore the table");
    }
}

std::map<Key, double> read_parameters(const std::filesystem::path& file) {
    WorldTable<4> table(file, {"topic", "key", "value", "date"});
    std::map<Key, double> out;
    std::string topic, key, value, date;
    while (table.next(topic, key, value, date)) {
        table.require_new(fmt::format("{}, {}, {}", topic, key, date), "topic, key, date");
        out[{topic, key, date}] = table.number(value, "value", 1e15);
    }
    return out;
}

void read_shares(WorldTables& out, const std::filesystem::path& file) {
    const auto parameters = read_parameters(file);
    const auto get = [&](const char* topic, const std::string& key, const char* date) {
        const auto found = parameters.find({topic, key, date});
        if (found == parameters.end() || !(found->second > 0 && found->second <= 100)) {
            throw InputError(
                fmt::format("{} (no row {}, {}, {} with a value above 0 and up to 100): "
                            "restore the table",
                            file.string(), topic, key, date));
        }
        return found->second;
    };
    const char* world = "os_share_desktop_world";
    out.windows_7_of_windows_all =
        get(world, "win7", "2017-05") / get(world, "windows_total", "2017-06");
    double business = 0;
    for (const char* system : {"win7", "winxp", "win10", "win8", "vista"}) {
        business += get("os_share_business", system, "2017-03");
    }
    out.windows_7_of_windows_business = get("os_share_business", "win7", "2017-03") / business;

    const std::string unpatched = "avast_users_without_ms17010_";
    for (auto& row : out.countries) {
        const auto found = parameters.find({"patching", unpatched + row.code, "2017-05-15"});
        row.unpatched =
            (found != parameters.end() ? found->second
                                       : get("patching", unpatched + "world", "2017-05-15")) /
            100;
    }

    const char* size = "org_size_eu_share_of_employment";
    out.sizes = {{1, 10, get(size, "micro_0_9", "2012")},
                 {10, 50, get(size, "small_10_49", "2012")},
                 {50, 250, get(size, "medium_50_249", "2012")},
                 {250, 0, get(size, "large_250plus", "2012")}};
}

}  // namespace

const std::vector<std::string>& WorldTables::file_names() {
    static const std::vector<std::string> names = {ipv4_file,    users_file,   exposure_file,
                                                   offsets_file, sectors_file, parameters_file};
    return names;
}

WorldTables WorldTables::read(const std::filesystem::path& folder) {
    WorldTables out;
    read_countries(out, folder);
    read_exposure(out, folder);
    read_utc_offsets(out, folder);
    read_sectors(out, folder);
    read_shares(out, folder / parameters_file);
    return out;
}

}  // namespace annelid
