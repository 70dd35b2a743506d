/* The trunk alone from C: Hugging Face's recorded answers, and the same bits however a sequence is cut into calls.
 *
 * usage: trunk <TrunkFourHeads.safetensors> <answers> */
#include <string.h>

#include "episode.h"
#include "script.h"
#include "trunk_four_heads.h"

enum {
  WIDTH = TRUNK_FOUR_HEADS_HIDDEN_SIZE,
  TOKENS = TRUNK_FOUR_HEADS_TOKEN_CAPACITY
};

static _Alignas(64) unsigned char memory[TRUNK_FOUR_HEADS_MEMORY_SIZE];
static trunk_four_heads_trunk *trunk;

static void done(int32_t status) {
  if (status == 0) return;
  fprintf(stderr, "trunk: status %d: %s\n", (int)status, trunk_four_heads_last_error(trunk));
  exit(1);
}

static void expect(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "trunk: %s\n", what);
  exit(1);
}

static const float *tensor(safetensors golden, const char *name, size_t call, const char *part, size_t *count) {
  char full[64];
  snprintf(full, sizeof full, "%s.%zu.%s", name, call, part);
  return find_floats(golden, full, count);
}

/* The calls of a recorded sequence, which go on where the ones before ended but where `pasts` says otherwise. Returns the
 * largest difference; states receives the rows of the calls that used the cache. */
static double replay(
    safetensors golden, const char *name, const size_t *pasts, FILE *answers, float *states) {
  double worst = 0;
  done(trunk_four_heads_reset(trunk));
  size_t past = 0, calls = 0;
  for (;; calls++) {
    size_t count, expected_count, optional;
    intptr_t positions[TOKENS];
    uint8_t mask[TOKENS];
    float result[TOKENS * WIDTH];
    char full[64];
    const float *embeds = tensor(golden, name, calls, "inputs_embeds", &count);
    if (!embeds) break;
    const size_t tokens = count / WIDTH;
    const float *recorded_positions = tensor(golden, name, calls, "positions", &optional);
    for (size_t i = 0; recorded_positions && i < tokens; i++) positions[i] = (intptr_t)recorded_positions[i];
    if (pasts) past = pasts[calls];
    done(trunk_four_heads_crop(trunk, past));
    const float *recorded_mask = tensor(golden, name, calls, "mask", &optional);
    for (size_t i = 0; recorded_mask && i < past + tokens; i++) mask[i] = recorded_mask[i] != 0;
    /* The second call of the branches leaves no trace. */
    const int32_t uses_cache = !(pasts && calls == 1);
    done(trunk_four_heads_forward(trunk, tokens, embeds, recorded_positions ? positions : NULL,
        recorded_mask ? mask : NULL, uses_cache, result));
    snprintf(full, sizeof full, "%s.%zu.last_hidden_state", name, calls);
    const double *expected = find_doubles(golden, full, &expected_count);
    expect(expected && expected_count == count, "no recorded answer");
    worst = fmax(worst, script_difference(result, expected, count));
    script_write(answers, result, count);
    memcpy(states + past * WIDTH, result, count * sizeof(float));
    if (uses_cache) past += tokens;
    size_t length = 0;
    done(trunk_four_heads_past_length(trunk, &length));
    expect(length == past, "another length of the cache");
  }
  expect(calls > 0, "no calls are recorded");
  return worst;
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: trunk <TrunkFourHeads.safetensors> <answers>\n");
    return 2;
  }
  const safetensors golden = read_file(arguments[1]);
  FILE *answers = fopen(arguments[2], "wb");
  expect(answers != NULL, "the answers cannot be written");
  expect(trunk_four_heads_create(memory, sizeof memory, &trunk) == 0, "no trunk");
  static float whole[TOKENS * WIDTH], parts[TOKENS * WIDTH];
  const char *names[] = {"whole", "parts", "padding", "padding_in_parts", "holes", "holes_in_parts", "positions",
      "positions_in_parts"};
  double worst = 0;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    worst = fmax(worst, replay(golden, names[i], NULL, answers, i % 2 ? parts : whole));
    /* (The positions in parts are other ones.) */
    expect(i % 2 == 0 || i > 5 || memcmp(whole, parts, sizeof whole) == 0, "the cut has changed the bits");
  }
  const size_t pasts[] = {0, 15, 15, 7};
  worst = fmax(worst, replay(golden, "branches", pasts, answers, parts));
  expect(worst <= 2e-5, "the hidden states are not the recorded ones");

  /* What is refused leaves the cache as it is. */
  float embeds[2 * WIDTH] = {0}, result[2 * WIDTH];
  const intptr_t far[] = {0, TRUNK_FOUR_HEADS_POSITION_COUNT};
  const uint8_t mask[] = {1, 2};
  size_t length = 7;
  done(trunk_four_heads_reset(trunk));
  embeds[WIDTH + 5] = INFINITY;
  expect(trunk_four_heads_forward(trunk, 2, embeds, NULL, NULL, 1, result)
          == TRUNK_FOUR_HEADS_NON_FINITE_EMBEDDING, "an embedding that is not finite");
  expect(trunk_four_heads_last_error_index(trunk) == WIDTH + 5, "another index");
  embeds[WIDTH + 5] = 0;
  expect(trunk_four_heads_forward(trunk, 2, embeds, far, NULL, 1, result)
          == TRUNK_FOUR_HEADS_POSITION_OUT_OF_RANGE, "a position that there is not");
  expect(trunk_four_heads_forward(trunk, 2, embeds, NULL, mask, 1, result)
          == TRUNK_FOUR_HEADS_INVALID_MASK, "a mask of 2");
  expect(trunk_four_heads_forward(trunk, TOKENS + 1, embeds, NULL, NULL, 1, result)
          == TRUNK_FOUR_HEADS_CACHE_FULL, "more tokens than fit");
  expect(trunk_four_heads_forward(trunk, 0, embeds, NULL, NULL, 1, result)
          == TRUNK_FOUR_HEADS_NO_TOKENS, "no tokens");
  done(trunk_four_heads_past_length(trunk, &length));
  expect(length == 0, "a refused call has filled the cache");
  expect(fclose(answers) == 0, "the answers cannot be written");
  printf("trunk: off by %.1e at most, the same bits however it is cut\n", worst);
  return 0;
}
