// An outbreak: what it keeps in a checkpoint between two steps, and takes back. What follows from
// scenario and seed alone is made anew and not kept.
#include "engine/base/parallel.hpp"
#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>

namespace annelid {

namespace {

template <class C>
auto kept(C& care) {
    return std::tie(care.isolated_from, care.isolated_until, care.detected, care.infections);
}

}  // namespace

/// The state in which a host begins.
StateId Outbreak::first_state(const Worm& worm, LocalHost host) const {
    return worm.model.is_open(hosts_.traits[host.value]) ? Lifecycle::susceptible
                                                         : worm.lifecycle.immune();
}

void Outbreak::save(StateWriter& out) {
    if (telescopes_) {
        StateWriter part = out.within("telescopes");
        telescopes_->save(part);
    }
    for (Lane& lane : lanes_) {
        for (const Lane::Note& note : lane.notes) {
            series_.change_further(note.series, note.time, note.at, note.by);
        }
        lane.notes.clear();
    }
    save_counts(out);
    save_hosts(out);
    save_care(out);
    for (const Spreading& vector : vectors_) {
        StateWriter part = out.within("vector/" + vector.model.name());
        vector.process->save(part);
    }
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        StateWriter part = out.within("defence/" + model_.defences[d]->name());
        defences_[d]->save(part);
    }
    if (triggers_) {
        StateWriter part = out.within("triggers");
        triggers_->save(part);
    }
    if (services_) {
        StateWriter part = out.within("services");
        services_->save(part);
    }
    // What patches do to hosts later is counted anew from what is known of them then.
    Series series = series_;
    count_patches_to_come(series, -1);
    StateWriter part = out.within("series");
    series.save(part, ranks_);
}

void Outbreak::save_counts(StateWriter& out) const {
    out.of_all("clock").add_all(window_.step, window_.begin, window_.end, triggered_until_,
                                planted_, rows_counted_, num_steps_, num_skipped_,
                                infections_everywhere_);
    std::int64_t attempts = attempts_before_, deferred = deferred_before_;
    for (const Lane& lane : lanes_) {
        attempts += lane.sink.attempts();
        deferred += lane.sink.deferred();
    }
    out.of_first("counts").add_all(attempts, deferred, deferred_replies_, deferred_removals_,
                                   infections_here_);
    RowWriter scans = out.of_first("scans_counted"), starts = out.of_all("starts");
    for (std::size_t t = 0; t < scans_counted_.size(); ++t) {
        scans.add_all(t, scans_counted_[t]);
    }
    for (const DefenceStart& start : starts_) {
        starts.add_all(start.time_us, name_hash(model_.defences[start.defence]->name()),
                       start.country, start.sector, start.organisation);
    }
}

void Outbreak::save_hosts(StateWriter& out) const {
    RowWriter states = out.of_hosts("states"), due = out.of_hosts("due");
    RowWriter sources = out.of_hosts("sources"), ordinals = out.of_hosts("infections");
    RowWriter removed = out.of_hosts("removed");
    const Partition& partition = model_.partition;
    const auto num_worms = static_cast<std::uint8_t>(worms_.size());  // at most most_worms
    for (std::uint8_t w = 0; w < num_worms; ++w) {
        const Worm& worm = worms_[w];
        for (std::uint32_t i = 0; i < worm.state.size(); ++i) {
            if (worm.state[i] != first_state(worm, LocalHost{i})) {
                states.add(partition.to_global(LocalHost{i}), w, worm.state[i]);
            }
        }
        for (const Lane& lane : lanes_) {
            const Lane::OfWorm& own = lane.worms[w];
            own.due.for_each([&](std::int64_t, const Pending& p) {
                const std::uint32_t ordinal = p.ordinal;
                due.add(partition.to_global(p.host), w, p.time, ordinal, p.stayed != 0);
            });
            for (const auto& [host, source] : own.sources) {
                sources.add(source.host, w, source.ordinal, source.from, source.until);
            }
            for (const auto& [host, infections] : own.ordinals) {
                ordinals.add(partition.to_global(LocalHost{host}), w, infections);
            }
        }
        for (const std::int64_t host : worm.removed) {
            removed.add(HostId{host}, w);
        }
    }
}

