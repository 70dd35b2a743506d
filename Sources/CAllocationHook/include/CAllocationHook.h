// Counts what a program asks of the memory allocator.
//
// Linking this target puts counting wrappers in front of malloc, calloc, realloc, free,
// posix_memalign, aligned_alloc, memalign, valloc and pvalloc for the whole process, Swift's and the
// C library's own calls included. Supported with glibc; elsewhere, and under an address, memory or
// thread sanitizer (which replace the allocator themselves), nothing is replaced or counted.
//
// Counts only ever grow: read one before and one after, and subtract.

#ifndef C_ALLOCATION_HOOK_H
#define C_ALLOCATION_HOOK_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

/// Whether calls are counted at all. Where this is false every count stays 0.
bool allocation_counting_is_supported(void);

/// Calls that asked for memory, by all threads since the process started.
uint64_t allocation_count(void);

/// Calls that gave memory back (`free` of anything but NULL), by all threads.
uint64_t deallocation_count(void);

/// Calls of both kinds by the calling thread alone: tests run in parallel in one process.
uint64_t thread_allocator_call_count(void);

#if defined(__cplusplus)
}
#endif

#endif
