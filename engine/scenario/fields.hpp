// What a scenario may say: every settings struct lists its fields once. The same list parses,
// checks, prints the effective scenario and documents (`annelid list`), so they cannot disagree.
#pragma once

#include "engine/base/time.hpp"
#include "engine/chance/distribution.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace annelid {

/// How a number is written in a scenario and what it is stored as.
enum class Unit {
    none,      ///< plain number, stored as it stands
    share,     ///< probability or fraction, 0 to 1; "35 %" is accepted too
    duration,  ///< "1 s", "10 min", "never"; int64 = TimeUs, double and DistributionSpec = seconds
    rate,      ///< "25 /s", "358 /min"; stored per second
    datetime,  ///< "2017-05-12 07:24:00" (UTC); stored as text
};

/// Values under names of the user's choice: { UA = 0.9, DE = "2 %" }, { UA = ["2017-06-28"] }.
using NamedNumbers = std::map<std::string, double>;
using NamedLists = std::map<std::string, std::vector<std::string>>;

/// One key of a table: where its value goes and what may stand there.
struct Field {
    using Target =
        std::variant<bool*, std::int64_t*, double*, std::string*, std::vector<std::string>*,
                     DistributionSpec*, NamedNumbers*, NamedLists*>;

    std::string key;
    Target target;  ///< value at construction = default; one that may not be written means "unset"
    Unit unit = Unit::none;
    std::string doc = {};     ///< one sentence for `annelid list`
    std::string source = {};  ///< paper, table or "assumption"; empty where not a quantity
    /// Limits as stored: per second for rates, *seconds* for every duration. Where min is not
    /// given, shares, durations, rates and distributions start at 0; a share ends at 1.
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
    bool above_min = false;  ///< true: min itself is refused
    bool required = false;
    std::vector<std::string> choices = {};  ///< for text and lists of text; empty = anything
};

using Fields = std::vector<Field>;

/// What is wrong with one key of a settings struct, where only the rest of the scenario shows it.
struct KeyFault {
    std::string key, why, advice;
};
using KeyFaults = std::vector<KeyFault>;

/// For those who build a model without a scenario: throws InputError with the first fault, if any.
void refuse(const std::string& table, const KeyFaults& faults);

}  // namespace annelid
