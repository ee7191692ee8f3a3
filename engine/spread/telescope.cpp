#include "engine/spread/telescope.hpp"

#include "engine/base/errors.hpp"
#include "engine/chance/log.hpp"
#include "engine/chance/poisson.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/lifecycle.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace annelid {

namespace {

constexpr double pico = 1e-12;

/// Sorted and joined, so that none is empty nor touches another.
std::vector<Span> in_order(std::vector<Span> spans) {
    std::erase_if(spans, [](const Span& span) { return span.from >= span.until; });
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
        return std::pair(a.from, a.until) < std::pair(b.from, b.until);
    });
    std::vector<Span> out;
    for (const Span& span : spans) {
        if (!out.empty() && span.from <= out.back().until) {
            out.back().until = std::max(out.back().until, span.until);
        } else {
            out.push_back(span);
        }
    }
    return out;
}

bool same(const std::vector<Span>& a, const std::vector<Span>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Span& x, const Span& y) {
        return x.from == y.from && x.until == y.until;
    });
}

}  // namespace

Telescopes::Telescopes(const std::vector<TelescopeModel>& models,
                       const std::vector<Watched>& vectors,
                       const std::vector<std::string>& worm_names, const Frame& frame)
    : frame_(frame), lanes_(frame.lanes) {
    const auto rows = static_cast<std::size_t>(frame.num_rows);
    for (Lane& lane : lanes_) {
        lane.stays.resize(worm_names.size());
    }
    for (const TelescopeModel& model : models) {
        OneTelescope telescope{
            model.name, {frame.seed, Purpose::telescope, model.name + "/scans"}, {}, {}, {}};
        for (const std::string& worm : worm_names) {
            telescope.sources.emplace_back(frame.seed, Purpose::telescope,
                                           label_of(model.name + "/sources", worm));
        }
        telescope.beams.resize(worm_names.size());
        telescope.seen.resize(rows);
        for (const Watched& vector : vectors) {
            const std::int64_t addresses = vector.process.internet_addresses();
            if (addresses > 0 && std::find(model.vectors.begin(), model.vectors.end(),
                                           vector.name) != model.vectors.end()) {
                telescope.beams[vector.worm].push_back(static_cast<std::uint32_t>(beams_.size()));
                beams_.push_back({&vector.process,
                                  model.addresses() / static_cast<double>(addresses),
                                  std::vector<Int128>(rows), std::vector<Int128>(rows)});
            }
        }
        telescopes_.push_back(std::move(telescope));
    }
}

/// When it is seen first from `from` on.
TimeUs Telescopes::next_seen(std::size_t t, std::size_t worm, const Source& source, TimeUs from,
                             std::uint32_t part) const {
    const OneTelescope& telescope = telescopes_[t];
    double rate = 0;  // of all vectors, as seen
    for (const std::uint32_t beam : telescope.beams[worm]) {
        rate += beams_[beam].fraction *
                static_cast<double>(beams_[beam].process->internet_rate(source.host));
    }
    const TimeUs until = std::min(source.until, frame_.end_us);
    const double gap = exponential_from_bits(telescope.sources[worm].bits(
        static_cast<std::uint64_t>(source.host.value), source.ordinal, part));
    // Compared as a double first: a far time would not fit an integer.
    if (until <= from || gap >= rate * pico * static_cast<double>(until - from)) {
        return never;
    }
    const auto gap_us = static_cast<TimeUs>(gap / (rate * pico) + 0.5);
    const TimeUs time = frame_.hours == nullptr
                            ? from + gap_us
                            : frame_.hours->on_time_after(source.host, from, gap_us);
    return time < until ? time : never;
}

TimeUs Telescopes::first_seen(std::size_t t, std::size_t worm, const Source& source,
                              const std::vector<Span>& silent) const {
    std::uint32_t part = 0;
    TimeUs time = next_seen(t, worm, source, source.from, part);
    for (const Span& span : silent) {
        if (span.from <= time && time < span.until) {
            time = next_seen(t, worm, source, span.until, ++part);
        }
    }
    return time;
}

