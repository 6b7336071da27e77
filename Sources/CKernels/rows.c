#include "clones.h"

CLONES void kernel_min_2(const uint8_t *restrict a, const uint8_t *restrict b, uint8_t *restrict out, size_t count) {
    for (size_t x = 0; x < count; x++) out[x] = least(a[x], b[x]);
}

CLONES void kernel_max_2(const uint8_t *restrict a, const uint8_t *restrict b, uint8_t *restrict out, size_t count) {
    for (size_t x = 0; x < count; x++) out[x] = most(a[x], b[x]);
}

CLONES void kernel_min_3(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c,
                         uint8_t *restrict out, size_t count) {
    for (size_t x = 0; x < count; x++) out[x] = least(least(a[x], b[x]), c[x]);
}

CLONES void kernel_max_3(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c,
                         uint8_t *restrict out, size_t count) {
    for (size_t x = 0; x < count; x++) out[x] = most(most(a[x], b[x]), c[x]);
}

CLONES void kernel_min_5(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c,
                         const uint8_t *restrict d, const uint8_t *restrict e, uint8_t *restrict out, size_t count) {
    for (size_t x = 0; x < count; x++) out[x] = least(least(least(a[x], b[x]), least(c[x], d[x])), e[x]);
}

CLONES void kernel_max_5(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c,
                         const uint8_t *restrict d, const uint8_t *restrict e, uint8_t *restrict out, size_t count) {
    for (size_t x = 0; x < count; x++) out[x] = most(most(most(a[x], b[x]), most(c[x], d[x])), e[x]);
}

CLONES void kernel_threshold(const uint8_t *restrict row, uint8_t level, uint8_t high, uint8_t low,
                             uint8_t *restrict out, size_t count) {
    uint8_t other = high ^ low;
    for (size_t x = 0; x < count; x++) out[x] = (row[x] > level ? other : 0) ^ low;
}

CLONES void kernel_extremes(const uint8_t *restrict row, size_t count, uint8_t *restrict low, uint8_t *restrict high) {
    uint8_t lowest = *low, highest = *high;
    for (size_t x = 0; x < count; x++) {
        lowest = least(lowest, row[x]);
        highest = most(highest, row[x]);
    }
    *low = lowest;
    *high = highest;
}

/// Added to a small float, it leaves the nearest whole number, ties to even, in the sum's low bits: 1.5 · 2²³.
static const float rounder = 12582912;

CLONES void kernel_stretch(const uint8_t *restrict row, uint8_t low, uint8_t high, uint8_t *restrict out,
                           size_t count) {
    float factor = 255 / (float)(high - low);
    for (size_t x = 0; x < count; x++) {
        uint8_t inside = least(most(row[x], low), high) - low;
        float rounded = (float)(int32_t)inside * factor + rounder;
        uint32_t bits;
        memcpy(&bits, &rounded, sizeof bits);
        out[x] = (uint8_t)bits;
    }
}

CLONES void kernel_exchange(const uint8_t *restrict entering, const uint8_t *restrict leaving,
                            uint16_t *restrict columns, size_t count) {
    for (size_t x = 0; x < count; x++) columns[x] = (uint16_t)(columns[x] + entering[x] - leaving[x]);
}

/// A constant window lets the compiler lay the loop over it out flat.
INLINE void box_mean(const uint16_t *restrict columns, size_t window, size_t step, uint8_t *restrict out,
                     size_t count) {
    // By multiplication with 2¹⁶⁺ˢ/divisor, rounded up, where 2ˢ is the power of two below the divisor: exact for all
    // sums of windows up to 15.
    uint32_t divisor = (uint32_t)(window * window);
    unsigned shift = 31 - (unsigned)__builtin_clz(divisor);
    uint32_t factor = (uint32_t)(((1ULL << (16 + shift)) + divisor - 1) / divisor) & 0xFFFF;
    uint16_t half = (uint16_t)(divisor / 2);
    // The last block overlaps the one before, unless thirty-two divides the count.
    for (size_t start = 0; count >= 32 && start < count; start += 32) {
        size_t x = start + 32 <= count ? start : count - 32;
        words32 sum, next;
        memcpy(&sum, columns + x, sizeof sum);
        for (size_t index = 1; index < window; index++) {
            memcpy(&next, columns + x + index * step, sizeof next);
            sum += next;
        }
        // The upper half of each product: one instruction, in every instruction set.
        words32 upper = __builtin_convertvector(
            (__builtin_convertvector(sum + half, doubles32) * factor) >> 16, words32) >> (uint16_t)shift;
        bytes32 narrow = __builtin_convertvector(upper, bytes32);
        memcpy(out + x, &narrow, sizeof narrow);
    }
    for (size_t x = 0; count < 32 && x < count; x++) {
        uint16_t sum = half;
        for (size_t index = 0; index < window; index++) sum += columns[x + index * step];
        out[x] = (uint8_t)((((uint32_t)sum * factor) >> 16) >> shift);
    }
}

CLONES void kernel_box_mean(const uint16_t *restrict columns, size_t window, size_t step, uint8_t *restrict out,
                            size_t count) {
    if (window == 3) return box_mean(columns, 3, step, out, count);
    if (window == 5) return box_mean(columns, 5, step, out, count);
    box_mean(columns, window, step, out, count);
}

CLONES void kernel_vote(const uint8_t *restrict row, size_t window, size_t step, const uint8_t *restrict trial,
                        uint8_t *restrict votes, size_t count) {
    for (size_t start = 0; count >= 32 && start < count; start += 32) {
        // What a block adds it must not add twice: the rest of a row goes by itself.
        if (start + 32 > count) break;
        bytes32 level, sum, sample;
        memcpy(&level, trial + start, sizeof level);
        memcpy(&sum, votes + start, sizeof sum);
        for (size_t index = 0; index < window; index++) {
            memcpy(&sample, row + start + index * step, sizeof sample);
            // True is all ones, which is -1.
            sum -= (bytes32)(sample >= level);
        }
        memcpy(votes + start, &sum, sizeof sum);
    }
    for (size_t x = count / 32 * 32; x < count; x++)
        for (size_t index = 0; index < window; index++) votes[x] += row[x + index * step] >= trial[x];
}
