#include "episode.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn static void fail(const char *path, const char *problem) {
  fprintf(stderr, "%s: %s\n", path, problem);
  exit(2);
}

safetensors read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path, "cannot be opened");
  uint64_t header_size;
  if (fread(&header_size, sizeof header_size, 1, file) != 1) fail(path, "is too short");
  if (header_size > 1 << 20) fail(path, "is no safetensors file");
  const size_t room = 1 << 24;
  safetensors result = {path, calloc(header_size + 1, 1), aligned_alloc(64, room)};
  if (!result.header || !result.data) fail(path, "does not fit into memory");
  if (fread(result.header, 1, header_size, file) != header_size) fail(path, "is too short");
  if (fread(result.data, 1, room, file) == 0) fail(path, "has no data");
  fclose(file);
  return result;
}

/* The tensor of this name, NULL if there is none; count receives its number of elements of size bytes. */
static const void *find(safetensors file, const char *name, size_t size, size_t *count) {
  char key[64];
  unsigned long long begin, end;
  snprintf(key, sizeof key, "\"%s\":{", name);
  const char *entry = strstr(file.header, key);
  if (!entry) return NULL;
  const char *offsets = strstr(entry, "\"data_offsets\":[");
  if (!offsets || sscanf(offsets, "\"data_offsets\":[%llu,%llu]", &begin, &end) != 2)
    fail(file.path, "a tensor has no offsets");
  if (begin % size != 0) fail(file.path, "a tensor is misaligned");
  *count = (size_t)(end - begin) / size;
  return file.data + begin;
}

const float *find_floats(safetensors file, const char *name, size_t *count) {
  return find(file, name, sizeof(float), count);
}

const double *find_doubles(safetensors file, const char *name, size_t *count) {
  return find(file, name, sizeof(double), count);
}

static const float *floats(safetensors file, const char *name, size_t *count) {
  const float *result = find_floats(file, name, count);
  if (!result) fail(file.path, "a tensor is missing");
  return result;
}

static const int64_t *numbers(safetensors file, const char *path, size_t steps) {
  size_t count;
  const int64_t *result = find(file, "action_index", sizeof(int64_t), &count);
  if (!result || count != steps) fail(path, "has no number for each action");
  return result;
}

episode read_episode(const char *path, float return_scale) {
  const safetensors file = read_file(path);
  episode result;
  size_t count;
  result.rewards = floats(file, "rewards", &result.steps);
  result.states = floats(file, "states", &count);
  result.env_actions = floats(file, "env_actions", &count);
  result.target_return = floats(file, "returns_to_go", &count)[0] * return_scale;
  free(file.header);
  return result;
}

numbered_episode read_numbered_episode(const char *path) {
  const safetensors file = read_file(path);
  numbered_episode result;
  size_t count;
  result.rewards = floats(file, "rewards", &result.steps);
  result.states = floats(file, "states", &count);
  result.logits = floats(file, "logits", &count);
  result.target_return = floats(file, "returns_to_go", &count)[0];
  result.uniforms = find(file, "uniform", sizeof(float), &count);
  result.actions = numbers(file, path, result.steps);
  free(file.header);
  return result;
}

framed_episode read_framed_episode(const char *path) {
  const safetensors file = read_file(path);
  framed_episode result;
  size_t count;
  result.rewards = floats(file, "rewards", &result.steps);
  result.logits = floats(file, "logits", &count);
  result.frames = find(file, "states", 1, &count);
  if (!result.frames || count % result.steps != 0) fail(path, "has no frames for each step");
  result.actions = numbers(file, path, result.steps);
  free(file.header);
  return result;
}
