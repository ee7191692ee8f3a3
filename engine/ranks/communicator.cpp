#include "engine/ranks/communicator.hpp"

#include "engine/base/stop.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <thread>
#include <utility>

#ifdef ANNELID_WITH_MPI
#include "engine/ranks/mpi_calls.hpp"
#endif

#if defined(ANNELID_WITH_MPI) && defined(__SANITIZE_ADDRESS__)
/// Open MPI frees little of what it allocates when it starts: every run would report that as leaks.
extern "C" const char* __asan_default_options() {
    return "detect_leaks=0";
}
#endif

namespace annelid {

#ifdef ANNELID_WITH_MPI

namespace {

/// Of the job.
MPI_Comm all_farewell = MPI_COMM_NULL;
int all_on_machine = 1;
/// Integers of one sum: more go in blocks.
constexpr std::size_t most_summed = std::size_t{1} << 24;

/// A program that no launcher started runs on one rank. Open MPI then needs no daemon and need not
/// look for networks, which takes most of a second. Without a daemon all such processes have the
/// same name, so they must not have session folders, which they would share. What the user set
/// stays.
void hurry_single_rank() {
    for (const char* launcher : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"}) {
        if (std::getenv(launcher) != nullptr) {
            return;
        }
    }
    setenv("OMPI_MCA_pml", "ob1", 0);
    setenv("OMPI_MCA_btl", "self", 0);
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
}

std::int64_t reduce(std::int64_t value, MPI_Op op, MPI_Comm ranks) {
    std::int64_t out = 0;
    check(MPI_Allreduce(&value, &out, 1, MPI_INT64_T, op, ranks), "MPI_Allreduce");
    return out;
}

int count_ranks_on_machine() {
    MPI_Comm machine = MPI_COMM_NULL;
    int ranks = 1;
    check(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine),
          "MPI_Comm_split_type");
    check(MPI_Comm_size(machine, &ranks), "MPI_Comm_size");
    check(MPI_Comm_free(&machine), "MPI_Comm_free");
    return ranks;
}

}  // namespace

