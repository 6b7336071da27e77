#include "clones.h"

CLONES void kernel_sort_3(const uint8_t *const *rows, uint8_t *restrict sorted, size_t pitch, size_t count) {
    const uint8_t *restrict first = rows[0], *restrict second = rows[1], *restrict third = rows[2];
    uint8_t *restrict low = sorted, *restrict middle = low + pitch, *restrict high = middle + pitch;
    for (size_t x = 0; x < count; x++) {
        uint8_t lower = least(first[x], second[x]), upper = most(first[x], second[x]), other = third[x];
        low[x] = least(lower, other);
        middle[x] = most(lower, least(upper, other));
        high[x] = most(upper, other);
    }
}

CLONES void kernel_median_3(const uint8_t *restrict sorted, size_t pitch, size_t step, uint8_t *restrict out,
                            size_t count) {
    // The middle one of the highest low, the middle middle and the lowest high.
#define MEDIAN_3                                                                                                       \
    for (size_t x = 0; x < count; x++) {                                                                               \
        uint8_t lows = most(low[x], most(low[x + apart], low[x + 2 * apart]));                                         \
        uint8_t highs = least(high[x], least(high[x + apart], high[x + 2 * apart]));                                   \
        uint8_t a = middle[x], b = middle[x + apart], c = middle[x + 2 * apart];                                       \
        uint8_t middles = most(least(a, b), least(most(a, b), c));                                                     \
        out[x] = most(least(lows, middles), least(most(lows, middles), highs));                                        \
    }
    const uint8_t *restrict low = sorted, *restrict middle = low + pitch, *restrict high = middle + pitch;
    // A constant distance in each loop, so that what is read at once is known to be one behind the other.
    if (step == 1) {
        enum { apart = 1 };
        MEDIAN_3
    } else {
        const size_t apart = step;
        MEDIAN_3
    }
}

/// Nine comparisons, the fewest there are for five; what nobody reads the compiler leaves out.
#define SORT_5(n, v, w, x, y, z)                                                                                       \
    uint8_t a1##n = least(v, y), d1##n = most(v, y), b1##n = least(w, z), e1##n = most(w, z);                          \
    uint8_t a2##n = least(a1##n, x), c1##n = most(a1##n, x), b2##n = least(b1##n, d1##n), d2##n = most(b1##n, d1##n);  \
    uint8_t a##n = least(a2##n, b2##n), b3##n = most(a2##n, b2##n), c2##n = least(c1##n, e1##n),                       \
            e2##n = most(c1##n, e1##n);                                                                                \
    uint8_t b##n = least(b3##n, c2##n), c3##n = most(b3##n, c2##n), d3##n = least(d2##n, e2##n),                       \
            e##n = most(d2##n, e2##n);                                                                                 \
    uint8_t c##n = least(c3##n, d3##n), d##n = most(c3##n, d3##n);                                                     \
    (void)a##n, (void)b##n, (void)c##n, (void)d##n, (void)e##n;

CLONES void kernel_sort_5(const uint8_t *const *rows, uint8_t *restrict sorted, size_t pitch, size_t count) {
    const uint8_t *restrict first = rows[0], *restrict second = rows[1], *restrict third = rows[2];
    const uint8_t *restrict fourth = rows[3], *restrict fifth = rows[4];
    uint8_t *restrict a = sorted, *restrict b = a + pitch, *restrict c = b + pitch, *restrict d = c + pitch,
                      *restrict e = d + pitch;
    for (size_t x = 0; x < count; x++) {
        SORT_5(n, first[x], second[x], third[x], fourth[x], fifth[x])
        a[x] = an, b[x] = bn, c[x] = cn, d[x] = dn, e[x] = en;
    }
}

CLONES void kernel_median_5(const uint8_t *restrict sorted, size_t pitch, size_t step, uint8_t *restrict out,
                            size_t count) {
    // With its columns sorted, and then its rows, a square of 25 has six samples that cannot be above the median and six
    // that cannot be below it; the median is that of the other thirteen, in eighteen comparisons, which a search has
    // found that knew of the order in rows and columns.
#define ROW(n, row) SORT_5(n, row[x], row[x + apart], row[x + 2 * apart], row[x + 3 * apart], row[x + 4 * apart])
#define MEDIAN_5                                                                                                       \
    for (size_t x = 0; x < count; x++) {                                                                               \
        ROW(1, lowest) ROW(2, low) ROW(3, middle) ROW(4, high) ROW(5, highest)                                         \
        uint8_t highs = least(d2, b5);                                                                                 \
        uint8_t p = least(a5, highs), q = most(a5, highs);                                                             \
        uint8_t r = least(e1, c3), s = most(e1, c3);                                                                    \
        uint8_t t = most(most(a4, most(p, r)), b3);                                                                    \
        uint8_t u = least(least(d3, e2), most(c2, b4));                                                                \
        uint8_t v = most(u, d1), w = least(q, least(c4, s));                                                           \
        out[x] = most(least(t, most(v, w)), least(v, w));                                                              \
    }
    const uint8_t *restrict lowest = sorted, *restrict low = lowest + pitch, *restrict middle = low + pitch,
                            *restrict high = middle + pitch, *restrict highest = high + pitch;
    if (step == 1) {
        enum { apart = 1 };
        MEDIAN_5
    } else {
        const size_t apart = step;
        MEDIAN_5
    }
}

