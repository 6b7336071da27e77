#pragma once

#include <stdint.h>

/// libapriltag on its own: tag36h11, decimated by 2, edges refined, one wrong bit put right, one thread.
typedef struct floor_apriltag floor_apriltag;
floor_apriltag *floor_apriltag_create(void);
/// How many tags it finds.
int floor_apriltag_detect(floor_apriltag *self, const uint8_t *plane, int width, int height, int stride);
void floor_apriltag_destroy(floor_apriltag *self);
/// Draws a tag of `cell` pixels a bit with its white rim at (x, y).
void floor_apriltag_draw(uint8_t *plane, int stride, int id, int x, int y, int cell);

/// libjpeg-turbo on its own: the length of the JPEG that it makes of 4:2:0 planes, 0 when it fails.
typedef struct floor_jpeg floor_jpeg;
floor_jpeg *floor_jpeg_create(int width, int height);
unsigned long floor_jpeg_encode(
    floor_jpeg *self, const uint8_t *y, const uint8_t *u, const uint8_t *v, const int strides[3], int quality);
void floor_jpeg_destroy(floor_jpeg *self);

/// Nanoseconds of processor time that processes started by this one have taken, once they have ended.
int64_t floor_children_time(void);

/// How many samples a line of gst-launch gives at its `appsink name=out`, in this process; -1 where there is no such line.
int64_t floor_pull(const char *line);

/// Bytes that this process has from malloc.
int64_t floor_allocated_bytes(void);
