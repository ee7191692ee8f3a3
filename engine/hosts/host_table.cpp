#include "engine/hosts/host_table.hpp"

#include "engine/base/parallel.hpp"

#include <algorithm>
#include <span>

namespace annelid {

HostTable::HostTable(const Population& population, const Partition& partition,
                     std::size_t num_worms)
    : traits(static_cast<std::size_t>(partition.num_local())) {
    for (std::size_t w = 0; w < num_worms; ++w) {  // a copy would be written by one thread
        state.emplace_back(static_cast<std::size_t>(partition.num_local()));
    }
    const auto draw = [&](HostId id, LocalHost first, std::int64_t hosts) {
        population.draw_traits(
            id, std::span(traits).subspan(first.value, static_cast<std::size_t>(hosts)));
    };
    parallel_pieces(partition.num_local(), 1 << 16, [&](std::int64_t begin, std::int64_t end) {
        partition.for_each_run(begin, end, draw);
        for (LargeVector<StateId>& of_worm : state) {
            std::fill(of_worm.begin() + begin, of_worm.begin() + end, StateId{0});
        }
    });
}

}  // namespace annelid