/// Counts a stay, or takes back (`sign` -1) what was counted. False if nobody sees it.
bool Telescopes::enter(std::size_t worm, const Stay& stay, std::int64_t sign, Lane& lane) const {
    const Source& source = stay.source;
    const TimeUs until = std::min(source.until, frame_.end_us);
    bool any = false;
    for (std::size_t t = 0; t < telescopes_.size(); ++t) {
        const TimeUs seen =
            telescopes_[t].beams[worm].empty() ? never : first_seen(t, worm, source, stay.silent);
        if (seen == never) {
            continue;
        }
        any = true;
        lane.sights.push_back({static_cast<std::uint32_t>(t), seen, sign});
        for (const std::uint32_t beam : telescopes_[t].beams[worm]) {
            const MicroRate rate = sign * beams_[beam].process->internet_rate(source.host);
            TimeUs from = seen;
            for (const Span& span : stay.silent) {
                expose(beam, source.host, from, std::min(until, span.from), rate, lane);
                from = std::max(from, span.until);
            }
            expose(beam, source.host, from, until, rate, lane);
        }
    }
    return any;
}

void Telescopes::watch(std::size_t worm, const Source& source, const Silences& silences,
                       unsigned lane_index) {
    Lane& lane = lanes_[lane_index];
    const Stay stay{source, in_order(silences.of(worm, source.host, source.ordinal)), never};
    if (enter(worm, stay, 1, lane) && frame_.cut_short) {
        std::vector<Stay>& stays = lane.stays[worm][source.host.value];
        // Nothing can change any more of those that were over when the step began.
        std::erase_if(stays, [&](const Stay& old) {
            return old.source.until <= source.from - frame_.step_us;
        });
        stays.push_back(stay);
    }
}

void Telescopes::silence(HostId host, const Silences& silences, unsigned lane_index) {
    Lane& lane = lanes_[lane_index];
    for (std::size_t worm = 0; worm < lane.stays.size(); ++worm) {
        const auto found = lane.stays[worm].find(host.value);
        if (found != lane.stays[worm].end()) {
            renew(worm, found->second, silences, lane);
        }
    }
}

void Telescopes::cut(std::size_t worm, HostId host, TimeUs from, const Silences& silences,
                     unsigned lane_index) {
    Lane& lane = lanes_[lane_index];
    const auto found = lane.stays[worm].find(host.value);
    if (found != lane.stays[worm].end()) {
        for (Stay& stay : found->second) {
            stay.cut = std::min(stay.cut, from);
        }
        renew(worm, found->second, silences, lane);
    }
}

/// Takes back stays whose silences have changed, and counts them anew.
void Telescopes::renew(std::size_t worm, std::vector<Stay>& stays, const Silences& silences,
                       Lane& lane) const {
    for (Stay& stay : stays) {
        std::vector<Span> silent = silent_of(worm, stay, silences);
        if (!same(silent, stay.silent)) {
            enter(worm, stay, -1, lane);
            stay.silent = std::move(silent);
            enter(worm, stay, 1, lane);
        }
    }
}

void Telescopes::expose(std::uint32_t beam, HostId host, TimeUs from, TimeUs until, MicroRate rate,
                        Lane& lane) const {
    if (rate == 0 || from >= until) {
        return;
    }
    if (frame_.hours == nullptr) {
        lane.exposures.push_back({beam, from, until, rate});
        return;
    }
    const HostHours hours = frame_.hours->of(host);
    for (TimeUs time = hours.next_on(from); time < until;) {
        const TimeUs close = std::min(until, hours.end_of_day(time));
        lane.exposures.push_back({beam, time, close, rate});
        time = hours.next_on(close);
    }
}

void Telescopes::settle() {
    for (Lane& lane : lanes_) {
        for (const Exposure& exposure : lane.exposures) {
            add(exposure);
        }
        lane.exposures.clear();
        for (const Sight& sight : lane.sights) {
            // The first row at or after it shows it, as with all series.
            const TimeUs row = (sight.time + frame_.row_every_us - 1) / frame_.row_every_us;
            if (row < frame_.num_rows) {
                telescopes_[sight.telescope].seen[static_cast<std::size_t>(row)] += sight.count;
            }
        }
        lane.sights.clear();
    }
}

