/* A machine without an operating system: Bochs, with the port that it shows as text. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stddef.h>
#include <stdint.h>

void write_text(const char *text);
void write_number(uint64_t number);
/* Two digits and a power of ten. */
void write_small(double number);

/* An instruction that the processor does not have is named, and ends the emulator. exceptions.c */
void watch_instructions(void);
/* The processor's name for itself. */
void write_processor(void);
/* Ends the emulator. */
_Noreturn void stop_machine(void);

#endif
