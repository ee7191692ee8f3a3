#include "models/vectors/scan.hpp"

#include "engine/base/errors.hpp"
#include "models/vectors/scan_model.hpp"

#include <fmt/format.h>

namespace annelid {

Fields ScanSettings::fields() {
    Field scope_field{"scope", &scope, Unit::none, "addresses that a source probes, around itself"};
    scope_field.choices = {"internet", "country", "/8", "/16", "/24", "organisation", "subnet"};
    Field strategy_field{
        "strategy", &strategy, Unit::none,
        "random: independent uniform addresses; sweep: every address once; "
        "sequential: one after the other; permutation: in an order that all share; "
        "divide_and_conquer: one after the other, half of the rest for every host infected"};
    strategy_field.choices = {"random", "sweep", "sequential", "permutation", "divide_and_conquer"};
    Field rate_field{"rate", &rate, Unit::rate, "probes per second of one source, over hosts"};
    rate_field.required = true;
    rate_field.max = 1e9;
    Field requires_field{"requires", &requires_traits, Unit::none,
                         "traits that a target must carry"};
    requires_field.choices = {trait_names.begin(), trait_names.end()};
    Field source_field{"source_requires", &source_requires, Unit::none,
                       "traits that a source must carry to use this vector"};
    source_field.choices = requires_field.choices;
    Field follows_field{"follows", &follows, Unit::none,
                        "name of a vector; every hit of it starts a sweep around its target"};
    Field addresses_field{"addresses", &addresses, Unit::none,
                          "addresses of the whole Internet, before scaling (scope internet)"};
    addresses_field.min = 1;
    Field limit_field{"total_rate_limit", &total_rate_limit, Unit::rate,
                      "limit on the probes per second of all sources together; 0: none"};
    limit_field.min = 0;
    limit_field.max = 1e12;
    Field list_field{"hit_list", &hit_list, Unit::none,
                     "hosts known beforehand, which sources share out and probe first"};
    list_field.min = 0;
    list_field.max = 4294967295.0;
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"scan"};
    return {
        kind_field,
        scope_field,
        strategy_field,
        rate_field,
        requires_field,
        source_field,
        Field{"success", &success, Unit::share, "probability that a probe of a fit target works"},
        follows_field,
        addresses_field,
        limit_field,
        Field{"local_start", &local_start, Unit::share,
              "probability that a source starts at its own address, not at a drawn one "
              "(sequential, permutation)"},
        list_field};
}

KeyFaults ScanSettings::faults(double address_scale) const {
    KeyFaults out;
    const bool too_small = (scope == "/8" && address_scale < 1.0 / 256) ||
                           (scope == "/16" && address_scale < 1.0 / 65536);
    if (too_small) {
        out.push_back({"scope",
                       fmt::format("at {:.3g} modelled hosts per real one it is smaller than the "
                                   "blocks it holds",
                                   address_scale),
                       "use more population.hosts or leave the vector out"});
    }
    if (strategy == "sweep" && (scope == "internet" || scope == "country" || scope == "/8")) {
        out.push_back(
            {"scope", "a sweep probes every address", "use /16, /24, organisation or subnet"});
    }
    if (strategy == "permutation" && scope != "internet") {
        out.push_back({"scope", "all sources share a permutation of all addresses",
                       "use scope = \"internet\", or strategy = \"sweep\""});
    }
    if (strategy == "divide_and_conquer" && scope != "internet") {
        out.push_back({"scope", "the first sources divide all addresses among them",
                       "use scope = \"internet\", or strategy = \"sweep\""});
    }
    if (local_start > 0 && strategy != "sequential" && strategy != "permutation") {
        out.push_back({"local_start", "only sequential and permutation scans start somewhere",
                       "leave it out, or set strategy"});
    }
    if (total_rate_limit > 0 && (strategy != "random" || hit_list > 0)) {
        out.push_back({"total_rate_limit", "only random scans without a hit list can be limited",
                       "leave it out"});
    }
    if (hit_list > 0 && (scope != "internet" || strategy == "sweep")) {
        out.push_back({"hit_list", "it names hosts anywhere on the Internet",
                       "use scope = \"internet\" and a strategy other than sweep"});
    }
    if (hit_list > 0 && strategy == "divide_and_conquer") {
        out.push_back({"hit_list", "hosts of the list are handed no addresses to divide",
                       "use another strategy, or leave the list out"});
    }
    if (hit_list > 0 && address_scale < 1) {
        out.push_back({"hit_list", "its hosts are real ones, and the world is scaled",
                       "use as many population.hosts as real_hosts, or leave it out"});
    }
    return out;
}

std::unique_ptr<VectorModel> make_scan(const std::string& name, const ScanSettings& settings,
                                       const VectorContext& context) {
    refuse("worm.vector." + name, settings.faults(context.population.address_scale()));
    return std::make_unique<ScanModel>(name, settings, context);
}

}  // namespace annelid
