// Talks to valgrind's callgrind: a program says where a count begins and ends.
//
// Under valgrind a certain sequence of instructions that does nothing is a request: its number and its
// arguments are in memory, the address of which is in a register, and the answer comes back in another.
// Elsewhere the sequence does nothing, and the answer is the default.

#ifndef CALLGRIND_H
#define CALLGRIND_H

#include <stdint.h>

#if !defined(__x86_64__)
#error "the requests are written for x86-64 only"
#endif

static inline __attribute__((always_inline)) uint64_t callgrind_request(
    uint64_t number, const void *argument) {
  volatile uint64_t request[6] = {number, (uint64_t)(uintptr_t)argument, 0, 0, 0, 0};
  uint64_t answer = 0;
  __asm__ volatile(
      "rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx"
      : "+d"(answer)
      : "a"(&request[0])
      : "cc", "memory");
  return answer;
}

// Requests of callgrind itself have its initials in the upper half of their number.
#define CALLGRIND_REQUEST(number) (((uint64_t)'C' << 24) + ((uint64_t)'T' << 16) + (number))

// How many valgrinds the program runs under.
static inline __attribute__((always_inline)) uint64_t callgrind_is_running(void) {
  return callgrind_request(0x1001, 0);
}

// Sets all counts to zero.
static inline __attribute__((always_inline)) void callgrind_begin(void) {
  callgrind_request(CALLGRIND_REQUEST(1), 0);
}

// Writes the counts, with a label, and sets them to zero.
static inline __attribute__((always_inline)) void callgrind_end(const char *label) {
  callgrind_request(CALLGRIND_REQUEST(3), label);
}

#endif
