// Products of integers, four rows of a matrix of 8 bits at a time or two of 16, by whatever the target multiplies integers
// with. All of them are exact: no instruction here saturates; 32 bits hold the sums of 65,536 products of 8 bits, and those
// of 16 bits are as small as their number asks for.

#ifndef C_DECISION_TRANSFORMER_INTEGERS_H
#define C_DECISION_TRANSFORMER_INTEGERS_H

#include "CDecisionTransformer.h"

// x86 without <immintrin.h>, which asks for a C library: there is none on bare metal.
#if defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__ARM_FEATURE_SIMD32)
#include <arm_acle.h>
#endif

typedef int16_t dt_short16 __attribute__((ext_vector_type(16)));
typedef int8_t dt_byte16 __attribute__((ext_vector_type(16)));
typedef float dt_word __attribute__((may_alias));
typedef int32_t dt_integer __attribute__((may_alias));

// DT_GROUP_WORDS: words of 32 bits that hold four numbers of a row.
//   1  four 8-bit integers: the target has dot products of four, or takes them apart by itself
//   2  pairs of 16-bit integers, the even two and the odd two: the target has dot products of two
// DT_INTEGER_PAIRS chooses pairs by hand, for tests and comparisons.
#if defined(__SSE2__) && !defined(DT_INTEGER_PAIRS) && \
    (defined(__AVX512VNNI__) || (defined(__AVXVNNI__) && !defined(__AVX512F__)))
#define DT_INTEGER_QUADS
#elif defined(__aarch64__) && defined(__ARM_NEON)
#define DT_INTEGER_QUADS
#endif

#if defined(DT_INTEGER_QUADS)
#define DT_GROUP_WORDS 1
#else
#define DT_GROUP_WORDS 2
#endif

DT_INLINE intptr_t dt_group_words(void) { return DT_GROUP_WORDS; }

// Weights are stored as 128 + the number. What products have too much of for it: so many times the sum of the row.
DT_INLINE int32_t dt_weight_offset(void) {
#if defined(__aarch64__) && defined(__ARM_NEON) && !defined(__ARM_FEATURE_MATMUL_INT8)
  return 0;
#else
  return 128;
#endif
}

// Stores sixteen integers from -127 to 127 as four groups, at a multiple of 16 bytes.
DT_INLINE void dt_store_groups(float *place, dt_int16 integers) {
#if DT_GROUP_WORDS == 1
  typedef dt_byte16 aligned __attribute__((aligned(16), may_alias));
  *(aligned *)place = __builtin_convertvector(integers, dt_byte16);
#else
  typedef dt_short16 aligned __attribute__((aligned(16), may_alias));
  dt_short16 shorts = __builtin_convertvector(integers, dt_short16);
  *(aligned *)place = __builtin_shufflevector(
      shorts, shorts, 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
#endif
}

// Stores sixteen integers of at most 16 bits as eight pairs, at a multiple of 16 bytes.
DT_INLINE void dt_store_pairs(float *place, dt_int16 integers) {
  typedef dt_short16 aligned __attribute__((aligned(16), may_alias));
  *(aligned *)place = __builtin_convertvector(integers, dt_short16);
}

// A register of pairs of 16 bits, and the instruction that adds up their products.
#if DT_GROUP_WORDS == 2 && defined(__SSE2__)
#if defined(__AVX512BW__)
#define DT_REGISTER 64
#define DT_MULTIPLY_PAIRS __builtin_ia32_pmaddwd512
#elif defined(__AVX2__)
#define DT_REGISTER 32
#define DT_MULTIPLY_PAIRS __builtin_ia32_pmaddwd256
#else
#define DT_REGISTER 16
#define DT_MULTIPLY_PAIRS __builtin_ia32_pmaddwd128
#endif
typedef int32_t dt_sums __attribute__((vector_size(DT_REGISTER)));
typedef int16_t dt_shorts __attribute__((vector_size(DT_REGISTER)));
typedef uint16_t dt_pairs __attribute__((vector_size(DT_REGISTER)));
#define DT_REGISTERS (64 / DT_REGISTER)
#endif

// sums + x · w for sixteen columns: `weights` has the numbers of four rows in each word, `numbers` is where the group of a
// row is that they are multiplied with.
DT_INLINE dt_int16 dt_add_products(dt_int16 sums, dt_int16 weights, const float *numbers) {
  const dt_integer *x = (const dt_integer *)numbers;
#if defined(DT_INTEGER_QUADS) && defined(__AVX512F__)
  return (dt_int16)__builtin_ia32_vpdpbusd512(sums, weights, (dt_int16)*x);
#elif defined(DT_INTEGER_QUADS) && defined(__SSE2__)
  typedef int32_t half __attribute__((vector_size(32)));
  union { dt_int16 all; half halves[2]; } s = {sums}, w = {weights};
  half group = (half){} + *x;
  s.halves[0] = (half)__builtin_ia32_vpdpbusd256(s.halves[0], w.halves[0], group);
  s.halves[1] = (half)__builtin_ia32_vpdpbusd256(s.halves[1], w.halves[1], group);
  return s.all;
#elif defined(DT_INTEGER_QUADS)
  union { dt_int16 all; int32x4_t quarters[4]; } s = {sums}, w = {weights};
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
#if defined(__ARM_FEATURE_MATMUL_INT8)
    s.quarters[i] = vusdotq_s32(
        s.quarters[i], vreinterpretq_u8_s32(w.quarters[i]), vreinterpretq_s8_s32(vdupq_n_s32(*x)));
#else
    int8x16_t signs = vreinterpretq_s8_u8(
        veorq_u8(vreinterpretq_u8_s32(w.quarters[i]), vdupq_n_u8(0x80)));
#if defined(__ARM_FEATURE_DOTPROD)
    s.quarters[i] = vdotq_s32(s.quarters[i], signs, vreinterpretq_s8_s32(vdupq_n_s32(*x)));
#else
    // Two products of at most 127 · 127, or one of 128 · 127, fit into 16 bits.
    int8x8_t group = vreinterpret_s8_s32(vdup_n_s32(*x));
    int16x8_t low = vmull_s8(vget_low_s8(signs), group), high = vmull_s8(vget_high_s8(signs), group);
    s.quarters[i] = vaddq_s32(s.quarters[i], vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high)));
