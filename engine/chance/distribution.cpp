#include "engine/chance/distribution.hpp"

#include "engine/chance/draws.hpp"
#include "engine/chance/log.hpp"
#include "engine/chance/quantile_table.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace annelid {

namespace {

using Kind = DistributionSpec::Kind;

/// Wide enough for any time or rate, narrow enough that no square or product overflows.
constexpr double smallest = 1e-30;
constexpr double largest = 1e30;
/// Where the tables are accurate; a larger shape is in effect fixed.
constexpr double smallest_gamma_shape = 0.01;
constexpr double largest_shape = 1e5;
/// Heavier tails have part of their mean beyond the largest u there is, 1 - 2^-53.
constexpr double smallest_weibull_shape = 0.1;
constexpr double largest_lognormal_ratio = 1000;

[[noreturn]] void refuse(const DistributionSpec& spec, std::string_view member, double value,
                         std::string_view why, std::string_view advice) {
    throw std::invalid_argument(fmt::format("{} distribution: {} = {} ({}): {}", name(spec.kind),
                                            member, value, why, advice));
}

// Comparisons are written so that NaN fails them.

void require_positive(const DistributionSpec& spec, std::string_view member, double value,
                      std::string_view advice) {
    if (!(value >= smallest && value <= largest)) {
        const auto why = fmt::format("must be positive, from {} to {}", smallest, largest);
        refuse(spec, member, value, why, advice);
    }
}

void require_not_negative(const DistributionSpec& spec, std::string_view member, double value) {
    if (!(value >= 0 && value <= largest)) {
        const auto why = fmt::format("must not be negative, and at most {}", largest);
        refuse(spec, member, value, why, "give 0 or more");
    }
}

void require_shape(const DistributionSpec& spec, double smallest_shape) {
    if (!(spec.shape >= smallest_shape && spec.shape <= largest_shape)) {
        const auto why = fmt::format("must lie between {} and {}", smallest_shape, largest_shape);
        refuse(spec, "shape", spec.shape, why, "1 is exponential, a large shape nearly fixed");
    }
}

void validate(const DistributionSpec& spec) {
    constexpr std::string_view always_zero = "for a value of 0 use fixed";
    switch (spec.kind) {
        case Kind::fixed:
            return require_not_negative(spec, "mean", spec.mean);
        case Kind::exponential:
            return require_positive(spec, "mean", spec.mean, always_zero);
        case Kind::gamma:
            require_positive(spec, "mean", spec.mean, always_zero);
            return require_shape(spec, smallest_gamma_shape);
        case Kind::weibull:
            require_positive(spec, "mean", spec.mean, always_zero);
            return require_shape(spec, smallest_weibull_shape);
        case Kind::lognormal:
        case Kind::normal:
            require_positive(spec, "mean", spec.mean, always_zero);
            require_positive(spec, "sd", spec.sd, "for a standard deviation of 0 use fixed");
            if (spec.kind == Kind::lognormal && spec.sd > largest_lognormal_ratio * spec.mean) {
                const auto why = fmt::format("must be at most {} times the mean of {}",
                                             largest_lognormal_ratio, spec.mean);
                refuse(spec, "sd", spec.sd, why, "give sd and mean in the same unit");
            }
            return;
        case Kind::uniform:
            require_not_negative(spec, "lower", spec.lower);
            if (!(spec.upper > spec.lower && spec.upper <= largest)) {
                const auto why =
                    fmt::format("must be above lower = {}, and at most {}", spec.lower, largest);
                refuse(spec, "upper", spec.upper, why, "for a single value use fixed");
            }
            return;
    }
    throw std::invalid_argument(
        fmt::format("distribution: kind = {} (unknown): use fixed, exponential, gamma, weibull, "
                    "lognormal, uniform or normal",
                    static_cast<int>(spec.kind)));
}

/// One table serves every normal and lognormal distribution.
std::shared_ptr<const QuantileTable> normal_table() {
    static const auto table = std::make_shared<const QuantileTable>(QuantileTable::normal());
    return table;
}

}  // namespace

const char* name(DistributionSpec::Kind kind) {
    switch (kind) {
        case Kind::fixed:
            return "fixed";
        case Kind::exponential:
            return "exponential";
        case Kind::gamma:
            return "gamma";
        case Kind::weibull:
            return "weibull";
        case Kind::lognormal:
            return "lognormal";
        case Kind::uniform:
            return "uniform";
        case Kind::normal:
            return "normal";
    }
    return "unknown";
}

Distribution::Distribution(const DistributionSpec& spec)
    : spec_(spec), mean_(spec.mean), scale_(spec.mean) {
    validate(spec);
    switch (spec.kind) {
        case Kind::fixed:
        case Kind::exponential:
            break;
        case Kind::gamma:
            scale_ = spec.mean / spec.shape;
            table_ = std::make_shared<const QuantileTable>(QuantileTable::log_gamma(spec.shape));
            break;
        case Kind::weibull:
            scale_ = spec.mean / gamma_function(1 + 1 / spec.shape);
            spread_ = 1 / spec.shape;
            break;
        case Kind::lognormal:
            spread_ = log_deviation(spec.sd / spec.mean);
            scale_ = spec.mean * portable_exp(-0.5 * spread_ * spread_);
            table_ = normal_table();
            break;
        case Kind::uniform:
            scale_ = spec.upper - spec.lower;
            mean_ = spec.lower + 0.5 * scale_;
            break;
        case Kind::normal:
            mean_ = mean_positive_part(spec.mean, spec.sd);
            scale_ = spec.sd;
            table_ = normal_table();
            break;
    }
}

double Distribution::quantile(std::uint64_t bits) const {
    // 1 - to_unit(bits) is exactly to_unit(~bits).
    switch (spec_.kind) {
        case Kind::fixed:
            return scale_;
        case Kind::exponential:
            return scale_ * exponential_from_bits(~bits);
        case Kind::gamma:
            return scale_ * portable_exp(table_->at(bits));
        case Kind::weibull:
            return scale_ * portable_exp(spread_ * portable_log(exponential_from_bits(~bits)));
        case Kind::lognormal:
            return scale_ * portable_exp(spread_ * table_->at(bits));
        case Kind::uniform:
            return spec_.lower + scale_ * to_unit(bits);
        case Kind::normal:
            return std::max(0.0, spec_.mean + scale_ * table_->at(bits));
    }
    return scale_;
}

double Distribution::lower_bound() const {
    if (spec_.kind == Kind::fixed)
        return spec_.mean;
    return spec_.kind == Kind::uniform ? spec_.lower : 0;
}

}  // namespace annelid
