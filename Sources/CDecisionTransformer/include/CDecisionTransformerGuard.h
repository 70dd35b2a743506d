// One thread at a time: the flag with which the C interface notices a second one.

#ifndef C_DECISION_TRANSFORMER_GUARD_H
#define C_DECISION_TRANSFORMER_GUARD_H

#include "CDecisionTransformer.h"

// Raises the flag. 0 if it was up: another thread is inside. Never waits.
DT_INLINE int32_t dt_enter(uint32_t *flag) {
  return __atomic_exchange_n(flag, 1, __ATOMIC_ACQUIRE) == 0;
}

DT_INLINE void dt_leave(uint32_t *flag) {
  __atomic_store_n(flag, 0, __ATOMIC_RELEASE);
}

#endif
