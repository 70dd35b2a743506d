/* Built for one more instruction set; only the function behind the pointer is called. */
#include "CDecisionTransformerProcessor.h"

extern dt_processor (*const built_for)(void);
dt_processor (*const built_for)(void) = dt_built_for_processor;
