#include "clones.h"

INLINE void lower(const bytes32 *a, const bytes32 *b, bytes32 *out) {
    *out = __builtin_shufflevector(*a, *b, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18,
                                   50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55);
}

INLINE void upper(const bytes32 *a, const bytes32 *b, bytes32 *out) {
    *out = __builtin_shufflevector(*a, *b, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25,
                                   57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63);
}

/// Two squares of sixteen by sixteen side by side, one in each half of a register: four times each row of the upper
/// half is interleaved with its fellow of the lower half.
INLINE void squares(const uint8_t *source, ptrdiff_t stride, uint8_t *out, ptrdiff_t out_stride) {
    bytes32 rows[16], next[16];
    for (int y = 0; y < 16; y++) memcpy(&rows[y], source + y * stride, 32);
    for (int round = 0; round < 2; round++) {
        for (int y = 0; y < 8; y++) {
            lower(&rows[y], &rows[y + 8], &next[2 * y]);
            upper(&rows[y], &rows[y + 8], &next[2 * y + 1]);
        }
        for (int y = 0; y < 8; y++) {
            lower(&next[y], &next[y + 8], &rows[2 * y]);
            upper(&next[y], &next[y + 8], &rows[2 * y + 1]);
        }
    }
    for (int y = 0; y < 16; y++) {
        memcpy(out + y * out_stride, &rows[y], 16);
        memcpy(out + (y + 16) * out_stride, (uint8_t *)&rows[y] + 16, 16);
    }
}

CLONES void kernel_transpose(const uint8_t *source, ptrdiff_t stride, size_t width, size_t height, uint8_t *out,
                      ptrdiff_t out_stride) {
    // Down strips of 64 columns, so that the rows that are written stay in the cache until their lines are full.
    size_t whole_rows = height / 16 * 16;
    for (size_t left = 0; left < width; left += 64) {
        size_t right = left + 64 < width ? left + 64 : width;
        size_t whole = left + (right - left) / 32 * 32;
        for (size_t y = 0; y < whole_rows; y += 16) {
            size_t x = left;
            for (; x < whole; x += 32)
                squares(source + (ptrdiff_t)y * stride + x, stride, out + (ptrdiff_t)x * out_stride + y, out_stride);
            for (; x < right; x++)
                for (size_t row = y; row < y + 16; row++)
                    out[(ptrdiff_t)x * out_stride + (ptrdiff_t)row] = source[(ptrdiff_t)row * stride + (ptrdiff_t)x];
        }
        for (size_t y = whole_rows; y < height; y++)
            for (size_t x = left; x < right; x++)
                out[(ptrdiff_t)x * out_stride + (ptrdiff_t)y] = source[(ptrdiff_t)y * stride + (ptrdiff_t)x];
    }
}
