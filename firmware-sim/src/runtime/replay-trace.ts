import type { Result } from '@chiavetta/protocol/bytes';
import { err } from '@chiavetta/protocol/bytes';
import { fobProfile } from '../profiles/fob.ts';
import { OTC_PROFILE } from '../profiles/otc.ts';
import type { ReplayError } from './replay.ts';
import { replaySteps } from './replay.ts';
import { firmwareOfFob, firmwareOfOtc } from './token-firmware.ts';
import type { TraceLine, TraceSecrets } from './trace.ts';

/**
 * Runs a trace again on the firmware of the device that it names. The values of its secrets come from their own file;
 * viewing a trace does not need them.
 *
 * A trace also replays over power cuts: a `power.on` carries the flash as the cut left it.
 */
export function replayTrace(
  lines: readonly TraceLine[],
  secrets: TraceSecrets,
): Result<{ readonly steps: number }, ReplayError> {
  const [head] = lines;
  if (head === undefined || 'step' in head) return err({ code: 'no_device' });
  if (head.kind === 'fob') {
    if (fobProfile(head.profile) === undefined) return err({ code: 'no_device' });
    return replaySteps(firmwareOfFob({ profile: head.profile }), lines, secrets);
  }
  if (head.profile !== OTC_PROFILE.id) return err({ code: 'no_device' });
  return replaySteps(firmwareOfOtc({ profile: head.profile }), lines, secrets);
}
