#include "machine.h"

static void write_port(uint16_t port, uint8_t byte) {
  __asm__ volatile("outb %0, %1" : : "a"(byte), "Nd"(port));
}

void write_text(const char *text) {
  while (*text) write_port(0xe9, (uint8_t)*text++);
}

void write_number(uint64_t number) {
  char digits[21];
  char *first = digits + 20;
  *first = 0;
  do *--first = (char)('0' + number % 10);
  while (number /= 10);
  write_text(first);
}

void write_small(double number) {
  if (number != number) {
    write_text("nan");
    return;
  }
  int exponent = 0;
  while (number > 0 && number < 1 && exponent < 30) number *= 10, exponent++;
  uint64_t tenths = (uint64_t)(number * 10 + 0.5);
  write_number(tenths / 10);
  write_text(".");
  write_number(tenths % 10);
  write_text("e-");
  write_number((uint64_t)exponent);
}

void write_processor(void) {
  union {
    uint32_t words[12];
    char text[49];
  } name = {0};
  for (uint32_t i = 0; i < 3; i++) {
    uint32_t *w = name.words + 4 * i;
    __asm__ volatile("cpuid"
                     : "=a"(w[0]), "=b"(w[1]), "=c"(w[2]), "=d"(w[3])
                     : "a"(0x80000002u + i), "c"(0));
  }
  const char *text = name.text;
  while (*text == ' ') text++;
  write_text(text);
}

void stop_machine(void) {
  for (const char *text = "Shutdown"; *text; text++) write_port(0x8900, (uint8_t)*text);
  for (;;) __asm__ volatile("hlt");
}

/* --- What the libraries ask for --- */

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  return start;
}

void *memmove(void *to, const void *from, size_t count) {
  if ((uintptr_t)to - (uintptr_t)from >= count) return memcpy(to, from, count);
  for (unsigned char *t = to; count-- > 0;) t[count] = ((const unsigned char *)from)[count];
  return to;
}

void *memset(void *to, int value, size_t count) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
  return start;
}