/// Counts of levels, those of sixteen together beside the single ones.
struct histogram {
    words16 coarse;
    words16 fine[16];
};

/// Pixels across that are done at a time: their histograms stay in the cache.
enum { strip = 384 };

size_t kernel_median_wide_memory(size_t window) { return (strip + window) * sizeof(struct histogram); }

INLINE void count(struct histogram *column, uint8_t level, int change) {
    uint16_t *coarse = (uint16_t *)&column->coarse, *fine = (uint16_t *)column->fine;
    coarse[level >> 4] = (uint16_t)(coarse[level >> 4] + change);
    fine[level] = (uint16_t)(fine[level] + change);
}

/// The first level at which more than `half` samples are counted, and how many lie below it.
INLINE unsigned level(const words16 *counts, unsigned half, unsigned *below) {
    const uint16_t *each = (const uint16_t *)counts;
    unsigned found = 0, sum = *below;
    while (sum + each[found] <= half) sum += each[found++];
    *below = sum;
    return found;
}

/// One strip: `columns` are those of its pixels with half a window more on both sides, `places` where they are in a row.
INLINE void median_strip(const uint8_t *restrict source, size_t stride, size_t rows, const size_t *restrict places,
                         size_t pixels, size_t step, size_t window, struct histogram *restrict columns,
                         uint8_t *restrict out, size_t out_stride) {
    size_t reach = window / 2, across = pixels + window - 1;
    unsigned half = (unsigned)(window * window / 2);
    memset(columns, 0, across * sizeof *columns);
#define ROW_AT(y) (source + (size_t)((y) < 0 ? 0 : (y) >= (ptrdiff_t)rows ? (ptrdiff_t)rows - 1 : (y)) * stride)
    for (ptrdiff_t y = -(ptrdiff_t)reach - 1; y < (ptrdiff_t)reach; y++) {
        const uint8_t *row = ROW_AT(y);
        for (size_t x = 0; x < across; x++) count(columns + x, row[places[x]], 1);
    }
    for (size_t y = 0; y < rows; y++) {
        const uint8_t *leaving = ROW_AT((ptrdiff_t)y - (ptrdiff_t)reach - 1);
        const uint8_t *entering = ROW_AT((ptrdiff_t)(y + reach));
        for (size_t x = 0; x < across; x++) {
            count(columns + x, leaving[places[x]], -1);
            count(columns + x, entering[places[x]], 1);
        }
        // The window's counts: of sixteen levels together always, of single ones only where they were last looked at.
        struct histogram sums;
        size_t counted[16];
        memset(&sums, 0, sizeof sums);
        memset(counted, 0, sizeof counted);
        for (size_t x = 0; x + 1 < window; x++) sums.coarse += columns[x].coarse;
        uint8_t *result = out + y * out_stride;
        for (size_t x = 0; x < pixels; x++) {
            sums.coarse += columns[x + window - 1].coarse;
            unsigned below = 0;
            unsigned part = level(&sums.coarse, half, &below);
            // `counted` is one more than the pixel whose window the fine counts are of; 0 for none.
            words16 fine;
            if (counted[part] == 0 || x + 1 - counted[part] > window / 2) {
                fine = (words16){0};
                for (size_t at = x; at < x + window; at++) fine += columns[at].fine[part];
            } else {
                fine = sums.fine[part];
                for (size_t at = counted[part]; at <= x; at++) {
                    fine += columns[at + window - 1].fine[part];
                    fine -= columns[at - 1].fine[part];
                }
            }
            sums.fine[part] = fine;
            counted[part] = x + 1;
            result[x * step] = (uint8_t)(part * 16 + level(sums.fine + part, half, &below));
            sums.coarse -= columns[x].coarse;
        }
    }
}

CLONES void kernel_median_wide(const uint8_t *restrict source, size_t stride, size_t pixels, size_t rows, size_t step,
                               size_t window, void *restrict memory, uint8_t *restrict out, size_t out_stride) {
    size_t reach = window / 2;
    size_t places[strip + 255];
    for (size_t left = 0; left < pixels; left += strip) {
        size_t width = pixels - left < strip ? pixels - left : strip;
        for (size_t x = 0; x < width + window - 1; x++) {
            // The edge pixel is repeated beyond the edge.
            size_t place = left + x < reach ? 0 : left + x - reach;
            places[x] = (place < pixels ? place : pixels - 1) * step;
        }
        median_strip(source, stride, rows, places, width, step, window, memory, out + left * step, out_stride);
    }
}
