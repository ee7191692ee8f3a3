#include "tests/bench/scaling/mpi_times.hpp"

#include "engine/ranks/mpi_calls.hpp"
#include "tests/bench/scaling/in_one_process.hpp"

#include <deque>

namespace annelid {

namespace {

int world_rank() {
    int rank = 0;
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

/// Adds the time of one call.
class Timed {
  public:
    explicit Timed(MpiTimes& times) : times_(times), begin_(PMPI_Wtime()) {}
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;
    ~Timed() { times_.seconds += PMPI_Wtime() - begin_; }

  private:
    MpiTimes& times_;
    double begin_;
};

}  // namespace

MpiTimes& mpi_times() {
    // The ranks of a modelled cluster are coroutines of one process.
    static std::deque<MpiTimes> of_ranks;
    const auto rank = static_cast<std::size_t>(world_rank());
    while (of_ranks.size() <= rank) {
        of_ranks.emplace_back();
    }
    return of_ranks[rank];
}

double mpi_clock() {
    return PMPI_Wtime();
}

void reduce_to_first(double* values, int count, bool largest) {
    const bool first = world_rank() == 0;
    PMPI_Reduce(first ? MPI_IN_PLACE : values, first ? values : nullptr, count, MPI_DOUBLE,
                largest ? MPI_MAX : MPI_SUM, 0, MPI_COMM_WORLD);
}

}  // namespace annelid

// What a step calls, under the names that the engine uses.
extern "C" {

int MPI_Allreduce(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op,
                  MPI_Comm ranks) {
    annelid::MpiTimes& times = annelid::mpi_times();
    const annelid::Timed timed(times);
    times.allreduces += 1;
    return PMPI_Allreduce(send, receive, count, type, op, ranks);
}

int MPI_Sendrecv(const void* send, int send_count, MPI_Datatype send_type, int to, int send_tag,
                 void* receive, int receive_count, MPI_Datatype receive_type, int from,
                 int receive_tag, MPI_Comm ranks, MPI_Status* status) {
    annelid::MpiTimes& times = annelid::mpi_times();
    const annelid::Timed timed(times);
    times.messages += 1;
    times.bytes += send_count;
    // A bundle (engine/ranks/exchange.cpp): one an exchange between these two.
    times.exchanges +=
        send_tag == annelid::Tag::bundle && annelid::world_rank() == 0 && to == 1 ? 1 : 0;
    return PMPI_Sendrecv(send, send_count, send_type, to, send_tag, receive, receive_count,
                         receive_type, from, receive_tag, ranks, status);
}

/// Taken for work: it only starts the message, and taking the time would cost more than it does.
int MPI_Isend(const void* send, int count, MPI_Datatype type, int to, int tag, MPI_Comm ranks,
              MPI_Request* request) {
    if (tag == annelid::Tag::large_block && annelid::hands_over_in_memory()) {
        annelid::hand_over(send, count, to);
        *request = MPI_REQUEST_NULL;
        return MPI_SUCCESS;
    }
    annelid::MpiTimes& times = annelid::mpi_times();
    times.messages += 1;
    times.bytes += count;
    return PMPI_Isend(send, count, type, to, tag, ranks, request);
}

int MPI_Irecv(void* receive, int count, MPI_Datatype type, int from, int tag, MPI_Comm ranks,
              MPI_Request* request) {
    if (tag == annelid::Tag::large_block && annelid::hands_over_in_memory()) {
        annelid::take_over(receive, from);
        *request = MPI_REQUEST_NULL;
        return MPI_SUCCESS;
    }
    return PMPI_Irecv(receive, count, type, from, tag, ranks, request);
}

int MPI_Waitall(int count, MPI_Request* requests, MPI_Status* statuses) {
    if (annelid::hands_over_in_memory()) {
        annelid::hand_over_all();
        return MPI_SUCCESS;
    }
    const annelid::Timed timed(annelid::mpi_times());
    return PMPI_Waitall(count, requests, statuses);
}
}
