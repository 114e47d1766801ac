import { err } from '@chiavetta/protocol/bytes';
import { fobProfile } from '../profiles/fob.ts';
import { OTC_PROFILE } from '../profiles/otc.ts';
import type { ReplayResult } from './replay.ts';
import { replaySteps } from './replay.ts';
import { firmwareOfFob, firmwareOfOtc } from './token-firmware.ts';
import type { TraceLine, TraceSecrets } from './trace.ts';

/**
 * Runs a trace again on the firmware of the device that it names. The values of its secrets come from their own file;
 * viewing a trace does not need them.
 *
 * A trace also replays over power cuts: a `power.on` carries the flash as the cut left it.
 */
export function replayTrace(lines: readonly TraceLine[], secrets: TraceSecrets): ReplayResult {
  const steps = replayTraceSteps(lines, secrets);
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
  }
}

/** The same one step at a time: gives the number of each step before it runs, and at the end how it went. */
export function* replayTraceSteps(
  lines: readonly TraceLine[],
  secrets: TraceSecrets,
): Generator<number, ReplayResult> {
  const [head] = lines;
  if (head === undefined || 'step' in head) return err({ code: 'no_device' });
  if (head.kind === 'fob') {
    if (fobProfile(head.profile) === undefined) return err({ code: 'no_device' });
    return yield* replaySteps(firmwareOfFob({ profile: head.profile }), lines, secrets);
  }
  if (head.profile !== OTC_PROFILE.id) return err({ code: 'no_device' });
  return yield* replaySteps(firmwareOfOtc({ profile: head.profile }), lines, secrets);
}
