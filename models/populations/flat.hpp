// Population `flat`: N equal hosts, spread evenly over all 2^32 addresses. For theory: every host
// carries every trait, so any worm runs on it. It is never scaled.
#pragma once

#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"

namespace annelid {

struct FlatSettings {
    std::string kind = "flat";
    std::int64_t hosts = 100'000;
    std::int64_t organisation_hosts = 1;
    std::int64_t subnet_hosts = 254;

    Fields fields();
};

Population make_flat(const FlatSettings& settings);
/// The same for those who change some of it.
Population::Parts flat_parts(const FlatSettings& settings);

}  // namespace annelid
