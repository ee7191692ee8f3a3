#include "models/defences/transmission_tree.hpp"

#include <algorithm>

namespace annelid {

void TransmissionTree::infect(const Transmission& infection) {
    num_worms_ = std::max(num_worms_, static_cast<std::uint8_t>(infection.worm + 1));
    infections_[key(infection.child, infection.worm)] = {infection.time, infection.parent};
}

TimeUs TransmissionTree::add_child(const Transmission& link) {
    const auto found = infections_.find(key(link.parent, link.worm));
    if (found == infections_.end() || found->second.time > link.time) {
        return never;  // of an infection that is over
    }
    Infection& infection = found->second;
    links_.push_back({link.time, link.child, infection.last_child});
    infection.last_child = static_cast<std::uint32_t>(links_.size() - 1);
    return infection.detected;
}

bool TransmissionTree::is_detected(HostId host) const {
    bool any = false;
    for (std::uint8_t worm = 0; worm < num_worms_; ++worm) {
        const auto found = infections_.find(key(host, worm));
        if (found != infections_.end()) {
            if (found->second.detected >= never) {
                return false;
            }
            any = true;
        }
    }
    return any;
}

}  // namespace annelid
