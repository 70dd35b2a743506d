/* Several agents from C: each has the bits that it has alone, with actions that are vectors and with numbered ones.
 *
 * usage: agents <WindowOfOne.safetensors> <WrappedTimesteps.safetensors> <answers> */
#include <string.h>

#include "batch_of_seventeen.h"
#include "episode.h"
#include "numbered_actions.h"
#include "numbered_actions_of_two.h"
#include "script.h"
#include "window_of_one.h"

enum {
  AGENTS = BATCH_OF_SEVENTEEN_BATCH,
  STATES = BATCH_OF_SEVENTEEN_STATE_DIMENSION,
  ACTIONS = BATCH_OF_SEVENTEEN_ACTION_DIMENSION,
  PAIR = NUMBERED_ACTIONS_OF_TWO_BATCH,
  PAIR_STATES = NUMBERED_ACTIONS_OF_TWO_STATE_DIMENSION,
  CHOICES = NUMBERED_ACTIONS_OF_TWO_ACTION_COUNT
};

static _Alignas(64) unsigned char memory[BATCH_OF_SEVENTEEN_MEMORY_SIZE];
static _Alignas(64) unsigned char alone[AGENTS][(WINDOW_OF_ONE_MEMORY_SIZE + 63) / 64 * 64];
static _Alignas(64) unsigned char pair_memory[NUMBERED_ACTIONS_OF_TWO_MEMORY_SIZE];
static _Alignas(64) unsigned char pair_alone[PAIR][(NUMBERED_ACTIONS_MEMORY_SIZE + 63) / 64 * 64];

/* Every call of the script must succeed. */
static void done(int32_t status, const char *message) {
  if (status == 0) return;
  fprintf(stderr, "agents: status %d: %s\n", (int)status, message);
  exit(1);
}

static void expect(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "agents: %s\n", what);
  exit(1);
}

