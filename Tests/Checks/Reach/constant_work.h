/* Steps that differ in everything a control loop can bring about, as in ../ConstantWork, through the C interface. The
 * plugin instruction_counter.c counts what each call executes. */
#ifndef CONSTANT_WORK_H
#define CONSTANT_WORK_H

#include "model.h"

/* calls receives how many were counted. The status of the call that was refused, 0 if none was. */
int32_t count_calls(model_controller *controller, int *calls);

#endif
