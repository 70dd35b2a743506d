#include "CAllocationHook.h"

#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) \
    || __has_feature(thread_sanitizer)
#define ALLOCATOR_IS_REPLACED 1
#endif
#endif

#if defined(__linux__) && defined(__GLIBC__) && !defined(ALLOCATOR_IS_REPLACED)

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

// glibc's own entry points. Looking the originals up with dlsym would allocate.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static _Atomic uint64_t allocations;
static _Atomic uint64_t deallocations;
// initial-exec: reading it must not allocate, which the general model may do.
static _Thread_local uint64_t thread_calls __attribute__((tls_model("initial-exec")));

static inline void count(_Atomic uint64_t *counter) {
  atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
  thread_calls += 1;
}

void *malloc(size_t size) {
  count(&allocations);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(&allocations);
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  count(&allocations);
  return __libc_realloc(memory, size);
}

void free(void *memory) {
  if (memory != NULL) count(&deallocations);
  __libc_free(memory);
}

void *memalign(size_t alignment, size_t size) {
  count(&allocations);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(&allocations);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) {
    return EINVAL;
  }
  count(&allocations);
  // The result is reported by value: errno stays as it was.
  int saved = errno;
  void *result = __libc_memalign(alignment, size);
  errno = saved;
  if (result == NULL) return ENOMEM;
  *memory = result;
  return 0;
}

void *valloc(size_t size) {
  count(&allocations);
  return __libc_memalign((size_t)sysconf(_SC_PAGESIZE), size);
}

void *pvalloc(size_t size) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  count(&allocations);
  return __libc_memalign(page, (size + page - 1) / page * page);
}

bool allocation_counting_is_supported(void) { return true; }
uint64_t allocation_count(void) {
  return atomic_load_explicit(&allocations, memory_order_relaxed);
}
uint64_t deallocation_count(void) {
  return atomic_load_explicit(&deallocations, memory_order_relaxed);
}
uint64_t thread_allocator_call_count(void) { return thread_calls; }

#else

bool allocation_counting_is_supported(void) { return false; }
uint64_t allocation_count(void) { return 0; }
uint64_t deallocation_count(void) { return 0; }
uint64_t thread_allocator_call_count(void) { return 0; }

#endif
