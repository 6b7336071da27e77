#include "floors.h"

#include <malloc.h>

int64_t floor_allocated_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return (int64_t)(info.uordblks + info.hblkhd);
}