static void vectors(safetensors golden, FILE *answers) {
  size_t count;
  const float *recorded = find_floats(golden, "states", &count);
  expect(recorded != NULL, "no states");
  const size_t rows = count / STATES;
  batch_of_seventeen_controller *together;
  window_of_one_controller *one[AGENTS];
  done(batch_of_seventeen_self_test(memory, sizeof memory), "self test");
  done(batch_of_seventeen_create(memory, sizeof memory, &together), "create");
  for (size_t agent = 0; agent < AGENTS; agent++)
    done(window_of_one_create(alone[agent], sizeof alone[agent], &one[agent]), "create alone");
  for (size_t step = 0; step < SCRIPT_STEPS; step++) {
    float states[AGENTS][STATES], rewards[AGENTS], paid[AGENTS];
    float actions[AGENTS][ACTIONS], expected[AGENTS][ACTIONS], executed[AGENTS][ACTIONS];
    int32_t status = 0;
    if (script_resets_all(step)) status = batch_of_seventeen_reset(together, script_target(step));
    done(status, batch_of_seventeen_last_error(together));
    for (size_t agent = 0; agent < AGENTS; agent++) {
      memcpy(states[agent], recorded + script_row(step, agent, rows) * STATES, sizeof states[agent]);
      rewards[agent] = script_reward(step, agent);
      paid[agent] = script_reward(step + 1, agent);
      const float target = script_target(step);
      if (script_resets(step, agent, AGENTS))
        status = batch_of_seventeen_reset_agent(together, agent, target);
      if (status == 0 && script_retargets(step, agent, AGENTS))
        status = batch_of_seventeen_retarget_agent(together, agent, target + 1);
      done(status, batch_of_seventeen_last_error(together));
      if (script_resets_all(step) || script_resets(step, agent, AGENTS))
        done(window_of_one_reset(one[agent], target), "reset alone");
      if (script_retargets(step, agent, AGENTS))
        done(window_of_one_retarget(one[agent], target + 1), "retarget alone");
      status = script_acts_rewarded(step)
          ? window_of_one_act(one[agent], states[agent], rewards[agent], expected[agent])
          : window_of_one_act_without_reward(one[agent], states[agent], expected[agent]);
      done(status, window_of_one_last_error(one[agent]));
    }
    status = script_acts_rewarded(step)
        ? batch_of_seventeen_act(together, &states[0][0], rewards, &actions[0][0])
        : batch_of_seventeen_act_without_rewards(together, &states[0][0], &actions[0][0]);
    done(status, batch_of_seventeen_last_error(together));
    expect(memcmp(actions, expected, sizeof actions) == 0, "an agent's action is not that of it alone");
    script_write(answers, actions, sizeof actions / sizeof(float));
    for (size_t agent = 0; agent < AGENTS; agent++) {
      for (size_t i = 0; i < ACTIONS; i++) executed[agent][i] = actions[agent][i] / 2;
      if (!script_has_executed(step)) status = window_of_one_prepare(one[agent]);
      else if (!script_prepares_reward(step))
        status = window_of_one_prepare_executed(one[agent], executed[agent]);
      else
        status = window_of_one_prepare_executed_with_reward(one[agent], executed[agent], paid[agent]);
      done(status, window_of_one_last_error(one[agent]));
    }
    if (!script_has_executed(step)) status = batch_of_seventeen_prepare(together);
    else if (!script_prepares_reward(step))
      status = batch_of_seventeen_prepare_executed(together, &executed[0][0]);
    else
      status = batch_of_seventeen_prepare_executed_with_rewards(together, &executed[0][0], paid);
    done(status, batch_of_seventeen_last_error(together));
  }
  /* Wrong calls name the agent, and what of it is wrong. */
  float states[AGENTS][STATES] = {{0}}, rewards[AGENTS] = {0}, actions[AGENTS][ACTIONS];
  states[AGENTS - 1][3] = NAN;
  expect(batch_of_seventeen_reset(together, 8) == 0, "reset");
  expect(batch_of_seventeen_act(together, &states[0][0], rewards, &actions[0][0])
          == BATCH_OF_SEVENTEEN_NON_FINITE_STATE, "a state that is no number");
  expect(strcmp(batch_of_seventeen_last_error(together), "agent 16: state[3] is not finite") == 0,
      "another message");
  expect(batch_of_seventeen_last_error_agent(together) == AGENTS - 1, "another agent");
  expect(batch_of_seventeen_last_error_index(together) == 3, "another index");
  expect(batch_of_seventeen_reset_agent(together, AGENTS, 8) == BATCH_OF_SEVENTEEN_NO_SUCH_AGENT,
      "an agent that there is not");
}

