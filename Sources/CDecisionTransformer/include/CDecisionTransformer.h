// The few operations that Swift 6.3 cannot express for every target, as header-only inline functions.
//
// `#if` in Swift does not see CPU features; a header does, so one generated source serves every
// vector level the user builds for. Everything here inlines to one or a few instructions.

#ifndef C_DECISION_TRANSFORMER_H
#define C_DECISION_TRANSFORMER_H

#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#error "big-endian targets are not supported: packed weights are little-endian and read as they are"
#endif

typedef float dt_float16 __attribute__((ext_vector_type(16)));
typedef float dt_float8 __attribute__((ext_vector_type(8)));
typedef float dt_float4 __attribute__((ext_vector_type(4)));
typedef float dt_float2 __attribute__((ext_vector_type(2)));
typedef int32_t dt_int16 __attribute__((ext_vector_type(16)));

// The Swift attribute lets functions that the compiler checks for locks and allocations call these.
#define DT_INLINE static inline __attribute__((always_inline, unused, swift_attr("@_noLocks")))

// Values of dt_vector_level: which register tile suits the instructions this build may use.
//   0  16 registers of 4 floats (SSE2), or none: multiply and add apart where there is no FMA
//   1  16 registers of 8 floats (AVX2 with FMA), or 32 registers of 4 floats (NEON)
//   2  32 registers of 16 floats (AVX-512)
// DT_VECTOR_LEVEL chooses another one by hand: right on every processor and slow, for tests of the tiles.
#if !defined(DT_VECTOR_LEVEL)
#if defined(__AVX512F__)
#define DT_VECTOR_LEVEL 2
#elif (defined(__AVX2__) && defined(__FMA__)) || (defined(__aarch64__) && defined(__ARM_NEON))
#define DT_VECTOR_LEVEL 1
#else
#define DT_VECTOR_LEVEL 0
#endif
#endif

DT_INLINE int32_t dt_vector_level(void) { return DT_VECTOR_LEVEL; }

// Whether two sums of sixteen and what is added to them need more registers than there are: without vectors, and with
// MVE's eight.
DT_INLINE int32_t dt_has_few_registers(void) {
#if defined(__SSE2__) || defined(__aarch64__) || defined(__riscv_zve32f) || defined(__wasm_simd128__)
  return 0;
#else
  return 1;
#endif
}

// a * b + c in each lane: fused where the target has the instruction, else rounded twice.
// (Swift's addingProduct would call libm's fmaf on a target without FMA.)
DT_INLINE dt_float16 dt_multiply_add(dt_float16 a, dt_float16 b, dt_float16 c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

DT_INLINE dt_float4 dt_multiply_add4(dt_float4 a, dt_float4 b, dt_float4 c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

// The square root of each lane, correctly rounded. (Swift's squareRoot() is refused by @_noLocks.)
DT_INLINE dt_float16 dt_square_root(dt_float16 a) {
  return __builtin_elementwise_sqrt(a);
}

DT_INLINE float dt_square_root_of_scalar(float a) {
  return __builtin_elementwise_sqrt(a);
}

// RISC-V has no instruction that takes one of two floats, so compilers make a branch of a choice, and the work depends
// on the numbers. Of a mask that they cannot see through they make arithmetic on bits.
#if defined(__riscv)
DT_INLINE int32_t dt_opaque(int32_t mask) {
  __asm__("" : "+r"(mask));
  return mask;
}
#if !defined(__riscv_zve32f)  // whose vectors are chosen from by masks
#define DT_CHOOSES_BY_BITS
#endif
#endif

// b in the lanes where mask has all bits set, a in those where it has none.
DT_INLINE dt_float16 dt_choose(dt_float16 a, dt_float16 b, dt_int16 mask) {
#if defined(DT_CHOOSES_BY_BITS)
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) mask[i] = dt_opaque(mask[i]);
  dt_int16 from = (dt_int16)a, to = (dt_int16)b;
  return (dt_float16)(from ^ ((from ^ to) & mask));
#else
  return mask ? b : a;
#endif
}

// The larger number, a where either is not a number.
DT_INLINE float dt_larger(float a, float b) {
#if defined(__riscv)
  union { float number; int32_t bits; } from = {a}, to = {b};
  from.bits ^= (from.bits ^ to.bits) & dt_opaque(-(a < b));
  return from.number;
#else
  return a < b ? b : a;
#endif
}

// The smaller number, a where either is not a number.
DT_INLINE float dt_smaller(float a, float b) {
#if defined(__riscv)
  union { float number; int32_t bits; } from = {a}, to = {b};
  from.bits ^= (from.bits ^ to.bits) & dt_opaque(-(b < a));
  return from.number;
#else
  return b < a ? b : a;
#endif
}

// The larger number of each lane, a where either is not a number. (Swift's masks select through
// integers, which compilers do not turn into the maximum instruction.)
DT_INLINE dt_float16 dt_maximum(dt_float16 a, dt_float16 b) {
#if defined(DT_CHOOSES_BY_BITS)
  return dt_choose(a, b, a < b);
#else
  return a < b ? b : a;
#endif
}

// The largest of the sixteen lanes.
DT_INLINE float dt_largest_lane(dt_float16 a) {
#if defined(DT_CHOOSES_BY_BITS)
#pragma clang loop unroll(full)
  for (int half = 8; half > 0; half /= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < half; i++) a[i] = dt_larger(a[i], a[i + half]);
  }
  return a[0];
#else
  dt_float8 eight = a.lo < a.hi ? a.hi : a.lo;
  dt_float4 four = eight.lo < eight.hi ? eight.hi : eight.lo;
  dt_float2 two = four.lo < four.hi ? four.hi : four.lo;
  return dt_larger(two.x, two.y);
#endif
}

