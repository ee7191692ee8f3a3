// The step loop on a modelled cluster, by SimGrid's SMPI: every rank runs for real, one after the
// other in this process, and is timed; messages take the time that the model of the network says.
//
//   simulated_cluster RANKS SCENARIO.toml [key=value]… [--cfg=option:value of SimGrid]…
//
// Ranks are coroutines without private copies of globals: the engine has none that differ between
// ranks (MPI's communicators for the end of a run, which no step uses, do not matter here).
#include "engine/base/large_vector.hpp"
#include "tests/bench/scaling/step_loop.hpp"

#include <cstdio>
#include <string>
#include <vector>

#include <omp.h>
#include <simgrid/s4u.hpp>
#include <smpi/smpi.h>

namespace sg = simgrid::s4u;

/// Of SimGrid, in no header of it: lets options for collectives that were set after SMPI_init
/// count.
namespace simgrid::smpi::colls {
void set_collectives();
}

namespace {

/// A fat tree of two levels with full bisection, as a node sees it: 100 Gb/s to its switch and from
/// it, shared by its own messages, and between any two nodes four links of 0.2 us each, switch
/// included. Inside the tree nothing is shared: with full bisection it need not be, and solving for
/// it would take a thousand times longer. Software adds 0.3 us at either end (set in main).
constexpr double bandwidth = 12.5e9, half_way_latency = 2 * 0.2e-6;

void make_cluster(unsigned nodes) {
    auto* const cluster = sg::create_star_zone("cluster");
    for (unsigned node = 0; node < nodes; ++node) {
        const std::string name = "node-" + std::to_string(node);
        const sg::Host* const host = cluster->create_host(name, 1e9);
        const sg::Link* const up =
            cluster->create_link(name + "-up", bandwidth)->set_latency(half_way_latency)->seal();
        const sg::Link* const down =
            cluster->create_link(name + "-down", bandwidth)->set_latency(half_way_latency)->seal();
        cluster->add_route(host->get_netpoint(), nullptr, nullptr, nullptr, {sg::LinkInRoute(up)},
                           false);
        cluster->add_route(nullptr, host->get_netpoint(), nullptr, nullptr, {sg::LinkInRoute(down)},
                           false);
    }
    cluster->seal();
}

}  // namespace

int main(int argc, char** argv) {
    annelid::keep_freed_memory();  // as the program does
    omp_set_num_threads(1);
    for (const char* quiet : {"xbt_cfg", "smpi_coll", "smpi_colls"}) {
        xbt_log_control_set((std::string(quiet) + ".thres:warning").c_str());
    }
    sg::Engine engine(&argc, argv);
    sg::Engine::set_config("smpi/host-speed:1Gf");  // a node is as fast as a core of this machine
    SMPI_init();
    for (const char* option :
         {"contexts/stack-size:1024",
          // No corrections that were fitted to other networks; software costs of a message.
          "network/model:CM02", "network/crosstraffic:0", "network/latency-factor:1",
          "network/bandwidth-factor:1", "smpi/os:0:0.3e-6:0", "smpi/or:0:0.3e-6:0",
          "smpi/allreduce:rdb", "smpi/barrier:ompi_bruck", "smpi/bcast:binomial_tree",
          "smpi/reduce:binomial", "smpi/allgather:bruck", "smpi/allgatherv:ompi_bruck",
          "smpi/display-timing:no",
          // Less is what taking the time costs; a message's own software is in the two above.
          "smpi/cpu-threshold:2e-6"}) {
        sg::Engine::set_config(option);
    }
    if (argc < 3) {
        std::fprintf(stderr, "usage: simulated_cluster RANKS SCENARIO.toml [key=value]…\n");
        return 2;
    }
    simgrid::smpi::colls::set_collectives();
    const auto ranks = static_cast<unsigned>(std::stoul(argv[1]));
    make_cluster(ranks);
    SMPI_app_instance_register("step_loop", nullptr, static_cast<int>(ranks));
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    for (unsigned rank = 0; rank < ranks; ++rank) {
        const auto actor = sg::Actor::init("rank-" + std::to_string(rank),
                                           sg::Host::by_name("node-" + std::to_string(rank)));
        actor->set_property("instance_id", "step_loop");
        actor->set_property("rank", std::to_string(rank));
        actor->start([&arguments] {
            std::vector<std::string> own = arguments;
            std::vector<char*> pointers;
            for (std::string& argument : own) {
                pointers.push_back(argument.data());
            }
            pointers.push_back(nullptr);
            annelid::step_loop(static_cast<int>(own.size()), pointers.data(), true);
        });
    }
    engine.run();
    SMPI_finalize();
    return 0;
}
