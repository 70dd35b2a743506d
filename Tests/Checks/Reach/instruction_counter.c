/* A plugin for QEMU's emulator: how many instructions the program executes in each of its counted calls.
 *
 * -plugin libinstruction_counter.so,report=<file>,end=<address>,<name>=<address>,...
 *
 * A counted call begins where the function at one of the named addresses is entered, and ends where the one at `end`
 * is. When the program is over, the file has a line for each name: calls, least and most instructions of one.
 *
 * Distributions have no header for this interface, which QEMU documents as stable; what is used of it is declared
 * here. PLUGIN_VERSION: the version of the interface, of which each QEMU takes some. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;
typedef uint64_t plugin_id;
extern void qemu_plugin_register_vcpu_tb_trans_cb(
    plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_cb(
    struct qemu_plugin_tb *, void (*)(unsigned, void *), int flags, void *);
extern void qemu_plugin_register_vcpu_insn_exec_cb(
    struct qemu_plugin_insn *, void (*)(unsigned, void *), int flags, void *);
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);

#ifndef PLUGIN_VERSION
#define PLUGIN_VERSION 1
#endif
__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_VERSION;

typedef struct {
  char name[64];
  uint64_t address, calls, least, most;
} counted;

static counted functions[16];
static int function_count;
static counted *current;
static uint64_t executed, begun, end_address;
static const char *report;

/* Called before a straight piece of code runs, all of which then runs. */
static void pass(unsigned processor, void *instructions) {
  (void)processor;
  executed += (uint64_t)(uintptr_t)instructions;
}

static void enter(unsigned processor, void *function) {
  (void)processor;
  current = function;
  begun = executed;
}

static void leave(unsigned processor, void *nothing) {
  (void)processor, (void)nothing;
  if (!current) return;
  uint64_t count = executed - begun;
  if (current->calls == 0 || count < current->least) current->least = count;
  if (count > current->most) current->most = count;
  current->calls++;
  current = NULL;
}

static void translate(plugin_id id, struct qemu_plugin_tb *piece) {
  (void)id;
  size_t count = qemu_plugin_tb_n_insns(piece);
  qemu_plugin_register_vcpu_tb_exec_cb(piece, pass, 0, (void *)(uintptr_t)count);
  for (size_t i = 0; i < count; i++) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(piece, i);
    uint64_t address = qemu_plugin_insn_vaddr(instruction);
    if (address == end_address)
      qemu_plugin_register_vcpu_insn_exec_cb(instruction, leave, 0, NULL);
    for (int f = 0; f < function_count; f++)
      if (address == functions[f].address)
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, enter, 0, &functions[f]);
  }
}

static void write_report(plugin_id id, void *nothing) {
  (void)id, (void)nothing;
  FILE *file = fopen(report, "w");
  if (!file) return;
  for (int f = 0; f < function_count; f++)
    fprintf(file, "%s %llu %llu %llu\n", functions[f].name, (unsigned long long)functions[f].calls,
        (unsigned long long)functions[f].least, (unsigned long long)functions[f].most);
  fclose(file);
}

__attribute__((visibility("default"))) int qemu_plugin_install(
    plugin_id id, const struct qemu_info_t *information, int count, char **arguments) {
  (void)information;
  for (int i = 0; i < count; i++) {
    char *value = strchr(arguments[i], '=');
    if (!value || function_count == 16) return 1;
    size_t length = (size_t)(value++ - arguments[i]);
    /* The lowest bit of an address says that a function is Thumb code. */
    uint64_t address = strtoull(value, NULL, 16) & ~1ull;
    if (strncmp(arguments[i], "report=", 7) == 0) {
      report = strdup(value);
    } else if (strncmp(arguments[i], "end=", 4) == 0) {
      end_address = address;
    } else {
      counted *function = &functions[function_count++];
      snprintf(function->name, sizeof function->name, "%.*s", (int)length, arguments[i]);
      function->address = address;
    }
  }
  if (!report || !end_address) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, write_report, NULL);
  return 0;
}
