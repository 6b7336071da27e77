#ifndef STREAMTAP_CLONES_H
#define STREAMTAP_CLONES_H

#include <stdint.h>
#include <string.h>

#include "kernels.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define IS_SANITIZED
#endif
#endif

/// One body for every processor of the kind, chosen when the program is loaded; that is before a sanitizer is ready, whose
/// functions the choice would call.
#if defined(__x86_64__) && defined(__linux__) && !defined(IS_SANITIZED)
#define CLONES __attribute__((target_clones("avx512bw", "avx2", "default")))
#else
#define CLONES
#endif

#define INLINE static inline __attribute__((always_inline))

/// 32 samples, and 16 numbers of 16 bits: a register of AVX2, two of any other.
typedef uint8_t bytes32 __attribute__((vector_size(32)));
typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint16_t words16 __attribute__((vector_size(32)));
typedef uint32_t doubles32 __attribute__((vector_size(128)));
/// 32 numbers of 16 bits: a register of AVX-512.
typedef uint16_t words32 __attribute__((vector_size(64)));

INLINE uint8_t least(uint8_t a, uint8_t b) { return a < b ? a : b; }
INLINE uint8_t most(uint8_t a, uint8_t b) { return a > b ? a : b; }

#endif
