#include "video4linux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>

/// A signal may come in between; a driver that keeps answering EINTR is not asked for ever.
static int ask(int device, unsigned long request, void *argument) {
    for (int attempt = 0; attempt < 16; attempt++) {
        if (ioctl(device, request, argument) >= 0) return 0;
        if (errno != EINTR) return -errno;
    }
    return -EINTR;
}

/// Drivers need not end their texts with a zero.
static void copy(char *to, const void *from, size_t length) {
    memcpy(to, from, length);
    to[length] = 0;
}

int video_open(const char *path) {
    int device = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    return device < 0 ? -errno : device;
}

int video_identify(int device, struct video_identity *identity) {
    struct v4l2_capability capability = {0};
    int result = ask(device, VIDIOC_QUERYCAP, &capability);
    if (result < 0) return result;
    copy(identity->driver, capability.driver, 16);
    copy(identity->card, capability.card, 32);
    copy(identity->bus, capability.bus_info, 32);
    uint32_t can = capability.capabilities & V4L2_CAP_DEVICE_CAPS ? capability.device_caps : capability.capabilities;
    identity->captures = (can & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE)) != 0
        // Decoders and scalers of the machine, not cameras.
        && (can & (V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_VIDEO_OUTPUT_MPLANE | V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE)) == 0;
    identity->is_multiplanar = (can & V4L2_CAP_VIDEO_CAPTURE) == 0;
    return 0;
}

int video_format(int device, int is_multiplanar, uint32_t index, struct video_format *format) {
    struct v4l2_fmtdesc description = {
        .index = index,
        .type = is_multiplanar ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE,
    };
    int result = ask(device, VIDIOC_ENUM_FMT, &description);
    if (result < 0) return result;
    format->code = description.pixelformat;
    copy(format->name, description.description, 32);
    return 0;
}

int video_size(int device, uint32_t code, uint32_t index, struct video_size *size) {
    struct v4l2_frmsizeenum sizes = {.index = index, .pixel_format = code};
    int result = ask(device, VIDIOC_ENUM_FRAMESIZES, &sizes);
    if (result < 0) return result;
    if (sizes.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
        *size = (struct video_size){sizes.discrete.width, sizes.discrete.width, 0, sizes.discrete.height, sizes.discrete.height, 0};
        return 0;
    }
    // A range is all there is to say.
    if (index > 0) return -EINVAL;
    *size = (struct video_size){
        sizes.stepwise.min_width, sizes.stepwise.max_width, sizes.stepwise.step_width ? sizes.stepwise.step_width : 1,
        sizes.stepwise.min_height, sizes.stepwise.max_height, sizes.stepwise.step_height ? sizes.stepwise.step_height : 1,
    };
    return 0;
}

static double rate(struct v4l2_fract interval) {
    return interval.numerator ? (double)interval.denominator / interval.numerator : 0;
}

int video_rate(int device, uint32_t code, uint32_t width, uint32_t height, uint32_t index, struct video_rate *out) {
    struct v4l2_frmivalenum intervals = {.index = index, .pixel_format = code, .width = width, .height = height};
    int result = ask(device, VIDIOC_ENUM_FRAMEINTERVALS, &intervals);
    if (result < 0) return result;
    if (intervals.type == V4L2_FRMIVAL_TYPE_DISCRETE) {
        *out = (struct video_rate){rate(intervals.discrete), rate(intervals.discrete), 0};
        return 0;
    }
    if (index > 0) return -EINVAL;
    *out = (struct video_rate){rate(intervals.stepwise.min), rate(intervals.stepwise.max), 1};
    return 0;
}

int video_next_control(int device, uint32_t id, struct video_control *control) {
    struct v4l2_query_ext_ctrl query = {.id = id | V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND};
    int result = ask(device, VIDIOC_QUERY_EXT_CTRL, &query);
    if (result < 0) return result;
    // A driver that does not go on would be asked for ever.
    if (query.id <= id) return -EINVAL;
    *control = (struct video_control){
        .id = query.id, .type = query.type,
        .least = query.minimum, .most = query.maximum, .standard = query.default_value, .step = query.step,
        .is_read_only = (query.flags & V4L2_CTRL_FLAG_READ_ONLY) != 0,
        .is_write_only = (query.flags & V4L2_CTRL_FLAG_WRITE_ONLY) != 0,
        .is_inactive = (query.flags & (V4L2_CTRL_FLAG_INACTIVE | V4L2_CTRL_FLAG_GRABBED)) != 0,
        .is_disabled = (query.flags & V4L2_CTRL_FLAG_DISABLED) != 0,
        .is_compound = (query.flags & V4L2_CTRL_FLAG_HAS_PAYLOAD) != 0 || query.nr_of_dims != 0,
    };
    copy(control->name, query.name, 32);
    return 0;
}

int video_choice(int device, uint32_t id, uint32_t type, uint32_t index, struct video_choice *choice) {
    struct v4l2_querymenu menu = {.id = id, .index = index};
    int result = ask(device, VIDIOC_QUERYMENU, &menu);
    if (result < 0) return result;
    *choice = (struct video_choice){.value = index};
    if (type == VIDEO_INTEGER_MENU) {
        choice->value = menu.value;
    } else {
        copy(choice->name, menu.name, 32);
    }
    return 0;
}

static int exchange(int device, unsigned long request, uint32_t id, uint32_t type, int64_t *value) {
    struct v4l2_ext_control control = {.id = id};
    if (type == VIDEO_INTEGER64) {
        control.value64 = *value;
    } else {
        control.value = (int32_t)*value;
    }
    struct v4l2_ext_controls controls = {.which = V4L2_CTRL_WHICH_CUR_VAL, .count = 1, .controls = &control};
    int result = ask(device, request, &controls);
    if (result < 0) return result;
    *value = type == VIDEO_INTEGER64 ? control.value64 : control.value;
    return 0;
}

int video_get_control(int device, uint32_t id, uint32_t type, int64_t *value) {
    *value = 0;
    return exchange(device, VIDIOC_G_EXT_CTRLS, id, type, value);
}

int video_set_control(int device, uint32_t id, uint32_t type, int64_t value) {
    return exchange(device, VIDIOC_S_EXT_CTRLS, id, type, &value);
}