// The sums of a's, b's, c's and d's lanes. (Swift has no shuffles of its own.)
DT_INLINE dt_float4 dt_sums_of_four(dt_float16 a, dt_float16 b, dt_float16 c, dt_float16 d) {
#define DT_LOW(x, y) \
  __builtin_shufflevector(x, y, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define DT_HIGH(x, y) \
  __builtin_shufflevector(x, y, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define DT_EVEN(x, y) \
  __builtin_shufflevector(x, y, 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30)
#define DT_ODD(x, y) \
  __builtin_shufflevector(x, y, 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31)
  // Within quarters of a register, where shuffles are cheap: each quarter ends with a sum for a, b, c and d.
  dt_float16 ab = DT_LOW(a, b) + DT_HIGH(a, b), cd = DT_LOW(c, d) + DT_HIGH(c, d);
  dt_float16 quarters = DT_EVEN(ab, cd) + DT_ODD(ab, cd);
  dt_float8 halves = quarters.lo + quarters.hi;
  return halves.lo + halves.hi;
#undef DT_LOW
#undef DT_HIGH
#undef DT_EVEN
#undef DT_ODD
}

// Stores at a multiple of 16 bytes. (Swift's storeBytes promises no alignment: without vectors those are bytes.)
DT_INLINE void dt_store(float *place, dt_float16 a) {
  typedef dt_float16 aligned __attribute__((aligned(16), may_alias));
  *(aligned *)place = a;
}

// Keeps a loop that moves vectors a loop: C libraries of small Arm processors have a memmove that goes byte by byte, and
// compilers that know the count call it. No instruction.
DT_INLINE void dt_keep_loop(void) {
#if defined(__arm__)
  __asm__ volatile("" ::: "memory");
#endif
}

// Copies eight numbers from one place to another, wherever these are.
DT_INLINE void dt_copy8(const float *from, float *to) {
  typedef float dt_float8_anywhere __attribute__((vector_size(32), aligned(4), may_alias));
  *(dt_float8_anywhere *)to = *(const dt_float8_anywhere *)from;
}

// Asks for the line at `place`. Never faults, wherever that is.
DT_INLINE void dt_prefetch(const float *place) { __builtin_prefetch(place); }

// Reads the line at `place`, which then lies in the caches: unlike a request, a load is never dropped. Nothing where
// caches are too small for it to matter.
DT_INLINE void dt_read(const float *place) {
#if defined(__x86_64__) || defined(__aarch64__)
  (void)*(const volatile float *)place;
#else
  (void)place;
#endif
}

// A square of floats as wide as a register, transposed in place: rounds of interleaving halves. Several registers
// at a time, so that none has to go to memory in between. (Swift has no shuffles of its own.)
#if defined(__AVX512F__)
#define DT_SQUARE 16
typedef dt_float16 dt_row;
DT_INLINE dt_row dt_interleave_low(dt_row a, dt_row b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
DT_INLINE dt_row dt_interleave_high(dt_row a, dt_row b) {
  return __builtin_shufflevector(
      a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
#elif defined(__AVX__)
#define DT_SQUARE 8
typedef dt_float8 dt_row;
DT_INLINE dt_row dt_interleave_low(dt_row a, dt_row b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
DT_INLINE dt_row dt_interleave_high(dt_row a, dt_row b) {
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
#else
#define DT_SQUARE 4
typedef dt_float4 dt_row;
DT_INLINE dt_row dt_interleave_low(dt_row a, dt_row b) {
  return __builtin_shufflevector(a, b, 0, 4, 1, 5);
}
DT_INLINE dt_row dt_interleave_high(dt_row a, dt_row b) {
  return __builtin_shufflevector(a, b, 2, 6, 3, 7);
}
#endif

DT_INLINE void dt_transpose_square(
    const float *rows, intptr_t row_stride, float *columns, intptr_t column_stride) {
  dt_row a[DT_SQUARE], b[DT_SQUARE];
#pragma clang loop unroll(full)
  for (int i = 0; i < DT_SQUARE; i++) a[i] = *(const dt_row *)(rows + i * row_stride);
#pragma clang loop unroll(full)
  for (int width = 1; width < DT_SQUARE; width *= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < DT_SQUARE / 2; i++) {
      b[2 * i] = dt_interleave_low(a[i], a[i + DT_SQUARE / 2]);
      b[2 * i + 1] = dt_interleave_high(a[i], a[i + DT_SQUARE / 2]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < DT_SQUARE; i++) a[i] = b[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < DT_SQUARE; i++) *(dt_row *)(columns + i * column_stride) = a[i];
}

// Sixteen rows of sixteen floats, `row_stride` and `column_stride` floats apart, transposed.
DT_INLINE void dt_transpose(
    const float *rows, intptr_t row_stride, float *columns, intptr_t column_stride) {
#pragma clang loop unroll(disable)
  for (int i = 0; i < 16; i += DT_SQUARE) {
#pragma clang loop unroll(disable)
    for (int j = 0; j < 16; j += DT_SQUARE) {
      dt_transpose_square(
          rows + i * row_stride + j, row_stride, columns + j * column_stride + i, column_stride);
    }
  }
}

#endif
