// The serial twin of an outbreak whose vectors also go along links.
//
// It draws every attempt that a link can make and queues them all, so it shows that what the vector
// leaves out (attempts after the first on a host, where no host returns) does not matter. The draws
// are those of LinkDraws; rows, clocks and order are its own.
//
// An attempt of a host infected in step k takes effect at its drawn time or when step k + 1 begins,
// whichever is later; ties go by drawn time, then source.
#pragma once

#include "engine/chance/batch.hpp"
#include "tests/unit/outbreak_twin.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {

class ContactTwin final : public OutbreakTwin {
  public:
    explicit ContactTwin(const Epidemic& epidemic) : OutbreakTwin(epidemic) {
        const EdgePiece& all = e_.network->all();
        for (std::size_t i = 0; i < all.edges.size(); ++i) {
            const float weight = all.weights.empty() ? 1 : all.weights[i];
            const Interval open = all.intervals.empty() ? Interval{} : all.intervals[i];
            add_link(all.edges[i].from, all.edges[i].to, weight, open);
            if (!e_.network->directed()) {
                add_link(all.edges[i].to, all.edges[i].from, weight, open);
            }
        }
    }

  private:
    struct Link {
        double weight;
        Interval open;
    };

    /// Of merged links the one of the largest weight is left.
    void add_link(Vertex from, Vertex to, double weight, const Interval& open) {
        std::vector<Link>& links = links_[from][to];
        const auto same = std::find_if(links.begin(), links.end(),
                                       [&](const Link& link) { return link.open == open; });
        if (e_.multiple == Multiple::merge && same != links.end()) {
            same->weight = std::max(same->weight, weight);
        } else if (from != to) {
            links.push_back({weight, open});
        }
        // Several links between the same two are numbered in this order.
        std::sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
            return std::tuple(a.open.open_us, a.open.close_us, -a.weight) <
                   std::tuple(b.open.open_us, b.open.close_us, -b.weight);
        });
    }

    bool is_contact(int vector) const { return vector > static_cast<int>(e_.vectors.size()); }
    const std::pair<std::string, ContactSettings>& contact(int vector) const {
        return e_.contacts[static_cast<std::size_t>(vector - 1) - e_.vectors.size()];
    }
    const std::string& name_of(int vector) const override {
        return is_contact(vector) ? contact(vector).first : OutbreakTwin::name_of(vector);
    }
    Traits required_by(int vector) const override {
        return is_contact(vector) ? trait_mask(contact(vector).second.requires_traits)
                                  : OutbreakTwin::required_by(vector);
    }
    bool followed(int vector) const {
        return std::any_of(e_.vectors.begin(), e_.vectors.end(), [&](const auto& scan) {
            return scan.second.follows == name_of(vector);
        });
    }
    /// Only the first attempt on each host can matter, and is counted.
    bool first_only(int vector) const { return !returns() && !followed(vector); }

    void turn(HostId host, TimeUs from, TimeUs until) override {
        OutbreakTwin::turn(host, from, until);
        // With a latency it starts when the step does in which it turns, else when that is over.
        const TimeUs step_begin = from / e_.step_us * e_.step_us;
        launches_.push_back(std::max(at(host).not_before, step_begin));
        for (int v = 1; v <= static_cast<int>(e_.num_vectors()); ++v) {
            if (!is_contact(v)) {
                continue;
            }
            for (const auto& [to, links] : links_[static_cast<Vertex>(host.value)]) {
                for (std::size_t m = 0; m < links.size(); ++m) {
                    attempt_along(host, v, to, links[m], static_cast<std::uint32_t>(m), from,
                                  until);
                }
            }
        }
    }

    /// Queues every attempt that a link makes while its source is infectious.
    void attempt_along(HostId host, int v, Vertex to, const Link& link, std::uint32_t m,
                       TimeUs from, TimeUs until) {
        const ContactSettings& settings = contact(v).second;
        const HostId target{to};
        if (!carries(traits_of(target), required_by(v))) {
            return;
        }
        const TimeUs start = std::max(from, link.open.open_us);
        const TimeUs end = std::min({until, link.open.close_us, e_.end_us});
        const Draws times = draws(Purpose::contact, v);
        const Draws successes = draws(Purpose::contact_success, v);
        double sum_s = 0;
        for (std::uint32_t renewal = 0; renewal == 0 || settings.repeat; ++renewal) {
            sum_s +=
                law(v).quantile(LinkDraws(times, id(host), ordinal(host), renewal).bits(to, m));
            const double wait_us = std::floor(sum_s * (1e6 / link.weight) + 0.5);
            if (!(link.weight > 0) || wait_us >= static_cast<double>(end - start)) {
                return;
            }
            const double u =
                to_unit(LinkDraws(successes, id(host), ordinal(host), renewal).bits(to, m));
            if (settings.success < 1 && u >= settings.success) {
                continue;
            }
            const TimeUs drawn = start + static_cast<TimeUs>(wait_us);
            queue_.push({std::max(drawn, at(host).not_before), Kind::attempt, drawn, host, v,
                         renewal, target, static_cast<int>(launches_.size()) - 1});
            if (!returns() && followed(v)) {
                return;  // DESIGN: without reinfection only the first is drawn
            }
        }
    }

    void arrive(const Influence& attempt) override {
        if (!is_contact(attempt.vector)) {
            OutbreakTwin::arrive(attempt);
            return;
        }
        if (first_only(attempt.vector)) {
            // Not drawn if the target was infected by then, nor counted after another.
            const bool in_time =
                at(attempt.target).since >= launches_[static_cast<std::size_t>(attempt.stream)];
            if (!in_time || !reached_.insert({attempt.vector, attempt.target}).second) {
                EXPECT_TRUE(at(attempt.target).state != "susceptible" || refused(attempt));
                return;
            }
        }
        land(attempt);
    }

    bool refused(const Influence& attempt) const {
        return carries(required_by(attempt.vector), trait_unpatched) &&
               patched_at(attempt.target) <= attempt.effective;
    }

    const Distribution& law(int v) {
        const auto [found, made] = laws_.try_emplace(v);
        if (made) {
            found->second = Distribution(contact(v).second.time);
        }
        return found->second;
    }

    std::map<Vertex, std::map<Vertex, std::vector<Link>>> links_;
    std::map<int, Distribution> laws_;
    std::vector<TimeUs> launches_;  ///< what was infected before is not attempted
    std::set<std::pair<int, HostId>> reached_;
};

inline Outcome play_contacts_serially(const Epidemic& epidemic) {
    return ContactTwin(epidemic).play();
}

}  // namespace annelid
