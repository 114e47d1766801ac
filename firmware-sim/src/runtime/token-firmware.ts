import { assert } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { FobState } from '../core/fob/index.ts';
import { fobFirmware, fobOff } from '../core/fob/index.ts';
import type { OtcState } from '../core/otc/index.ts';
import { otcFirmware, otcOff } from '../core/otc/index.ts';
import type { MadeToken } from '../factory/index.ts';
import { fobProfile } from '../profiles/fob.ts';
import { OTC_PROFILE } from '../profiles/otc.ts';
import type { Firmware } from './firmware.ts';

/** The firmware that runs in a fob of this profile. */
export function firmwareOfFob(
  made: Pick<MadeToken, 'profile'>,
  crypto: Crypto = nobleCrypto,
): Firmware<FobState> {
  const profile = fobProfile(made.profile);
  assert(profile !== undefined, 'a fob runs the firmware of its profile');
  return { step: fobFirmware({ crypto, profile }).step, off: fobOff };
}

/** The firmware that runs in an OTC token of this profile. */
export function firmwareOfOtc(
  made: Pick<MadeToken, 'profile'>,
  crypto: Crypto = nobleCrypto,
): Firmware<OtcState> {
  assert(made.profile === OTC_PROFILE.id, 'an OTC token runs the firmware of its profile');
  return { step: otcFirmware({ crypto, profile: OTC_PROFILE }).step, off: otcOff };
}
