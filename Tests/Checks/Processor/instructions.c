/* The bits of cpuid that the library asks for, against those that the compiler's own <cpuid.h> names.
 *
 * usage: instructions <feature>: as in -m<feature>, which the other object was built with. */
#include <cpuid.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "CDecisionTransformerProcessor.h"

/* dt_built_for_processor of that object. */
extern dt_processor (*const built_for)(void);

#define FEATURE(name, word, bit) {name, offsetof(dt_processor, word), bit}
static const struct {
  const char *name;
  size_t word;
  unsigned bit;
} features[] = {
    FEATURE("sse3", leaf1_ecx, bit_SSE3),
    FEATURE("ssse3", leaf1_ecx, bit_SSSE3),
    FEATURE("fma", leaf1_ecx, bit_FMA),
    FEATURE("cx16", leaf1_ecx, bit_CMPXCHG16B),
    FEATURE("sse4.1", leaf1_ecx, bit_SSE41),
    FEATURE("sse4.2", leaf1_ecx, bit_SSE42),
    FEATURE("movbe", leaf1_ecx, bit_MOVBE),
    FEATURE("popcnt", leaf1_ecx, bit_POPCNT),
    FEATURE("avx", leaf1_ecx, bit_AVX),
    FEATURE("f16c", leaf1_ecx, bit_F16C),
    FEATURE("bmi", leaf7_ebx, bit_BMI),
    FEATURE("avx2", leaf7_ebx, bit_AVX2),
    FEATURE("bmi2", leaf7_ebx, bit_BMI2),
    FEATURE("avx512f", leaf7_ebx, bit_AVX512F),
    FEATURE("avx512dq", leaf7_ebx, bit_AVX512DQ),
    FEATURE("avx512ifma", leaf7_ebx, bit_AVX512IFMA),
    FEATURE("avx512cd", leaf7_ebx, bit_AVX512CD),
    FEATURE("avx512bw", leaf7_ebx, bit_AVX512BW),
    FEATURE("avx512vl", leaf7_ebx, bit_AVX512VL),
    FEATURE("avx512vbmi", leaf7_ecx, bit_AVX512VBMI),
    FEATURE("avx512vbmi2", leaf7_ecx, bit_AVX512VBMI2),
    FEATURE("gfni", leaf7_ecx, bit_GFNI),
    FEATURE("avx512vnni", leaf7_ecx, bit_AVX512VNNI),
    FEATURE("avx512bitalg", leaf7_ecx, bit_AVX512BITALG),
    FEATURE("avx512vpopcntdq", leaf7_ecx, bit_AVX512VPOPCNTDQ),
    FEATURE("avx512fp16", leaf7_edx, bit_AVX512FP16),
    FEATURE("avxvnni", leaf7_1_eax, bit_AVXVNNI),
    FEATURE("avx512bf16", leaf7_1_eax, bit_AVX512BF16),
    FEATURE("avxifma", leaf7_1_eax, bit_AVXIFMA),
    FEATURE("avxvnniint8", leaf7_1_edx, bit_AVXVNNIINT8),
    FEATURE("avxneconvert", leaf7_1_edx, bit_AVXNECONVERT),
    FEATURE("avxvnniint16", leaf7_1_edx, bit_AVXVNNIINT16),
    FEATURE("avx10.1", leaf7_1_edx, bit_AVX10),
    FEATURE("avx10.2", leaf7_1_edx, bit_AVX10),
    FEATURE("apxf", leaf7_1_edx, bit_APXF),
    FEATURE("sahf", extended_ecx, bit_LAHF_LM),
    FEATURE("lzcnt", extended_ecx, bit_LZCNT),
    FEATURE("sse4a", extended_ecx, bit_SSE4a),
    FEATURE("xop", extended_ecx, bit_XOP),
    FEATURE("fma4", extended_ecx, bit_FMA4),
    FEATURE("tbm", extended_ecx, bit_TBM),
};

int main(int count, char **arguments) {
  const size_t all = sizeof features / sizeof *features;
  if (count < 2) { /* Which there are. */
    for (size_t i = 0; i < all; i++) printf("%s\n", features[i].name);
    return 0;
  }
  dt_processor built = built_for();
  for (size_t i = 0; i < all; i++) {
    unsigned word;
    memcpy(&word, (const char *)&built + features[i].word, sizeof word);
    if (strcmp(features[i].name, arguments[1]) != 0) continue;
    if (!(word & features[i].bit)) return printf("-m%s: is not asked for\n", arguments[1]), 1;
    /* The registers of AVX, AVX-512 and APX are kept by the system. */
    int wide = strncmp(arguments[1], "avx", 3) == 0, widest = strncmp(arguments[1], "avx512", 6) == 0;
    unsigned kept = (wide ? 0x06 : 0) | (widest ? 0xe0 : 0);
    if (strcmp(arguments[1], "apxf") == 0) kept = 1u << 19;
    if ((built.kept_registers & kept) != kept)
      return printf("-m%s: its registers are not asked for\n", arguments[1]), 1;
    return 0;
  }
  return printf("-m%s: unknown\n", arguments[1]), 1;
}
