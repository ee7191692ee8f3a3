#include "engine/files/event_order.hpp"

#include <algorithm>
#include <compare>
#include <tuple>

namespace annelid {

namespace {

/// What the run file promises to sort by.
struct Key {
    std::int32_t replicate;
    TimeUs time_us;
    HostId host;
    std::uint8_t worm;
    auto operator<=>(const Key&) const = default;
};

template <class Row>
Key key_of(const Row& row) {
    return {row.replicate, row.time_us, row.host, row.worm};
}

auto rest_of(const Event& row) {
    return std::tuple(row.infector, row.vector);
}
auto rest_of(const Transition& row) {
    return std::tuple(row.from, row.to);
}

template <class Row>
bool is_before(const Row& a, const Row& b) {
    const auto order = key_of(a) <=> key_of(b);
    return order != 0 ? order < 0 : rest_of(a) < rest_of(b);
}

void order_equal_keys(std::span<Event>) {}

bool is_chain(std::span<const Transition> rows) {
    return std::ranges::adjacent_find(rows, [](const Transition& a, const Transition& b) {
               return a.to != b.from;
           }) == rows.end();
}

/// A host that changes its state twice in one microsecond: the order in which one change leads to
/// the next. Groups are of two or three, so trying all orders will do.
void order_equal_keys(std::span<Transition> rows) {
    constexpr std::size_t most = 7;
    for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
        for (end = begin + 1; end < rows.size() && key_of(rows[end]) == key_of(rows[begin]);) {
            ++end;
        }
        const auto group = rows.subspan(begin, end - begin);
        while (group.size() <= most && !is_chain(group) &&
               std::next_permutation(group.begin(), group.end(), is_before<Transition>)) {
        }
    }
}

template <class Row>
void sort_rows(LargeVector<Row>& rows) {
    if (!std::is_sorted(rows.begin(), rows.end(), is_before<Row>)) {
        std::sort(rows.begin(), rows.end(), is_before<Row>);
    }
}

/// Sorts rows that came in sorted runs, one from each rank.
template <class Row>
void merge_runs(std::vector<Row>& rows) {
    std::vector<std::ptrdiff_t> ends = {0};
    for (auto run = rows.begin(); run != rows.end();) {
        run = std::is_sorted_until(run, rows.end(), is_before<Row>);
        ends.push_back(run - rows.begin());
    }
    for (std::size_t width = 1; width + 1 < ends.size(); width *= 2) {
        for (std::size_t i = 0; i + width + 1 < ends.size(); i += 2 * width) {
            const std::size_t last = std::min(i + 2 * width, ends.size() - 1);
            std::inplace_merge(rows.begin() + ends[i], rows.begin() + ends[i + width],
                               rows.begin() + ends[last], is_before<Row>);
        }
    }
}

}  // namespace

template <class Row>
EventOrder<Row>::EventOrder(Communicator& ranks, LargeVector<Row>& rows, std::int64_t chunk_rows)
    : ranks_(ranks), rows_(rows) {
    sort_rows(rows_);
    const auto own = static_cast<std::int64_t>(rows_.size());
    total_ = ranks_.sum(own);
    bounds_ = {0, own};
    chunk_firsts_ = {0};
    if (ranks_.size() > 1 && total_ > 4 * chunk_rows) {
        cut(chunk_rows);
    }
    const auto chunks = static_cast<std::int64_t>(chunk_firsts_.size());
    num_rounds_ = total_ == 0 ? 0 : (chunks + ranks_.size() - 1) / ranks_.size();
}

template <class Row>
void EventOrder<Row>::cut(std::int64_t chunk_rows) {
    const std::int64_t num_ranks = ranks_.size();
    const std::int64_t row_of_chunks = num_ranks * chunk_rows;
    const std::int64_t num_chunks = (total_ + row_of_chunks - 1) / row_of_chunks * num_ranks;
    // With this stride a chunk is at most half longer than the mean, whoever has its rows.
    const std::int64_t stride = std::max<std::int64_t>(1, total_ / num_chunks / (2 * num_ranks));

    std::vector<Key> sample;
    const auto own = static_cast<std::int64_t>(rows_.size());
    for (std::int64_t i = stride - 1; i < own; i += stride) {
        sample.push_back(key_of(rows_[static_cast<std::size_t>(i)]));
    }
    sample = ranks_.gather_all<Key>(sample);
    std::sort(sample.begin(), sample.end());

    bounds_ = {0};
    for (std::int64_t c = 1; c < num_chunks; ++c) {
        const Key& last = sample[sample.size() * static_cast<std::size_t>(c) /
                                 static_cast<std::size_t>(num_chunks)];
        const auto end =
            std::upper_bound(rows_.begin(), rows_.end(), last,
                             [](const Key& key, const Row& row) { return key < key_of(row); });
        bounds_.push_back(end - rows_.begin());
    }
    bounds_.push_back(own);

    const std::vector<std::int64_t> all = ranks_.gather_all<std::int64_t>(bounds_);
    chunk_firsts_.assign(static_cast<std::size_t>(num_chunks), 0);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::size_t c = i % bounds_.size();  // the ranks' bounds, one after the other
        if (c < chunk_firsts_.size()) {
            chunk_firsts_[c] += all[i];  // all rows before a chunk, on whichever rank
        }
    }
}

template <class Row>
typename EventOrder<Row>::Chunk EventOrder<Row>::next() {
    const auto num_ranks = static_cast<std::size_t>(ranks_.size());
    if (num_ranks == 1) {
        order_equal_keys(std::span<Row>(rows_));
        return {0, rows_};
    }
    const std::size_t first_chunk = static_cast<std::size_t>(round_++) * num_ranks;
    std::vector<std::vector<Row>> to(num_ranks);
    for (std::size_t r = 0; r < num_ranks && first_chunk + r < chunk_firsts_.size(); ++r) {
        to[r].assign(rows_.begin() + bounds_[first_chunk + r],
                     rows_.begin() + bounds_[first_chunk + r + 1]);
    }
    collected_ = ranks_.exchange(to);
    merge_runs(collected_);
    order_equal_keys(std::span<Row>(collected_));
    const std::size_t own_chunk = first_chunk + static_cast<std::size_t>(ranks_.rank());
    return {own_chunk < chunk_firsts_.size() ? chunk_firsts_[own_chunk] : 0, collected_};
}

template class EventOrder<Event>;
template class EventOrder<Transition>;

}  // namespace annelid
