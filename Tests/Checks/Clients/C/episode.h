/* A recorded closed-loop episode: Sources/hopper/Resources/episode.safetensors. */
#ifndef EPISODE_H
#define EPISODE_H

#include <stddef.h>

typedef struct {
  size_t steps;
  const float *states;       /* [steps][state dimension], environment units */
  const float *rewards;      /* [steps], rewards[t] follows the action of step t */
  const float *env_actions;  /* [steps][action dimension], Hugging Face's, environment units */
  float target_return;       /* environment units */
} episode;

/* Reads the file. Stops the program with a message if it cannot. Never gives the memory back. */
episode read_episode(const char *path, float return_scale);

#endif
