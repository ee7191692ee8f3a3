// What a field allows, and how its values look. Internal to engine/scenario.
#pragma once

#include "engine/scenario/fields.hpp"

#include <string>

namespace annelid {

/// Field::min and max with the natural limits of the unit. Durations are in seconds.
double lowest(const Field& field);
double highest(const Field& field);
/// "above 0", "1 to 5"; empty where every number is allowed.
std::string range_text(const Field& field);

bool allows(const Field& field, double value);

/// These throw Refusal where the field does not allow the value.
void check_number(const Field& field, double value);
void check_text(const Field& field, const std::string& text);

/// False where the target holds what may not be written: its key is not set.
bool is_writable(const Field& field);

/// A number in a unit, as TOML.
std::string number_text(Unit unit, double value);
/// What the target holds, as TOML.
std::string target_text(const Field& field);
/// A value that would be right, as TOML.
std::string example(const Field& field);

}  // namespace annelid
