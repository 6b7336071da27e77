#include "floors.h"

#include <stddef.h>

// The program has GStreamer in it for ours; the few functions of it that are called here are told by hand, so that a bench
// needs no headers of its own.
extern void gst_init(int *count, char ***words);
extern void *gst_parse_launch(const char *line, void **error);
extern void *gst_bin_get_by_name(void *bin, const char *name);
extern int gst_element_set_state(void *element, int state);
extern void *gst_app_sink_pull_sample(void *sink);
extern void gst_object_unref(void *object);
extern void gst_mini_object_unref(void *object);

enum { state_null = 1, state_playing = 4 };

int64_t floor_pull(const char *line) {
    gst_init(NULL, NULL);
    void *pipeline = gst_parse_launch(line, NULL);
    if (!pipeline) return -1;
    void *sink = gst_bin_get_by_name(pipeline, "out");
    int64_t count = 0;
    gst_element_set_state(pipeline, state_playing);
    for (void *sample; sink && (sample = gst_app_sink_pull_sample(sink)); count++) gst_mini_object_unref(sample);
    gst_element_set_state(pipeline, state_null);
    if (sink) gst_object_unref(sink);
    gst_object_unref(pipeline);
    return count;
}
