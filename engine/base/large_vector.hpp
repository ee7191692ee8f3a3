// A vector for arrays that are reached at random: in huge pages, so that a random access does not
// also miss the page tables, and not written before its owner does.
#pragma once

#include <cstddef>
#include <cstdlib>
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

template <class T>
struct LargeAllocator {
    using value_type = T;

    LargeAllocator() = default;
    template <class U>
    LargeAllocator(const LargeAllocator<U>&) {}

    T* allocate(std::size_t n) {
        const std::size_t bytes = (n * sizeof(T) + page - 1) / page * page;
        if (n * sizeof(T) < page) {
            return std::allocator<T>{}.allocate(n);
        }
        void* const memory = std::aligned_alloc(page, bytes);
        if (memory == nullptr) {
            throw std::bad_alloc();
        }
#ifdef MADV_HUGEPAGE
        madvise(memory, bytes, MADV_HUGEPAGE);  // a hint: where it is refused, nothing is lost
#endif
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t n) {
        if (n * sizeof(T) < page) {
            std::allocator<T>{}.deallocate(memory, n);
        } else {
            std::free(memory);
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
    static constexpr std::size_t page = std::size_t{1} << 21;
};

/// LargeVector<T>(n) holds undefined values; LargeVector<T>(n, value) does not.
template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace annelid
