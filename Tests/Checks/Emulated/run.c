/* Every model of the image, on a machine that has nothing else. MODELS is a list: MODEL(hopper) MODEL(pendulum) */
#include "machine.h"

#define MODEL(name) int name##_check(void);
MODELS
#undef MODEL

__attribute__((used)) void run(void) {
  watch_instructions();
  unsigned models = 0, right = 0;
#define MODEL(name) models++, right += name##_check() != 0;
  MODELS
  write_number(right);
  write_text(" of ");
  write_number(models);
  write_text(" models are right on ");
  write_processor();
  write_text("\n");
  stop_machine();
}
