// Calendar: hands out every entry in its own step, near or far, against a std::multimap.
#include "engine/spread/calendar.hpp"

#include "engine/chance/draws.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

using Entries = std::vector<int>;

/// Opens the next step and returns its entries, sorted.
Entries take_next(Calendar<int>& calendar) {
    const std::int64_t step = calendar.next_step();
    Entries out = calendar.open(step);
    calendar.close(step);
    std::sort(out.begin(), out.end());
    return out;
}

TEST(Calendar, HasNoStepWhenEmpty) {
    Calendar<int> calendar;
    EXPECT_EQ(calendar.next_step(), no_step);
    calendar.push(3, 1);
    EXPECT_EQ(calendar.next_step(), 3);
    take_next(calendar);
    EXPECT_EQ(calendar.next_step(), no_step);
    calendar.push(1'000'000, 1);
    EXPECT_EQ(calendar.next_step(), 1'000'000);
    take_next(calendar);
    EXPECT_EQ(calendar.next_step(), no_step);
}

TEST(Calendar, GoesFromStepToStep) {
    Calendar<int> calendar;
    const std::vector<std::int64_t> steps = {
        2'000'000'000'000, 0, 1023, 1024, 1025, 511, 512, 5000, 2048, 2047, 70'000};
    for (std::size_t i = 0; i < steps.size(); ++i) {
        calendar.push(steps[i], static_cast<int>(i));
    }
    std::vector<std::int64_t> sorted = steps;
    std::sort(sorted.begin(), sorted.end());
    for (const std::int64_t step : sorted) {
        ASSERT_EQ(calendar.next_step(), step);
        const Entries entries = take_next(calendar);
        ASSERT_EQ(entries.size(), 1u);
        EXPECT_EQ(steps[static_cast<std::size_t>(entries[0])], step);
    }
    EXPECT_EQ(calendar.next_step(), no_step);
}

TEST(Calendar, HoldsAsMuchAsThereIs) {
    Calendar<int> calendar;
    const int most = 40'000'000;
    for (int i = 0; i < most; ++i) {
        calendar.push(i % 3, i);
    }
    std::int64_t count = 0, sum = 0;
    for (int step = 0; step < 3; ++step) {
        for (const int entry : calendar.open(step)) {
            ASSERT_EQ(entry % 3, step);
            count += 1;
            sum += entry;
        }
        calendar.close(step);
    }
    EXPECT_EQ(count, most);
    EXPECT_EQ(sum, std::int64_t{most} * (most - 1) / 2);
    EXPECT_EQ(calendar.next_step(), no_step);
}

TEST(Calendar, BringsNearAndFarEntriesOfOneStepTogether) {
    Calendar<int> calendar;
    calendar.push(1500, 1);  // beyond the ring
    calendar.push(600, 2);
    EXPECT_EQ(take_next(calendar), Entries{2});
    calendar.push(1500, 3);  // in the ring by now
    EXPECT_EQ(calendar.next_step(), 1500);
    EXPECT_EQ(take_next(calendar), (Entries{1, 3}));
    EXPECT_EQ(calendar.next_step(), no_step);
}

TEST(Calendar, SeesAFarEntryBeforeANearOne) {
    Calendar<int> calendar;
    calendar.push(1300, 1);  // beyond the ring
    calendar.push(500, 2);
    take_next(calendar);
    calendar.push(1400, 3);  // in the ring
    EXPECT_EQ(calendar.next_step(), 1300);
    EXPECT_EQ(take_next(calendar), Entries{1});
    EXPECT_EQ(take_next(calendar), Entries{3});
}

TEST(Calendar, TakesEntriesWhileAStepIsOpen) {
    Calendar<int> calendar;
    calendar.push(7, 1);
    const Entries& open = calendar.open(7);
    calendar.push(8, 2);
    calendar.push(7 + 1024, 3);  // the same bucket, were it not beyond the ring
    calendar.push(7 + 2048, 4);
    EXPECT_EQ(open, Entries{1});
    calendar.close(7);
    EXPECT_EQ(take_next(calendar), Entries{2});
    EXPECT_EQ(calendar.next_step(), 7 + 1024);
    EXPECT_EQ(take_next(calendar), Entries{3});
    EXPECT_EQ(take_next(calendar), Entries{4});
    EXPECT_EQ(calendar.next_step(), no_step);
}

TEST(Calendar, OpensStepsThatHoldNothing) {
    Calendar<int> calendar;
    calendar.push(5000, 1);
    for (const std::int64_t step : {0, 1, 700, 4999}) {
        EXPECT_TRUE(calendar.open(step).empty());
        calendar.close(step);
        EXPECT_EQ(calendar.next_step(), 5000);
    }
    EXPECT_EQ(take_next(calendar), Entries{1});
}

TEST(Calendar, TakesTheStepThatWasOpenedLastAgain) {
    Calendar<int> calendar;
    calendar.push(40, 1);
    take_next(calendar);
    calendar.push(40, 2);
    EXPECT_EQ(calendar.next_step(), 40);
    EXPECT_EQ(take_next(calendar), Entries{2});
}

/// A multimap beside a calendar; both are asked the same.
class Twins {
  public:
    explicit Twins(std::uint64_t seed) : draws_({seed, 0}, Purpose::test, "calendar") {}

    void play(int rounds) {
        for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
            push_some(base_, 3);
            ASSERT_EQ(calendar_.next_step(), plain_next());
            // Mostly the next step; sometimes an empty one on the way, as other lanes force it.
            const std::int64_t next = plain_next();
            if (next == no_step) {
                continue;
            }
            const std::int64_t step = draw(4) > 0 ? next : base_ + draw(next - base_ + 1);
            check_open(step);
        }
        while (!plain_.empty()) {
            ASSERT_EQ(calendar_.next_step(), plain_next());
            check_open(plain_next());
        }
        EXPECT_EQ(calendar_.next_step(), no_step);
    }

  private:
    std::int64_t draw(std::int64_t n) {
        return static_cast<std::int64_t>(
            to_index(draws_.bits(next_draw_++), static_cast<std::uint64_t>(n)));
    }

    void push_some(std::int64_t first, std::int64_t most) {
        for (std::int64_t n = draw(most + 1); n > 0; --n) {
            const std::vector<std::int64_t> spans = {2, 50, 600, 1030, 2100, 10'000, 3'000'000};
            const std::int64_t step = first + draw(spans[static_cast<std::size_t>(draw(7))]);
            calendar_.push(step, next_entry_);
            plain_.emplace(step, next_entry_++);
        }
    }

    void check_open(std::int64_t step) {
        const Entries& open = calendar_.open(step);
        base_ = step;
        push_some(step + 1, 2);
        Entries got = open, expected;
        calendar_.close(step);
        const auto [first, last] = plain_.equal_range(step);
        std::for_each(first, last, [&](const auto& p) { expected.push_back(p.second); });
        plain_.erase(first, last);
        std::sort(got.begin(), got.end());
        std::sort(expected.begin(), expected.end());
        EXPECT_EQ(got, expected) << "step " << step;
    }

    std::int64_t plain_next() const { return plain_.empty() ? no_step : plain_.begin()->first; }

    Draws draws_;
    std::uint64_t next_draw_ = 0;
    int next_entry_ = 0;
    std::int64_t base_ = 0;
    Calendar<int> calendar_;
    std::multimap<std::int64_t, int> plain_;
};

TEST(Calendar, AgreesWithAMultimap) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        Twins(seed).play(500);
    }
}

}  // namespace
}  // namespace annelid
