#include "engine/chance/batch.hpp"

#include "engine/chance/log.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#define ANNELID_VECTOR_LOOPS
#ifndef __clang__
// False alarms inside GCC 12's own header (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#endif

namespace annelid {

namespace {

// Philox2x32 of Salmon et al. (2011): multiplier and the step of its key.
constexpr std::uint32_t multiplier = 0xD256D193;
constexpr std::uint32_t key_step = 0x9E3779B9;
constexpr int rounds = 10;

using Bits = void (*)(std::uint32_t key, std::uint32_t mask, std::uint32_t multiplicity,
                      const std::uint32_t* targets, std::size_t n, std::uint64_t* out);
using Exponentials = void (*)(const std::uint64_t* bits, std::size_t n, double* out);

[[gnu::always_inline]] inline void bits_loop(std::uint32_t key, std::uint32_t mask,
                                             std::uint32_t multiplicity,
                                             const std::uint32_t* __restrict targets, std::size_t n,
                                             std::uint64_t* __restrict out) {
    for (std::size_t i = 0; i < n; ++i) {
        std::uint32_t left = targets[i] ^ mask;
        std::uint32_t right = multiplicity;
        std::uint32_t k = key;
#pragma GCC unroll 10
        for (int r = 0; r < rounds; ++r) {
            const std::uint64_t product = std::uint64_t{multiplier} * left;
            left = static_cast<std::uint32_t>(product >> 32) ^ k ^ right;
            right = static_cast<std::uint32_t>(product);
            k += key_step;
        }
        out[i] = (std::uint64_t{right} << 32) | left;
    }
}

[[gnu::always_inline]] inline void exponentials_loop(const std::uint64_t* __restrict bits,
                                                     std::size_t n, double* __restrict out) {
    for (std::size_t i = 0; i < n; ++i) {
        out[i] = exponential_from_bits(~bits[i]);
    }
}

struct Loops {
    Bits bits;
    Exponentials exponentials;
};

void bits_plain(std::uint32_t k, std::uint32_t m, std::uint32_t x, const std::uint32_t* t,
                std::size_t n, std::uint64_t* out) {
    bits_loop(k, m, x, t, n, out);
}
void exponentials_plain(const std::uint64_t* bits, std::size_t n, double* out) {
    exponentials_loop(bits, n, out);
}

#ifdef ANNELID_VECTOR_LOOPS
// A multiplication of 32-bit numbers to 64 bits takes the lower half of each 64-bit lane, so upper
// halves may hold anything until the end. Compilers do not find this form by themselves.

[[gnu::target("avx2")]] void bits_avx2(std::uint32_t key, std::uint32_t mask,
                                       std::uint32_t multiplicity, const std::uint32_t* targets,
                                       std::size_t n, std::uint64_t* out) {
    constexpr std::size_t lanes = 4;
    const __m256i by = _mm256_set1_epi64x(multiplier);
    const __m256i masks = _mm256_set1_epi64x(mask);
    const __m256i low_half = _mm256_set1_epi64x(0xffffffff);
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        const auto* from = reinterpret_cast<const __m128i*>(targets + i);
        __m256i left = _mm256_xor_si256(_mm256_cvtepu32_epi64(_mm_loadu_si128(from)), masks);
        __m256i right = _mm256_set1_epi64x(multiplicity);
        std::uint32_t k = key;
        for (int r = 0; r < rounds; ++r) {
            const __m256i product = _mm256_mul_epu32(left, by);
            const __m256i keyed = _mm256_xor_si256(right, _mm256_set1_epi64x(k));
            left = _mm256_xor_si256(_mm256_srli_epi64(product, 32), keyed);
            right = product;
            k += key_step;
        }
        const __m256i both =
            _mm256_or_si256(_mm256_slli_epi64(right, 32), _mm256_and_si256(left, low_half));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), both);
    }
    bits_loop(key, mask, multiplicity, targets + i, n - i, out + i);
}
[[gnu::target("avx2")]] void exponentials_avx2(const std::uint64_t* bits, std::size_t n,
                                               double* out) {
    exponentials_loop(bits, n, out);
}

#ifdef __clang__
#define ANNELID_AVX512 "avx512f,avx512dq,avx512vl,avx512bw"
#else
#define ANNELID_AVX512 "avx512f,avx512dq,avx512vl,avx512bw,prefer-vector-width=512"
#endif
[[gnu::target(ANNELID_AVX512)]] void bits_avx512(std::uint32_t key, std::uint32_t mask,
                                                 std::uint32_t multiplicity,
                                                 const std::uint32_t* targets, std::size_t n,
                                                 std::uint64_t* out) {
    constexpr std::size_t lanes = 8;
    const __m512i by = _mm512_set1_epi64(multiplier);
    const __m512i masks = _mm512_set1_epi64(mask);
    const __m512i low_half = _mm512_set1_epi64(0xffffffff);
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        const auto* from = reinterpret_cast<const __m256i*>(targets + i);
        __m512i left = _mm512_xor_si512(_mm512_cvtepu32_epi64(_mm256_loadu_si256(from)), masks);
        __m512i right = _mm512_set1_epi64(multiplicity);
        std::uint32_t k = key;
        for (int r = 0; r < rounds; ++r) {
            const __m512i product = _mm512_mul_epu32(left, by);
            const __m512i keyed = _mm512_xor_si512(right, _mm512_set1_epi64(k));
            left = _mm512_xor_si512(_mm512_srli_epi64(product, 32), keyed);
            right = product;
            k += key_step;
        }
        const __m512i both =
            _mm512_or_si512(_mm512_slli_epi64(right, 32), _mm512_and_si512(left, low_half));
        _mm512_storeu_si512(out + i, both);
    }
    bits_loop(key, mask, multiplicity, targets + i, n - i, out + i);
}
[[gnu::target(ANNELID_AVX512)]] void exponentials_avx512(const std::uint64_t* bits, std::size_t n,
                                                         double* out) {
    exponentials_loop(bits, n, out);
}
#endif

Loops loops_of(InstructionSet set) {
#ifdef ANNELID_VECTOR_LOOPS
    if (set == InstructionSet::avx512) {
        return {bits_avx512, exponentials_avx512};
    }
    if (set == InstructionSet::avx2) {
        return {bits_avx2, exponentials_avx2};
    }
#endif
    static_cast<void>(set);
    return {bits_plain, exponentials_plain};
}

Loops loops = loops_of(available_instruction_sets().back());

}  // namespace

std::vector<InstructionSet> available_instruction_sets() {
    std::vector<InstructionSet> sets = {InstructionSet::plain};
#ifdef ANNELID_VECTOR_LOOPS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) {
        sets.push_back(InstructionSet::avx2);
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) {
        sets.push_back(InstructionSet::avx512);
    }
#endif
    return sets;
}

void use_instruction_set(InstructionSet set) {
    loops = loops_of(set);
}

void LinkDraws::bits(const std::uint32_t* targets, std::size_t n, std::uint64_t* out) const {
    loops.bits(words_[0], words_[1], words_[2], targets, n, out);
}

void exponentials(const std::uint64_t* bits, std::size_t n, double* out) {
    loops.exponentials(bits, n, out);
}

}  // namespace annelid
