// Count what a judge found, and close as every judge does: `N passed, M failed`.
import { isDeepStrictEqual, inspect } from 'node:util';

let passed = 0;
let failed = 0;

/** Run one check; a failure is printed and the judge goes on. Returns what the check returned. */
export async function check(name, run) {
  try {
    const found = await run();
    passed += 1;
    return found;
  } catch (problem) {
    failed += 1;
    console.log(`FAILED ${name}: ${problem?.name}: ${String(problem?.message).replaceAll('\n', ' | ')}`);
    return undefined;
  }
}

/** Print the closing line and leave; a judge without checks has failed. */
export function close() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed || !passed ? 1 : 0);
}

export function expect(found, wanted) {
  if (!isDeepStrictEqual(found, wanted)) {
    throw new Error(`${inspect(found, { depth: 6 })} instead of ${inspect(wanted)}`);
  }
}

export function expectThat(holds, words) {
  if (!holds) throw new Error(words);
}

/** Return what a promise is refused with. */
export async function refusal(promise) {
  let answer;
  try {
    answer = await promise;
  } catch (problem) {
    return problem;
  }
  throw new Error(`went through with ${inspect(answer)}`);
}

/** Give an environment variable that the stage has set. */
export function given(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start this judge by python -m judges`);
  return value;
}

process.on('unhandledRejection', (problem) => {
  failed += 1;
  console.log(`FAILED nobody waited for this: ${problem?.stack ?? problem}`);
});
