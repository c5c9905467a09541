// SPDX-License-Identifier: Apache-2.0
// Counter-based random bits: Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
// Element i of a draw depends on seed, stream and i only, so any split over threads gives the same numbers.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

namespace cermet {

class Philox {
 public:
  Philox() = default;
  // `stream` tells draws of one generator apart.
  Philox(uint64_t seed, uint64_t stream) : seed_(seed), stream_(stream) {}

  // Four independent 32-bit values for counter `index`.
  std::array<uint32_t, 4> bits(uint64_t index) const {
    uint32_t c0 = static_cast<uint32_t>(index), c1 = static_cast<uint32_t>(index >> 32);
    uint32_t c2 = static_cast<uint32_t>(stream_), c3 = static_cast<uint32_t>(stream_ >> 32);
    uint32_t k0 = static_cast<uint32_t>(seed_), k1 = static_cast<uint32_t>(seed_ >> 32);
    for (int round = 0; round < 10; ++round) {
      uint64_t p0 = uint64_t{0xD2511F53} * c0, p1 = uint64_t{0xCD9E8D57} * c2;
      uint32_t n0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0, n2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
      c1 = static_cast<uint32_t>(p1);
      c3 = static_cast<uint32_t>(p0);
      c0 = n0;
      c2 = n2;
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    return {c0, c1, c2, c3};
  }

  // Uniform in [0, 1): 53 random bits from one counter.
  double uniform(uint64_t index) const {
    auto b = bits(index);
    return static_cast<double>((uint64_t{b[0]} << 21) ^ (b[1] >> 11)) * 0x1p-53;
  }

  // Standard normal (Box and Muller, 1958) from one counter.
  double normal(uint64_t index) const {
    auto b = bits(index);
    double u = (static_cast<double>((uint64_t{b[0]} << 21) ^ (b[1] >> 11)) + 1.0) * 0x1p-53;  // (0, 1]
    double v = static_cast<double>((uint64_t{b[2]} << 21) ^ (b[3] >> 11)) * 0x1p-53;
    return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v);
  }

  // Uniform integer in [0, bound) for bound >= 1.
  uint64_t below(uint64_t index, uint64_t bound) const {
    auto b = bits(index);
    uint64_t word = (uint64_t{b[0]} << 32) | b[1];
    return static_cast<uint64_t>((static_cast<unsigned __int128>(word) * bound) >> 64);
  }

 private:
  uint64_t seed_ = 0, stream_ = 0;
};

}  // namespace cermet
