// `annelid info`: a run file in words.

#include "engine/base/errors.hpp"
#include "engine/files/hdf5_file.hpp"
#include "engine/files/run_file.hpp"
#include "engine/files/run_file_table.hpp"
#include "engine/files/trial.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace annelid {

namespace {

/// 1234567 → "1,234,567".
std::string grouped(std::int64_t number) {
    std::string out = std::to_string(number);
    const std::int64_t first = number < 0 ? 1 : 0;
    for (auto at = static_cast<std::int64_t>(out.size()) - 3; at > first; at -= 3) {
        out.insert(static_cast<std::size_t>(at), ",");
    }
    return out;
}

std::string in_bytes(double bytes) {
    const char* units[] = {"B", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    for (; bytes >= 1000 && unit + 1 < std::size(units); ++unit) {
        bytes /= 1000;
    }
    return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, units[unit]);
}

std::string in_time(double seconds) {
    if (seconds >= 2 * 86400) {
        return fmt::format("{:.2f} d", seconds / 86400);
    }
    if (seconds >= 2 * 3600) {
        return fmt::format("{:.2f} h", seconds / 3600);
    }
    return seconds >= 120 ? fmt::format("{:.1f} min", seconds / 60)
                          : fmt::format("{:g} s", seconds);
}

/// Empty where there is no such attribute.
std::string attribute_text(const hdf5::File& file, const std::string& name) {
    if (!file.has_attribute("/", name)) {
        return "";
    }
    const auto value = file.attribute("/", name);
    if (const auto* text = std::get_if<std::string>(&value)) {
        return *text;
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return grouped(*number);
    }
    const double number = std::get<double>(value);
    const bool is_whole = number == std::floor(number) && std::abs(number) < 1e15;
    return is_whole ? grouped(static_cast<std::int64_t>(number)) : fmt::format("{:g}", number);
}

std::string line(const std::string& name, const std::string& text) {
    return text.empty() ? "" : fmt::format("{:<12} {}\n", name, text);
}

/// Whole numbers as a run has them, so that sums of any row stay exact.
constexpr std::int64_t largest_count = 1'000'000'000'000'000;
constexpr std::size_t longest_row = 9000;

[[noreturn]] void refuse(const std::string& what) {
    throw InputError(
        fmt::format(" ({}): this is not as annelid wrote it: take another copy", what));
}

/// Series are in the file itself.
template <class T>
std::vector<T> read_own(const hdf5::File& file, const std::string& path) {
    file.check_stored(path);
    return file.read<T>(path);
}

/// The only dimension of an axis.
std::int64_t length_of(const hdf5::File& file, const std::string& axis) {
    const hdf5::Dims dims = file.dims(axis);
    if (dims.size() != 1) {
        refuse(fmt::format("{} has {} dimensions, not one", axis, dims.size()));
    }
    return dims[0];
}

/// A series of rows of `width` counts each; -1 where a row is not final.
std::vector<std::int64_t> read_counts(const hdf5::File& file, const std::string& path,
                                      std::size_t rows, std::size_t width) {
    auto counts = read_own<std::int64_t>(file, path);
    const bool fits =
        width == 0 ? counts.empty() : counts.size() / width == rows && counts.size() % width == 0;
    if (width > longest_row || !fits) {
        refuse(fmt::format("{} has {} values, not {} for each of {} rows", path, counts.size(),
                           width, rows));
    }
    for (const std::int64_t count : counts) {
        if (count < -1 || count > largest_count) {
            refuse(fmt::format("{} holds {}, which counts nothing", path, count));
        }
    }
    return counts;
}

std::int64_t only_value(const hdf5::File& file, const std::string& path) {
    const auto values = read_own<std::int64_t>(file, path);
    if (values.empty()) {
        refuse(path + " is empty");
    }
    return values[0];
}

/// "mean" of one value, "mean (least to most)" of several.
std::string over_replicates(const std::vector<std::int64_t>& values) {
    if (values.size() == 1) {
        return grouped(values[0]);
    }
    double sum = 0;
    for (const std::int64_t value : values) {
        sum += static_cast<double>(value);
    }
    const auto [least, most] = std::ranges::minmax(values);
    return fmt::format("{} ({} to {})", grouped(std::llround(sum / double(values.size()))),
                       grouped(least), grouped(most));
}

/// The series of a file, replicate by replicate; only replicates that are final are looked at.
struct FinishedSeries {
    explicit FinishedSeries(const hdf5::File& file)
        : time_s(read_own<double>(file, "/time")),
          worms(file.has("/worm") ? file.read_texts("/worm") : std::vector<std::string>{""}),
          states(file.read_texts("/state")),
          num_vectors(file.read_texts("/vector").size()) {
        const std::size_t num_replicates =
            file.has("/replicate") ? static_cast<std::size_t>(length_of(file, "/replicate")) : 1;
        const std::size_t rows = num_replicates * time_s.size();
        if (rows / std::max<std::size_t>(1, time_s.size()) != num_replicates) {
            refuse(fmt::format("/replicate has {} values", num_replicates));
        }
        counts = read_counts(file, "/counts", rows, worms.size() * states.size());
        infections = read_counts(file, "/vector_infections", rows, worms.size() * num_vectors);
        const std::size_t row = time_s.size() * worms.size() * states.size();
        for (std::size_t r = 0; row > 0 && r < num_replicates; ++r) {
            if (counts[(r + 1) * row - 1] >= 0) {
                finished.push_back(r);
            }
        }
    }

