// Does the running processor have the instructions that this build uses?

#ifndef C_DECISION_TRANSFORMER_PROCESSOR_H
#define C_DECISION_TRANSFORMER_PROCESSOR_H

#include "CDecisionTransformer.h"

#if defined(__x86_64__)

// Compiled for every x86-64 processor, whatever the build's flags, and never part of another function:
// what asks for instructions must not use them. `arch` alone does not do, because it leaves what
// -march=native and -m<feature> add.
#define DT_BASELINE                                                                             \
  static __attribute__((                                                                        \
      noinline, unused,                                                                         \
      target("arch=x86-64,general-regs-only,no-avx,no-bmi,no-bmi2,no-lzcnt,no-popcnt,no-movbe," \
             "no-tbm,no-lwp,no-egpr,no-ndd,no-nf,no-ccmp,no-cf,no-zu,no-ppx,no-push2pop2")))

// What cpuid says of the instructions that builds use: the words of leaf 1, leaf 7 (with subleaf 1)
// and the extended leaf 1; bit n - 1 for version n of AVX10; and the registers that the operating
// system keeps (xgetbv).
typedef struct {
  uint32_t leaf1_ecx, leaf7_ebx, leaf7_ecx, leaf7_edx, leaf7_1_eax, leaf7_1_edx, extended_ecx;
  uint32_t avx10_versions, kept_registers;
} dt_processor;

