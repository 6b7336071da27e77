#include "clones.h"

// Vectors are not returned: how that is done differs from clone to clone.

INLINE void load(const uint16_t *numbers, words16 *result) { memcpy(result, numbers, sizeof *result); }

INLINE void widen_32(const uint8_t *samples, words32 *result) {
    bytes32 narrow;
    memcpy(&narrow, samples, sizeof narrow);
    *result = __builtin_convertvector(narrow, words32);
}

INLINE void load_32(const uint16_t *numbers, words32 *result) { memcpy(result, numbers, sizeof *result); }

/// A constant radius lets the compiler lay the loops over the window out flat.
INLINE void across(const uint8_t *restrict row, const uint16_t *restrict half, size_t radius, size_t step,
                   uint16_t *restrict out, size_t count) {
    // The last block overlaps the one before, unless thirty-two divides the count.
    for (size_t start = 0; count >= 32 && start < count; start += 32) {
        size_t x = start + 32 <= count ? start : count - 32;
        const uint8_t *here = row + x;
        // At most 255 · 256.
        words32 sum, before, after;
        widen_32(here, &sum);
        sum *= half[radius];
        for (size_t index = 0; index < radius; index++) {
            size_t distance = (radius - index) * step;
            widen_32(here - distance, &before);
            widen_32(here + distance, &after);
            sum += (before + after) * half[index];
        }
        memcpy(out + x, &sum, sizeof sum);
    }
    for (size_t x = 0; count < 32 && x < count; x++) {
        uint16_t sum = (uint16_t)(row[x] * half[radius]);
        for (size_t index = 0; index < radius; index++) {
            size_t distance = (radius - index) * step;
            sum += (uint16_t)(((row + x)[-(ptrdiff_t)distance] + row[x + distance]) * half[index]);
        }
        out[x] = sum;
    }
}

CLONES void kernel_gaussian_across(const uint8_t *restrict row, const uint16_t *restrict half, size_t radius,
                                   size_t step, uint16_t *restrict out, size_t count) {
    if (radius == 1) return across(row, half, 1, step, out, count);
    if (radius == 2) return across(row, half, 2, step, out, count);
    across(row, half, radius, step, out, count);
}

/// Small weights: the whole sum has 16 bits.
INLINE void down_narrow(const uint16_t *const *rows, const uint16_t *restrict half, size_t radius, unsigned bits,
                        uint8_t *restrict out, size_t count) {
    uint16_t rounding = (uint16_t)(1 << (2 * bits - 1)), shift = (uint16_t)(2 * bits);
    for (size_t start = 0; count >= 32 && start < count; start += 32) {
        size_t x = start + 32 <= count ? start : count - 32;
        words32 sum, before, after;
        load_32(rows[radius] + x, &sum);
        sum *= half[radius];
        for (size_t index = 0; index < radius; index++) {
            load_32(rows[index] + x, &before);
            load_32(rows[2 * radius - index] + x, &after);
            sum += (before + after) * half[index];
        }
        bytes32 narrow = __builtin_convertvector((sum + rounding) >> shift, bytes32);
        memcpy(out + x, &narrow, sizeof narrow);
    }
}

INLINE void down_wide(const uint16_t *const *rows, const uint16_t *restrict half, size_t radius, uint8_t *restrict out,
                      size_t count) {
    for (size_t start = 0; count >= 16 && start < count; start += 16) {
        size_t x = start + 16 <= count ? start : count - 16;
        // The upper and the lower eight bits of the sums apart, so that 16 bits are enough for the products.
        words16 middle, before, after;
        load(rows[radius] + x, &middle);
        words16 upper = (middle >> 8) * half[radius], lower = (middle & 255) * half[radius];
        for (size_t index = 0; index < radius; index++) {
            load(rows[index] + x, &before);
            load(rows[2 * radius - index] + x, &after);
            upper += ((before >> 8) + (after >> 8)) * half[index];
            lower += ((before & 255) + (after & 255)) * half[index];
        }
        // ⌊(256 · upper + lower + 2¹⁵) / 2¹⁶⌋, without the bits that the sum would need.
        bytes16 narrow = __builtin_convertvector((upper + (lower >> 8) + 128) >> 8, bytes16);
        memcpy(out + x, &narrow, sizeof narrow);
    }
}

CLONES void kernel_gaussian_down(const uint16_t *const *rows, const uint16_t *restrict half, size_t radius,
                                 unsigned bits, uint8_t *restrict out, size_t count) {
    if (count < 32) {
        for (size_t x = 0; x < count; x++) {
            uint32_t sum = 1u << (2 * bits - 1);
            for (size_t index = 0; index <= 2 * radius; index++)
                sum += (uint32_t)rows[index][x] * half[index <= radius ? index : 2 * radius - index];
            out[x] = (uint8_t)(sum >> (2 * bits));
        }
    } else if (bits <= 4) {
        if (radius == 1) return down_narrow(rows, half, 1, bits, out, count);
        if (radius == 2) return down_narrow(rows, half, 2, bits, out, count);
        down_narrow(rows, half, radius, bits, out, count);
    } else {
        down_wide(rows, half, radius, out, count);
    }
}
