// What the two processes of vector `contact` share.
#pragma once

#include "engine/chance/batch.hpp"
#include "engine/chance/draws.hpp"
#include "models/vectors/contact.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace annelid {

class ContactModel final : public VectorModel {
  public:
    ContactModel(const std::string& name, const ContactSettings& settings,
                 const VectorContext& context);

    double mean_attempts_per_s() const override;
    std::unique_ptr<VectorProcess> start(const OutbreakFrame& frame) const override;
    const Pool& pool() const override { return pool_; }
    bool reaches_far() const override { return true; }
    bool lost_when_off() const override { return false; }

    const ContactSettings& settings() const { return settings_; }
    const VectorContext& context() const { return context_; }
    const Graph& graph() const { return *context_.graph; }
    const Distribution& time() const { return time_; }
    bool certain() const { return settings_.success >= 1; }

    /// A target of any rank carries what is required.
    bool can_take(Vertex target) const {
        return carriers_.empty() || ((carriers_[target / 64] >> (target % 64)) & 1) != 0;
    }
    double weight(std::int64_t link) const {
        return graph().weighted() ? static_cast<double>(graph().weights()[link]) : 1;
    }
    Interval open(std::int64_t link) const {
        return graph().temporal() ? graph().intervals()[link] : Interval{};
    }
    /// Links of the source before this one that lead to the same target.
    std::uint32_t multiplicity(LocalHost source, std::int64_t link) const;

  private:
    ContactSettings settings_;
    VectorContext context_;
    Distribution time_;
    Pool pool_;
    /// A bit for each vertex of the network, as a source must know of targets of other ranks; none
    /// where nothing is required.
    std::vector<std::int64_t> carriers_;
};

/// The draws of one outbreak.
struct ContactDraws {
    ContactDraws(const ContactModel& model, Seed seed)
        : time(seed, Purpose::contact, model.name()),
          success(seed, Purpose::contact_success, model.name()) {}

    Draws time, success;
};

/// The clock of a link: attempts at start + (sum of times) / weight, rounded once each. One that is
/// due while an end is switched off happens when both are on; the clock goes on meanwhile.
struct LinkClock {
    TimeUs start, until;
    double us_per_s;
    const Hours* hours = nullptr;
    HostId one = no_host, other = no_host;  ///< the ends; only with hours

    /// Of a link of weight 1 that is always open.
    LinkClock(const Source& source, TimeUs end_us)
        : start(source.from), until(std::min(source.until, end_us)), us_per_s(1e6) {}

    LinkClock(const ContactModel& model, const Source& source, std::int64_t link, TimeUs end_us) {
        const Interval open = model.open(link);
        start = std::max(source.from, open.open_us);
        until = std::min({source.until, open.close_us, end_us});
        us_per_s = 1e6 / model.weight(link);  // infinite where the weight is 0
        if (model.context().hours != nullptr) {
            hours = model.context().hours;
            one = source.host;
            other = HostId{model.graph().targets()[link]};
        }
    }
    /// `never` if the link is closed or the source not infectious by then.
    TimeUs at(double sum_s) const {
        // Compared as a double first: a late time would not fit an integer.
        const double wait_us = sum_s * us_per_s;
        const double longest_us = static_cast<double>(until - start);
        const double bounded_us = wait_us < longest_us ? wait_us : longest_us;
        TimeUs time = start + static_cast<TimeUs>(bounded_us + 0.5);
        if (hours != nullptr && time < until) {
            time = hours->next_both_on(one, other, time);
        }
        return time < until ? time : never;
    }
};

std::unique_ptr<VectorProcess> start_first_contacts(const ContactModel& model,
                                                    const OutbreakFrame& frame);
std::unique_ptr<VectorProcess> start_renewing_contacts(const ContactModel& model,
                                                       const OutbreakFrame& frame);

}  // namespace annelid
