#include "episode.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn static void fail(const char *path, const char *problem) {
  fprintf(stderr, "%s: %s\n", path, problem);
  exit(2);
}

/* The float32 tensor of this name in a safetensors file; count receives its number of floats. */
static const float *tensor(
    const char *path, const char *header, unsigned char *data, const char *name, size_t *count) {
  char key[64];
  unsigned long long begin, end;
  snprintf(key, sizeof key, "\"%s\":{", name);
  const char *entry = strstr(header, key);
  if (!entry) fail(path, "a tensor is missing");
  const char *offsets = strstr(entry, "\"data_offsets\":[");
  if (!offsets || sscanf(offsets, "\"data_offsets\":[%llu,%llu]", &begin, &end) != 2)
    fail(path, "a tensor has no offsets");
  *count = (size_t)(end - begin) / sizeof(float);
  return (const float *)(data + begin);
}

episode read_episode(const char *path, float return_scale) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path, "cannot be opened");
  uint64_t header_size;
  if (fread(&header_size, sizeof header_size, 1, file) != 1) fail(path, "is too short");
  if (header_size > 1 << 20) fail(path, "is no safetensors file");
  char *header = calloc(header_size + 1, 1);
  const size_t room = 1 << 24;
  unsigned char *data = aligned_alloc(64, room);
  if (!header || !data) fail(path, "does not fit into memory");
  if (fread(header, 1, header_size, file) != header_size) fail(path, "is too short");
  if (fread(data, 1, room, file) == 0) fail(path, "has no data");
  fclose(file);

  episode result;
  size_t count;
  result.rewards = tensor(path, header, data, "rewards", &result.steps);
  result.states = tensor(path, header, data, "states", &count);
  result.env_actions = tensor(path, header, data, "env_actions", &count);
  result.target_return = tensor(path, header, data, "returns_to_go", &count)[0] * return_scale;
  free(header);
  return result;
}