static void numbers(safetensors golden, FILE *answers) {
  size_t count, changes = 0;
  const float *recorded = find_floats(golden, "states", &count);
  expect(recorded != NULL, "no states");
  const size_t rows = count / PAIR_STATES;
  numbered_actions_of_two_controller *together;
  numbered_actions_controller *one[PAIR];
  done(numbered_actions_of_two_create(pair_memory, sizeof pair_memory, &together), "create");
  for (size_t agent = 0; agent < PAIR; agent++)
    done(numbered_actions_create(pair_alone[agent], sizeof pair_alone[agent], &one[agent]), "create");
  for (size_t step = 0; step < SCRIPT_STEPS; step++) {
    float states[PAIR][PAIR_STATES], rewards[PAIR], paid[PAIR], uniforms[PAIR];
    int32_t actions[PAIR], expected[PAIR], executed[PAIR], status = 0;
    const int rewarded = script_acts_rewarded(step), drawn = script_draws(step);
    if (script_resets_all(step)) status = numbered_actions_of_two_reset(together, script_target(step));
    done(status, numbered_actions_of_two_last_error(together));
    for (size_t agent = 0; agent < PAIR; agent++) {
      const float target = script_target(step);
      memcpy(states[agent], recorded + script_row(step, agent, rows) * PAIR_STATES, sizeof states[agent]);
      rewards[agent] = script_reward(step, agent);
      paid[agent] = script_reward(step + 1, agent);
      uniforms[agent] = script_uniform(step, agent);
      if (script_resets(step, agent, PAIR))
        done(numbered_actions_of_two_reset_agent(together, agent, target), "reset");
      if (script_retargets(step, agent, PAIR))
        done(numbered_actions_of_two_retarget_agent(together, agent, target + 1), "retarget");
      if (script_resets_all(step) || script_resets(step, agent, PAIR))
        done(numbered_actions_reset(one[agent], target), "reset alone");
      if (script_retargets(step, agent, PAIR))
        done(numbered_actions_retarget(one[agent], target + 1), "retarget alone");
      numbered_actions_controller *c = one[agent];
      const float *s = states[agent], r = rewards[agent], u = uniforms[agent];
      int32_t *a = &expected[agent];
      if (drawn)
        status = rewarded ? numbered_actions_act_drawn(c, s, r, u, a)
                          : numbered_actions_act_drawn_without_reward(c, s, u, a);
      else
        status = rewarded ? numbered_actions_act(c, s, r, a)
                          : numbered_actions_act_without_reward(c, s, a);
      done(status, numbered_actions_last_error(c));
    }
    const float *s = &states[0][0];
    if (drawn)
      status = rewarded ? numbered_actions_of_two_act_drawn(together, s, rewards, uniforms, actions)
                        : numbered_actions_of_two_act_drawn_without_rewards(together, s, uniforms, actions);
    else
      status = rewarded ? numbered_actions_of_two_act(together, s, rewards, actions)
                        : numbered_actions_of_two_act_without_rewards(together, s, actions);
    done(status, numbered_actions_of_two_last_error(together));
    expect(memcmp(actions, expected, sizeof actions) == 0, "an agent's choice is not that of it alone");
    script_write(answers, actions, PAIR);
    for (size_t agent = 0; agent < PAIR; agent++) {
      float logits[CHOICES], of_one[CHOICES];
      done(numbered_actions_of_two_logits(together, agent, logits), "logits");
      done(numbered_actions_logits(one[agent], of_one), "logits alone");
      expect(memcmp(logits, of_one, sizeof logits) == 0, "an agent's logits are not those of it alone");
      script_write(answers, logits, CHOICES);
      executed[agent] = (int32_t)((size_t)(actions[agent] + 1) % CHOICES);
      changes += actions[agent] != actions[0];
      if (!script_has_executed(step)) status = numbered_actions_prepare(one[agent]);
      else if (!script_prepares_reward(step))
        status = numbered_actions_prepare_executed(one[agent], executed[agent]);
      else
        status = numbered_actions_prepare_executed_with_reward(one[agent], executed[agent], paid[agent]);
      done(status, numbered_actions_last_error(one[agent]));
    }
    if (!script_has_executed(step)) status = numbered_actions_of_two_prepare(together);
    else if (!script_prepares_reward(step))
      status = numbered_actions_of_two_prepare_executed(together, executed);
    else
      status = numbered_actions_of_two_prepare_executed_with_rewards(together, executed, paid);
    done(status, numbered_actions_of_two_last_error(together));
  }
  expect(changes > 0, "the agents never choose differently");
  const int32_t wrong[PAIR] = {0, CHOICES};
  float states[PAIR][PAIR_STATES] = {{0}};
  int32_t actions[PAIR];
  done(numbered_actions_of_two_reset(together, 8), "reset");
  done(numbered_actions_of_two_act_without_rewards(together, &states[0][0], actions), "act");
  expect(numbered_actions_of_two_prepare_executed(together, wrong)
          == NUMBERED_ACTIONS_OF_TWO_NO_SUCH_ACTION, "an action that there is not");
  expect(numbered_actions_of_two_last_error_agent(together) == 1, "another agent");
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: agents <WindowOfOne> <WrappedTimesteps> <answers>\n");
    return 2;
  }
  FILE *answers = fopen(arguments[3], "wb");
  expect(answers != NULL, "the answers cannot be written");
  vectors(read_file(arguments[1]), answers);
  numbers(read_file(arguments[2]), answers);
  expect(fclose(answers) == 0, "the answers cannot be written");
  printf("agents: %d and %d of them, %d steps, each with the bits that it has alone\n", AGENTS, PAIR,
      SCRIPT_STEPS);
  return 0;
}
