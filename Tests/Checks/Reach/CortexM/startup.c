/* What a Cortex-M program needs besides the model: a vector table, and a reset handler that turns the floating-point
 * unit on. With semihosting, through which the emulator prints and ends. Boards have their vendor's file instead. */
#include <stdint.h>

extern uint32_t stack_top, data_start, data_end, data_load, bss_start, bss_end;
extern int main(void);
extern void initialise_monitor_handles(void); /* of newlib's librdimon */
extern _Noreturn void _exit(int);

#define REGISTER(address) (*(volatile uint32_t *)(address))

_Noreturn void reset(void) {
  REGISTER(0xE000ED88) |= 0xFu << 20; /* CPACR: all may use coprocessors 10 and 11 */
#if defined(__ARM_FEATURE_MVE)
  REGISTER(0xE000ED14) |= 1u << 19; /* CCR.LOB: loops with a counter */
#endif
  __asm__ volatile("dsb\n isb" ::: "memory");
  for (uint32_t *to = &data_start, *from = &data_load; to < &data_end;) *to++ = *from++;
  for (uint32_t *to = &bss_start; to < &bss_end;) *to++ = 0;
  initialise_monitor_handles();
  _exit(main());
}

static void fault(void) { _exit(99); }

__attribute__((section(".vectors"), used)) void (*const vectors[16])(void) = {
    (void (*)(void))&stack_top, reset, fault, fault, fault, fault, fault};