MpiSession::MpiSession(int& argc, char**& argv) {
    hurry_single_rank();
    int provided = 0;
    check(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
    check(MPI_Comm_dup(MPI_COMM_WORLD, &all_farewell), "MPI_Comm_dup");
    all_on_machine = count_ranks_on_machine();
}

MpiSession::~MpiSession() {
    MPI_Finalize();
}

void MpiSession::abort(int code) {
    MPI_Abort(MPI_COMM_WORLD, code);
    std::_Exit(code);
}

Communicator::Communicator()
    : Communicator(std::make_shared<const Lines>(Lines{MPI_COMM_WORLD, all_farewell})) {}

Communicator::Communicator(std::shared_ptr<const Lines> lines) : lines_(std::move(lines)) {
    check(MPI_Comm_rank(lines_->talk, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(lines_->talk, &size_), "MPI_Comm_size");
}

Communicator Communicator::split(int team_size) const {
    if (team_size == size_) {
        return *this;
    }
    Lines lines{};
    check(MPI_Comm_split(lines_->talk, rank_ / team_size, rank_, &lines.talk), "MPI_Comm_split");
    check(MPI_Comm_dup(lines.talk, &lines.farewell), "MPI_Comm_dup");
    return Communicator(std::make_shared<const Lines>(lines));
}

int Communicator::ranks_on_machine() {
    return all_on_machine;
}

void Communicator::send(std::span<const std::int64_t> values, int to) const {
    check(MPI_Send(values.data(), to_count(values.size()), MPI_INT64_T, to, Tag::letter,
                   lines_->talk),
          "MPI_Send");
}

Communicator::Letter Communicator::receive(bool wait) const {
    MPI_Status status;
    int there = 1, count = 0;
    if (wait) {
        check(MPI_Probe(MPI_ANY_SOURCE, Tag::letter, lines_->talk, &status), "MPI_Probe");
    } else {
        check(MPI_Iprobe(MPI_ANY_SOURCE, Tag::letter, lines_->talk, &there, &status), "MPI_Iprobe");
    }
    if (there == 0) {
        return {};
    }
    check(MPI_Get_count(&status, MPI_INT64_T, &count), "MPI_Get_count");
    Letter letter{status.MPI_SOURCE, std::vector<std::int64_t>(static_cast<std::size_t>(count))};
    check(MPI_Recv(letter.values.data(), count, MPI_INT64_T, letter.from, Tag::letter, lines_->talk,
                   MPI_STATUS_IGNORE),
          "MPI_Recv");
    return letter;
}

void Communicator::barrier() const {
    check(MPI_Barrier(lines_->talk), "MPI_Barrier");
}

std::int64_t Communicator::sum(std::int64_t value) const {
    return reduce(value, MPI_SUM, lines_->talk);
}
std::int64_t Communicator::min(std::int64_t value) const {
    return reduce(value, MPI_MIN, lines_->talk);
}
std::int64_t Communicator::max(std::int64_t value) const {
    return reduce(value, MPI_MAX, lines_->talk);
}

int Communicator::lowest_failed(bool failed, double patience_s) const {
    const auto begin = std::chrono::steady_clock::now();
    // A rank that gives up leaves the vote pending: MPI may write into these until the job ends.
    static int mine, lowest;
    mine = failed ? rank_ : size_;
    MPI_Request request;
    check(MPI_Iallreduce(&mine, &lowest, 1, MPI_INT, MPI_MIN, lines_->farewell, &request),
          "MPI_Iallreduce");
    for (int done = 0;;) {
        check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - begin;
        if (done != 0 || (failed && waited.count() > patience_s)) {
            // NOLINTNEXTLINE(clang-analyzer-optin.mpi.MPI-Checker): it does not know MPI_Test
            return done != 0 ? lowest : -1;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
}

void Communicator::sum_all(std::span<std::int64_t> values) const {
    for (std::size_t at = 0; at < values.size(); at += most_summed) {
        const int count = to_count(std::min(most_summed, values.size() - at));
        check(MPI_Allreduce(MPI_IN_PLACE, values.data() + at, count, MPI_INT64_T, MPI_SUM,
                            lines_->talk),
              "MPI_Allreduce");
    }
}

void Communicator::sum_to_first(std::span<std::int64_t> values) const {
    for (std::size_t at = 0; at < values.size(); at += most_summed) {
        std::int64_t* block = values.data() + at;
        const int count = to_count(std::min(most_summed, values.size() - at));
        check(MPI_Reduce(rank_ == 0 ? MPI_IN_PLACE : block, block, count, MPI_INT64_T, MPI_SUM, 0,
                         lines_->talk),
              "MPI_Reduce");
    }
}

std::string Communicator::broadcast(const std::string& text) const {
    std::int64_t length = static_cast<std::int64_t>(text.size());
    check(MPI_Bcast(&length, 1, MPI_INT64_T, 0, lines_->talk), "MPI_Bcast");
    std::string out = text;
    out.resize(static_cast<std::size_t>(length));
    check(MPI_Bcast(out.data(), to_count(out.size()), MPI_CHAR, 0, lines_->talk), "MPI_Bcast");
    return out;
}

std::vector<std::byte> Communicator::gather_all_bytes(std::span<const std::byte> mine) const {
    const int count = to_count(mine.size());
    std::vector<int> counts(static_cast<std::size_t>(size_));
    check(MPI_Allgather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, lines_->talk),
          "MPI_Allgather");
    std::vector<int> offsets(counts.size());
    std::size_t total = 0;
    for (std::size_t r = 0; r < counts.size(); ++r) {
        offsets[r] = to_count(total);
        total += static_cast<std::size_t>(counts[r]);
    }
    to_count(total);
    std::vector<std::byte> out(total);
    check(MPI_Allgatherv(mine.data(), count, MPI_BYTE, out.data(), counts.data(), offsets.data(),
                         MPI_BYTE, lines_->talk),
          "MPI_Allgatherv");
    return out;
}

const void* Communicator::native() const {
    return &lines_->talk;
}

#else

MpiSession::MpiSession(int&, char**&) {}
MpiSession::~MpiSession() = default;
void MpiSession::abort(int code) {
    std::_Exit(code);
}

struct Communicator::Lines {};

Communicator::Communicator() = default;
Communicator Communicator::split(int) const {
    return *this;
}
int Communicator::ranks_on_machine() {
    return 1;
}
void Communicator::send(std::span<const std::int64_t>, int) const {}
Communicator::Letter Communicator::receive(bool) const {
    return {};
}
void Communicator::barrier() const {}
std::int64_t Communicator::sum(std::int64_t value) const {
    return value;
}
std::int64_t Communicator::min(std::int64_t value) const {
    return value;
}
std::int64_t Communicator::max(std::int64_t value) const {
    return value;
}
int Communicator::lowest_failed(bool failed, double) const {
    return failed ? 0 : 1;
}
void Communicator::sum_all(std::span<std::int64_t>) const {}
void Communicator::sum_to_first(std::span<std::int64_t>) const {}
std::string Communicator::broadcast(const std::string& text) const {
    return text;
}
std::vector<std::byte> Communicator::gather_all_bytes(std::span<const std::byte> mine) const {
    return {mine.begin(), mine.end()};
}
const void* Communicator::native() const {
    return nullptr;
}

#endif

}  // namespace annelid