#define DT_CPUID(leaf, subleaf)                                 \
  __asm__ volatile("cpuid"                                      \
                   : "=a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx) \
                   : "a"(leaf), "c"(subleaf))

DT_BASELINE dt_processor dt_running_processor(void) {
  dt_processor processor = {0};
  uint32_t eax, ebx, ecx, edx;
  DT_CPUID(0, 0);
  uint32_t last_leaf = eax;
  DT_CPUID(1, 0);
  processor.leaf1_ecx = ecx;
  if (ecx & 1u << 27) {  // OSXSAVE: xgetbv may be used
    __asm__ volatile("xgetbv" : "=a"(processor.kept_registers), "=d"(edx) : "c"(0));
  }
  if (last_leaf >= 7) {
    DT_CPUID(7, 0);
    uint32_t last_subleaf = eax;
    processor.leaf7_ebx = ebx;
    processor.leaf7_ecx = ecx;
    processor.leaf7_edx = edx;
    if (last_subleaf >= 1) {
      DT_CPUID(7, 1);
      processor.leaf7_1_eax = eax;
      processor.leaf7_1_edx = edx;
    }
  }
  if (last_leaf >= 0x24 && processor.leaf7_1_edx & 1u << 19) {
    DT_CPUID(0x24, 0);
    uint32_t version = ebx & 0xff;
    processor.avx10_versions = version < 32 ? (1u << version) - 1 : ~0u;
  }
  DT_CPUID(0x80000000u, 0);
  if (eax >= 0x80000001u) {
    DT_CPUID(0x80000001u, 0);
    processor.extended_ecx = ecx;
  }
  return processor;
}

// Of the second-level cache of this core, or of all that share it; 0 where the processor does not say. Slow: once, in init.
DT_BASELINE int32_t dt_second_level_cache_kilobytes(void) {
  uint32_t eax, ebx, ecx, edx;
  DT_CPUID(0x80000000u, 0);
  if (eax < 0x80000006u) return 0;
  DT_CPUID(0x80000006u, 0);
  return (int32_t)(ecx >> 16);
}

#undef DT_CPUID

// What this build was compiled for: the instructions that a compiler uses of its own accord. Those that
// a program has to ask for by name (encryption, hints, the system's) are in no generated code, and a
// processor without them is none to refuse; Tests/Checks/Processor lists them.
DT_BASELINE dt_processor dt_built_for_processor(void) {
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
#ifdef __GCC_HAVE_SYNC_COMPARE_AND_SWAP_16  // cmpxchg16b
  processor.leaf1_ecx |= 1u << 13;
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
#ifdef __AVX512IFMA__
  processor.leaf7_ebx |= 1u << 21;
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
#ifdef __GFNI__
  processor.leaf7_ecx |= 1u << 8;
#endif
#ifdef __AVX512VNNI__
  processor.leaf7_ecx |= 1u << 11;
#endif
#ifdef __AVX512BITALG__
  processor.leaf7_ecx |= 1u << 12;
#endif
#ifdef __AVX512VPOPCNTDQ__
  processor.leaf7_ecx |= 1u << 14;
#endif
#ifdef __AVX512FP16__
  processor.leaf7_edx |= 1u << 23;
#endif
#ifdef __AVXVNNI__
  processor.leaf7_1_eax |= 1u << 4;
#endif
#ifdef __AVX512BF16__
  processor.leaf7_1_eax |= 1u << 5;
#endif
#ifdef __AVXIFMA__
  processor.leaf7_1_eax |= 1u << 23;
#endif
#ifdef __AVXVNNIINT8__
  processor.leaf7_1_edx |= 1u << 4;
#endif
#ifdef __AVXNECONVERT__
  processor.leaf7_1_edx |= 1u << 5;
#endif
#ifdef __AVXVNNIINT16__
  processor.leaf7_1_edx |= 1u << 10;
#endif
#if defined(__APX_F__) || defined(__EGPR__) || defined(__NDD__) || defined(__NF__) || \
    defined(__CF__) || defined(__CCMP__) || defined(__ZU__) || defined(__PPX__) || \
    defined(__PUSH2POP2__)
  processor.leaf7_1_edx |= 1u << 21;
  processor.kept_registers |= 1u << 19;
#endif
#ifdef __LAHF_SAHF__
  processor.extended_ecx |= 1u << 0;
#endif
#ifdef __LZCNT__
  processor.extended_ecx |= 1u << 5;
#endif
#ifdef __SSE4A__
  processor.extended_ecx |= 1u << 6;
#endif
#ifdef __XOP__
  processor.extended_ecx |= 1u << 11;
#endif
#ifdef __FMA4__
  processor.extended_ecx |= 1u << 16;
#endif
#ifdef __TBM__
  processor.extended_ecx |= 1u << 21;
#endif
#if defined(__AVX10_2__)
  processor.leaf7_1_edx |= 1u << 19;
  processor.avx10_versions |= 0x3;
#elif defined(__AVX10_1__)
  processor.leaf7_1_edx |= 1u << 19;
  processor.avx10_versions |= 0x1;
#endif
  return processor;
}

// Whether the first has everything that the second asks for.
DT_BASELINE int32_t dt_processor_has(dt_processor has, dt_processor asked) {
  uint32_t missing =
      (asked.leaf1_ecx & ~has.leaf1_ecx) | (asked.leaf7_ebx & ~has.leaf7_ebx) |
      (asked.leaf7_ecx & ~has.leaf7_ecx) | (asked.leaf7_edx & ~has.leaf7_edx) |
      (asked.leaf7_1_eax & ~has.leaf7_1_eax) | (asked.leaf7_1_edx & ~has.leaf7_1_edx) |
      (asked.extended_ecx & ~has.extended_ecx) | (asked.avx10_versions & ~has.avx10_versions) |
      (asked.kept_registers & ~has.kept_registers);
  return missing == 0;
}

// Whether the running processor has the instructions this build was compiled for, and the operating
// system keeps their registers; always so where it is not known how to ask. Slow: once, in init.
DT_BASELINE int32_t dt_processor_suffices(void) {
  return dt_processor_has(dt_running_processor(), dt_built_for_processor());
}

// The highest dt_vector_level whose instructions the running processor has, and whose registers the operating
// system keeps. Slow: not for a step.
DT_BASELINE int32_t dt_running_vector_level(void) {
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
}

#else  // It is not known how to ask: the build's own are taken for granted.

DT_INLINE int32_t dt_processor_suffices(void) { return 1; }
DT_INLINE int32_t dt_running_vector_level(void) { return dt_vector_level(); }
DT_INLINE int32_t dt_second_level_cache_kilobytes(void) { return 0; }

#endif

#endif
