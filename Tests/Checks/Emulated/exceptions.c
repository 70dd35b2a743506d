/* What happens at an instruction that the processor refuses. Compiled without vector registers, which hold the
 * program's numbers.
 *
 * Bochs 2.7 refuses one kind that processors with AVX-512 execute: scatter and gather whose index lies in a register
 * above 15 (bit V' of the prefix, which it takes for an operand that is not there). The compiler spreads sixteen
 * numbers of a row over memory with them. They are carried out here; everything else ends the emulator. */
#include "machine.h"

/* As pushed by the entry below; the last five by the processor. */
typedef struct {
  uint64_t general[16]; /* by their numbers in instructions; not the stack pointer, number 4 */
  uint64_t address, code_segment, flags, stack, stack_segment;
} registers;

/* The area of xsave: its order is the same in all processors with AVX-512. */
static _Alignas(64) unsigned char vectors[4096];

/* Number `lane` of a vector register. */
static uint32_t *lane_of(unsigned vector, unsigned lane) {
  unsigned offset = vector >= 16 ? 1664 + 64 * (vector - 16) + 4 * lane
      : lane < 4                 ? 160 + 16 * vector + 4 * lane
      : lane < 8                 ? 576 + 16 * vector + 4 * (lane - 4)
                                 : 1152 + 32 * vector + 4 * (lane - 8);
  return (uint32_t *)(void *)(vectors + offset);
}

/* Whether the instruction is such a scatter or gather of 32-bit numbers and indices. */
__attribute__((used)) static int is_indexed(const registers *r) {
  const unsigned char *code = (const unsigned char *)r->address;
  int is_known = code[4] == 0x90 || code[4] == 0x92 || code[4] == 0xa0 || code[4] == 0xa2;
  return code[0] == 0x62 && (code[1] & 7) == 2 && (code[2] & 0x87) == 0x05 && !(code[3] & 8) &&
      is_known && (code[5] & 7) == 4 && code[5] < 0xc0;
}

__attribute__((used)) static void execute_indexed(registers *r) {
  const unsigned char *code = (const unsigned char *)r->address;
  unsigned modes = ~(unsigned)code[1], mode = code[5] >> 6;
  unsigned numbers = (code[5] >> 3 & 7) | (modes >> 7 & 1) << 3 | (modes >> 4 & 1) << 4;
  unsigned index = (code[6] >> 3 & 7) | (modes >> 6 & 1) << 3 | 16;
  unsigned base = (code[6] & 7) | (modes >> 5 & 1) << 3, scale = code[6] >> 6;
  unsigned lanes = 4u << (code[3] >> 5 & 3);
  uint64_t length = 7, place = base == 4 ? r->stack : r->general[base];
  if (mode == 1) {
    place += (uint64_t)((int64_t)(int8_t)code[7] * 4);
    length += 1;
  } else if (mode == 2 || (mode == 0 && (code[6] & 7) == 5)) {
    int32_t offset;
    __builtin_memcpy(&offset, code + 7, sizeof offset);
    place = (mode == 0 ? 0 : place) + (uint64_t)(int64_t)offset;
    length += 4;
  }
  uint64_t *mask = (uint64_t *)(void *)(vectors + 1088) + (code[3] & 7);
  for (unsigned lane = 0; lane < lanes; lane++) {
    if (!(*mask >> lane & 1)) continue;
    int64_t distance = (int64_t)(int32_t)*lane_of(index, lane) * (1 << scale);
    uint32_t *number = (uint32_t *)(place + (uint64_t)distance);
    if (code[4] >= 0xa0) *number = *lane_of(numbers, lane);
    else *lane_of(numbers, lane) = *number;
  }
  *mask = 0;
  r->address += length;
}

__attribute__((used)) _Noreturn static void stopped(uint64_t vector, uint64_t address) {
  write_text(vector == 6 ? "\nillegal instruction at " : "\nexception at ");
  write_number(address);
  write_text("\n");
  stop_machine();
}

/* The processor puts an error code on top of the address for 8, 10 to 14 and 17. */
__asm__(
    "illegal_entry:\n"
    "  push %r15\n push %r14\n push %r13\n push %r12\n push %r11\n push %r10\n push %r9\n push %r8\n"
    "  push %rdi\n push %rsi\n push %rbp\n push %rsp\n push %rbx\n push %rdx\n push %rcx\n push %rax\n"
    "  mov %rsp, %rbx\n and $-16, %rsp\n"
    "  mov %rbx, %rdi\n call is_indexed\n test %eax, %eax\n jz 1f\n"
    "  mov $0xe7, %eax\n xor %edx, %edx\n xsave vectors\n"
    "  mov %rbx, %rdi\n call execute_indexed\n"
    "  mov $0xe7, %eax\n xor %edx, %edx\n xrstor vectors\n"
    "  mov %rbx, %rsp\n"
    "  pop %rax\n pop %rcx\n pop %rdx\n pop %rbx\n pop %rbp\n pop %rbp\n pop %rsi\n pop %rdi\n"
    "  pop %r8\n pop %r9\n pop %r10\n pop %r11\n pop %r12\n pop %r13\n pop %r14\n pop %r15\n iretq\n"
    "1: mov $6, %edi\n mov 128(%rbx), %rsi\n call stopped\n"
    "plain_entry: mov (%rsp), %rsi\n jmp 2f\n"
    "coded_entry: mov 8(%rsp), %rsi\n"
    "2: xor %edi, %edi\n and $-16, %rsp\n call stopped\n");
extern const char illegal_entry[], plain_entry[], coded_entry[];

typedef struct __attribute__((packed)) {
  uint16_t limit;
  uint64_t base;
} table;

void watch_instructions(void) {
  /* A stack of their own: functions keep numbers below the stack pointer. */
  static _Alignas(16) unsigned char stack[4096];
  static struct __attribute__((packed)) {
    uint32_t reserved;
    uint64_t stacks[3], none, alternatives[7], end;
    uint16_t reserved_too, ports;
  } task;
  task.alternatives[0] = (uint64_t)(stack + sizeof stack);
  task.ports = sizeof task;
  uint64_t place = (uint64_t)&task;
  static uint64_t segments[7];
  segments[3] = 0x00209a0000000000; /* 0x18: code, as in start.S */
  segments[4] = 0x0000920000000000; /* 0x20: data */
  segments[5] = (sizeof task - 1) | (place & 0xffffff) << 16 | 0x89ull << 40 | (place >> 24 & 0xff) << 56;
  segments[6] = place >> 32;
  table description = {sizeof segments - 1, (uint64_t)segments};
  __asm__ volatile("lgdt %0\n ltr %w1" : : "m"(description), "r"(0x28) : "memory");

  static struct {
    uint16_t low, segment, kind, middle;
    uint32_t high, zero;
  } gates[32];
  for (int i = 0; i < 32; i++) {
    int is_coded = i == 8 || (i >= 10 && i <= 14) || i == 17;
    uint64_t entry = (uint64_t)(i == 6 ? illegal_entry : is_coded ? coded_entry : plain_entry);
    gates[i].low = (uint16_t)entry;
    gates[i].segment = 0x18;
    gates[i].kind = 0x8e01; /* the first of the alternative stacks */
    gates[i].middle = (uint16_t)(entry >> 16);
    gates[i].high = (uint32_t)(entry >> 32);
  }
  description = (table){sizeof gates - 1, (uint64_t)gates};
  __asm__ volatile("lidt %0" : : "m"(description) : "memory");
}
