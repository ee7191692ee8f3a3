#include "models/defences/staff_queues.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace annelid {

TimeUs StaffQueues::add(const Job& job, std::int64_t staff) {
    const auto queued = done_.find(job.host.value);
    if (staff <= 0 || (queued != done_.end() && job.detected < queued->second)) {
        return never;
    }
    Staff& busy = organisations_[job.organisation.value];
    TimeUs start = std::max(job.detected, job.from);
    const bool all_busy = std::ssize(busy) >= staff;
    if (all_busy) {
        start = std::max(start, busy.front());
    }
    if (start >= job.before) {
        return never;
    }
    if (all_busy) {
        std::pop_heap(busy.begin(), busy.end(), std::greater<>{});
        busy.pop_back();
    }
    const TimeUs done = std::min(never, start + job.work);
    busy.push_back(done);
    std::push_heap(busy.begin(), busy.end(), std::greater<>{});
    done_[job.host.value] = done;
    return done;
}

void StaffQueues::forget(TimeUs time) {
    if (done_.size() + organisations_.size() < forget_at_) {
        return;
    }
    std::erase_if(done_, [&](const auto& entry) { return entry.second <= time; });
    for (auto organisation = organisations_.begin(); organisation != organisations_.end();) {
        Staff& busy = organisation->second;
        std::erase_if(busy, [&](TimeUs done) { return done <= time; });
        std::make_heap(busy.begin(), busy.end(), std::greater<>{});
        organisation = busy.empty() ? organisations_.erase(organisation) : std::next(organisation);
    }
    forget_at_ = std::max<std::size_t>(1024, 2 * (done_.size() + organisations_.size()));
}

}  // namespace annelid
