#include "engine/ranks/dealer.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace annelid {

Dealer::Dealer(const Communicator& all, int team_size, std::int64_t first, std::int64_t end,
               std::function<bool(std::int64_t)> is_time)
    : all_(all),
      team_size_(team_size),
      next_(first),
      end_(end),
      is_time_(std::move(is_time)),
      held_(static_cast<std::size_t>(all.size() / team_size)),
      busy_(held_.size()) {}

std::int64_t Dealer::next(std::int64_t held, bool stop) {
    if (!all_.is_first()) {
        all_.send(std::array<std::int64_t, 2>{held, stop ? 1 : 0}, 0);
        return all_.receive(true).values.at(0);
    }
    serve();
    const std::int64_t piece = deal(0, held, stop);
    if (piece < 0) {
        const auto others = static_cast<int>(held_.size()) - 1;
        while (num_waiting_ < others) {
            answer(all_.receive(true));
        }
        num_waiting_ = 0;
        num_dealt_ = 0;
        come_ = false;
        std::ranges::fill(held_, 0);
    }
    return piece;
}

void Dealer::serve() {
    for (;;) {
        const Communicator::Letter letter = all_.receive(false);
        if (letter.from < 0) {
            return;
        }
        answer(letter);
    }
}

void Dealer::answer(const Communicator::Letter& letter) {
    const std::int64_t piece =
        deal(letter.from / team_size_, letter.values.at(0), letter.values.at(1) != 0);
    num_waiting_ += piece < 0 ? 1 : 0;
    all_.send({&piece, 1}, letter.from);
}

std::int64_t Dealer::deal(int team, std::int64_t held, bool stop) {
    const auto t = static_cast<std::size_t>(team);
    num_done_ += busy_[t] ? 1 : 0;
    held_[t] = held;
    if (stop) {
        num_left_ += end_ - next_;
        end_ = next_;
    }
    const std::int64_t all_held = std::accumulate(held_.begin(), held_.end(), std::int64_t{0});
    if (!come_ && next_ < end_ && num_dealt_ >= held_.size()) {
        come_ = is_time_(all_held);
    }
    if (!come_ && next_ < end_) {
        busy_[t] = true;
        ++num_dealt_;
        return next_++;
    }
    busy_[t] = false;
    return come_ ? meet : done;
}

}  // namespace annelid
