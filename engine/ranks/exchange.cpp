// An exchange: from every rank something to any others.
//
// Ranks pair up along the bits of their numbers, one bit after the other (the crystal router of Fox
// et al. 1988, Solving problems on concurrent processors, chapter 22). In a round a rank hands its
// partner all it has for ranks on the other side, as one bundle, so that after log2(ranks) rounds
// everything has arrived, and everybody knows that it has: no counts need to be told beforehand,
// and where everybody has something for everybody, 10 messages a rank do for 1,024 ranks in place
// of 1,023. What all ranks combine travels in the same bundles.
//
// A large block would be copied in every round: only its size travels so, the block directly.
#include "engine/base/stop.hpp"
#include "engine/ranks/communicator.hpp"

#ifdef ANNELID_WITH_MPI
#include "engine/ranks/mpi_calls.hpp"
#endif

#include <algorithm>
#include <bit>

namespace annelid {

void ExchangeNote::add(const ExchangeNote& other) {
    sum += other.sum;
    of_first += other.of_first;
    any = std::max(any, other.any);
    signal = std::max(signal, other.signal);
}

#ifdef ANNELID_WITH_MPI

namespace {

/// Blocks up to this size go along in bundles: about what software takes for a message of its own.
constexpr std::size_t most_inline = 256;
/// A bundle's first message has at most so many bytes; its receiver knows no more beforehand.
constexpr int first_message = 4096;

struct BlockHeader {
    std::int32_t from, to;
    std::uint32_t bytes;

    std::size_t inline_bytes() const { return bytes <= most_inline ? bytes : 0; }
};

/// Blocks on their way, one after the other, each behind its header; first what all combine.
class Bundle {
  public:
    explicit Bundle(const ExchangeNote& note) : bytes_(sizeof(Start)) {
        write({note, bytes_.size()});
    }
    /// What came in a message, or the first of two.
    explicit Bundle(std::vector<std::byte>&& message) : bytes_(std::move(message)) {}

    ExchangeNote note() const { return read().note; }
    /// Of which there may only be the beginning.
    std::size_t whole_size() const { return read().size; }

    void add(const BlockHeader& header, const std::byte* content) {
        const auto* const head = reinterpret_cast<const std::byte*>(&header);
        bytes_.insert(bytes_.end(), head, head + sizeof(header));
        bytes_.insert(bytes_.end(), content, content + header.inline_bytes());
    }
    /// Once all blocks are in it.
    void seal() { write({note(), bytes_.size()}); }

    template <class Body>
    void each(Body&& body) const {
        for (std::size_t at = sizeof(Start); at < bytes_.size();) {
            BlockHeader header;
            std::memcpy(&header, bytes_.data() + at, sizeof(header));
            at += sizeof(header);
            body(header, bytes_.data() + at);
            at += header.inline_bytes();
        }
    }
    std::vector<std::byte>& bytes() { return bytes_; }
    const std::vector<std::byte>& bytes() const { return bytes_; }

  private:
    struct Start {
        ExchangeNote note;
        std::uint64_t size;
    };
    Start read() const {
        Start start;
        std::memcpy(&start, bytes_.data(), sizeof(start));
        return start;
    }
    void write(const Start& start) { std::memcpy(bytes_.data(), &start, sizeof(start)); }

    std::vector<std::byte> bytes_;
};

/// Bundles between this rank and others, each in one message or, if it is long, two.
class Talk {
  public:
    explicit Talk(MPI_Comm line) : line_(line) {}

    /// Sends `out` to a rank and returns what that one sends.
    Bundle swap(Bundle& out, int with) const {
        out.seal();
        Bundle in{std::vector<std::byte>(first_message)};
        check(MPI_Sendrecv(out.bytes().data(), first(out), MPI_BYTE, with, Tag::bundle,
                           in.bytes().data(), first_message, MPI_BYTE, with, Tag::bundle, line_,
                           MPI_STATUS_IGNORE),
              "MPI_Sendrecv");
        in.bytes().resize(in.whole_size());
        if (rest(out) > 0 || rest(in) > 0) {
            check(MPI_Sendrecv(out.bytes().data() + first(out), rest(out), MPI_BYTE, with,
                               Tag::rest_of_bundle, in.bytes().data() + first(in), rest(in),
                               MPI_BYTE, with, Tag::rest_of_bundle, line_, MPI_STATUS_IGNORE),
                  "MPI_Sendrecv");
        }
        return in;
    }
    void send(Bundle& out, int to) const {
        out.seal();
        check(MPI_Send(out.bytes().data(), first(out), MPI_BYTE, to, Tag::bundle, line_),
              "MPI_Send");
        if (rest(out) > 0) {
            check(MPI_Send(out.bytes().data() + first(out), rest(out), MPI_BYTE, to,
                           Tag::rest_of_bundle, line_),
                  "MPI_Send");
        }
    }
    Bundle receive(int from) const {
        Bundle in{std::vector<std::byte>(first_message)};
        check(MPI_Recv(in.bytes().data(), first_message, MPI_BYTE, from, Tag::bundle, line_,
                       MPI_STATUS_IGNORE),
              "MPI_Recv");
        in.bytes().resize(in.whole_size());
        if (rest(in) > 0) {
            check(MPI_Recv(in.bytes().data() + first(in), rest(in), MPI_BYTE, from,
                           Tag::rest_of_bundle, line_, MPI_STATUS_IGNORE),
                  "MPI_Recv");
        }
        return in;
    }

