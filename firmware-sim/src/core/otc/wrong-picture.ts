import type { OpenError } from '@chiavetta/protocol/otc';
import type { Work } from './work.ts';
import { notice } from './work.ts';

/**
 * Shows why a picture was refused; nothing else happens. A dead challenge cannot be told from another token's picture
 * by anyone, so these two share the words "not valid for this token, start again". docs/spec/devices.md.
 */
export function refusePicture(at: Work, error: OpenError): Work {
  return notice(at, screenIdOf(at, error));
}

function screenIdOf(at: Work, error: OpenError): string {
  switch (error.code) {
    case 'bad_length':
    case 'bad_version':
    case 'unknown_type':
      return 'picture.foreign';
    case 'another_token':
      return at.state.vault.slots.length === 0 ? 'picture.unbound' : 'picture.another';
    case 'slot_unbound':
      return 'picture.unbound';
    case 'generation_unknown':
      return isPaired(at, error.slot) ? 'picture.old-keys' : 'picture.unpaired';
    case 'counter_used':
      return 'picture.used';
    case 'counter_too_far':
      return 'picture.too-far';
    case 'other_pairing':
    case 'prekey_missing':
      return 'picture.old-pairing';
    case 'server_key_unknown':
      return 'picture.server-key';
    case 'pin_missing':
      return 'picture.pin-missing';
    case 'pin_blocked':
      return 'picture.blocked';
    case 'wrong_kind':
    case 'pairing_generation_bits':
    case 'weak_key':
    case 'not_authentic':
    case 'bad_field':
    case 'reserved_bits':
    case 'bad_padding':
      return 'picture.invalid';
    default: {
      const unknown: never = error;
      return unknown;
    }
  }
}

function isPaired(at: Work, slotNumber: number): boolean {
  const slot = at.state.vault.slots.find((one) => one.slot === slotNumber);
  return slot?.active !== undefined || slot?.pending !== undefined;
}
