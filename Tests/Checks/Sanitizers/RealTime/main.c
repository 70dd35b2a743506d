// Runs whole episodes where RealtimeSanitizer watches: a function marked nonblocking, and everything it calls.
#include <stdio.h>
#include <string.h>

void prepare_subject(void);
void run_episodes(void);
void allocate(void);

__attribute__((nonblocking)) static void watched_episodes(void) { run_episodes(); }
__attribute__((nonblocking)) static void watched_allocation(void) { allocate(); }

int main(int count, char **arguments) {
  prepare_subject();
  // The control: this must be stopped.
  if (count > 1 && strcmp(arguments[1], "allocate") == 0) watched_allocation();
  watched_episodes();
  puts("realtime: no call that may block");
  return 0;
}
