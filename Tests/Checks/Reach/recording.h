/* A recorded episode that the program carries: a safetensors file, put there by recording.S. */
#ifndef RECORDING_H
#define RECORDING_H

#include <stddef.h>

typedef struct {
  const unsigned char *bytes; /* at any address */
  size_t width;               /* of a number: 4 or 8 bytes */
  size_t count;
} recorded_tensor;

/* The tensor with this name; one of no numbers where there is none. */
recorded_tensor find_tensor(const char *name);

/* A number of it. */
double number(recorded_tensor tensor, size_t index);

/* The text behind "key":" in the header, up to the quote; null where there is none. Not ended by a zero. */
const char *find_text(const char *key);

#endif