void Outbreak::save_care(StateWriter& out) const {
    RowWriter care = out.of_hosts("care"), repatched = out.of_hosts("repatched");
    RowWriter acts = out.of_hosts("acts");
    RowWriter silences = out.of_hosts("silences"), untold = out.of_hosts("silences_untold");
    const Partition& partition = model_.partition;
    for (const Lane& lane : lanes_) {
        for (const auto& [host, known] : lane.care) {
            care.add(partition.to_global(LocalHost{host}), kept(known));
        }
        for (const auto& [host, time] : lane.repatched) {
            repatched.add(partition.to_global(LocalHost{host}), time);
        }
        lane.acts.for_each([&](std::int64_t, const Act& act) {
            acts.add(partition.to_global(act.host), act.time, act.infection, act.kind,
                     name_hash(model_.defences[act.by]->name()), act.worm, act.patched);
        });
        for (const Silence& silence : lane.silences) {
            untold.add(silence.host, silence.kept());
        }
    }
    silences_.for_each([&](const Silence& silence) { silences.add(silence.host, silence.kept()); });
}

void Outbreak::load(const StateReader& in) {
    load_counts(in);
    for (const DefenceStart& start : starts_) {
        const Group per = start.country >= 0        ? Group::country
                          : start.sector >= 0       ? Group::sector
                          : start.organisation >= 0 ? Group::organisation
                                                    : Group::world;
        defences_[start.defence]->begin(per == Group::country        ? start.country
                                        : per == Group::sector       ? start.sector
                                        : per == Group::organisation ? start.organisation
                                                                     : 0,
                                        start.time_us);
    }
    load_hosts(in);
    load_care(in);
    for (const Spreading& vector : vectors_) {
        vector.process->load(in.within("vector/" + vector.model.name()), window_);
    }
    std::vector<Detection> gone_by;
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        defences_[d]->load(in.within("defence/" + model_.defences[d]->name()));
        if (model_.defences[d]->abilities().detects) {
            defences_[d]->alarms(0, window_.end, gone_by);
            gone_by.clear();
        }
    }
    if (triggers_) {
        triggers_->load(in.within("triggers"));
    }
    if (services_) {
        services_->load(in.within("services"));
    }
    if (telescopes_) {
        telescopes_->load(in.within("telescopes"), silences_, model_.partition);
    }
    series_.load(in.within("series"));
    count_patches_to_come(series_, 1);
}

/// The number of a defence by its name; none where the scenario has it no more.
std::optional<std::uint8_t> Outbreak::defence_of(std::uint64_t hash) const {
    for (std::size_t d = 0; d < model_.defences.size(); ++d) {
        if (name_hash(model_.defences[d]->name()) == hash) {
            return static_cast<std::uint8_t>(d);
        }
    }
    return {};
}

void Outbreak::load_counts(const StateReader& in) {
    in.each_of_all("clock", [&](StateRow& row) {
        row.read(window_.step, window_.begin, window_.end, triggered_until_, planted_,
                 rows_counted_, num_steps_, num_skipped_, infections_everywhere_);
        row.require(0 <= window_.step && window_.step <= step_of(model_.end_us) &&
                    planted_ <= seeds_.size());
    });
    in.each_of_first("counts", [&](StateRow& row) {
        std::int64_t attempts = 0, deferred = 0, replies = 0, removals = 0, infections = 0;
        row.read(attempts, deferred, replies, removals, infections);
        attempts_before_ += attempts;
        deferred_before_ += deferred;
        deferred_replies_ += replies;
        deferred_removals_ += removals;
        infections_here_ += infections;
    });
    scans_counted_.resize(model_.telescopes.size());
    in.each_of_first("scans_counted", [&](StateRow& row) {
        std::int64_t& scans = scans_counted_[row.read_below<std::size_t>(scans_counted_.size())];
        std::int64_t count = 0;
        row.read(count);
        scans += count;
    });
    in.each_of_all("starts", [&](StateRow& row) {
        DefenceStart start{0, settings_.replicate, 0};
        std::uint64_t hash = 0;
        row.read(start.time_us, hash, start.country, start.sector, start.organisation);
        row.require(start.country < std::ssize(model_.population.countries()) &&
                    start.sector < std::ssize(model_.population.sectors()) &&
                    start.organisation < model_.population.num_hosts());
        if (const auto defence = defence_of(hash)) {
            start.defence = *defence;
            starts_.push_back(start);
        }
    });
}