  private:
    static int first(const Bundle& bundle) {
        return static_cast<int>(std::min(bundle.bytes().size(), std::size_t{first_message}));
    }
    static int rest(const Bundle& bundle) {
        return to_count(bundle.bytes().size()) - first(bundle);
    }

    MPI_Comm line_;
};

/// Carries blocks to the ranks that they are for. Afterwards `bundle` has those for this rank, and
/// the note of all.
void route(Bundle& bundle, ExchangeNote& note, int rank, int size, MPI_Comm line) {
    const Talk talk(line);
    // Ranks beyond the last power of two are stood in for by one that is not.
    const int paired = static_cast<int>(std::bit_floor(static_cast<unsigned>(size)));
    if (rank >= paired) {
        talk.send(bundle, rank - paired);
        bundle = talk.receive(rank - paired);
        note = bundle.note();
        return;
    }
    const bool stands_in = rank + paired < size;
    const auto take = [&](const Bundle& from) {
        note.add(from.note());
        from.each([&bundle](const BlockHeader& header, const std::byte* content) {
            bundle.add(header, content);
        });
    };
    if (stands_in) {
        take(talk.receive(rank + paired));
    }
    for (int bit = 1; bit < paired; bit *= 2) {
        Bundle mine(note), theirs(note);
        bundle.each([&](const BlockHeader& header, const std::byte* content) {
            const int by = header.to < paired ? header.to : header.to - paired;
            ((by & bit) == (rank & bit) ? mine : theirs).add(header, content);
        });
        bundle = std::move(mine);
        take(talk.swap(theirs, rank ^ bit));
    }
    if (stands_in) {
        Bundle mine(note), theirs(note);
        bundle.each([&](const BlockHeader& header, const std::byte* content) {
            (header.to == rank ? mine : theirs).add(header, content);
        });
        talk.send(theirs, rank + paired);
        bundle = std::move(mine);
    }
}

}  // namespace

void Communicator::exchange_bytes(const std::vector<std::span<const std::byte>>& to,
                                  const ExchangeNote& note,
                                  const std::function<std::byte*(std::size_t)>& room) {
    note_ = note;
    note_.of_first = is_first() ? note.of_first : 0;
    note_.signal = std::max(note_.signal, annelid::stop_signal());
    const auto mine = static_cast<std::size_t>(rank_);
    if (size_ == 1) {
        std::copy(to[mine].begin(), to[mine].end(), room(to[mine].size()));
        return;
    }
    const auto is_sent = [&](std::size_t r) { return r != mine && !to[r].empty(); };
    Bundle bundle(note_);
    for (std::size_t r = 0; r < to.size(); ++r) {
        if (is_sent(r)) {
            bundle.add({rank_, static_cast<std::int32_t>(r),
                        static_cast<std::uint32_t>(to_count(to[r].size()))},
                       to[r].data());
        }
    }
    route(bundle, note_, rank_, size_, lines_->talk);

    struct Block {
        std::int32_t from;
        std::size_t bytes;
        const std::byte* content;  ///< null: it comes in a message of its own
    };
    std::vector<Block> blocks;
    std::size_t total = to[mine].size();
    if (!to[mine].empty()) {
        blocks.push_back({rank_, to[mine].size(), to[mine].data()});
    }
    bundle.each([&](const BlockHeader& header, const std::byte* content) {
        blocks.push_back(
            {header.from, header.bytes, header.bytes <= most_inline ? content : nullptr});
        total += header.bytes;
    });
    std::sort(blocks.begin(), blocks.end(),
              [](const Block& a, const Block& b) { return a.from < b.from; });
    // Receiving begins before sending: what comes where nobody waits for it costs MPI a search.
    std::vector<MPI_Request> pending;
    std::byte* at = room(total);
    for (const Block& block : blocks) {
        if (block.content != nullptr) {
            std::copy_n(block.content, block.bytes, at);
        } else {
            pending.emplace_back();
            check(MPI_Irecv(at, to_count(block.bytes), MPI_BYTE, block.from, Tag::large_block,
                            lines_->talk, &pending.back()),
                  "MPI_Irecv");
        }
        at += block.bytes;
    }
    for (std::size_t r = 0; r < to.size(); ++r) {
        if (is_sent(r) && to[r].size() > most_inline) {
            pending.emplace_back();
            check(MPI_Isend(to[r].data(), to_count(to[r].size()), MPI_BYTE, static_cast<int>(r),
                            Tag::large_block, lines_->talk, &pending.back()),
                  "MPI_Isend");
        }
    }
    check(MPI_Waitall(static_cast<int>(pending.size()), pending.data(), MPI_STATUSES_IGNORE),
          "MPI_Waitall");
}

#else

void Communicator::exchange_bytes(const std::vector<std::span<const std::byte>>& to,
                                  const ExchangeNote& note,
                                  const std::function<std::byte*(std::size_t)>& room) {
    note_ = note;
    note_.signal = annelid::stop_signal();
    std::copy(to[0].begin(), to[0].end(), room(to[0].size()));
}

#endif

}  // namespace annelid
