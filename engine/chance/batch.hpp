// Draws for many links of one source at once: the speed of vector instructions, the bits of one.
//
// A link from a source to a target draws Philox2x32-10 at the counter (target, multiplicity), keyed
// and masked by one Philox4x32-10 draw of the source. The loops are plain C++, built once for each
// instruction set; without contraction every set gives the same bits, which a test shows.
#pragma once

#include "engine/chance/draws.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <Random123/philox.h>

namespace annelid {

/// The draws of one source, during one stay and renewal, about its targets.
class LinkDraws {
  public:
    LinkDraws(const Draws& draws, std::uint64_t source, std::uint32_t ordinal,
              std::uint32_t renewal)
        : words_(draws.words(source, ordinal, renewal)) {}

    /// `multiplicity` tells apart several links between the same two.
    std::uint64_t bits(std::uint32_t target, std::uint32_t multiplicity = 0) const {
        using Philox = r123::Philox2x32;
        const Philox::ctr_type out = Philox{}({{target ^ words_[1], multiplicity ^ words_[2]}},
                                              Philox::key_type{{words_[0]}});
        return (std::uint64_t{out[1]} << 32) | out[0];
    }

    /// bits(targets[i]) for i < n.
    void bits(const std::uint32_t* targets, std::size_t n, std::uint64_t* out) const;

  private:
    std::array<std::uint32_t, 4> words_;
};

/// exponential_from_bits(~bits[i]), the quantile of bits[i], for i < n.
void exponentials(const std::uint64_t* bits, std::size_t n, double* out);

/// The instruction sets that the loops are built for; a run takes the best of its CPU.
enum class InstructionSet { plain, avx2, avx512 };
std::vector<InstructionSet> available_instruction_sets();
/// For tests: what the loops use from now on.
void use_instruction_set(InstructionSet set);

}  // namespace annelid