/// Row k holds what is sent out in [(k - 1) every, k every).
void Telescopes::add(const Exposure& e) {
    Beam& beam = beams_[e.beam];
    const auto change = [&](TimeUs time, Int128 rate) {
        const TimeUs begun = time / frame_.row_every_us;
        if (begun + 1 < frame_.num_rows) {
            const auto row = static_cast<std::size_t>(begun + 1);
            beam.rate_changes[row] += rate;
            beam.corrections[row] -= rate * (time - begun * frame_.row_every_us);
        }
    };
    change(e.from, e.rate);
    change(e.until, -Int128{e.rate});
}

namespace {

/// A wide number as two plain ones.
struct Words {
    std::int64_t high;
    std::uint64_t low;
};
Words words_of(__int128 value) {
    return {static_cast<std::int64_t>(value >> 64), static_cast<std::uint64_t>(value)};
}
__int128 value_of(const Words& words) {
    return (static_cast<__int128>(words.high) << 64) + static_cast<__int128>(words.low);
}

}  // namespace

void Telescopes::save(StateWriter& out) {
    settle();
    RowWriter seen = out.of_first("seen"), beams = out.of_first("beams");
    for (std::size_t t = 0; t < telescopes_.size(); ++t) {
        for (std::size_t row = 0; row < telescopes_[t].seen.size(); ++row) {
            if (telescopes_[t].seen[row] != 0) {
                seen.add_all(t, row, telescopes_[t].seen[row]);
            }
        }
    }
    for (std::size_t b = 0; b < beams_.size(); ++b) {
        for (std::size_t row = 0; row < beams_[b].rate_changes.size(); ++row) {
            const Words rate = words_of(beams_[b].rate_changes[row]);
            const Words correction = words_of(beams_[b].corrections[row]);
            if (beams_[b].rate_changes[row] != 0 || beams_[b].corrections[row] != 0) {
                beams.add_all(b, row, rate.high, rate.low, correction.high, correction.low);
            }
        }
    }
    RowWriter stays = out.of_hosts("stays");
    for (const Lane& lane : lanes_) {
        for (std::size_t worm = 0; worm < lane.stays.size(); ++worm) {
            for (const auto& [host, of_host] : lane.stays[worm]) {
                for (const Stay& stay : of_host) {
                    stays.add(HostId{host}, worm, stay.source.ordinal, stay.source.from,
                              stay.source.until, stay.cut);
                }
            }
        }
    }
    out.of_all("cut_short").add_all(frame_.cut_short);
}

void Telescopes::load(const StateReader& in, const Silences& silences, const Partition& partition) {
    in.each_of_all("cut_short", [&](StateRow& row) {
        bool cut_short = false;
        row.read(cut_short);
        if (cut_short != frame_.cut_short) {
            throw InputError(
                "telescope (hosts can be isolated, cleaned or lost to another worm, or cannot any "
                "more): make the checkpoint with such a defence, which may begin later");
        }
    });
    const auto num_rows = static_cast<std::size_t>(frame_.num_rows);
    // A run that ends earlier has fewer rows.
    in.each_of_first("seen", [&](StateRow& row) {
        const auto t = row.read_below<std::size_t>(telescopes_.size());
        std::size_t at = 0;
        std::int64_t count = 0;
        row.read(at, count);
        if (at < num_rows) {
            telescopes_[t].seen[at] += count;
        }
    });
    in.each_of_first("beams", [&](StateRow& row) {
        Beam& beam = beams_[row.read_below<std::size_t>(beams_.size())];
        std::size_t at = 0;
        Words rate{}, correction{};
        row.read(at, rate.high, rate.low, correction.high, correction.low);
        if (at < num_rows) {
            beam.rate_changes[at] += value_of(rate);
            beam.corrections[at] += value_of(correction);
        }
    });
    in.each_host("stays", [&](HostId host, StateRow& row) {
        Lane& lane = lanes_[lane_of(partition.to_local(host), frame_.lanes)];
        const auto worm = row.read_below<std::size_t>(lane.stays.size());
        Stay stay{{host, 0, 0, 0}, {}, never};
        row.read(stay.source.ordinal, stay.source.from, stay.source.until, stay.cut);
        stay.silent = silent_of(worm, stay, silences);
        lane.stays[worm][host.value].push_back(stay);
    });
}

