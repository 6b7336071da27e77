#include "clones.h"

CLONES void kernel_luma_offsets(const uint8_t *restrict u, const uint8_t *restrict v, int16_t from_u, int16_t from_v,
                                int32_t offset, uint16_t *restrict out, size_t count) {
    for (size_t x = 0; x < count; x++) {
        int32_t share = from_u * (u[x] - 128) + from_v * (v[x] - 128);
        uint16_t sum = (uint16_t)(offset + ((share + 16) >> 5));
        out[2 * x] = sum;
        out[2 * x + 1] = sum;
    }
}

CLONES void kernel_luma(const uint8_t *restrict row, const uint16_t *restrict offsets, uint16_t gain, uint16_t bias,
                        uint8_t *restrict out, size_t count) {
    for (size_t x = 0; x < count; x++) {
        uint16_t value = (uint16_t)(row[x] * gain + offsets[x]);
        uint16_t above = (uint16_t)(value > bias ? value - bias : 0) >> 7;
        out[x] = above < 255 ? (uint8_t)above : 255;
    }
}

INLINE uint8_t chroma(int32_t from_u, int32_t from_v, int32_t u, int32_t v) {
    int32_t value = ((from_u * u + from_v * v + 2048) >> 12) + 128;
    value = value < 0 ? 0 : value;
    return value > 255 ? 255 : (uint8_t)value;
}

CLONES void kernel_chroma(const uint8_t *restrict u, const uint8_t *restrict v, const int16_t *restrict matrix,
                          uint8_t *restrict out_u, uint8_t *restrict out_v, size_t count) {
    int16_t u_from_u = matrix[0], u_from_v = matrix[1], v_from_u = matrix[2], v_from_v = matrix[3];
    for (size_t x = 0; x < count; x++) {
        int32_t cb = u[x] - 128, cr = v[x] - 128;
        out_u[x] = chroma(u_from_u, u_from_v, cb, cr);
        out_v[x] = chroma(v_from_u, v_from_v, cb, cr);
    }
}
