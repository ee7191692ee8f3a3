#include "models/defences/false_alarms.hpp"

#include "engine/chance/log.hpp"

#include <algorithm>

namespace annelid {

namespace {

/// The blocks of the whole world that hold hosts of this rank in such cells. A partition by owners
/// deals every block to all ranks.
std::vector<std::uint32_t> blocks_of(const DefenceContext& context,
                                     const std::vector<bool>& chosen) {
    const Population& population = context.population;
    const Partition& partition = context.partition;
    const bool block = partition.is_block() && partition.num_local() > 0;
    const std::int64_t first = block ? partition.to_global(LocalHost{0}).value : 0;
    const std::int64_t last = block ? first + partition.num_local() : partition.num_hosts();
    const std::vector<Cell>& cells = population.cells();
    std::vector<std::uint32_t> out;
    for (std::size_t c = 0; c < cells.size(); ++c) {
        const std::int64_t end =
            c + 1 < cells.size() ? cells[c + 1].first.value : population.num_hosts();
        const std::int64_t from = std::max(first, cells[c].first.value);
        const std::int64_t until = std::min(last, end);
        if (!chosen[c] || from >= until || partition.num_local() == 0) {
            continue;
        }
        const std::int64_t from_block =
            population.to_whole(HostId{from}).value / FalseAlarms::block_hosts;
        const std::int64_t last_block =
            population.to_whole(HostId{until - 1}).value / FalseAlarms::block_hosts;
        for (std::int64_t b = from_block; b <= last_block; ++b) {
            if (out.empty() || out.back() != b) {
                out.push_back(static_cast<std::uint32_t>(b));
            }
        }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace

FalseAlarms::FalseAlarms(const DefenceContext& context, const std::vector<bool>& cells,
                         double rate_per_s, Seed seed, const std::string& name,
                         std::function<bool(HostId)> concerns)
    : context_(context),
      rate_per_s_(rate_per_s),
      draws_(seed, Purpose::false_alarm, name),
      concerns_(std::move(concerns)) {
    for (const std::uint32_t number : blocks_of(context, cells)) {
        Block block{exponential_from_bits(draws_.bits(number)), 0, number};
        skip(block);
        blocks_.push_back(block);
    }
    std::make_heap(blocks_.begin(), blocks_.end(),
                   [this](const Block& a, const Block& b) { return later(a, b); });
}

void FalseAlarms::take(TimeUs until, const std::function<void(TimeUs, HostId)>& body) {
    const auto order = [this](const Block& a, const Block& b) { return later(a, b); };
    while (next() < until) {
        std::pop_heap(blocks_.begin(), blocks_.end(), order);
        Block& block = blocks_.back();
        if (const std::optional<HostId> host = host_of(block)) {
            body(time_of(block), *host);
        }
        step(block);
        skip(block);
        std::push_heap(blocks_.begin(), blocks_.end(), order);
    }
}

std::int64_t FalseAlarms::size_of(const Block& block) const {
    return std::min(block_hosts, context_.population.num_whole_hosts() -
                                     std::int64_t{block.block} * block_hosts);
}

TimeUs FalseAlarms::time_of(const Block& block) const {
    return from_seconds(block.sum / (rate_per_s_ * static_cast<double>(size_of(block))));
}

std::optional<HostId> FalseAlarms::host_of(const Block& block) const {
    const std::uint64_t bits = draws_.pair(block.block, block.number)[1];
    const auto place = to_index(bits, static_cast<std::uint64_t>(size_of(block)));
    const std::optional<HostId> host = context_.population.from_whole(
        HostId{std::int64_t{block.block} * block_hosts + static_cast<std::int64_t>(place)});
    return host && context_.partition.is_local(*host) && concerns_(*host) ? host : std::nullopt;
}

void FalseAlarms::step(Block& block) const {
    ++block.number;
    block.sum += exponential_from_bits(draws_.bits(block.block, block.number));
}

void FalseAlarms::skip(Block& block) const {
    // Not for ever: there may be no host that counts.
    constexpr int most = 64;
    for (int i = 0; i < most && !host_of(block); ++i) {
        step(block);
    }
}

bool FalseAlarms::later(const Block& a, const Block& b) const {
    const TimeUs at = time_of(a), bt = time_of(b);
    return at != bt ? at > bt : a.block > b.block;
}

}  // namespace annelid