std::vector<Span> Telescopes::silent_of(std::size_t worm, const Stay& stay,
                                        const Silences& silences) {
    std::vector<Span> silent = silences.of(worm, stay.source.host, stay.source.ordinal);
    silent.push_back({stay.cut, never});
    return in_order(std::move(silent));
}

std::vector<__int128> Telescopes::scans_by_row(std::size_t number, std::size_t rows,
                                               const Communicator& ranks) const {
    const Beam& beam = beams_[number];
    // Two words that can be summed over any number of ranks.
    constexpr int low_bits = 40;
    std::vector<std::int64_t> words(2 * rows);
    Int128 rate = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        rate += beam.rate_changes[row];
        const Int128 scans = rate * frame_.row_every_us + beam.corrections[row];
        words[2 * row] = static_cast<std::int64_t>(scans >> low_bits);
        words[2 * row + 1] = static_cast<std::int64_t>(scans & ((Int128{1} << low_bits) - 1));
    }
    ranks.sum_to_first(words);
    std::vector<Int128> out(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        out[row] = (Int128{words[2 * row]} << low_bits) + words[2 * row + 1];
    }
    return out;
}

void Telescopes::write_to(std::map<std::string, std::vector<std::int64_t>>& series,
                          std::size_t index, std::size_t replicates, std::int64_t num_rows,
                          const Communicator& ranks) {
    const TelescopeRows seen = rows(num_rows, ranks);
    if (!ranks.is_first()) {
        return;
    }
    const std::size_t size = static_cast<std::size_t>(frame_.num_rows) * telescopes_.size();
    const auto put = [&](const std::string& path, const std::vector<std::int64_t>& values) {
        std::vector<std::int64_t>& to = series[path];
        to.resize(replicates * size);
        std::copy(values.begin(), values.end(),
                  to.begin() + static_cast<std::ptrdiff_t>(index * size));
    };
    put("/telescope_scans", seen.scans);
    put("/telescope_sources", seen.sources);
}

TelescopeRows Telescopes::rows(std::int64_t num_rows, const Communicator& ranks) {
    settle();
    const auto rows = static_cast<std::size_t>(std::min(num_rows, frame_.num_rows));
    const std::size_t width = telescopes_.size();
    TelescopeRows out;
    if (ranks.is_first()) {
        out.sources.resize(rows * width);
        out.scans.resize(rows * width);
    }
    for (std::size_t t = 0; t < width; ++t) {
        const OneTelescope& telescope = telescopes_[t];
        std::vector<double> mean(rows);
        for (const std::vector<std::uint32_t>& beams : telescope.beams) {
            for (const std::uint32_t b : beams) {
                const std::vector<Int128> scans = scans_by_row(b, rows, ranks);
                for (std::size_t row = 0; row < rows; ++row) {
                    mean[row] += beams_[b].fraction * (static_cast<double>(scans[row]) * pico);
                }
            }
        }
        std::vector<std::int64_t> seen(telescope.seen.begin(),
                                       telescope.seen.begin() + static_cast<std::ptrdiff_t>(rows));
        ranks.sum_to_first(seen);
        if (!ranks.is_first()) {
            continue;
        }
        std::int64_t sources = 0, scans = 0;
        double expected = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            expected += mean[row];
            if (expected > largest_poisson_mean) {
                throw InputError(fmt::format(
                    "telescope.{}.prefix (it sees more than {:.1g} scans, which cannot be "
                    "counted): use a longer prefix or a shorter run",
                    telescope.name, largest_poisson_mean));
            }
            const auto time =
                static_cast<std::uint64_t>(row) * static_cast<std::uint64_t>(frame_.row_every_us);
            sources += seen[row];
            scans += seen[row] + poisson(mean[row], telescope.scans, time);
            out.sources[row * width + t] = sources;
            out.scans[row * width + t] = scans;
        }
    }
    return out;
}

}  // namespace annelid
