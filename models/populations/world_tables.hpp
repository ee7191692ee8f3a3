// The tables of inputs/world-2017 as numbers; the README there says where they come from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace annelid {

struct WorldTables {
    struct CountryRow {
        std::string code, name;
        double ipv4 = 0;       ///< addresses
        double users = 0;      ///< Internet users; estimated from ipv4 where unknown
        double open_445 = 0;   ///< addresses with port 445 open, of any system
        double unpatched = 0;  ///< share of Windows PCs without the update
        /// Minutes ahead of UTC in May 2017, and the share of addresses there.
        std::vector<std::pair<int, double>> utc_offsets;
    };
    struct SectorRow {
        std::string name;
        double share = 0;             ///< of all PCs
        double pcs_per_employee = 0;  ///< 0 for `home`
    };
    struct SizeClass {
        double first = 0, last = 0;  ///< employees: first <= e < last
        double employment_share = 0;
    };

    std::vector<CountryRow> countries;
    std::vector<SectorRow> sectors;  ///< `home` is one of them
    std::vector<SizeClass> sizes;    ///< the last class has no upper end (last = 0)
    double open_445_total = 0;
    double windows_7_of_windows_all = 0;  ///< share among all Windows PCs
    double windows_7_of_windows_business = 0;

    static const std::vector<std::string>& file_names();
    /// Reads all tables of a folder. InputError with file, line and remedy for what is wrong.
    static WorldTables read(const std::filesystem::path& folder);
};

}  // namespace annelid
