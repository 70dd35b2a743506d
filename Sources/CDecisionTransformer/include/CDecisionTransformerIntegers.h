// Products of 8-bit integers, four rows of a matrix at a time, by whatever the target multiplies integers with. All of them
// are exact: no instruction here saturates, and 32 bits hold the sums of 65,536 products.

#ifndef C_DECISION_TRANSFORMER_INTEGERS_H
#define C_DECISION_TRANSFORMER_INTEGERS_H

#include "CDecisionTransformer.h"

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
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

#if DT_GROUP_WORDS == 2 && defined(__SSE2__)
#if defined(__AVX512BW__)
typedef __m512i dt_pairs;
DT_INLINE dt_pairs dt_repeat(int32_t pair) { return _mm512_set1_epi32(pair); }
DT_INLINE dt_pairs dt_even(dt_pairs w) { return _mm512_and_si512(w, _mm512_set1_epi32(0xff00ff)); }
DT_INLINE dt_pairs dt_odd(dt_pairs w) { return _mm512_srli_epi16(w, 8); }
DT_INLINE dt_pairs dt_add_pairs(dt_pairs sums, dt_pairs a, dt_pairs b) {
  return _mm512_add_epi32(sums, _mm512_madd_epi16(a, b));
}
#elif defined(__AVX2__)
typedef __m256i dt_pairs;
DT_INLINE dt_pairs dt_repeat(int32_t pair) { return _mm256_set1_epi32(pair); }
DT_INLINE dt_pairs dt_even(dt_pairs w) { return _mm256_and_si256(w, _mm256_set1_epi32(0xff00ff)); }
DT_INLINE dt_pairs dt_odd(dt_pairs w) { return _mm256_srli_epi16(w, 8); }
DT_INLINE dt_pairs dt_add_pairs(dt_pairs sums, dt_pairs a, dt_pairs b) {
  return _mm256_add_epi32(sums, _mm256_madd_epi16(a, b));
}
#else
typedef __m128i dt_pairs;
DT_INLINE dt_pairs dt_repeat(int32_t pair) { return _mm_set1_epi32(pair); }
DT_INLINE dt_pairs dt_even(dt_pairs w) { return _mm_and_si128(w, _mm_set1_epi32(0xff00ff)); }
DT_INLINE dt_pairs dt_odd(dt_pairs w) { return _mm_srli_epi16(w, 8); }
DT_INLINE dt_pairs dt_add_pairs(dt_pairs sums, dt_pairs a, dt_pairs b) {
  return _mm_add_epi32(sums, _mm_madd_epi16(a, b));
}
#endif
#define DT_PAIRS (64 / (int)sizeof(dt_pairs))
#endif

// sums + x · w for sixteen columns: `weights` has the numbers of four rows in each word, `numbers` is where the group of a
// row is that they are multiplied with.
DT_INLINE dt_int16 dt_add_products(dt_int16 sums, dt_int16 weights, const float *numbers) {
  const dt_integer *x = (const dt_integer *)numbers;
#if defined(DT_INTEGER_QUADS) && defined(__AVX512F__)
  return (dt_int16)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)weights, _mm512_set1_epi32(*x));
#elif defined(DT_INTEGER_QUADS) && defined(__SSE2__)
  union { dt_int16 all; __m256i halves[2]; } s = {sums}, w = {weights};
  __m256i group = _mm256_set1_epi32(*x);
  s.halves[0] = _mm256_dpbusd_avx_epi32(s.halves[0], w.halves[0], group);
  s.halves[1] = _mm256_dpbusd_avx_epi32(s.halves[1], w.halves[1], group);
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
  union { dt_int16 all; dt_pairs parts[DT_PAIRS]; } s = {sums}, w = {weights};
  dt_pairs even = dt_repeat(x[0]), odd = dt_repeat(x[1]);
#pragma clang loop unroll(full)
  for (int i = 0; i < DT_PAIRS; i++) {
    s.parts[i] = dt_add_pairs(s.parts[i], dt_even(w.parts[i]), even);
    s.parts[i] = dt_add_pairs(s.parts[i], dt_odd(w.parts[i]), odd);
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

DT_INLINE int32_t dt_sum_of_integers(dt_int16 a) {
  typedef int32_t dt_int8 __attribute__((ext_vector_type(8)));
  typedef int32_t dt_int4 __attribute__((ext_vector_type(4)));
  dt_int8 eight = a.lo + a.hi;
  dt_int4 four = eight.lo + eight.hi;
  return four.x + four.y + four.z + four.w;
}

// As floats, to nearest where they need more than 24 bits.
DT_INLINE dt_float16 dt_floats_of(dt_int16 a) { return __builtin_convertvector(a, dt_float16); }

DT_INLINE dt_int16 dt_load_integers(const float *place) {
  typedef dt_int16 aligned __attribute__((aligned(16), may_alias));
  return *(const aligned *)place;
}

#endif
