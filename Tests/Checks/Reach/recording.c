#include "recording.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Eight bytes with the size of the header, the header in JSON, the numbers. */
extern const unsigned char recording[];

static size_t header_size(void) {
  uint64_t size;
  memcpy(&size, recording, sizeof size);
  return (size_t)size;
}

/* What follows `text` in the header. */
static const char *behind(const char *text) {
  const char *header = (const char *)recording + 8, *end = header + header_size();
  size_t length = strlen(text);
  for (; header + length <= end; header++)
    if (memcmp(header, text, length) == 0) return header + length;
  return NULL;
}

const char *find_text(const char *key) {
  char text[64];
  snprintf(text, sizeof text, "\"%s\":\"", key);
  return behind(text);
}

recorded_tensor find_tensor(const char *name) {
  recorded_tensor tensor = {recording, 0, 0};
  char text[64];
  snprintf(text, sizeof text, "\"%s\":{\"dtype\":\"F", name);
  const char *entry = behind(text);
  const char *offsets = entry ? strstr(entry, "\"data_offsets\":[") : NULL;
  if (!offsets) return tensor;
  char *next;
  unsigned long begin = strtoul(strchr(offsets, '[') + 1, &next, 10);
  unsigned long end = strtoul(next + 1, NULL, 10);
  tensor.bytes = recording + 8 + header_size() + begin;
  tensor.width = strtoul(entry, NULL, 10) / 8;
  tensor.count = (end - begin) / tensor.width;
  return tensor;
}

double number(recorded_tensor tensor, size_t index) {
  float single;
  double value;
  if (tensor.width == sizeof value) {
    memcpy(&value, tensor.bytes + index * sizeof value, sizeof value);
    return value;
  }
  memcpy(&single, tensor.bytes + index * sizeof single, sizeof single);
  return single;
}
