/// What a video device is asked by ioctl(2), whose numbers are macros that Swift cannot read (linux/videodev2.h). Every function returns
/// 0 or more, else -errno; any of them may hang in a driver.

#ifndef STREAMTAP_VIDEO4LINUX_H
#define STREAMTAP_VIDEO4LINUX_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// A descriptor that is not inherited and does not wait; to be closed.
int video_open(const char *path);

struct video_identity {
    char driver[17];
    char card[33];
    char bus[33];
    /// The node gives pictures; of several planes in memory, where `is_multiplanar`.
    uint8_t captures;
    uint8_t is_multiplanar;
};
int video_identify(int device, struct video_identity *identity);

struct video_format {
    /// FourCC, the first letter in the lowest byte.
    uint32_t code;
    char name[33];
};
/// -EINVAL behind the last one.
int video_format(int device, int is_multiplanar, uint32_t index, struct video_format *format);

/// Pixels or seconds: one value where `step` is 0, otherwise every `step` from `least` to `most`.
struct video_size {
    uint32_t least_width, most_width, width_step;
    uint32_t least_height, most_height, height_step;
};
int video_size(int device, uint32_t code, uint32_t index, struct video_size *size);

/// Frames a second at most and at least; the same where `is_range` is 0.
struct video_rate {
    double most, least;
    uint8_t is_range;
};
int video_rate(int device, uint32_t code, uint32_t width, uint32_t height, uint32_t index, struct video_rate *rate);

/// V4L2_CTRL_TYPE_…, of those that are one number.
enum video_control_type {
    VIDEO_INTEGER = 1,
    VIDEO_BOOLEAN = 2,
    VIDEO_MENU = 3,
    VIDEO_BUTTON = 4,
    VIDEO_INTEGER64 = 5,
    VIDEO_CLASS = 6,
    VIDEO_BITMASK = 8,
    VIDEO_INTEGER_MENU = 9,
};
struct video_control {
    uint32_t id;
    uint32_t type;
    char name[33];
    int64_t least, most, standard;
    uint64_t step;
    uint8_t is_read_only, is_write_only, is_inactive, is_disabled;
    /// More than one number, or text.
    uint8_t is_compound;
};
/// The first control behind `id`, 0 being before the first; -EINVAL behind the last one.
int video_next_control(int device, uint32_t id, struct video_control *control);

struct video_choice {
    /// Empty where the choice is a number, `value`.
    char name[33];
    int64_t value;
};
/// -EINVAL where there is no such choice.
int video_choice(int device, uint32_t id, uint32_t type, uint32_t index, struct video_choice *choice);

int video_get_control(int device, uint32_t id, uint32_t type, int64_t *value);
int video_set_control(int device, uint32_t id, uint32_t type, int64_t value);

#pragma clang assume_nonnull end

#endif
