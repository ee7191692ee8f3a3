#include "engine/hosts/host_table.hpp"

#include "engine/base/parallel.hpp"

#include <span>

namespace annelid {

HostTable::HostTable(const Population& population, const Partition& partition)
    : state(static_cast<std::size_t>(partition.local().size())), traits(state.size()) {
    const std::int64_t first = partition.local().first.value;
    parallel_pieces(partition.local().size(), 1 << 16, [&](std::int64_t begin, std::int64_t end) {
        population.draw_traits(HostId{first + begin},
                               std::span(traits).subspan(static_cast<std::size_t>(begin),
                                                         static_cast<std::size_t>(end - begin)));
    });
}

}  // namespace annelid
