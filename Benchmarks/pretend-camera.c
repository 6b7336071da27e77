// A V4L2 camera that gives one JPEG again and again, for programs that take pictures from nothing else:
//
//     cc -shared -fPIC -o pretend-camera.so pretend-camera.c -ldl
//     DEVICE=a.jpg PICTURE=a.jpg WIDTH=640 HEIGHT=480 FPS=30 LD_PRELOAD=./pretend-camera.so ustreamer --device=a.jpg …
//
// Any file that is there can be the device.
//
// The device is a timer: it is readable when a picture is due, so whoever waits for it waits as for any other.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int device = -1;
static size_t length;
static char *picture;
// Numbers of the buffers that the program has handed over, in their order.
static unsigned queue[32], first, count, sequence;
static size_t reserved;

static unsigned number(const char *name, unsigned otherwise) {
    const char *text = getenv(name);
    return text ? (unsigned)atoi(text) : otherwise;
}

static int is_device(const char *path) {
    const char *name = getenv("DEVICE");
    return name && !strcmp(path, name);
}

static int open_device(int flags) {
    if (!picture) {
        FILE *file = fopen(getenv("PICTURE"), "rb");
        if (!file) return -1;
        fseek(file, 0, SEEK_END);
        length = (size_t)ftell(file);
        rewind(file);
        picture = malloc(length);
        if (!picture || fread(picture, 1, length, file) != length) return -1;
        fclose(file);
    }
    reserved = (length + 4095) & ~(size_t)4095;
    first = count = 0;
    return device = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | (flags & O_NONBLOCK ? TFD_NONBLOCK : 0));
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        static int (*real)(const char *, int, ...);                                                                    \
        if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name);                                    \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t mode = va_arg(more, mode_t);                                                                            \
        va_end(more);                                                                                                  \
        return is_device(path) ? open_device(flags) : real(path, flags, mode);                                         \
    }
OPEN(open)
OPEN(open64)

#define MAP(name, offset_type)                                                                                         \
    void *name(void *address, size_t size, int protection, int flags, int descriptor, offset_type offset) {            \
        static void *(*real)(void *, size_t, int, int, int, offset_type);                                              \
        if (!real) real = (void *(*)(void *, size_t, int, int, int, offset_type))dlsym(RTLD_NEXT, #name);              \
        if (descriptor < 0 || descriptor != device) return real(address, size, protection, flags, descriptor, offset); \
        char *memory = real(NULL, reserved, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);                \
        if (memory != MAP_FAILED) memcpy(memory, picture, length);                                                     \
        return memory;                                                                                                 \
    }
MAP(mmap, off_t)
MAP(mmap64, off64_t)

static int start(unsigned fps) {
    const long interval = fps ? 1000000000L / (long)fps : 0;
    const struct itimerspec times = {{0, interval}, {0, interval}};
    return timerfd_settime(device, 0, &times, NULL);
}

static int take(struct v4l2_buffer *buffer) {
    uint64_t due;
    if (!count) return errno = EAGAIN, -1;
    if (read(device, &due, sizeof due) != sizeof due) return -1;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    buffer->index = queue[first];
    first = (first + 1) % 32;
    --count;
    buffer->bytesused = (uint32_t)length;
    buffer->length = (uint32_t)reserved;
    buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer->timestamp = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    buffer->sequence = sequence++;
    return 0;
}

int ioctl(int descriptor, unsigned long request, ...) {
    static int (*real)(int, unsigned long, ...);
    if (!real) real = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
    va_list more;
    va_start(more, request);
    void *argument = va_arg(more, void *);
    va_end(more);
    if (descriptor < 0 || descriptor != device) return real(descriptor, request, argument);

    const unsigned fps = number("FPS", 30);
    // The kernel looks at 32 bits, and some programs hand over a negative int.
    switch ((uint32_t)request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *what = argument;
        memset(what, 0, sizeof *what);
        strcpy((char *)what->driver, "pretended");
        strcpy((char *)what->card, "pretended");
        what->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_DEVICE_CAPS;
        what->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        return 0;
    }
    case VIDIOC_S_INPUT: return 0;
    case VIDIOC_G_FMT:
    case VIDIOC_TRY_FMT:
    case VIDIOC_S_FMT: {
        struct v4l2_format *format = argument;
        format->fmt.pix = (struct v4l2_pix_format){
            .width = number("WIDTH", 640), .height = number("HEIGHT", 480), .pixelformat = V4L2_PIX_FMT_JPEG,
            .field = V4L2_FIELD_NONE, .sizeimage = (uint32_t)reserved, .colorspace = V4L2_COLORSPACE_JPEG};
        return 0;
    }
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: {
        struct v4l2_streamparm *parameters = argument;
        parameters->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
        parameters->parm.capture.timeperframe = (struct v4l2_fract){1, fps};
        return 0;
    }
    case VIDIOC_REQBUFS: return 0;
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *buffer = argument;
        buffer->length = (uint32_t)reserved;
        buffer->m.offset = buffer->index * (uint32_t)reserved;
        return 0;
    }
    case VIDIOC_QBUF:
        if (count == 32) return errno = EINVAL, -1;
        queue[(first + count++) % 32] = ((struct v4l2_buffer *)argument)->index;
        return 0;
    case VIDIOC_DQBUF: return take(argument);
    case VIDIOC_STREAMON: return start(fps);
    case VIDIOC_STREAMOFF: return first = count = 0, start(0);
    default: return errno = ENOTTY, -1;
    }
}
