/// Row loops of pixel stages that want wider vectors than every x86-64 has.
///
/// Swift compiles a module for one processor. Each function here is compiled for AVX-512, for AVX2 and for what every x86-64
/// has, and the dynamic linker takes the one that the machine can run (`target_clones`); elsewhere there is one. Results are the
/// same to the bit. Nothing is allocated.
///
/// Lengths are in samples of one byte unless said otherwise. `out` overlaps nothing that is read, and no pointer has to be
/// aligned. `step` is the distance from one pixel to the next: 1, or 2 for interleaved UV.

#ifndef STREAMTAP_KERNELS_H
#define STREAMTAP_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The least and the greatest of two, three and five rows.
void kernel_min_2(const uint8_t *a, const uint8_t *b, uint8_t *out, size_t count);
void kernel_max_2(const uint8_t *a, const uint8_t *b, uint8_t *out, size_t count);
void kernel_min_3(const uint8_t *a, const uint8_t *b, const uint8_t *c, uint8_t *out, size_t count);
void kernel_max_3(const uint8_t *a, const uint8_t *b, const uint8_t *c, uint8_t *out, size_t count);
void kernel_min_5(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d, const uint8_t *e,
                  uint8_t *out, size_t count);
void kernel_max_5(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d, const uint8_t *e,
                  uint8_t *out, size_t count);

/// `high` where a sample is above `level`, else `low`.
void kernel_threshold(const uint8_t *row, uint8_t level, uint8_t high, uint8_t low, uint8_t *out, size_t count);

/// Lowers `low` and raises `high` to what the row holds.
void kernel_extremes(const uint8_t *row, size_t count, uint8_t *low, uint8_t *high);

/// `low` becomes 0, `high` 255, what lies between in proportion, rounded to the nearest; `low` < `high`.
void kernel_stretch(const uint8_t *row, uint8_t low, uint8_t high, uint8_t *out, size_t count);

/// Adds a row to column sums and takes another off.
void kernel_exchange(const uint8_t *entering, const uint8_t *leaving, uint16_t *columns, size_t count);

/// The mean of `window` column sums from each place on, `step` apart: their sum divided by window², rounded to the
/// nearest. `window` is odd, 3 to 15, so that a sum has 16 bits.
void kernel_box_mean(const uint16_t *columns, size_t window, size_t step, uint8_t *out, size_t count);

/// Weighted sums along a row: `half[0]` for the samples at ± `radius`, `half[radius]` for the one in the middle; all weights
/// together are 2^`bits`, at most 256. Readable: `radius` pixels before `row` and behind its end.
void kernel_gaussian_across(const uint8_t *row, const uint16_t *half, size_t radius, size_t step, uint16_t *out,
                            size_t count);

/// The same over `2 · radius + 1` rows of such sums, divided by both sums of weights and rounded to the nearest.
void kernel_gaussian_down(const uint16_t *_Nonnull const *_Nonnull rows, const uint16_t *half, size_t radius,
                          unsigned bits, uint8_t *out, size_t count);

/// Sorts the three samples of each column; `sorted` has room for three rows, `pitch` apart, the least first.
void kernel_sort_3(const uint8_t *_Nonnull const *_Nonnull rows, uint8_t *sorted, size_t pitch, size_t count);

/// The median of the nine samples around each place, from columns as `kernel_sort_3` leaves them; `sorted` is a pixel before the
/// first place.
void kernel_median_3(const uint8_t *sorted, size_t pitch, size_t step, uint8_t *out, size_t count);

/// Sorts the five samples of each column; `sorted` has room for five rows, `pitch` apart, the least first.
void kernel_sort_5(const uint8_t *_Nonnull const *_Nonnull rows, uint8_t *sorted, size_t pitch, size_t count);

/// The median of the 25 samples around each place, from columns as `kernel_sort_5` leaves them; `sorted` is two pixels before
/// the first place.
void kernel_median_5(const uint8_t *sorted, size_t pitch, size_t step, uint8_t *out, size_t count);

/// Adds to `votes` how many of the `window` samples from each place on, `step` apart, are at least `trial`.
void kernel_vote(const uint8_t *row, size_t window, size_t step, const uint8_t *trial, uint8_t *votes, size_t count);

/// Bytes of histograms that `kernel_median_wide` needs.
size_t kernel_median_wide_memory(size_t window);

/// The median of the square of `window` pixels around each pixel of one channel, in the same time for any window (Perreault and
/// Hébert, 2007). The edge sample is repeated beyond the edge.
///
/// `stride` and `out_stride` are in bytes; `window` is odd, at most 255; `memory` is aligned to 32 bytes.
void kernel_median_wide(const uint8_t *source, size_t stride, size_t pixels, size_t rows, size_t step, size_t window,
                        void *memory, uint8_t *out, size_t out_stride);

/// Rows become columns: `out` has `width` rows of `height` samples. With `out` at its last row and a negative stride the result
/// is upside down; with `source` at its last row and a negative stride it is mirrored.
void kernel_transpose(const uint8_t *source, ptrdiff_t stride, size_t width, size_t height, uint8_t *out,
                      ptrdiff_t out_stride);

/// What two rows of luma are to have added, twice for each sample of chroma that covers them: `offset` and a share of chroma, whose
/// factors have 12 fraction bits and which has 7.
void kernel_luma_offsets(const uint8_t *u, const uint8_t *v, int16_t from_u, int16_t from_v, int32_t offset,
                         uint16_t *out, size_t count);

/// `gain` and offsets have 7 fraction bits; `bias` is taken off again.
void kernel_luma(const uint8_t *row, const uint16_t *offsets, uint16_t gain, uint16_t bias, uint8_t *out, size_t count);

/// `matrix`: U from U and from V, V from U and from V, with 12 fraction bits.
void kernel_chroma(const uint8_t *u, const uint8_t *v, const int16_t *matrix, uint8_t *out_u, uint8_t *out_v,
                   size_t count);

#pragma clang assume_nonnull end

#endif
