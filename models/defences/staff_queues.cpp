#include "models/defences/staff_queues.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace annelid {

TimeUs StaffQueues::add(const Job& job, std::int64_t staff) {
    const auto queued = done_.find(job.host.value);
    if (staff <= 0 || (queued != done_.end() && job.detected < queued->second.done)) {
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
    done_[job.host.value] = {done, job.organisation};
    return done;
}

void StaffQueues::forget(TimeUs time) {
    if (done_.size() + organisations_.size() < forget_at_) {
        return;
    }
    std::erase_if(done_, [&](const auto& entry) { return entry.second.done <= time; });
    for (auto organisation = organisations_.begin(); organisation != organisations_.end();) {
        Staff& busy = organisation->second;
        std::erase_if(busy, [&](TimeUs done) { return done <= time; });
        std::make_heap(busy.begin(), busy.end(), std::greater<>{});
        organisation = busy.empty() ? organisations_.erase(organisation) : std::next(organisation);
    }
    forget_at_ = std::max<std::size_t>(1024, 2 * (done_.size() + organisations_.size()));
}

/// A host in a queue goes with its organisation, which may be on another rank.
void StaffQueues::save(StateWriter& out) const {
    RowWriter staff = out.of_hosts("staff"), queued = out.of_hosts("queued");
    for (const auto& [organisation, busy] : organisations_) {
        for (const TimeUs done : busy) {
            staff.add(HostId{organisation}, done);
        }
    }
    for (const auto& [host, entry] : done_) {
        queued.add(entry.organisation, host, entry.done);
    }
}

void StaffQueues::load(const StateReader& in) {
    in.each_host("staff", [&](HostId organisation, StateRow& row) {
        TimeUs done = 0;
        row.read(done);
        Staff& busy = organisations_[organisation.value];
        busy.push_back(done);
        std::push_heap(busy.begin(), busy.end(), std::greater<>{});
    });
    in.each_host("queued", [&](HostId organisation, StateRow& row) {
        std::int64_t host = 0;
        TimeUs done = 0;
        row.read(host, done);
        done_[host] = {done, organisation};
    });
}

}  // namespace annelid
