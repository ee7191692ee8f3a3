// In which order hosts are worked through where not all can be at once.
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/chance/permutation.hpp"
#include "engine/spread/activation.hpp"
#include "models/defences/context.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace annelid {

/// Every group has a random order of its own; nothing is stored for a host. In the whole world and
/// in a part of it that keeps a group, that has the same order.
class Turns {
  public:
    /// Of the hosts in `cells` (empty: all); `per` is organisation, country or world. `name` keys
    /// the orders.
    Turns(const Population& population, const std::vector<bool>& cells, Group per, Seed seed,
          const std::string& name);

    /// 0 for the first host of its group. Only for hosts in `cells`.
    std::int64_t place_of(HostId host) const;

  private:
    const Population& population_;
    Group per_;
    Draws draws_;                       ///< of organisations
    std::vector<std::int64_t> before_;  ///< hosts of its group in the cells before each cell
    std::vector<Permutation> orders_;   ///< of the world or each country
};

}  // namespace annelid