#endif
#endif
  }
  return s.all;
#elif defined(__SSE2__)
  union { dt_int16 all; dt_sums parts[DT_REGISTERS]; } s = {sums};
  union { dt_int16 all; dt_pairs parts[DT_REGISTERS]; } w = {weights};
  dt_shorts even = (dt_shorts)((dt_sums){} + x[0]), odd = (dt_shorts)((dt_sums){} + x[1]);
#pragma clang loop unroll(full)
  for (int i = 0; i < DT_REGISTERS; i++) {
    dt_shorts low = (dt_shorts)(w.parts[i] & 255), high = (dt_shorts)(w.parts[i] >> 8);
    s.parts[i] += (dt_sums)DT_MULTIPLY_PAIRS(low, even);
    s.parts[i] += (dt_sums)DT_MULTIPLY_PAIRS(high, odd);
  }
  return s.all;
#elif defined(__wasm_simd128__)
  union { dt_int16 all; v128_t quarters[4]; } s = {sums}, w = {weights};
  v128_t even = wasm_i32x4_splat(x[0]), odd = wasm_i32x4_splat(x[1]);
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    v128_t low = wasm_v128_and(w.quarters[i], wasm_i32x4_const_splat(0xff00ff));
    v128_t high = wasm_u16x8_shr(w.quarters[i], 8);
    s.quarters[i] = wasm_i32x4_add(s.quarters[i], wasm_i32x4_dot_i16x8(low, even));
    s.quarters[i] = wasm_i32x4_add(s.quarters[i], wasm_i32x4_dot_i16x8(high, odd));
  }
  return s.all;
#elif defined(__ARM_FEATURE_SIMD32)
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) {
    uint32_t w = (uint32_t)weights[i];
    int32_t sum = __smlad((int16x2_t)(w & 0xff00ff), (int16x2_t)x[0], sums[i]);
    sums[i] = __smlad((int16x2_t)(w >> 8 & 0xff00ff), (int16x2_t)x[1], sum);
  }
  return sums;
#else
  dt_int16 x0 = (dt_int16)(int16_t)x[0], x1 = (dt_int16)(int16_t)x[1];
  dt_int16 x2 = (dt_int16)(x[0] >> 16), x3 = (dt_int16)(x[1] >> 16);
  sums += (weights & 255) * x0 + (weights >> 8 & 255) * x1;
  return sums + (weights >> 16 & 255) * x2 + (weights >> 24 & 255) * x3;
#endif
}

