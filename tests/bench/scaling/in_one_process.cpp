#include "tests/bench/scaling/in_one_process.hpp"

#include <cstring>
#include <deque>
#include <map>

#include <mpi.h>

namespace annelid {

namespace {

struct Block {
    const void* at;
    int bytes;
};

struct Rank {
    bool in_memory = false;
    std::map<int, Block> handed;  ///< to this rank, by whom
    std::map<int, void*> rooms;   ///< of this rank, for what comes from whom
};

Rank& rank(int number) {
    static std::deque<Rank> ranks;
    while (ranks.size() <= static_cast<std::size_t>(number)) {
        ranks.emplace_back();
    }
    return ranks[static_cast<std::size_t>(number)];
}

int my_number() {
    int number = 0;
    PMPI_Comm_rank(MPI_COMM_WORLD, &number);
    return number;
}

}  // namespace

void hand_over_in_memory(bool so) {
    rank(my_number()).in_memory = so;
}

bool hands_over_in_memory() {
    return rank(my_number()).in_memory;
}

void hand_over(const void* block, int bytes, int to) {
    rank(to).handed[my_number()] = {block, bytes};
}

void take_over(void* room, int from) {
    rank(my_number()).rooms[from] = room;
}

void hand_over_all() {
    PMPI_Barrier(MPI_COMM_WORLD);  // all is handed over
    Rank& mine = rank(my_number());
    for (const auto& [from, room] : mine.rooms) {
        const Block& block = mine.handed.at(from);
        std::memcpy(room, block.at, static_cast<std::size_t>(block.bytes));
    }
    mine.handed.clear();
    mine.rooms.clear();
    PMPI_Barrier(MPI_COMM_WORLD);  // and taken
}

}  // namespace annelid
