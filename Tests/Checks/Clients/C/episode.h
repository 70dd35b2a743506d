/* Recorded closed-loop episodes. */
#ifndef EPISODE_H
#define EPISODE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where actions are vectors: Sources/hopper/Resources/episode.safetensors. */
typedef struct {
  size_t steps;
  const float *states;       /* [steps][state dimension], environment units */
  const float *rewards;      /* [steps], rewards[t] follows the action of step t */
  const float *env_actions;  /* [steps][action dimension], Hugging Face's, environment units */
  float target_return;       /* environment units */
} episode;

/* Where they are numbers: the episodes in Tests/Data/Families/d3rlpy-cartpole. */
typedef struct {
  size_t steps;
  const float *states;
  const float *rewards;
  const float *logits;     /* [steps][action count], of d3rlpy's model in double precision */
  const int64_t *actions;  /* [steps], the numbers of those that were executed */
  const float *uniforms;   /* [steps], with which they were drawn; NULL where the largest logit decided */
  float target_return;
} numbered_episode;

/* Where states are frames of bytes, and actions numbers. */
typedef struct {
  size_t steps;
  const uint8_t *frames; /* [steps][frames][lines][pixels] */
  const float *rewards;
  const float *logits;
  const int64_t *actions;
} framed_episode;

/* Reads the file. Stops the program with a message if it cannot. Never gives the memory back. */
episode read_episode(const char *path, float return_scale);
numbered_episode read_numbered_episode(const char *path);
framed_episode read_framed_episode(const char *path);

/* Tensors of a recorded file. They stay until the program ends. */
typedef struct {
  const char *path;
  char *header;
  unsigned char *data;
} safetensors;

safetensors read_file(const char *path);
/* The tensor of this name and its number of elements; NULL if there is none. */
const float *find_floats(safetensors file, const char *name, size_t *count);
const double *find_doubles(safetensors file, const char *name, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
