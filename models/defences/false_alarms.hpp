// False alarms of a sensor: a Poisson process for each host that it watches, drawn for blocks of
// neighbouring hosts (sensor.hpp says how). Nothing is kept for a host, 16 bytes for a block.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/chance/draws.hpp"
#include "models/defences/context.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace annelid {

class FalseAlarms {
  public:
    static constexpr std::int64_t block_hosts = 65'536;

    /// At `rate_per_s` for each host of this rank that `concerns` is true of, a pure function of
    /// the host; `cells` of the population hold none where they are false.
    FalseAlarms(const DefenceContext& context, const std::vector<bool>& cells, double rate_per_s,
                Seed seed, const std::string& name, std::function<bool(HostId)> concerns);

    /// Calls body(time, host) for each alarm before `until` that was not taken yet, in time order.
    void take(TimeUs until, const std::function<void(TimeUs, HostId)>& body);
    /// When the next one comes, or earlier.
    TimeUs next() const { return blocks_.empty() ? never : time_of(blocks_.front()); }

  private:
    /// An alarm that is to come somewhere in a block.
    struct Block {
        double sum;            ///< of the gaps up to it, at rate 1: rounded once for each alarm
        std::uint32_t number;  ///< of the alarm
        std::uint32_t block;   ///< of the whole world
    };
    static_assert(sizeof(Block) == 16);

    std::int64_t size_of(const Block& block) const;
    TimeUs time_of(const Block& block) const;
    /// The host here that it is on and that it concerns.
    std::optional<HostId> host_of(const Block& block) const;
    /// On to the first alarm that counts, or at least a good deal nearer.
    void skip(Block& block) const;
    void step(Block& block) const;
    bool later(const Block& a, const Block& b) const;

    DefenceContext context_;
    double rate_per_s_;
    Draws draws_;
    std::function<bool(HostId)> concerns_;
    std::vector<Block> blocks_;  ///< a heap, the earliest in front
};

}  // namespace annelid