void Outbreak::load_hosts(const StateReader& in) {
    const auto each = [&](const char* table, const auto& body) {
        in.each_host(table, [&](HostId host, StateRow& row) {
            const auto w = row.read_below<std::uint8_t>(worms_.size());
            const LocalHost local = model_.partition.to_local(host);
            body(worms_[w], lane_with(local).worms[w], host, local, row);
        });
    };
    for (const Worm& worm : worms_) {
        for (std::uint32_t i = 0; i < worm.state.size(); ++i) {
            worm.state[i] = first_state(worm, LocalHost{i});
        }
    }
    each("states", [&](const Worm& worm, Lane::OfWorm&, HostId, LocalHost local, StateRow& row) {
        worm.state[local.value] = row.read_below<StateId>(worm.lifecycle.states().size());
    });
    each("due", [&](const Worm&, Lane::OfWorm& own, HostId, LocalHost local, StateRow& row) {
        Pending pending;
        std::uint32_t ordinal = 0;
        bool stayed = false;
        row.read(pending.time, ordinal, stayed);
        row.require(pending.time >= window_.end);
        pending.host = local;
        pending.ordinal = ordinal & 0x7fff'ffffu;
        pending.stayed = stayed ? 1 : 0;
        own.due.push(step_of(pending.time), pending);
    });
    each("sources",
         [&](const Worm&, Lane::OfWorm& own, HostId host, LocalHost local, StateRow& row) {
             Source& source = own.sources[local.value];
             source.host = host;
             row.read(source.ordinal, source.from, source.until);
         });
    each("infections", [&](const Worm&, Lane::OfWorm& own, HostId, LocalHost local, StateRow& row) {
        row.read(own.ordinals[local.value]);
    });
    in.each_host("removed", [&](HostId host, StateRow& row) {
        worms_[row.read_below<std::uint8_t>(worms_.size())].removed.insert(host.value);
    });
}

void Outbreak::load_care(const StateReader& in) {
    in.each_host("care", [&](HostId host, StateRow& row) {
        const LocalHost local = model_.partition.to_local(host);
        row.read(kept(lane_with(local).care[local.value]));
    });
    in.each_host("repatched", [&](HostId host, StateRow& row) {
        const LocalHost local = model_.partition.to_local(host);
        row.read(lane_with(local).repatched[local.value]);
    });
    in.each_host("acts", [&](HostId host, StateRow& row) {
        Act act{0, model_.partition.to_local(host), 0, Act::Kind::sight, 0, 0, false};
        std::uint64_t hash = 0;
        row.read(act.time, act.infection, act.kind, hash, act.worm, act.patched);
        row.require(act.time >= window_.end && act.worm < worms_.size() &&
                    act.kind <= Act::Kind::clean);
        if (const auto defence = defence_of(hash)) {
            act.by = *defence;
            lane_with(act.host).acts.push(step_of(act.time), act);
        }
    });
    const auto read_silence = [&](HostId host, StateRow& row) {
        Silence silence{host, 0, 0};
        row.read(silence.kept());
        lane_with(model_.partition.to_local(host)).silences.push_back(silence);
    };
    in.each_host("silences", read_silence);
    keep_silences();
    in.each_host("silences_untold", read_silence);
}

}  // namespace annelid
