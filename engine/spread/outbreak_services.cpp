// An outbreak: what it breaks, and what is seen of it from outside.
#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>

namespace annelid {

/// A host changes its state by worm `w`: whether it is of use may depend on other worms too.
void Outbreak::disrupt(Lane& lane, std::size_t w, LocalHost host, StateId from, StateId to,
                       TimeUs time) const {
    const Lifecycle& lifecycle = worms_[w].lifecycle;
    if (lifecycle[from].disrupted == lifecycle[to].disrupted) {
        return;
    }
    for (std::size_t other = 0; other < worms_.size(); ++other) {
        const Worm& worm = worms_[other];
        if (other != w && worm.lifecycle[worm.state[host.value]].disrupted) {
            return;
        }
    }
    lane.disruptions.push_back({model_.partition.to_global(host), time, lifecycle[to].disrupted});
}

/// Collective. Organisations that went out of service in the step or are back, and what followed.
void Outbreak::serve() {
    if (!services_) {
        return;
    }
    for (Lane& lane : lanes_) {
        for (const Lane::Disruption& d : lane.disruptions) {
            services_->disrupt(d.host, d.time, d.begins);
        }
        lane.disruptions.clear();
    }
    const std::vector<ServiceChange>& changes = services_->settle(window_, ranks_);
    if (!ranks_.is_first()) {
        return;  // all ranks have the same
    }
    for (const ServiceChange& change : changes) {
        const bool own = change.kind == ServiceChange::Kind::own;
        note(lanes_.front(), own ? Further::outages : Further::outages_by_dependency, change.time,
             static_cast<std::size_t>(change.country) * model_.population.sectors().size() +
                 static_cast<std::size_t>(change.sector),
             change.organisations);
        if (own && triggers_ && triggers_->wants_outages()) {
            triggers_->count_outage(change.organisation, change.organisations > 0);
        }
    }
}

void Outbreak::watch_from_outside() {
    std::vector<Telescopes::Watched> watched;
    std::vector<std::string> names;
    for (const Spreading& vector : vectors_) {
        watched.push_back({vector.model.name(), vector.worm, *vector.process});
    }
    bool cut_short = able_.isolates || able_.cleans;
    for (const Worm& worm : worms_) {
        names.push_back(worm.model.name);
        cut_short = cut_short || worm.removable;
    }
    telescopes_ = std::make_unique<Telescopes>(
        model_.telescopes, watched, names,
        Telescopes::Frame{settings_.seed, series_.row_every(), series_.num_rows(), model_.end_us,
                          settings_.lanes, model_.hours, cut_short, model_.step_us});
}

/// Collective. Tells triggers what telescopes saw, row by row: all steps in which a row ends are
/// played then.
void Outbreak::count_scans_seen() {
    const std::int64_t rows = series_.rows_before(window_.end);
    if (!telescopes_ || !triggers_->wants_scans() || rows == rows_counted_) {
        return;
    }
    rows_counted_ = rows;
    const std::size_t num = model_.telescopes.size();
    const TelescopeRows seen = telescopes_->rows(rows, ranks_);
    scans_counted_.resize(num);
    for (std::size_t t = 0; t < num && ranks_.is_first(); ++t) {
        const std::int64_t scans = seen.scans[static_cast<std::size_t>(rows - 1) * num + t];
        triggers_->count_scans(t, scans - scans_counted_[t]);
        scans_counted_[t] = scans;
    }
}

void Outbreak::write_series(RunSeries& out, std::size_t index, std::int64_t rows) {
    series_.write_to(out, index, rows, ranks_);
    if (telescopes_) {
        const std::size_t replicates =
            ranks_.is_first() ? out.vector_infections.size() / series_.num_vector_values() : 0;
        telescopes_->write_to(out.further, index, replicates, rows, ranks_);
    }
}

}  // namespace annelid
