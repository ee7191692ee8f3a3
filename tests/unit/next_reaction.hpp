// An exact simulation of spread on a graph, written down as the textbooks do and sharing nothing
// with the engine: one queue of events in continuous time, double times, the standard library's
// random numbers (Gibson and Bruck 2000; Kiss, Miller and Simon 2017).
//
// When a host turns infectious each of its links starts a clock; it rings while the source is
// infectious and infects a target that is susceptible then. In SIS a link's clock starts again each
// time that it rings.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <queue>
#include <random>
#include <vector>

namespace annelid {

inline constexpr double at_no_time = std::numeric_limits<double>::infinity();

/// What one outbreak came to, whoever played it.
struct Spread {
    std::vector<double> first_infected;  ///< of each host, in seconds; at_no_time if it was not
    double last_event = 0;               ///< last infection or change of state
    double infections = 0;               ///< with repeats
    double infected_at_end = 0;          ///< hosts that are exposed or infectious

    double final_size() const {
        return static_cast<double>(std::count_if(first_infected.begin(), first_infected.end(),
                                                 [](double time) { return time < at_no_time; }));
    }
    /// When half of the final size had been infected.
    double half_time() const {
        std::vector<double> times = first_infected;
        const auto half = times.begin() + static_cast<std::ptrdiff_t>((final_size() + 1) / 2) - 1;
        std::nth_element(times.begin(), half, times.end());
        return *half;
    }
};

/// Gamma of a whole shape, as the sum of so many exponential times.
struct Law {
    double mean = 1;
    int shape = 1;
    template <class Random>
    double draw(Random& random) const {
        double product = 1;
        for (int i = 0; i < shape; ++i) {
            product *= static_cast<double>((random() >> 11) + 1) * 0x1p-53;  // in (0, 1]
        }
        return -std::log(product) * mean / shape;
    }
};

struct Reactions {
    std::vector<std::vector<std::size_t>> neighbours;
    Law transmission;
    std::optional<Law> latent;      ///< SEIR
    std::optional<Law> infectious;  ///< none: for ever
    bool returns = false;           ///< SIS
    double end = at_no_time;
};

class NextReaction {
  public:
    NextReaction(const Reactions& reactions, std::mt19937_64& random)
        : r_(reactions), random_(random), hosts_(r_.neighbours.size()) {
        out_.first_infected.assign(hosts_.size(), at_no_time);
    }

    Spread play(std::size_t seed) {
        infect(seed, 0);
        while (!queue_.empty() && queue_.top().time < r_.end) {
            const Event event = queue_.top();
            queue_.pop();
            happen(event);
        }
        for (const Host& host : hosts_) {
            out_.infected_at_end += host.state == exposed || host.state == infectious ? 1 : 0;
        }
        return out_;
    }

  private:
    enum State { susceptible, exposed, infectious, removed };
    enum Kind { turn, leave, attempt };
    struct Event {
        double time;
        Kind kind;
        std::size_t host, target;
        bool operator<(const Event& other) const { return time > other.time; }
    };
    struct Host {
        State state = susceptible;
    };

    void happen(const Event& event) {
        Host& host = hosts_[event.host];
        if (event.kind == attempt) {
            if (hosts_[event.target].state == susceptible) {
                infect(event.target, event.time);
            }
            return;
        }
        out_.last_event = event.time;
        if (event.kind == turn) {
            turn_infectious(event.host, event.time);
        } else {
            host.state = r_.returns ? susceptible : removed;
        }
    }

    void infect(std::size_t host, double time) {
        out_.first_infected[host] = std::min(out_.first_infected[host], time);
        out_.infections += 1;
        out_.last_event = time;
        if (r_.latent) {
            hosts_[host].state = exposed;
            queue_.push({time + r_.latent->draw(random_), turn, host, host});
        } else {
            turn_infectious(host, time);
        }
    }

    void turn_infectious(std::size_t host, double time) {
        hosts_[host].state = infectious;
        const double until = r_.infectious ? time + r_.infectious->draw(random_) : at_no_time;
        if (until < at_no_time) {
            queue_.push({until, leave, host, host});
        }
        for (const std::size_t target : r_.neighbours[host]) {
            double at = time + r_.transmission.draw(random_);
            // All rings of this stay at once: they are nobody else's business.
            while (at < std::min(until, r_.end)) {
                queue_.push({at, attempt, host, target});
                if (!r_.returns) {
                    break;  // later ones find it infected
                }
                at += r_.transmission.draw(random_);
            }
        }
    }

    const Reactions& r_;
    std::mt19937_64& random_;
    std::vector<Host> hosts_;
    std::priority_queue<Event> queue_;
    Spread out_;
};

}  // namespace annelid
