// One scan process of a small world, played alone: no outbreak, no life cycle, only its attempts.
#pragma once

#include "engine/spread/attempts.hpp"
#include "engine/spread/vector.hpp"
#include "models/vectors/scan.hpp"
#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

namespace annelid {

inline DistributionSpec fixed_rate(double per_s) {
    return {.kind = DistributionSpec::Kind::fixed, .mean = per_s};
}

/// All attempts in order of (source, drawn time, target). Hits on the source itself are not among
/// them, as the engine drops those; `drawn` counts them too.
struct Scanned {
    std::vector<Attempt> attempts;
    std::int64_t drawn = 0, deferred = 0, scans = 0;
    Scans exact_scans;
};

/// A scan as a test describes it; `run` plays sources that the test gives.
struct ScanRun {
    const SmallWorld& world;
    ScanSettings settings;
    TimeUs step_us = us_per_s;
    TimeUs end_us = 1000 * us_per_s;
    Seed seed = {};

    /// Every source is launched in the step before the one that it turns infectious in, as seeds
    /// are; `during` is called with the process and the window after each step.
    template <class During>
    Scanned run(const std::vector<Source>& sources, During during) const {
        const auto model = make_scan("scan", settings, world.context());
        const auto process = model->start({seed, step_us, end_us, 1});
        AttemptSink sink(world.partition, 1);
        Scanned out;
        for (const Source& source : sources) {
            const std::int64_t step = source.from / step_us - 1;
            process->launch(source, {step, step * step_us, (step + 1) * step_us}, 0);
        }
        for (std::int64_t step = process->next_step(0); step <= (end_us - 1) / step_us;
             step = process->next_step(0)) {
            const Window window{step, step * step_us, std::min((step + 1) * step_us, end_us)};
            process->begin_step(window, world.ranks);
            sink.begin(1, window.begin, {});
            process->emit(window, 0, sink);
            auto& made = sink.to_lane()[0];
            out.attempts.insert(out.attempts.end(), made.begin(), made.end());
            during(*process, window, made);
            made.clear();
        }
        // As the engine does after the last step.
        process->begin_step({0, end_us, end_us}, world.ranks);
        out.drawn = sink.attempts();
        out.deferred = sink.deferred();
        out.exact_scans = process->scans_represented();
        out.scans = out.exact_scans.whole;
        std::sort(out.attempts.begin(), out.attempts.end(), [](const auto& a, const auto& b) {
            return std::tie(a.source, a.time, a.target) < std::tie(b.source, b.time, b.target);
        });
        return out;
    }
    Scanned run(const std::vector<Source>& sources) const {
        return run(sources, [](VectorProcess&, const Window&, const std::vector<Attempt>&) {});
    }
};

/// Every host as a source, infectious from the start until `until`.
inline std::vector<Source> all_hosts(const SmallWorld& world, TimeUs until = never,
                                     std::uint32_t ordinal = 0) {
    std::vector<Source> out;
    for (std::int64_t h = 0; h < world.size(); ++h) {
        out.push_back({HostId{h}, ordinal, 0, until});
    }
    return out;
}

inline bool operator==(const Attempt& a, const Attempt& b) {
    return std::tie(a.time, a.target, a.source, a.ordinal, a.vector) ==
           std::tie(b.time, b.target, b.source, b.ordinal, b.vector);
}

/// `rate` probes per second of `addresses` addresses.
inline ScanSettings internet_scan(double rate, std::int64_t addresses) {
    ScanSettings settings;
    settings.rate = fixed_rate(rate);
    settings.addresses = addresses;
    return settings;
}

/// True if every attempt of `part` is among those of `whole`; both are sorted.
inline bool is_part(const std::vector<Attempt>& part, const std::vector<Attempt>& whole) {
    return std::includes(whole.begin(), whole.end(), part.begin(), part.end(),
                         [](const Attempt& a, const Attempt& b) {
                             return std::tie(a.source, a.time, a.target, a.ordinal) <
                                    std::tie(b.source, b.time, b.target, b.ordinal);
                         });
}

}  // namespace annelid
