// A vector for arrays that are reached at random: in huge pages, so that a random access does not
// also miss the page tables, and not written before its owner does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace annelid {

/// For main(): freed memory is used again. Handing it back and asking anew costs a page fault every
/// 4 KiB.
inline void keep_freed_memory() {
#ifdef __GLIBC__
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_MMAP_THRESHOLD, 1 << 25);
#endif
}

/// Memory in huge pages of its own: what the heap has used before stays in small ones.
inline void* allocate_pages(std::size_t bytes) {
#ifdef MADV_HUGEPAGE
    constexpr std::size_t page = std::size_t{1} << 21;
    const std::size_t length = (bytes + page - 1) / page * page;
    // As much again as a page, to cut out an aligned part.
    void* const all = mmap(nullptr, length + page, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED) {
        throw std::bad_alloc();
    }
    auto* const first = static_cast<std::byte*>(all);
    const std::size_t skipped = (page - reinterpret_cast<std::uintptr_t>(all) % page) % page;
    if (skipped > 0) {
        munmap(first, skipped);
    }
    if (skipped < page) {
        munmap(first + skipped + length, page - skipped);
    }
    madvise(first + skipped, length,
            MADV_HUGEPAGE);  // a hint: where it is refused, nothing is lost
    return first + skipped;
#else
    return ::operator new(bytes);
#endif
}

inline void free_pages(void* memory, std::size_t bytes) {
#ifdef MADV_HUGEPAGE
    constexpr std::size_t page = std::size_t{1} << 21;
    munmap(memory, (bytes + page - 1) / page * page);
#else
    ::operator delete(memory);
    static_cast<void>(bytes);
#endif
}

template <class T>
struct LargeAllocator {
    using value_type = T;

    LargeAllocator() = default;
    template <class U>
    LargeAllocator(const LargeAllocator<U>&) {}

    T* allocate(std::size_t n) {
        return n < least ? std::allocator<T>{}.allocate(n)
                         : static_cast<T*>(allocate_pages(n * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t n) {
        if (n < least) {
            std::allocator<T>{}.deallocate(memory, n);
        } else {
            free_pages(memory, n * sizeof(T));
        }
    }
    /// `LargeVector<T>(n)` leaves plain values as they are: whoever fills them touches them first.
    template <class U, class... Arguments>
    void construct(U* at, Arguments&&... arguments) {
        if constexpr (sizeof...(Arguments) == 0) {
            ::new (static_cast<void*>(at)) U;
        } else {
            ::new (static_cast<void*>(at)) U(std::forward<Arguments>(arguments)...);
        }
    }
    bool operator==(const LargeAllocator&) const = default;

  private:
    static constexpr std::size_t least = (std::size_t{1} << 20) / sizeof(T);
};

/// LargeVector<T>(n) holds undefined values; LargeVector<T>(n, value) does not.
template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace annelid
