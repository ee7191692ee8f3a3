#include "tests/bench/scaling/step_loop.hpp"

#include "engine/ranks/communicator.hpp"
#include "tests/bench/scaling/in_one_process.hpp"
#include "tests/bench/scaling/mpi_times.hpp"
#include "tests/support/prepared_outbreak.hpp"

#include <fmt/format.h>

namespace annelid {
namespace {

MpiTimes difference(const MpiTimes& now, const MpiTimes& before) {
    return {now.seconds - before.seconds, now.allreduces - before.allreduces,
            now.exchanges - before.exchanges, now.messages - before.messages,
            now.bytes - before.bytes};
}

/// What the collectives of one step take when there is nothing to say and nobody to wait for.
double time_synchronisation(Communicator& ranks, double allreduces, double exchanges) {
    constexpr int times = 20;
    const std::vector<std::vector<std::int64_t>> nothing(static_cast<std::size_t>(ranks.size()));
    ranks.barrier();
    double begin = mpi_clock();
    for (int i = 0; i < times; ++i) {
        ranks.min(i);
    }
    const double allreduce = (mpi_clock() - begin) / times;
    ranks.barrier();
    begin = mpi_clock();
    for (int i = 0; i < times; ++i) {
        ranks.exchange(nothing);
    }
    const double exchange = (mpi_clock() - begin) / times;
    return allreduces * allreduce + exchanges * exchange;
}

/// Collective. Plays one outbreak and prints a line of JSON.
void time_outbreak(World& world, const Scenario& scenario, Communicator& ranks) {
    const Seed seed{static_cast<std::uint64_t>(scenario.seed), 0};
    PreparedOutbreak with(world, scenario, seed);
    Outbreak outbreak(with.model, with.settings, world.hosts(), with.series, ranks,
                      world.draw_seeds(seed));

    std::vector<double> work;  // of this rank, by step
    ranks.barrier();
    const MpiTimes before = mpi_times();
    const double begin = mpi_clock();
    double last = begin, last_in_mpi = before.seconds;
    for (bool more = true; more;) {
        more = outbreak.play_step();
        const double now = mpi_clock(), in_mpi = mpi_times().seconds;
        work.push_back(now - last - (in_mpi - last_in_mpi));
        last = now;
        last_in_mpi = in_mpi;
    }
    ranks.barrier();
    double seconds = mpi_clock() - begin;
    const MpiTimes spent = difference(mpi_times(), before);

    const auto steps = static_cast<int>(work.size());
    const double synchronisation =
        time_synchronisation(ranks, static_cast<double>(spent.allreduces) / steps,
                             static_cast<double>(spent.exchanges) / steps);
    std::vector<double> longest = work;
    reduce_to_first(work.data(), steps, false);
    reduce_to_first(longest.data(), steps, true);
    reduce_to_first(&seconds, 1, true);
    const OutbreakCounts counts = outbreak.counts();
    const std::int64_t messages = ranks.sum(spent.messages), bytes = ranks.sum(spent.bytes);
    const auto infections = ranks.sum(std::ssize(outbreak.take_events()));
    if (!ranks.is_first()) {
        return;
    }
    double all_work = 0, slowest = 0;
    for (int i = 0; i < steps; ++i) {
        all_work += work[static_cast<std::size_t>(i)];
        slowest += longest[static_cast<std::size_t>(i)];
    }
    fmt::print(
        "{{\"ranks\": {}, \"hosts\": {}, \"links\": {}, \"infections\": {}, \"attempts\": {}, "
        "\"steps\": {}, \"allreduces\": {}, \"exchanges\": {}, \"messages\": {}, "
        "\"bytes\": {}, \"seconds\": {:.9f}, \"work_s\": {:.9f}, \"slowest_s\": {:.9f}, "
        "\"synchronise_s\": {:.9f}}}\n",
        ranks.size(), world.population().num_hosts(),
        world.graph() != nullptr ? world.graph()->counts().edges : 0, infections, counts.attempts,
        steps, spent.allreduces, spent.exchanges, messages, bytes, seconds, all_work, slowest,
        synchronisation * steps);
}

int run(const std::vector<std::string>& arguments, bool in_one_process) {
    if (arguments.empty()) {
        fmt::print(stderr, "usage: step_loop SCENARIO.toml [key=value]…\n");
        return 2;
    }
    Communicator ranks;
    const Scenario scenario = read_scenario(arguments[0], {arguments.begin() + 1, arguments.end()});
    hand_over_in_memory(in_one_process);
    World world(scenario, 0, ranks);
    hand_over_in_memory(false);
    time_outbreak(world, scenario, ranks);
    return 0;
}

}  // namespace

int step_loop(int argc, char** argv, bool in_one_process) {
    const MpiSession session(argc, argv);
    try {
        return run({argv + 1, argv + argc}, in_one_process);
    } catch (const std::exception& fault) {
        fmt::print(stderr, "{}\n", fault.what());
        MpiSession::abort(2);
    }
}

}  // namespace annelid
