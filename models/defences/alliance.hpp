// An alliance: a named set of countries, which defences, triggers and alert sharing refer to.
#pragma once

#include "engine/scenario/fields.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace annelid {

struct AllianceSettings {
    std::vector<std::string> countries;
    std::string file;

    Fields fields();
    /// No members, members named twice, or ones that the `world` does not have.
    KeyFaults faults(const std::vector<std::string>& world) const;
};

/// The members in a table with the columns country, name and joined. InputError with file and line
/// where it is none.
std::vector<std::string> read_alliance(const std::filesystem::path& file);

}  // namespace annelid
