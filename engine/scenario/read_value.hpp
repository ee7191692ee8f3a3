// One written value into one field. Internal to engine/scenario.
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/scenario/node.hpp"

namespace annelid {

/// A number in the field's unit that the field allows (durations in seconds); else throws Refusal.
double read_number(const Field& field, const Section::Node& value);

}  // namespace annelid
