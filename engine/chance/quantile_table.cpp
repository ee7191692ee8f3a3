#include "engine/chance/quantile_table.hpp"

#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

namespace annelid {

namespace {

namespace bm = boost::math;
namespace mp = boost::multiprecision;

/// 100 bits: what the last bits do between versions of Boost vanishes in the rounding to double.
using Real = mp::number<mp::cpp_bin_float<100, mp::digit_base_2>, mp::et_off>;

/// u and 1 - u, both with full relative precision.
struct Probability {
    Real below, above;
};

Probability probability_at(double z) {
    const Real odds = exp(-abs(Real(z)));
    const Real large = 1 / (1 + odds);
    const Real small = odds / (1 + odds);
    return z < 0 ? Probability{small, large} : Probability{large, small};
}

/// From the smaller side, so that no digits are lost in the tail.
template <typename Law>
Real quantile_of(const Law& law, const Probability& p) {
    return p.below < p.above ? quantile(law, p.below) : quantile(complement(law, p.above));
}

/// Value and first two derivatives by z.
struct Node {
    Real value, slope, curvature;
};

}  // namespace

// The coefficients are computed in Real as well: GCC 12 with FMA instructions fuses neighbouring
// sums and differences of products in spite of -ffp-contract=off.
template <typename NodeAt>
QuantileTable::QuantileTable(const NodeAt& node_at) : cells_(num_cells) {
    const Real h = 1 / Real(cells_per_unit);
    Node left = node_at(first_z);
    for (int i = 0; i < num_cells; ++i) {
        const Node right = node_at(first_z + (i + 1) / cells_per_unit);
        const Real slope = left.slope * h;
        const Real half_curvature = left.curvature * h * h / 2;
        // What the first three terms leave of the right value and its scaled derivatives.
        const Real rise = right.value - left.value - slope - half_curvature;
        const Real bend = right.slope * h - slope - 2 * half_curvature;
        const Real twist = (right.curvature - left.curvature) * h * h;
        const Real coefficients[] = {left.value,
                                     slope,
                                     half_curvature,
                                     10 * rise - 4 * bend + twist / 2,
                                     -15 * rise + 7 * bend - twist,
                                     6 * rise - 3 * bend + twist / 2};
        for (int power = 0; power < 6; ++power) {
            cells_[i][power] = static_cast<double>(coefficients[power]);
        }
        left = right;
    }
}

// With u the logistic function of z, du/dz = u (1 - u). Let y be the quantile on the scale of the
// table and g(y) its density there: g dy/dz = u (1 - u), and differentiating once more
// d²y/dz² = dy/dz (1 - 2u - (log g)' dy/dz).

QuantileTable QuantileTable::log_gamma(double shape) {
    const bm::gamma_distribution<Real> law{Real(shape)};
    return QuantileTable([&](double z) {
        const Probability p = probability_at(z);
        const Real x = quantile_of(law, p);
        const Real slope = p.below * p.above / (x * pdf(law, x));
        const Real curvature = slope * (p.above - p.below - (shape - x) * slope);
        return Node{log(x), slope, curvature};
    });
}

QuantileTable QuantileTable::normal() {
    const bm::normal_distribution<Real> law;
    return QuantileTable([&](double z) {
        const Probability p = probability_at(z);
        const Real x = quantile_of(law, p);
        const Real slope = p.below * p.above / pdf(law, x);
        const Real curvature = slope * (p.above - p.below + x * slope);
        return Node{x, slope, curvature};
    });
}

double gamma_function(double x) {
    return static_cast<double>(bm::tgamma(Real(x)));
}

double log_deviation(double c) {
    return static_cast<double>(sqrt(bm::log1p(Real(c) * Real(c))));
}

double mean_positive_part(double mean, double sd) {
    const bm::normal_distribution<Real> law;
    const Real a = Real(mean) / Real(sd);
    return static_cast<double>(mean * cdf(law, a) + sd * pdf(law, a));
}

}  // namespace annelid
