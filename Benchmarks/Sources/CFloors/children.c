#include "floors.h"

#include <sys/resource.h>

static int64_t nanoseconds(struct timeval time) { return (time.tv_sec * 1000000LL + time.tv_usec) * 1000; }

int64_t floor_children_time(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_CHILDREN, &usage) != 0) return 0;
    return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}
