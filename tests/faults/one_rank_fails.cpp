// A job in which one rank fails while the others wait for it in a collective.
//
//     mpirun -n 4 one_rank_fails KIND RANK [TEAM_SIZE]
//
// With TEAM_SIZE each team plays a replicate, as an ensemble does, and says how it went.
//
// KIND is what happens on RANK; `all` RANKs meet it together. test_one_rank.py says what must come
// of it. `deaf` is a rank that never hears of a signal, as one that hangs.

#include "engine/base/large_vector.hpp"
#include "engine/base/stop.hpp"
#include "engine/files/hdf5_file.hpp"
#include "engine/ranks/guarded.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using namespace annelid;

void fail(const std::string& kind) {
    if (kind == "exception") {
        throw std::runtime_error("this rank has lost its way");
    }
    if (kind == "memory") {
        // More than any machine addresses: no overcommitting grants it.
        const LargeVector<std::uint64_t> much(std::size_t{1} << 50);
        std::printf("%p", static_cast<const void*>(much.data()));
    }
    if (kind == "thread") {
#pragma omp parallel num_threads(2)
        throw std::runtime_error("a thread of this rank has lost its way");
    }
    if (kind == "hdf5") {
        hdf5::File::open("no-such-file.h5");
    }
    if (kind == "output") {
        hdf5::File::create("no-such-folder/file.h5");
    }
    if (kind == "deaf") {
        std::this_thread::sleep_for(std::chrono::hours(1));
    }
}

/// Two replicates on each team; `fails` in the first on this rank.
ExitCode play_in_teams(const Communicator& ranks, int team_size,
                       const std::function<void()>& fails) {
    const Communicator team = ranks.split(team_size);
    for (const bool is_first : {true, false}) {
        const std::string problem = attempt_together(team, [&] {
            team.barrier();
            if (is_first) {
                fails();
            }
            team.barrier();
        });
        if (team.is_first()) {
            std::printf("rank %d: %s\n", ranks.rank(), problem.empty() ? "fine" : problem.c_str());
            std::fflush(stdout);
        }
    }
    ranks.barrier();
    return ExitCode::ok;
}

}  // namespace

int main(int argc, char** argv) {
    const MpiSession session(argc, argv);
    const Communicator ranks;
    const std::string kind = argc > 1 ? argv[1] : "", where = argc > 2 ? argv[2] : "0";
    return static_cast<int>(guarded(ranks, [&] {
        listen_for_stop();
        if (ranks.is_first()) {
            std::puts("ready");
            std::fflush(stdout);
        }
        ranks.barrier();
        const auto fails = [&] {
            if (where == "all" || std::atoi(where.c_str()) == ranks.rank()) {
                fail(kind);
            }
        };
        if (argc > 3) {
            return play_in_teams(ranks, std::atoi(argv[3]), fails);
        }
        fails();
        ranks.barrier();
        return ExitCode::ok;
    }));
}
