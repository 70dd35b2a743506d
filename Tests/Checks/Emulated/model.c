/* One model: its self test, and a recorded episode through its functions. Compiled for each with
 *
 *   MODEL, CONSTANT      prefixes of the library's names: hopper, HOPPER
 *   HEADER               the library's header
 *   EPISODE              a safetensors file: states, rewards and the answers of Hugging Face
 *   ANSWERS, ANSWER      the tensor with these, and its type: float or double
 *   TARGET_RETURN        of the episode
 *   STEPS                how many of them are driven
 *   LARGEST_DIFFERENCE   that the actions may have: what rounding the weights moves them, or float32 */
#include HEADER

#include "machine.h"

#define JOINED(prefix, name) prefix##_##name
#define JOIN(prefix, name) JOINED(prefix, name)
#define FUNCTION(name) JOIN(MODEL, name)
#define NUMBER(name) JOIN(CONSTANT, name)
#define QUOTED(name) #name
#define QUOTE(name) QUOTED(name)

static _Alignas(NUMBER(MEMORY_ALIGNMENT)) unsigned char memory[NUMBER(MEMORY_SIZE)];
static const _Alignas(8) unsigned char episode[] = {
#embed EPISODE
    , 0};

static const char *find(const char *text, const char *what) {
  for (; *text; text++) {
    size_t i = 0;
    while (what[i] && text[i] == what[i]) i++;
    if (!what[i]) return text + i;
  }
  return NULL;
}

/* A tensor of the file; count receives its numbers of `size` bytes. */
static const void *tensor(const char *key, size_t size, size_t *count) {
  uint64_t header;
  __builtin_memcpy(&header, episode, sizeof header);
  const char *place = find((const char *)episode + 8, key);
  if (place) place = find(place, "\"data_offsets\":[");
  size_t offsets[2] = {0};
  for (int i = 0; place && i < 2; i++, place++)
    while (*place >= '0' && *place <= '9') offsets[i] = offsets[i] * 10 + (size_t)(*place++ - '0');
  *count = (offsets[1] - offsets[0]) / size;
  return episode + 8 + header + offsets[0];
}

/* What Bochs counts up by one with each instruction. */
static uint64_t instructions(void) {
  uint32_t low, high;
  __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
  return (uint64_t)high << 32 | low;
}

/* Of the last step that has both calls. */
static uint64_t act_instructions, prepare_instructions;

/* The largest difference of the actions. */
static double replay(FUNCTION(controller) * controller, int32_t *status) {
  size_t count;
  const float *states = tensor("\"states\":{", sizeof(float), &count);
  const float *rewards = tensor("\"rewards\":{", sizeof(float), &count);
  size_t steps = count < STEPS ? count : STEPS;
  const ANSWER *answers = tensor("\"" ANSWERS "\":{", sizeof(ANSWER), &count);
  if (steps == 0 || count < steps * NUMBER(ACTION_DIMENSION)) return 1.0 / 0.0;
  double largest = 0;
  *status = FUNCTION(reset)(controller, TARGET_RETURN);
  float reward = 0;
  for (size_t step = 0; step < steps && *status == 0; step++) {
    float action[NUMBER(ACTION_DIMENSION)];
    uint64_t begin = instructions();
    *status = FUNCTION(act)(controller, states + step * NUMBER(STATE_DIMENSION), reward, action);
    if (*status == 0 && step + 1 < steps) {
      uint64_t middle = instructions();
      *status = FUNCTION(prepare)(controller);
      prepare_instructions = instructions() - middle;
      act_instructions = middle - begin;
    }
    reward = rewards[step];
    for (size_t i = 0; i < NUMBER(ACTION_DIMENSION); i++) {
      double difference = action[i] - (double)answers[step * NUMBER(ACTION_DIMENSION) + i];
      if (difference < 0) difference = -difference;
      if (!(difference <= largest)) largest = difference;
    }
  }
  return largest;
}

/* Whether all is as it should be. */
int FUNCTION(check)(void) {
  write_text(QUOTE(MODEL) ": self test: ");
  int32_t self_test = FUNCTION(self_test)(memory, sizeof memory);
  write_text(FUNCTION(status_message)(self_test));
  FUNCTION(controller) * controller;
  int32_t status = FUNCTION(create)(memory, sizeof memory, &controller);
  write_text("; create: ");
  write_text(FUNCTION(status_message)(status));
  double difference = 0;
  if (status == 0) {
    difference = replay(controller, &status);
    write_text("; difference of actions: ");
    write_small(difference);
    write_text("; instructions of act: ");
    write_number(act_instructions);
    write_text(", of prepare: ");
    write_number(prepare_instructions);
  }
  write_text("\n");
  return self_test == 0 && status == 0 && difference <= LARGEST_DIFFERENCE;
}
