#include "models/program/data_files.hpp"
#include "models/program/scenario.hpp"

namespace annelid {

Fields Scenario::top_fields() {
    Field seed_field{"seed", &seed, Unit::none,
                     "drives the outbreak; another seed, another outbreak"};
    seed_field.min = 0;
    return {Field{"title", &title, Unit::none, "one line for figures and reports"}, seed_field};
}

Fields Scenario::time_fields() {
    Field end_field{"end", &end, Unit::duration, "how long the run lasts"};
    end_field.min = 0;
    end_field.above_min = true;
    end_field.max = 36525 * 86400.0;  // a century
    Field step_field{"step", &step, Unit::duration,
                     "how often ranks talk; 0: the shortest latency, or 1/50 of the mean time "
                     "between one source's attempts when the outbreak is young"};
    step_field.min = 0;
    return {
        Field{"start", &start, Unit::datetime, "the date and time (UTC) that time 0 stands for"},
        end_field, step_field};
}

Fields Scenario::world_fields() {
    Field seed_field{"seed", &population_seed, Unit::none,
                     "draws the world, whatever the outbreak"};
    seed_field.min = 0;
    return {seed_field,
            Field{"redraw", &redraw, Unit::none, "true: every replicate has a world of its own"}};
}

Fields SeedSettings::fields() {
    Field hosts_field{
        "hosts", &hosts, Unit::none,
        "real hosts that are infected when the outbreak starts; 0: none, a supply_chain "
        "starts it"};
    hosts_field.min = 0;
    hosts_field.max = 1e9;
    Field time_field{"time", &time, Unit::duration, "when they are infected"};
    time_field.min = 0;
    return {
        hosts_field, time_field,
        Field{"vector", &vector, Unit::none,
              "they are drawn from the pool of this vector; empty: the first that reaches far"}};
}

Fields Scenario::record_fields() {
    Field every_field{"every", &record_every, Unit::duration, "time between rows of the series"};
    every_field.min = 0;
    every_field.above_min = true;
    return {every_field,
            Field{"events", &record_events, Unit::none, "keep who infected whom, and when"},
            Field{"transitions", &record_transitions, Unit::none, "keep every change of state"},
            Field{"hosts", &record_hosts, Unit::none, "keep the final state of every host"}};
}

Fields Worm::fields() {
    Field entry{"entry", &lifecycle.entry, Unit::none, "state of a host that was just infected"};
    entry.required = true;
    Field meeting_field{"meeting", &meeting, Unit::none,
                        "to other worms, a host that has this one is as any (coexist), closed "
                        "while it counts as infected (exclude), or closed for good and freed of "
                        "them (immunise)"};
    meeting_field.choices = {"coexist", "exclude", "immunise"};
    return {Field{"name", &name, Unit::none,
                  "tells it from other worms and keys its draws; only [[worm]] needs one"},
            Field{"title", &title, Unit::none, "what the worm is, and how well it is founded"},
            meeting_field,
            Field{"susceptible", &lifecycle.susceptible, Unit::none, "state before infection"},
            entry,
            Field{"inert", &lifecycle.inert, Unit::none,
                  "state that a kill switch leads to; empty: the worm has none"}};
}

Fields state_fields(StateSpec& state) {
    Field clock_field{"clock", &state.clock, Unit::none,
                      "host: the dwell time stands still while the host is off (see [hours])"};
    clock_field.choices = {"wall", "host"};
    return {Field{"infected", &state.infected, Unit::none, "hosts in it count as infected"},
            Field{"infectious", &state.infectious, Unit::none, "its vectors reach further hosts"},
            Field{"disrupted", &state.disrupted, Unit::none, "out of use for its owner"},
            Field{"next", &state.next, Unit::none, "state after the dwell time; empty: none"},
            clock_field,
            Field{"dwell", &state.dwell, Unit::duration, "time in the state; only with `next`"}};
}

Fields without_fields(std::vector<std::string>& without) {
    return {Field{"without", &without, Unit::none, "vectors of the preset to leave out"}};
}

Fields preset_fields(std::string& preset) {
    Field field{"preset", &preset, Unit::none,
                "a worm to start from; every key of it can be changed"};
    field.choices = worm_names();
    return {field};
}

}  // namespace annelid
