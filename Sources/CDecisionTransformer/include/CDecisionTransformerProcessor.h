// Does the running processor have the instructions that this build uses?

#ifndef C_DECISION_TRANSFORMER_PROCESSOR_H
#define C_DECISION_TRANSFORMER_PROCESSOR_H

#include "CDecisionTransformer.h"

#if defined(__x86_64__)

// What cpuid says of the instructions that builds use: the words of leaf 1, leaf 7 (three of them)
// and the extended leaf 1, and the registers that the operating system keeps (xgetbv).
typedef struct {
  uint32_t leaf1_ecx, leaf7_ebx, leaf7_ecx, leaf7_1_eax, extended_ecx, kept_registers;
} dt_processor;

DT_INLINE void dt_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t words[4]) {
  __asm__ volatile("cpuid"
                   : "=a"(words[0]), "=b"(words[1]), "=c"(words[2]), "=d"(words[3])
                   : "a"(leaf), "c"(subleaf));
}

DT_INLINE dt_processor dt_running_processor(void) {
  dt_processor processor = {0};
  uint32_t words[4];
  dt_cpuid(0, 0, words);
  uint32_t last_leaf = words[0];
  dt_cpuid(1, 0, words);
  processor.leaf1_ecx = words[2];
  if (words[2] & 1u << 27) {  // OSXSAVE: xgetbv may be used
    uint32_t high;
    __asm__ volatile("xgetbv" : "=a"(processor.kept_registers), "=d"(high) : "c"(0));
  }
  if (last_leaf >= 7) {
    dt_cpuid(7, 0, words);
    uint32_t last_subleaf = words[0];
    processor.leaf7_ebx = words[1];
    processor.leaf7_ecx = words[2];
    if (last_subleaf >= 1) {
      dt_cpuid(7, 1, words);
      processor.leaf7_1_eax = words[0];
    }
  }
  dt_cpuid(0x80000000u, 0, words);
  if (words[0] >= 0x80000001u) {
    dt_cpuid(0x80000001u, 0, words);
    processor.extended_ecx = words[2];
  }
  return processor;
}

// What this build was compiled for.
DT_INLINE dt_processor dt_built_for_processor(void) {
  dt_processor processor = {0};
#ifdef __SSE3__
  processor.leaf1_ecx |= 1u << 0;
#endif
#ifdef __SSSE3__
  processor.leaf1_ecx |= 1u << 9;
#endif
#ifdef __FMA__
  processor.leaf1_ecx |= 1u << 12;
#endif
#ifdef __SSE4_1__
  processor.leaf1_ecx |= 1u << 19;
#endif
#ifdef __SSE4_2__
  processor.leaf1_ecx |= 1u << 20;
#endif
#ifdef __MOVBE__
  processor.leaf1_ecx |= 1u << 22;
#endif
#ifdef __POPCNT__
  processor.leaf1_ecx |= 1u << 23;
#endif
#ifdef __AVX__
  processor.leaf1_ecx |= 1u << 28;
  processor.kept_registers |= 0x06;
#endif
#ifdef __F16C__
  processor.leaf1_ecx |= 1u << 29;
#endif
#ifdef __BMI__
  processor.leaf7_ebx |= 1u << 3;
#endif
#ifdef __AVX2__
  processor.leaf7_ebx |= 1u << 5;
#endif
#ifdef __BMI2__
  processor.leaf7_ebx |= 1u << 8;
#endif
#ifdef __AVX512F__
  processor.leaf7_ebx |= 1u << 16;
#ifndef __APPLE__  // macOS turns these registers on when they are first used
  processor.kept_registers |= 0xe0;
#endif
#endif
#ifdef __AVX512DQ__
  processor.leaf7_ebx |= 1u << 17;
#endif
#ifdef __AVX512CD__
  processor.leaf7_ebx |= 1u << 28;
#endif
#ifdef __AVX512BW__
  processor.leaf7_ebx |= 1u << 30;
#endif
#ifdef __AVX512VL__
  processor.leaf7_ebx |= 1u << 31;
#endif
#ifdef __AVX512VBMI__
  processor.leaf7_ecx |= 1u << 1;
#endif
#ifdef __AVX512VBMI2__
  processor.leaf7_ecx |= 1u << 6;
#endif
#ifdef __AVX512VNNI__
  processor.leaf7_ecx |= 1u << 11;
#endif
#ifdef __AVXVNNI__
  processor.leaf7_1_eax |= 1u << 4;
#endif
#ifdef __AVX512BF16__
  processor.leaf7_1_eax |= 1u << 5;
#endif
#ifdef __LZCNT__
  processor.extended_ecx |= 1u << 5;
#endif
  return processor;
}

// Whether the first has everything that the second asks for.
DT_INLINE int32_t dt_processor_has(dt_processor has, dt_processor asked) {
  uint32_t missing = (asked.leaf1_ecx & ~has.leaf1_ecx) | (asked.leaf7_ebx & ~has.leaf7_ebx) |
                     (asked.leaf7_ecx & ~has.leaf7_ecx) | (asked.leaf7_1_eax & ~has.leaf7_1_eax) |
                     (asked.extended_ecx & ~has.extended_ecx) |
                     (asked.kept_registers & ~has.kept_registers);
  return missing == 0;
}

#endif

// Whether the running processor has the instructions this build was compiled for, and the operating
// system keeps their registers; always so where it is not known how to ask. Slow: once, in init.
DT_INLINE int32_t dt_processor_suffices(void) {
#if defined(__x86_64__)
  return dt_processor_has(dt_running_processor(), dt_built_for_processor());
#else
  return 1;
#endif
}

// The highest dt_vector_level whose instructions the running processor has, and whose registers the operating system
// keeps; that of the build where it is not known how to ask. Slow: not for a step.
DT_INLINE int32_t dt_running_vector_level(void) {
#if defined(__x86_64__)
  dt_processor has = dt_running_processor();
  dt_processor wide = {0}, widest = {0};
  wide.leaf1_ecx = 1u << 12 | 1u << 28;  // FMA, AVX
  wide.leaf7_ebx = 1u << 5;              // AVX2
  wide.kept_registers = 0x06;
  widest = wide;
  widest.leaf7_ebx |= 1u << 16;  // AVX512F
#ifndef __APPLE__
  widest.kept_registers |= 0xe0;
#endif
  return dt_processor_has(has, widest) ? 2 : dt_processor_has(has, wide) ? 1 : 0;
#else
  return dt_vector_level();
#endif
}

#endif
