#include "models/populations/organisation_sizes.hpp"

#include "engine/chance/log.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace annelid {

namespace {

constexpr std::int64_t table_sizes = 2048;

double power(double x, double exponent) {
    return portable_exp(exponent * portable_log(x));
}

/// A Zipf law truncated to [first, last).
struct Class {
    double first, last, exponent;

    double ccdf(double employees) const {
        if (employees <= first) {
            return 1;
        }
        if (employees >= last) {
            return 0;
        }
        const double end = power(last, -exponent);
        return (power(employees, -exponent) - end) / (power(first, -exponent) - end);
    }

    /// Mean of max(1, round(pcs x employees)): the sum of P(hosts >= s) over s.
    double mean_hosts(double pcs) const {
        double mean = 1;
        const auto largest = static_cast<std::int64_t>(last * pcs + 1);
        for (std::int64_t s = 2; s <= largest; ++s) {
            mean += ccdf((static_cast<double>(s) - 0.5) / pcs);
        }
        return mean;
    }
};

}  // namespace

OrganisationSizes OrganisationSizes::firms(const std::vector<WorldTables::SizeClass>& classes,
                                           double exponent, double largest,
                                           double pcs_per_employee) {
    OrganisationSizes out;
    out.pcs_ = pcs_per_employee;
    out.table_.assign(table_sizes, 0);
    double share_sum = 0;
    for (const auto& c : classes) {
        share_sum += c.employment_share;
    }
    for (const auto& c : classes) {
        const Class sizes{c.first, c.last > 0 ? c.last : largest, exponent};
        const double per_host = c.employment_share / share_sum / sizes.mean_hosts(pcs_per_employee);
        out.table_[0] += per_host;
        for (std::int64_t s = 2; s <= table_sizes; ++s) {
            out.table_[static_cast<std::size_t>(s - 1)] +=
                per_host * sizes.ccdf((static_cast<double>(s) - 0.5) / pcs_per_employee);
        }
        if (c.last == 0) {
            out.tail_weight_ = per_host;
            out.tail_exponent_ = exponent;
            out.tail_low_ = c.first;
            out.tail_high_ = largest;
        }
    }
    return out;
}

OrganisationSizes OrganisationSizes::homes(double mean_hosts) {
    OrganisationSizes out;
    const double more = 1 - 1 / mean_hosts;
    double at_least = 1, mean = 0;
    for (int s = 1; s <= 8; ++s) {
        out.table_.push_back(at_least);
        mean += at_least;
        at_least *= more;
    }
    for (double& value : out.table_) {
        value /= mean;
    }
    return out;
}

double OrganisationSizes::at_least(std::int64_t s) const {
    return s <= std::ssize(table_) ? table_[static_cast<std::size_t>(s - 1)] : 0;
}

std::int64_t OrganisationSizes::size_at(double organisations) const {
    const double end = power(tail_high_, -tail_exponent_);
    const double inverse =
        organisations / tail_weight_ * (power(tail_low_, -tail_exponent_) - end) + end;
    return static_cast<std::int64_t>(power(inverse, -1 / tail_exponent_) * pcs_ + 0.5);
}

void OrganisationSizes::append_runs(std::vector<OrganisationRun>& runs, HostId first,
                                    std::int64_t hosts, double u, Homeless& homeless) const {
    const auto n = static_cast<double>(hosts);
    std::int64_t left = hosts;
    // Organisations of one size that follow each other make one run.
    const auto place = [&](std::int64_t size, std::int64_t count) {
        if (count > 0 && (left == hosts || runs.back().size != size)) {
            runs.push_back({HostId{first.value + hosts - left}, size});
        }
        left -= count * size;
    };
    const auto add = [&](std::int64_t size, std::int64_t count) {
        const std::int64_t fitting = std::min(count, left / size);
        place(size, fitting);
        homeless.insert(homeless.end(), static_cast<std::size_t>(count - fitting), size);
    };
    Homeless settling;
    settling.swap(homeless);
    std::sort(settling.begin(), settling.end(), std::greater<>());
    for (const std::int64_t size : settling) {
        if (4 * size <= left) {
            place(size, 1);
        } else {
            homeless.push_back(size);
        }
    }
    std::int64_t taken = 0;  // organisations so far: floor(expected + u) of those at least as large
    if (tail_weight_ > 0) {
        for (;; ++taken) {
            const double rank = (static_cast<double>(taken + 1) - u) / n;
            if (rank > at_least(table_sizes)) {
                break;
            }
            add(size_at(rank), 1);
        }
    }
    for (std::int64_t s = std::ssize(table_); s >= 2; --s) {
        const auto count = static_cast<std::int64_t>(std::floor(at_least(s) * n + u));
        add(s, std::max<std::int64_t>(0, count - taken));
        taken = std::max(taken, count);
    }
    place(1, left);
}

}  // namespace annelid