// The same for two rows in each word, and the pair of a row at `numbers`, both in two's complement.
DT_INLINE dt_int16 dt_add_pair_products(dt_int16 sums, dt_int16 weights, const float *numbers) {
  int32_t x = *(const dt_integer *)numbers;
#if defined(DT_INTEGER_QUADS) && defined(__AVX512F__)
  return (dt_int16)__builtin_ia32_vpdpwssd512(sums, weights, (dt_int16)x);
#elif defined(DT_INTEGER_QUADS) && defined(__SSE2__)
  typedef int32_t half __attribute__((vector_size(32)));
  union { dt_int16 all; half halves[2]; } s = {sums}, w = {weights};
  half pair = (half){} + x;
  s.halves[0] = (half)__builtin_ia32_vpdpwssd256(s.halves[0], w.halves[0], pair);
  s.halves[1] = (half)__builtin_ia32_vpdpwssd256(s.halves[1], w.halves[1], pair);
  return s.all;
#elif defined(__SSE2__)
  union { dt_int16 all; dt_sums parts[DT_REGISTERS]; } s = {sums};
  union { dt_int16 all; dt_shorts parts[DT_REGISTERS]; } w = {weights};
  dt_shorts pair = (dt_shorts)((dt_sums){} + x);
#pragma clang loop unroll(full)
  for (int i = 0; i < DT_REGISTERS; i++) {
    s.parts[i] += (dt_sums)DT_MULTIPLY_PAIRS(w.parts[i], pair);
  }
  return s.all;
#elif defined(__aarch64__) && defined(__ARM_NEON)
  union { dt_int16 all; int32x4_t quarters[4]; } s = {sums};
  union { dt_int16 all; int16x8_t quarters[4]; } w = {weights};
  int16x4_t pair = vreinterpret_s16_s32(vdup_n_s32(x));
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i += 2) {
    int16x8_t even = vuzp1q_s16(w.quarters[i], w.quarters[i + 1]);
    int16x8_t odd = vuzp2q_s16(w.quarters[i], w.quarters[i + 1]);
    s.quarters[i] = vmlal_lane_s16(s.quarters[i], vget_low_s16(even), pair, 0);
    s.quarters[i + 1] = vmlal_high_lane_s16(s.quarters[i + 1], even, pair, 0);
    s.quarters[i] = vmlal_lane_s16(s.quarters[i], vget_low_s16(odd), pair, 1);
    s.quarters[i + 1] = vmlal_high_lane_s16(s.quarters[i + 1], odd, pair, 1);
  }
  return s.all;
#elif defined(__wasm_simd128__)
  union { dt_int16 all; v128_t quarters[4]; } s = {sums}, w = {weights};
  v128_t pair = wasm_i32x4_splat(x);
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    s.quarters[i] = wasm_i32x4_add(s.quarters[i], wasm_i32x4_dot_i16x8(w.quarters[i], pair));
  }
  return s.all;
#elif defined(__ARM_FEATURE_SIMD32)
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) {
    sums[i] = __smlad((int16x2_t)weights[i], (int16x2_t)x, sums[i]);
  }
  return sums;
#else
  return sums + (weights << 16 >> 16) * (dt_int16)(int32_t)(int16_t)x + (weights >> 16) * (dt_int16)(x >> 16);
#endif
}

// The larger integer of each lane.
DT_INLINE dt_int16 dt_larger_integers(dt_int16 a, dt_int16 b) {
  dt_int16 mask = a < b;
#if defined(DT_CHOOSES_BY_BITS)
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) mask[i] = dt_opaque(mask[i]);
  return a ^ ((a ^ b) & mask);
#else
  return mask ? b : a;
#endif
}

// The largest of sixteen integers.
DT_INLINE int32_t dt_largest_integer(dt_int16 a) {
  typedef int32_t dt_int8 __attribute__((ext_vector_type(8)));
  typedef int32_t dt_int4 __attribute__((ext_vector_type(4)));
#if defined(DT_CHOOSES_BY_BITS)
#pragma clang loop unroll(full)
  for (int half = 8; half > 0; half /= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < half; i++) {
      a[i] ^= (a[i] ^ a[i + half]) & dt_opaque(-(a[i] < a[i + half]));
    }
  }
  return a[0];
#else
  dt_int8 eight = a.lo < a.hi ? a.hi : a.lo;
  dt_int4 four = eight.lo < eight.hi ? eight.hi : eight.lo;
  int32_t left = four.x < four.y ? four.y : four.x, right = four.z < four.w ? four.w : four.z;
  return left < right ? right : left;
#endif
}

// The sum of sixteen integers. Those of a row that is not a number are any, and their sum may leave 32 bits: without a sign
// that is defined.
DT_INLINE int32_t dt_sum_of_integers(dt_int16 a) {
  typedef int32_t dt_int8 __attribute__((ext_vector_type(8)));
  typedef int32_t dt_int4 __attribute__((ext_vector_type(4)));
  dt_int8 eight = a.lo + a.hi;
  dt_int4 four = eight.lo + eight.hi;
  return (int32_t)((uint32_t)four.x + (uint32_t)four.y + (uint32_t)four.z + (uint32_t)four.w);
}

// As floats, to nearest where they need more than 24 bits.
DT_INLINE dt_float16 dt_floats_of(dt_int16 a) { return __builtin_convertvector(a, dt_float16); }

DT_INLINE dt_int16 dt_load_integers(const float *place) {
  typedef dt_int16 aligned __attribute__((aligned(16), may_alias));
  return *(const aligned *)place;
}

#endif
