// What a self test found, as C is told it. Generated headers declare the same under names of their model's.

#ifndef C_DECISION_TRANSFORMER_REPORT_H
#define C_DECISION_TRANSFORMER_REPORT_H

#include <stdint.h>

typedef struct {
  int32_t stage; // 0: the embedded state token; 1, 2, ...: after block 0, 1, ...; -1: the action; -2: an expected one
  int32_t step;
  int32_t index;
  float difference;
  float tolerance;
} dt_comparison;

typedef struct {
  int32_t step_count;
  int32_t comparison_count;
  int32_t has_failed; // whether first_failure says where
  dt_comparison worst;
  dt_comparison first_failure;
} dt_self_test_report;

#endif
