#include "models/defences/transmission_tree.hpp"

#include <algorithm>
#include <utility>

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

/// Links to children of earlier infections are left out: nothing asks for them.
void TransmissionTree::save(StateWriter& out) const {
    RowWriter infections = out.of_hosts("infections"), children = out.of_hosts("children");
    for (const auto& [key, infection] : infections_) {
        const HostId host{static_cast<std::int64_t>(key / most_worms)};
        const auto worm = static_cast<std::uint8_t>(key % most_worms);
        infections.add(host, worm, infection.time, infection.infector, infection.detected);
        for (std::uint32_t link = infection.last_child; link != no_link; link = links_[link].next) {
            children.add(host, worm, links_[link].time, links_[link].child);
        }
    }
}

void TransmissionTree::load(const StateReader& in) {
    in.each_host("infections", [&](HostId host, StateRow& row) {
        const auto worm = row.read_below<std::uint8_t>(most_worms);
        Infection infection{};
        row.read(infection.time, infection.infector, infection.detected);
        num_worms_ = std::max(num_worms_, static_cast<std::uint8_t>(worm + 1));
        infections_[key(host, worm)] = infection;
    });
    in.each_host("children", [&](HostId host, StateRow& row) {
        const auto worm = row.read_below<std::uint8_t>(most_worms);
        Link link{0, no_host, no_link};
        row.read(link.time, link.child);
        const auto parent = infections_.find(key(host, worm));
        row.require(parent != infections_.end());
        links_.push_back(
            {link.time, link.child,
             std::exchange(parent->second.last_child, static_cast<std::uint32_t>(links_.size()))});
    });
}

}  // namespace annelid
