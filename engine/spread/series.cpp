#include "engine/spread/series.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

namespace annelid {

namespace {

/// Turns changes per row into totals and copies the rows into the run's array.
void accumulate(std::vector<std::int64_t> changes, std::size_t width,
                std::vector<std::int64_t>& out, std::size_t index, std::size_t all_rows,
                const Communicator& ranks) {
    ranks.sum_to_first(changes);
    if (!ranks.is_first()) {
        return;
    }
    for (std::size_t i = width; i < changes.size(); ++i) {
        changes[i] += changes[i - width];
    }
    std::copy(changes.begin(), changes.end(),
              out.begin() + static_cast<std::ptrdiff_t>(index * all_rows * width));
}

std::vector<std::int64_t> head(const std::vector<std::int64_t>& values, std::size_t n) {
    return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n)};
}

}  // namespace

Series::Series(const Population& population, std::size_t num_states, std::size_t num_vectors,
               TimeUs row_every_us, std::int64_t num_rows, std::size_t num_worms)
    : states_(num_states),
      vectors_(num_vectors),
      countries_(population.countries().size()),
      sectors_(population.sectors().size()),
      worms_(num_worms),
      row_every_us_(row_every_us),
      num_rows_(num_rows),
      by_country_(static_cast<std::size_t>(num_rows) * worms_ * countries_ * states_),
      by_sector_(static_cast<std::size_t>(num_rows) * worms_ * sectors_ * states_),
      by_vector_(static_cast<std::size_t>(num_rows) * worms_ * vectors_) {}

void Series::start(const Cell& cell, StateId state, std::int64_t count, std::size_t worm) {
    const auto country = static_cast<std::size_t>(cell.country);
    const auto sector = static_cast<std::size_t>(cell.sector);
    by_country_[(worm * countries_ + country) * states_ + state] += count;
    by_sector_[(worm * sectors_ + sector) * states_ + state] += count;
}

void Series::change(TimeUs time, const Cell& cell, StateId from, StateId to, std::int64_t count,
                    std::size_t worm) {
    const std::int64_t row = row_of(time);
    if (row >= num_rows_) {
        return;
    }
    const std::size_t r = static_cast<std::size_t>(row) * worms_ + worm;
    const std::size_t c = (r * countries_ + static_cast<std::size_t>(cell.country)) * states_;
    const std::size_t s = (r * sectors_ + static_cast<std::size_t>(cell.sector)) * states_;
    by_country_[c + from] -= count;
    by_country_[c + to] += count;
    by_sector_[s + from] -= count;
    by_sector_[s + to] += count;
}

void Series::infection(TimeUs time, VectorId vector, std::int64_t count, std::size_t worm) {
    const std::int64_t row = row_of(time);
    if (row < num_rows_) {
        by_vector_[(static_cast<std::size_t>(row) * worms_ + worm) * vectors_ + vector] += count;
    }
}

std::size_t Series::add(const std::string& path, std::size_t width) {
    further_.push_back({path,
                        width,
                        {},
                        {},
                        std::vector<std::int64_t>(static_cast<std::size_t>(num_rows_) * width)});
    return further_.size() - 1;
}

std::size_t Series::add_integral(const std::string& path, const std::vector<std::size_t>& of) {
    const std::size_t integral = add(path, further_.at(of.at(0)).width);
    for (const std::size_t series : of) {
        if (further_.at(series).width != further_[integral].width) {
            throw std::logic_error(path + " is an integral over series of different widths");
        }
        further_[series].integrals.push_back(integral);
    }
    further_[integral].of = of;
    return integral;
}

void Series::change_further(std::size_t series, TimeUs time, std::size_t at, std::int64_t by) {
    const std::int64_t row = row_of(time);
    if (row >= num_rows_) {
        return;
    }
    Further& changed = further_[series];
    const std::size_t place = static_cast<std::size_t>(row) * changed.width + at;
    changed.changes[place] += by;
    for (const std::size_t integral : changed.integrals) {
        further_[integral].changes[place] += by * (row * row_every_us_ - time);
    }
}

