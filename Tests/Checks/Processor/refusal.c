/* A library for C on a processor that lacks its instructions, or has them: argument "refused" or "accepted". */
#include <stdio.h>
#include <string.h>

#include "relu_one_head.h"

static _Alignas(RELU_ONE_HEAD_MEMORY_ALIGNMENT) unsigned char memory[RELU_ONE_HEAD_MEMORY_SIZE];

int main(int count, char **arguments) {
  int refused = count > 1 && strcmp(arguments[1], "refused") == 0;
  int32_t expected = refused ? RELU_ONE_HEAD_UNSUPPORTED_PROCESSOR : RELU_ONE_HEAD_SUCCESS;
  relu_one_head_controller *controller = (relu_one_head_controller *)memory;
  int32_t self_test = relu_one_head_self_test(memory, sizeof memory);
  int32_t create = relu_one_head_create(memory, sizeof memory, &controller);
  printf("C: self_test: %s\nC: create: %s\n", relu_one_head_status_message(self_test),
      relu_one_head_status_message(create));
  return self_test != expected || create != expected || (controller != NULL) == refused;
}
