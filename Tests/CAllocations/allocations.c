// Stands before the C library's own functions for the whole program, the Swift runtime included, and counts for each
// thread and for all. Freeing is left to the C library: what matters is how often a frame asks.
#include "allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

static __thread uint64_t count;
static __thread uint64_t large;
static _Atomic uint64_t total;

uint64_t thread_allocations(void) { return count; }

uint64_t thread_large_allocations(void) { return large; }

uint64_t process_allocations(void) { return atomic_load_explicit(&total, memory_order_relaxed); }

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void note(size_t size) {
    count++;
    atomic_fetch_add_explicit(&total, 1, memory_order_relaxed);
    if (size >= 1024) large++;
}

void *malloc(size_t size) {
    note(size);
    return __libc_malloc(size);
}

void *calloc(size_t elements, size_t size) {
    note(elements * size);
    return __libc_calloc(elements, size);
}

void *realloc(void *memory, size_t size) {
    note(size);
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note(size);
    return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
    note(size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    note(size);
    void *memory = __libc_memalign(alignment, size);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}
#endif
