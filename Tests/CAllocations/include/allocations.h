#pragma once

#include <stdint.h>

/// How often this thread has asked for memory. Always 0 under a sanitizer, which stands in the same place.
uint64_t thread_allocations(void);

/// How often for at least 1,024 bytes.
uint64_t thread_large_allocations(void);

/// How often all threads have.
uint64_t process_allocations(void);