    std::int64_t infected_until(std::size_t replicate, std::size_t row) const {
        std::int64_t sum = 0;
        const std::size_t width = worms.size() * num_vectors;
        for (std::size_t v = 0; v < width; ++v) {
            sum += infections[(replicate * time_s.size() + row) * width + v];
        }
        return sum;
    }

    std::vector<double> time_s;
    std::vector<std::string> worms;  ///< one without a name where the file has no such axis
    std::vector<std::string> states;
    std::vector<std::int64_t> counts, infections;
    std::size_t num_vectors;
    std::vector<std::size_t> finished;  ///< replicates
};

std::string final_counts(const FinishedSeries& series) {
    std::string out;
    for (std::size_t w = 0; w < series.worms.size(); ++w) {
        out += series.worms[w].empty() ? "" : fmt::format("  {}\n", series.worms[w]);
        const int indent = series.worms[w].empty() ? 2 : 4;
        for (std::size_t s = 0; s < series.states.size(); ++s) {
            std::vector<std::int64_t> values;
            for (const std::size_t r : series.finished) {
                const std::size_t last = (r + 1) * series.time_s.size() - 1;
                values.push_back(
                    series.counts[(last * series.worms.size() + w) * series.states.size() + s]);
            }
            // States of other worms.
            if (series.worms.size() > 1 &&
                std::ranges::all_of(values, [](auto n) { return n == 0; })) {
                continue;
            }
            out += fmt::format("{:{}}{:<18} {}\n", "", indent, series.states[s],
                               over_replicates(values));
        }
    }
    return out;
}

/// Further series, each summed over all but time and replicate.
constexpr struct {
    const char *path, *words;
} further_series[] = {
    {"/detections", "infected hosts detected"},
    {"/false_alarms", "false alarms"},
    {"/isolated", "hosts isolated in the last row"},
    {"/cleaned", "hosts cleaned"},
    {"/sinkhole_beacons", "beacons at the sinkhole"},
    {"/telescope_scans", "scans seen by telescopes"},
    {"/telescope_sources", "infected hosts seen by telescopes"},
    {"/outages", "organisations out of service in the last row"},
    {"/outages_by_dependency", "out by dependency alone in the last row"},
    {"/service_lost_s", "organisation-seconds of service lost"},
};

std::string defences_and_services(const hdf5::File& file, const FinishedSeries& series) {
    std::string out;
    for (const auto& [path, words] : further_series) {
        if (!file.has(path)) {
            continue;
        }
        std::size_t width = 1;
        const hdf5::Dims dims = file.dims(path);
        const std::size_t first = file.has("/replicate") ? 2 : 1;
        for (std::size_t d = first; d < dims.size(); ++d) {
            width *= static_cast<std::size_t>(dims[d]);
        }
        const std::size_t replicates = first == 1 || dims.empty() ? 1 : std::size_t(dims[0]);
        if (!series.finished.empty() && replicates <= series.finished.back()) {
            refuse(fmt::format("{} has too few replicates", path));
        }
        const auto table = read_counts(file, path, replicates * series.time_s.size(), width);
        std::vector<std::int64_t> values;
        for (const std::size_t r : series.finished) {
            const auto end = table.begin() + std::ptrdiff_t((r + 1) * series.time_s.size() * width);
            values.push_back(std::accumulate(end - std::ptrdiff_t(width), end, std::int64_t{0}));
        }
        out += fmt::format("  {:<46} {}\n", words, over_replicates(values));
    }
    return out;
}

std::string peak_of_infections(const FinishedSeries& series) {
    std::vector<std::int64_t> peaks;
    std::size_t peak_row = 0;
    for (const std::size_t r : series.finished) {
        std::int64_t peak = -1, before = series.infected_until(r, 0);
        for (std::size_t row = 1; row < series.time_s.size(); ++row) {
            const std::int64_t now = series.infected_until(r, row);
            if (now - before > peak) {
                peak = now - before;
                peak_row = row;
            }
            before = now;
        }
        peaks.push_back(peak);
    }
    if (peaks.empty() || peaks[0] < 0) {
        return "";
    }
    const std::string when =
        peaks.size() > 1 ? "a row, in each replicate's own"
                         : fmt::format("between {} and {}", in_time(series.time_s[peak_row - 1]),
                                       in_time(series.time_s[peak_row]));
    return fmt::format("{} infections {}", over_replicates(peaks), when);
}

/// Of quantiles over replicates: the last row, "median (lowest to highest quantile)" a state.
std::string final_quantiles(const hdf5::File& file) {
    const auto quantiles = read_own<double>(file, "/quantile");
    const std::vector<std::string> states = file.read_texts("/state");
    const std::vector<std::string> worms =
        file.has("/worm") ? file.read_texts("/worm") : std::vector<std::string>{""};
    const auto rows = static_cast<std::size_t>(length_of(file, "/time"));
    const auto counts = read_own<double>(file, "/counts");
    const std::size_t width = worms.size() * states.size();
    if (quantiles.empty() || rows == 0 || counts.size() != quantiles.size() * rows * width) {
        refuse("/counts does not fit its axes");
    }
    std::string out =
        fmt::format("hosts in the last row, quantile {:g} ({:g} to {:g}) over replicates\n",
                    quantiles[quantiles.size() / 2], quantiles.front(), quantiles.back());
    for (std::size_t i = 0; i < width; ++i) {
        const auto at = [&](std::size_t q) { return counts[((q + 1) * rows - 1) * width + i]; };
        const std::string name = states[i % states.size()];
        if (worms.size() > 1 && at(quantiles.size() - 1) == 0) {
            continue;  // a state of another worm
        }
        out += fmt::format("  {:<18} {:.1f} ({:.1f} to {:.1f})\n",
                           worms.size() > 1 ? worms[i / states.size()] + " " + name : name,
                           at(quantiles.size() / 2), at(0), at(quantiles.size() - 1));
    }
    return out;
}

/// "3 of 100 failed: 7, 12, 30".
std::string failures_line(const hdf5::File& file) {
    if (!file.has("/failures/replicate")) {
        return "";
    }
    const auto replicates = read_own<std::int32_t>(file, "/failures/replicate");
    constexpr std::size_t most_named = 10;
    const auto named = std::min(most_named, replicates.size());
    return fmt::format(
        "{} replicate{}: {}{} (see /failures)", replicates.size(),
        replicates.size() == 1 ? "" : "s",
        fmt::join(replicates.begin(), replicates.begin() + std::ptrdiff_t(named), ", "),
        named < replicates.size() ? " ..." : "");
}

/// Of the first replicate: the others have the same network unless the world is redrawn.
std::string network_line(const hdf5::File& file) {
    if (!file.has("/network/links")) {
        return "";
    }
    const auto count = [&](const char* path) { return only_value(file, path); };
    const std::int64_t links = count("/network/links");
    const double cut =
        links > 0 ? static_cast<double>(count("/partition/cut_links")) / static_cast<double>(links)
                  : 0;
    const auto imbalance = read_own<double>(file, "/partition/link_imbalance");
    if (imbalance.empty()) {
        refuse("/partition/link_imbalance is empty");
    }
    return fmt::format("{} vertices, {} links; {:.3g} % between ranks, most links over mean {:.3f}",
                       grouped(count("/network/vertices")), grouped(links), 100 * cut,
                       imbalance[0]);
}

/// "patching, kill_switch; 3 starts".
std::string defences_line(const hdf5::File& file) {
    if (!file.has("/defence")) {
        return "";
    }
    const std::string names = fmt::format("{}", fmt::join(file.read_texts("/defence"), ", "));
    if (!file.has("/defence_starts/time_us")) {
        return names;
    }
    const std::int64_t starts = length_of(file, "/defence_starts/time_us");
    return fmt::format("{}; {} start{}", names, grouped(starts), starts == 1 ? "" : "s");
}

std::string dataset_list(const hdf5::File& file) {
    std::string out = "datasets\n";
    for (const hdf5::DatasetInfo& dataset : file.datasets()) {
        const auto columns = run_file_columns();
        const auto column = std::ranges::find(columns, dataset.path, &Column::path);
        if (column != columns.end() && column->type == hdf5::Type::none) {
            continue;  // an axis without values
        }
        std::string shape;
        double bytes = static_cast<double>(hdf5::type_bytes(dataset.type));
        for (const std::int64_t length : dataset.dims) {
            shape += (shape.empty() ? "" : " x ") + grouped(length);
            bytes *= static_cast<double>(length);
        }
        const std::string size = hdf5::type_bytes(dataset.type) > 0 ? in_bytes(bytes) : "";
        std::string entry = fmt::format("  {:<40} {:<8} {:<22} {}", dataset.path,
                                        hdf5::type_name(dataset.type), shape, size);
        out += entry.substr(0, entry.find_last_not_of(' ') + 1) + '\n';
    }
    return out;
}

void check_format(const hdf5::File& file, const std::string& name) {
    if (attribute_text(file, "format") != run_file_format) {
        throw InputError(name +
                         " (not an annelid run file): name the file that `annelid run` wrote");
    }
    const std::string version = attribute_text(file, "format_version");
    const auto major = [](std::string_view text) { return text.substr(0, text.find('.')); };
    if (major(version) != major(run_file_version)) {
        throw InputError(
            fmt::format("{} (run file of version {}; this annelid reads {}): use the "
                        "annelid that wrote it",
                        name, version, run_file_version));
    }
}

}  // namespace

