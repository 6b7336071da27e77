#include "floors.h"

#include <stdlib.h>
#include <turbojpeg.h>

struct floor_jpeg {
    tjhandle handle;
    unsigned char *output;
    unsigned long room;
    int width;
    int height;
};

floor_jpeg *floor_jpeg_create(int width, int height) {
    floor_jpeg *self = malloc(sizeof *self);
    if (!self) return NULL;
    self->handle = tjInitCompress();
    self->room = tjBufSize(width, height, TJSAMP_420);
    self->output = tjAlloc((int)self->room);
    self->width = width;
    self->height = height;
    return self;
}

unsigned long floor_jpeg_encode(
    floor_jpeg *self, const uint8_t *y, const uint8_t *u, const uint8_t *v, const int strides[3], int quality) {
    const unsigned char *planes[3] = {y, u, v};
    unsigned long length = self->room;
    int status = tjCompressFromYUVPlanes(
        self->handle, planes, self->width, strides, self->height, TJSAMP_420, &self->output, &length, quality,
        TJFLAG_NOREALLOC);
    return status == 0 ? length : 0;
}

void floor_jpeg_destroy(floor_jpeg *self) {
    tjFree(self->output);
    tjDestroy(self->handle);
    free(self);
}
