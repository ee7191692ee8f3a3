#include "models/program/replicates.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace annelid {

namespace {

using Numbers = std::vector<std::int64_t>;

/// Calls visit(values...) with each series that every run has.
template <class Visit, class... Series>
void each_series(const Visit& visit, Series&... s) {
    visit(s.counts...);
    visit(s.country_counts...);
    visit(s.sector_counts...);
    visit(s.vector_infections...);
}

/// Numbers and texts of a replicate, one after the other, as they travel.
class Parcel {
  public:
    Parcel() = default;
    Parcel(Numbers numbers, const std::vector<char>& letters)
        : numbers_(std::move(numbers)), letters_(letters.begin(), letters.end()) {}

    const Numbers& numbers() const { return numbers_; }
    const std::string& letters() const { return letters_; }

    void add(std::int64_t value) { numbers_.push_back(value); }
    template <class Value>
    void add(const std::vector<Value>& values) {
        add(static_cast<std::int64_t>(values.size()));
        for (const Value value : values) {
            add(std::bit_cast<std::int64_t>(value));
        }
    }
    void add(const std::string& text) {
        add(static_cast<std::int64_t>(text.size()));
        letters_ += text;
    }

    std::int64_t take_number() { return numbers_.at(next_++); }
    template <class Value>
    void take(std::vector<Value>& values) {
        values.resize(static_cast<std::size_t>(take_number()));
        for (Value& value : values) {
            value = std::bit_cast<Value>(take_number());
        }
    }
    std::string take_text() {
        const auto length = static_cast<std::size_t>(take_number());
        next_letter_ += length;
        return letters_.substr(next_letter_ - length, length);
    }

  private:
    Numbers numbers_;
    std::string letters_;
    std::size_t next_ = 0, next_letter_ = 0;
};

Parcel pack(const Replicate& one) {
    Parcel out;
    each_series([&](const Numbers& values) { out.add(values); }, one.series);
    out.add(one.series.rows_final);
    out.add(static_cast<std::int64_t>(one.series.further.size()));
    for (const auto& [path, values] : one.series.further) {
        out.add(path);
        out.add(values);
    }
    each_diagnostic([&](const char*, const auto& values) { out.add(values); }, one.diagnostics);
    out.add(static_cast<std::int64_t>(one.diagnostics.defence_starts.size()));
    for (const DefenceStart& start : one.diagnostics.defence_starts) {
        out.add(Numbers{start.time_us, start.replicate, start.defence, start.country, start.sector,
                        start.organisation});
    }
    out.add(static_cast<std::int64_t>(one.diagnostics.failures.size()));
    for (const RunFailure& failure : one.diagnostics.failures) {
        out.add(failure.replicate);
        out.add(failure.reason);
        out.add(failure.log);
    }
    return out;
}

Replicate unpack(Parcel parcel, std::size_t index) {
    Replicate one;
    one.index = index;
    each_series([&](Numbers& values) { parcel.take(values); }, one.series);
    parcel.take(one.series.rows_final);
    for (std::int64_t more = parcel.take_number(); more > 0; --more) {
        const std::string path = parcel.take_text();
        parcel.take(one.series.further[path]);
    }
    each_diagnostic([&](const char*, auto& values) { parcel.take(values); }, one.diagnostics);
    for (std::int64_t more = parcel.take_number(); more > 0; --more) {
        Numbers row;
        parcel.take(row);
        one.diagnostics.defence_starts.push_back({row.at(0), static_cast<std::int32_t>(row.at(1)),
                                                  static_cast<std::uint8_t>(row.at(2)),
                                                  static_cast<std::int32_t>(row.at(3)),
                                                  static_cast<std::int32_t>(row.at(4)), row.at(5)});
    }
    for (std::int64_t more = parcel.take_number(); more > 0; --more) {
        const std::int64_t replicate = parcel.take_number();
        const std::string reason = parcel.take_text();
        one.diagnostics.failures.push_back({replicate, reason, parcel.take_text()});
    }
    return one;
}

/// Where `all` is too short, the rest is -1.
template <class Value>
void place(const std::vector<Value>& one, std::size_t index, std::size_t replicates,
           std::vector<Value>& all) {
    all.resize(std::max(all.size(), one.size() * replicates), Value{-1});
    std::ranges::copy(one, all.begin() + static_cast<std::ptrdiff_t>(index * one.size()));
}

}  // namespace

void place_diagnostics(const Replicate& one, std::size_t replicates, RunDiagnostics& all) {
    each_diagnostic(
        [&](const char*, auto& to, const auto& from) { place(from, one.index, replicates, to); },
        all, one.diagnostics);
    const auto append = [](auto& to, const auto& more) {
        to.insert(to.end(), more.begin(), more.end());
    };
    append(all.defence_starts, one.diagnostics.defence_starts);
    append(all.failures, one.diagnostics.failures);
}

void place_series(const Replicate& one, std::size_t replicates, RunSeries& all) {
    each_series([&](Numbers& to, const Numbers& from) { place(from, one.index, replicates, to); },
                all, one.series);
    for (const auto& [path, values] : one.series.further) {
        place(values, one.index, replicates, all.further[path]);
    }
}

std::vector<Replicate> gather_replicates(std::vector<Replicate> mine, Communicator& ranks) {
    struct Place {
        std::int64_t index, rank, number;
    };
    std::vector<Place> places;
    for (std::size_t i = 0; i < mine.size(); ++i) {
        places.push_back(
            {static_cast<std::int64_t>(mine[i].index), ranks.rank(), static_cast<std::int64_t>(i)});
    }
    places = ranks.gather_all<Place>(places);
    std::ranges::sort(places, {}, &Place::index);
    std::vector<Replicate> out;
    for (const Place& where : places) {
        const auto index = static_cast<std::size_t>(where.index);
        Replicate* own =
            where.rank == ranks.rank() ? &mine[static_cast<std::size_t>(where.number)] : nullptr;
        if (where.rank == 0) {
            if (own != nullptr) {
                out.push_back(std::move(*own));
            }
            continue;
        }
        // One at a time: a message between ranks is at most 2 GB.
        std::vector<Numbers> numbers(static_cast<std::size_t>(ranks.size()));
        std::vector<std::vector<char>> letters(numbers.size());
        if (own != nullptr) {
            const Parcel parcel = pack(*own);
            numbers[0] = parcel.numbers();
            letters[0].assign(parcel.letters().begin(), parcel.letters().end());
            *own = {};
        }
        Numbers came = ranks.exchange(numbers);
        const std::vector<char> words = ranks.exchange(letters);
        if (ranks.is_first()) {
            out.push_back(unpack({std::move(came), words}, index));
        }
    }
    return out;
}

}  // namespace annelid