namespace {

/// What the file says may be meant for a terminal that takes orders.
std::string printable(std::string text) {
    const bool is_utf8 = first_invalid_utf8(text) == std::string::npos;
    std::replace_if(
        text.begin(), text.end(),
        [&](char c) {
            const auto code = static_cast<unsigned char>(c);
            return (code < 0x20 && c != '\n') || code == 0x7F || (code >= 0x80 && !is_utf8);
        },
        '?');
    return text;
}

std::string describe(const hdf5::File& file, const std::string& name) {
    const bool is_complete = attribute_text(file, "complete") == "1";

    std::string out =
        fmt::format("{}: run file {}, {}\n", name, attribute_text(file, "format_version"),
                    is_complete ? "complete" : "INCOMPLETE (the run goes on or was cut off)");
    out += line("title", attribute_text(file, "title"));
    out += line("made by",
                fmt::format("annelid {} (git {}), {}, {} ranks x {} threads",
                            attribute_text(file, "version"), attribute_text(file, "git_commit"),
                            attribute_text(file, "created"), attribute_text(file, "ranks"),
                            attribute_text(file, "threads")));
    out += line("seed", fmt::format("{}, of the population {}", attribute_text(file, "seed"),
                                    attribute_text(file, "population_seed")));
    out += line("notes", attribute_text(file, "notes"));

    const bool has_quantiles = file.has("/quantile");
    std::optional<FinishedSeries> series;
    if (!has_quantiles) {
        series.emplace(file);
    }
    const auto time_s = read_own<double>(file, "/time");
    out += line("starts", attribute_text(file, "start") + " UTC");
    if (!time_s.empty()) {
        out += line("rows", fmt::format("{}, to {}", grouped(std::int64_t(time_s.size())),
                                        in_time(time_s.back())));
    }
    out += line("hosts", fmt::format("{} modelled, for {} ({} each)", attribute_text(file, "hosts"),
                                     attribute_text(file, "real_hosts"),
                                     attribute_text(file, "real_hosts_per_host")));
    out += line("network", network_line(file));
    const bool has_replicates = file.has("/replicate");
    if (has_replicates) {
        const std::string all = grouped(length_of(file, "/replicate"));
        out += line("replicates",
                    has_quantiles ? fmt::format("{}, of which it has quantiles", all)
                                  : fmt::format("{} of {} finished", series->finished.size(), all));
    }
    out += line("failed", failures_line(file));
    if (file.has("/events/host")) {
        out += line("events", grouped(length_of(file, "/events/host")) + " infections");
    }
    out += line("defences", defences_line(file));
    if (has_quantiles) {
        return out + final_quantiles(file) + dataset_list(file);
    }
    out += line("peak", peak_of_infections(*series));
    if (!series->finished.empty() && !time_s.empty()) {
        out += has_replicates ? "hosts in the last row, mean (least to most)\n"
                              : "hosts in the last row\n";
        out += final_counts(*series);
        const std::string further = defences_and_services(file, *series);
        out += further.empty() ? "" : "defences and services, by the last row\n" + further;
    }
    return out + dataset_list(file);
}

}  // namespace

std::string describe_run_file(const std::filesystem::path& path) {
    const std::string name = path.string();
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        throw InputError(name + " (no such file): name the file that `annelid run` wrote");
    }
    try_out(path, [&] {
        const auto trial = hdf5::File::open(path);
        check_format(trial, name);
        describe(trial, name);
    });
    const auto file = hdf5::File::open(path);
    check_format(file, name);
    try {
        return printable(describe(file, name));
    } catch (const InputError& fault) {
        const std::string text = printable(fault.what());
        throw InputError(text.starts_with(' ') ? name + text : text);
    }
}

}  // namespace annelid