namespace {

void save_changes(StateWriter& out, const std::string& name, std::vector<std::int64_t> changes,
                  std::size_t width, const Communicator& ranks) {
    RowWriter rows = out.of_first(name);
    ranks.sum_to_first(changes);
    for (std::size_t i = 0; ranks.is_first() && i < changes.size(); ++i) {
        if (changes[i] != 0) {
            rows.add_all(i / width, i % width, changes[i]);
        }
    }
}

void load_changes(const StateReader& in, const std::string& name,
                  std::vector<std::int64_t>& changes, std::size_t width) {
    std::fill(changes.begin(), changes.end(), 0);
    in.each_of_first(name, [&](StateRow& row) {
        std::size_t at = 0, place = 0;
        std::int64_t change = 0;
        row.read(at, place, change);
        row.require(place < width);
        if (at < changes.size() / width) {
            changes[at * width + place] += change;
        }
    });
}

}  // namespace

void Series::save(StateWriter& out, const Communicator& ranks) const {
    save_changes(out, "country", by_country_, worms_ * countries_ * states_, ranks);
    save_changes(out, "sector", by_sector_, worms_ * sectors_ * states_, ranks);
    save_changes(out, "vector", by_vector_, worms_ * vectors_, ranks);
    for (const Further& series : further_) {
        save_changes(out, "further" + series.path, series.changes, series.width, ranks);
    }
}

void Series::load(const StateReader& in) {
    load_changes(in, "country", by_country_, worms_ * countries_ * states_);
    load_changes(in, "sector", by_sector_, worms_ * sectors_ * states_);
    load_changes(in, "vector", by_vector_, worms_ * vectors_);
    for (Further& series : further_) {
        load_changes(in, "further" + series.path, series.changes, series.width);
    }
}

std::int64_t Series::rows_before(TimeUs now) const {
    return std::clamp<std::int64_t>(row_of(now), 0, num_rows_);
}

void Series::write_to(RunSeries& out, std::size_t index, std::int64_t rows,
                      const Communicator& ranks) const {
    const auto r = static_cast<std::size_t>(rows);
    const auto all = static_cast<std::size_t>(num_rows_);
    const auto sum_up = [&](const std::vector<std::int64_t>& changes, std::size_t width,
                            std::vector<std::int64_t>& to) {
        accumulate(head(changes, r * width), width, to, index, all, ranks);
    };
    sum_up(by_country_, worms_ * countries_ * states_, out.country_counts);
    sum_up(by_sector_, worms_ * sectors_ * states_, out.sector_counts);
    sum_up(by_vector_, worms_ * vectors_, out.vector_infections);
    write_further(out, index, r, ranks);
    if (!ranks.is_first()) {
        return;
    }
    for (std::size_t row = index * all * worms_; row < (index * all + r) * worms_; ++row) {
        for (std::size_t state = 0; state < states_; ++state) {
            std::int64_t sum = 0;
            for (std::size_t c = 0; c < countries_; ++c) {
                sum += out.country_counts[(row * countries_ + c) * states_ + state];
            }
            out.counts[row * states_ + state] = sum;
        }
    }
}

void Series::write_further(RunSeries& out, std::size_t index, std::size_t rows,
                           const Communicator& ranks) const {
    const auto all = static_cast<std::size_t>(num_rows_);
    const std::size_t replicates =
        ranks.is_first() ? out.country_counts.size() / by_country_.size() : 0;
    for (const Further& series : further_) {
        std::vector<std::int64_t> unused;
        std::vector<std::int64_t>& to = ranks.is_first() ? out.further[series.path] : unused;
        to.resize(replicates * series.changes.size());
        std::vector<std::int64_t> changes = head(series.changes, rows * series.width);
        if (series.of.empty()) {
            accumulate(std::move(changes), series.width, to, index, all, ranks);
            continue;
        }
        ranks.sum_to_first(changes);
        if (ranks.is_first()) {
            std::ranges::copy(
                integrate(series, changes, out, index),
                to.begin() + static_cast<std::ptrdiff_t>(index * series.changes.size()));
        }
    }
}

std::vector<std::int64_t> Series::integrate(const Further& integral,
                                            const std::vector<std::int64_t>& changes,
                                            const RunSeries& out, std::size_t index) const {
    const std::size_t width = integral.width;
    std::vector<std::int64_t> seconds(changes.size());
    std::vector<std::int64_t> rest_us(width);  // below a second
    for (std::size_t i = 0; i < changes.size(); ++i) {
        std::int64_t added_us = rest_us[i % width] + changes[i];
        if (i >= width) {
            const std::size_t before = index * integral.changes.size() + i - width;
            for (const std::size_t series : integral.of) {
                added_us += row_every_us_ * out.further.at(further_[series].path)[before];
            }
            seconds[i] = seconds[i - width];
        }
        seconds[i] += added_us / us_per_s;
        rest_us[i % width] = added_us % us_per_s;
    }
    return seconds;
}

}  // namespace annelid
