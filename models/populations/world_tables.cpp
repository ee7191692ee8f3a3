#include "models/populations/world_tables.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

#include <fmt/format.h>
#include <libfccp/csv.h>

#include "engine/base/errors.hpp"

namespace annelid {

namespace {

using Key = std::tuple<std::string, std::string, std::string>;  // topic, key, date

/// A table open for reading by column names; its errors are InputErrors with file and line.
template <unsigned columns>
class Table {
  public:
    template <class... Names>
    explicit Table(const std::filesystem::path& file, Names... names)
        : file_(file.string()), reader_(open(file_)) {
        guard([&] { reader_.read_header(io::ignore_extra_column, names...); });
    }

    template <class... Cells>
    bool next(Cells&... cells) {
        bool more = false;
        guard([&] { more = reader_.read_row(cells...); });
        return more;
    }

    /// A number that is not negative; empty text is `missing`.
    double number(const std::string& text, const char* column, double missing) {
        if (text.empty()) {
            return missing;
        }
        char* end = nullptr;
        const double value = std::strtod(text.c_str(), &end);
        if (end == text.c_str() || *end != '\0' || !std::isfinite(value) || value < 0) {
            fail(fmt::format("{} = \"{}\" (not a number from 0 up): correct the table", column,
                             text));
        }
        return value;
    }

    [[noreturn]] void fail(const std::string& what) {
        throw InputError(fmt::format("{}:{}: {}", file_, reader_.get_file_line(), what));
    }

  private:
    using Reader = io::CSVReader<columns, io::trim_chars<' ', '\r'>,
                                 io::double_quote_escape<',', '"'>, io::throw_on_overflow>;

    static const char* open(const std::string& file) {
        if (!std::filesystem::is_regular_file(file)) {
            throw InputError(file + " (the table is missing): set population.tables to a folder "
                                    "like inputs/world-2017");
        }
        return file.c_str();
    }

    template <class Body>
    void guard(Body body) {
        try {
            body();
        } catch (const io::error::base& e) {
            throw InputError(fmt::format("{} (malformed table: {}): restore it from "
                                         "inputs/world-2017",
                                         file_, e.what()));
        }
    }

    std::string file_;
    Reader reader_;
};

void read_countries(WorldTables& out, const std::filesystem::path& folder) {
    std::map<std::string, std::size_t> index;
    {
        Table<3> table(folder / "country_ipv4.csv", "cc", "name", "ipv4_2017");
        std::string code, name, ipv4;
        while (table.next(code, name, ipv4)) {
            if (code.size() != 2 || index.count(code) > 0) {
                table.fail(fmt::format("cc = \"{}\" (not a new two-letter code): correct the table",
                                       code));
            }
            if (code == "A1" || code == "A2" || code == "AP" || code == "EU") {
                continue;  // GeoLite's proxies, satellites and continents are no countries
            }
            index[code] = out.countries.size();
            out.countries.push_back({code, name, table.number(ipv4, "ipv4_2017", 0), 0, 0, 0});
        }
    }
    double users_sum = 0, ipv4_sum = 0;
    Table<2> table(folder / "country_users_2015.csv", "cc", "internet_users");
    std::string code, users;
    while (table.next(code, users)) {
        const auto found = index.find(code);
        if (found != index.end()) {
            WorldTables::CountryRow& row = out.countries[found->second];
            row.users = table.number(users, "internet_users", 0);
            if (row.users > 0) {
                users_sum += row.users;
                ipv4_sum += row.ipv4;
            }
        }
    }
    for (WorldTables::CountryRow& row : out.countries) {
        if (row.users == 0 && ipv4_sum > 0) {
            row.users = row.ipv4 * users_sum / ipv4_sum;
        }
    }
    std::sort(out.countries.begin(), out.countries.end(),
              [](const auto& a, const auto& b) { return a.code < b.code; });
}

void read_exposure(WorldTables& out, const std::filesystem::path& folder) {
    Table<2> table(folder / "smb_exposure_top40_2017.csv", "cc", "smb445_open_2017");
    std::map<std::string, double> open;
    std::string code, count;
    while (table.next(code, count)) {
        open[code] = table.number(count, "smb445_open_2017", 0);
        out.open_445_total += open[code];
    }
    // The table lists 40 countries; REST is shared out over the others by addresses.
    double rest_ipv4 = 0;
    for (const auto& row : out.countries) {
        rest_ipv4 += open.count(row.code) > 0 ? 0 : row.ipv4;
    }
    for (auto& row : out.countries) {
        const auto found = open.find(row.code);
        row.open_445 = found != open.end() ? found->second : open["REST"] * row.ipv4 / rest_ipv4;
    }
}

void read_sectors(WorldTables& out, const std::filesystem::path& folder) {
    Table<4> table(folder / "sectors_2017.csv", "model_sector", "employment_share_pct",
                   "pc_per_employee", "share_of_all_pcs");
    std::string name, employment, pcs, share;
    std::map<std::string, double> employees;
    while (table.next(name, employment, pcs, share)) {
        auto found = std::find_if(out.sectors.begin(), out.sectors.end(),
                                  [&](const auto& s) { return s.name == name; });
        if (found == out.sectors.end()) {
            found = out.sectors.insert(found, {name, 0, 0});
        }
        const double weight = table.number(employment, "employment_share_pct", 0);
        found->share += table.number(share, "share_of_all_pcs", 0);
        found->pcs_per_employee += weight * table.number(pcs, "pc_per_employee", 0);
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
}

std::map<Key, double> read_parameters(const std::filesystem::path& file) {
    Table<4> table(file, "topic", "key", "value", "date");
    std::map<Key, double> out;
    std::string topic, key, value, date;
    while (table.next(topic, key, value, date)) {
        out[{topic, key, date}] = table.number(value, "value", 0);
    }
    return out;
}

void read_shares(WorldTables& out, const std::filesystem::path& file) {
    const auto parameters = read_parameters(file);
    const auto get = [&](const char* topic, const std::string& key, const char* date) {
        const auto found = parameters.find({topic, key, date});
        if (found == parameters.end()) {
            throw InputError(fmt::format("{} (no row {}, {}, {}): restore the table",
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
        row.unpatched = (found != parameters.end()
                             ? found->second
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

WorldTables WorldTables::read(const std::filesystem::path& folder) {
    WorldTables out;
    read_countries(out, folder);
    read_exposure(out, folder);
    read_sectors(out, folder);
    read_shares(out, folder / "parameters_2017.csv");
    return out;
}

}  // namespace annelid
