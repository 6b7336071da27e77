#include "floors.h"

#include <apriltag/apriltag.h>
#include <apriltag/tag36h11.h>
#include <stdlib.h>

struct floor_apriltag {
    apriltag_detector_t *detector;
    apriltag_family_t *family;
};

floor_apriltag *floor_apriltag_create(void) {
    floor_apriltag *self = malloc(sizeof *self);
    if (!self) return NULL;
    self->detector = apriltag_detector_create();
    self->family = tag36h11_create();
    self->detector->quad_decimate = 2;
    self->detector->quad_sigma = 0;
    self->detector->refine_edges = 1;
    self->detector->nthreads = 1;
    apriltag_detector_add_family_bits(self->detector, self->family, 1);
    return self;
}

int floor_apriltag_detect(floor_apriltag *self, const uint8_t *plane, int width, int height, int stride) {
    image_u8_t image = {.width = width, .height = height, .stride = stride, .buf = (uint8_t *)plane};
    zarray_t *found = apriltag_detector_detect(self->detector, &image);
    int count = zarray_size(found);
    apriltag_detections_destroy(found);
    return count;
}

void floor_apriltag_destroy(floor_apriltag *self) {
    apriltag_detector_destroy(self->detector);
    tag36h11_destroy(self->family);
    free(self);
}

void floor_apriltag_draw(uint8_t *plane, int stride, int id, int x, int y, int cell) {
    apriltag_family_t *family = tag36h11_create();
    image_u8_t *tag = apriltag_to_image(family, id);
    for (int row = 0; row < tag->height * cell; row++)
        for (int column = 0; column < tag->width * cell; column++)
            plane[(y + row) * stride + x + column] = tag->buf[row / cell * tag->stride + column / cell] ? 220 : 30;
    // The library exports no function for it.
    free(tag->buf);
    free(tag);
    tag36h11_destroy(family);
}
