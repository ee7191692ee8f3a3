// Talk between ranks: the only header through which the engine reaches MPI. Built without MPI
// (ANNELID_MPI=OFF) the same calls work on one rank.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace annelid {

/// Starts MPI (or nothing) for the life of the program; one object in main.
class MpiSession {
  public:
    MpiSession(int& argc, char**& argv);
    ~MpiSession();
    MpiSession(const MpiSession&) = delete;
    MpiSession& operator=(const MpiSession&) = delete;

    /// Ends every rank at once with `code`; does not return.
    [[noreturn]] static void abort(int code);
};

/// What travels with an exchange and is combined over all ranks.
struct ExchangeNote {
    std::int64_t sum = 0;
    std::int64_t of_first = 0;  ///< what the first rank says
    std::int32_t any = 0;       ///< 1 if a rank says so; no bool, as padding would be sent with it
    int signal = 0;  ///< that asked a rank to stop (engine/base/stop.hpp), filled in here

    void add(const ExchangeNote& other);
};

class Communicator {
  public:
    /// All ranks of the job.
    Communicator();

    int rank() const { return rank_; }
    int size() const { return size_; }
    bool is_first() const { return rank_ == 0; }

    /// Collective. The team of this rank, where each team takes the next `team_size` of these
    /// ranks. Teams talk apart from each other and from all.
    Communicator split(int team_size) const;

    /// Ranks of the job on this rank's machine, whatever team they are in.
    static int ranks_on_machine();

    /// Collective. Waits for all ranks.
    void barrier() const;

    /// Collective. Sum, smallest and largest of one integer over all ranks.
    std::int64_t sum(std::int64_t value) const;
    std::int64_t min(std::int64_t value) const;
    std::int64_t max(std::int64_t value) const;

    /// Collective. Element-wise sum, on all ranks.
    void sum_all(std::span<std::int64_t> values) const;

    /// Collective. Element-wise sum; complete on the first rank, untouched on the others.
    void sum_to_first(std::span<std::int64_t> values) const;

    /// Collective. The first rank's text on all ranks.
    std::string broadcast(const std::string& text) const;

    /// Collective. True on all ranks if `failed` on any. Lets a fault on one rank end all.
    bool any(bool failed) const { return max(failed ? 1 : 0) != 0; }

    /// Collective. Every rank's values, in rank order, on all ranks.
    template <class T>
    std::vector<T> gather_all(std::span<const T> mine) const {
        static_assert(std::is_trivially_copyable_v<T>);
        return unpack<T>(gather_all_bytes(std::as_bytes(mine)));
    }

    /// Collective where all goes well: waits for the others and returns the lowest rank that has
    /// `failed`, size() where none has. A rank that has failed waits `patience_s` at most; -1 if
    /// others did not come by then, as they wait for this rank elsewhere.
    int lowest_failed(bool failed, double patience_s) const;

    /// Collective. `to[r]` goes to rank r; `came` is then what came, in rank order: received where
    /// it lies, in memory that is used again. `note` is combined on the way: afterwards note() is
    /// what all have said.
    template <class T>
    void exchange(const std::vector<std::vector<T>>& to, std::vector<T>& came,
                  const ExchangeNote& note = {}) {
        static_assert(std::is_trivially_copyable_v<T>);
        std::vector<std::span<const std::byte>> spans;
        spans.reserve(to.size());
        for (const auto& block : to) {
            spans.push_back(std::as_bytes(std::span<const T>(block)));
        }
        exchange_bytes(spans, note, [&came](std::size_t bytes) {
            came.resize(bytes / sizeof(T));
            return reinterpret_cast<std::byte*>(came.data());
        });
    }
    template <class T>
    std::vector<T> exchange(const std::vector<std::vector<T>>& to, const ExchangeNote& note = {}) {
        std::vector<T> came;
        exchange(to, came, note);
        return came;
    }

    /// Of the last exchange, the same on all ranks.
    const ExchangeNote& note() const { return note_; }

    /// Sends `values` to rank `to`, which takes them with receive(). Waits at most until it does.
    void send(std::span<const std::int64_t> values, int to) const;

    /// What a rank has sent: from whom, and what.
    struct Letter {
        int from = -1;  ///< -1: none has come
        std::vector<std::int64_t> values;
    };
    /// From any rank; with `wait` until there is one.
    Letter receive(bool wait) const;

    /// A signal that had asked any rank to stop when the last exchange began, 0 where none had: the
    /// same on all ranks.
    int stop_signal() const { return note_.signal; }

    /// The MPI communicator for parallel file access, as the address of an MPI_Comm; null without
    /// MPI. Only the HDF5 file uses it.
    const void* native() const;

  private:
    struct Lines;  ///< of MPI

    explicit Communicator(std::shared_ptr<const Lines> lines);
    std::vector<std::byte> gather_all_bytes(std::span<const std::byte> mine) const;
    /// `room(bytes)` says where to put so many.
    void exchange_bytes(const std::vector<std::span<const std::byte>>& to, const ExchangeNote& note,
                        const std::function<std::byte*(std::size_t)>& room);

    template <class T>
    static std::vector<T> unpack(const std::vector<std::byte>& bytes) {
        std::vector<T> out(bytes.size() / sizeof(T));
        if (!out.empty()) {
            std::memcpy(out.data(), bytes.data(), out.size() * sizeof(T));
        }
        return out;
    }

    std::shared_ptr<const Lines> lines_;
    int rank_ = 0;
    int size_ = 1;
    ExchangeNote note_;
};

}  // namespace annelid
