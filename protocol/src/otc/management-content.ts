import type { Layout, Result } from '../bytes/index.ts';
import { err, fieldU8, fieldU32, layout, ok } from '../bytes/index.ts';
import { SLOT_MAX } from './header.ts';
import type { OpenError } from './open-error.ts';

/** What a MGMT picture orders. `slot` is always the slot whose chain sealed it: no bank touches another's slot. */
export type ManagementContent =
  | {
      readonly operation: 'unlock';
      readonly slot: number;
      /** The 8 digits that the blocked token shows at every switch-on. */
      readonly lockCode: string;
      /** Unix seconds, for showing only. */
      readonly timeS: number;
    }
  | { readonly operation: 'revoke_slot'; readonly slot: number; readonly timeS: number };

/** Digits of a lock code. */
export const LOCK_CODE_DIGITS = 8;
const UNLOCK = 1;
const REVOKE_SLOT = 2;

/** The columns of a MGMT content. */
export type ManagementFields = {
  readonly operation: number;
  readonly slot: number;
  readonly lockCode: number;
  readonly timeS: number;
};

/** The sealed part of a MGMT, 10 bytes. */
export const managementLayout: Layout<ManagementFields> = layout('MGMT content', {
  operation: fieldU8,
  slot: fieldU8,
  lockCode: fieldU32,
  timeS: fieldU32,
});

/** The sealed part of a MGMT, or the field that cannot be sent. Its size needs no pad. docs/spec/otc.md §4. */
export function encodeManagementContent(content: ManagementContent): Result<Uint8Array, OpenError> {
  const { slot, timeS } = content;
  if (!Number.isInteger(slot) || slot < 0 || slot > SLOT_MAX)
    return err({ code: 'bad_field', field: 'slot' });
  if (content.operation === 'revoke_slot') {
    return ok(managementLayout.encode({ operation: REVOKE_SLOT, slot, lockCode: 0, timeS }));
  }
  if (!/^[0-9]{8}$/.test(content.lockCode)) return err({ code: 'bad_field', field: 'lockCode' });
  return ok(managementLayout.encode({ operation: UNLOCK, slot, lockCode: Number(content.lockCode), timeS }));
}

/** Reads the sealed part of a MGMT. Total. */
export function decodeManagementContent(plaintext: Uint8Array): Result<ManagementContent, OpenError> {
  const fields = managementLayout.decode(plaintext);
  if (!fields.ok) return err({ code: 'bad_field', field: 'length' });
  const { operation, slot, lockCode, timeS } = fields.value;
  if (slot > SLOT_MAX) return err({ code: 'bad_field', field: 'slot' });
  if (operation === REVOKE_SLOT) {
    if (lockCode !== 0) return err({ code: 'reserved_bits', field: 'lockCode' });
    return ok({ operation: 'revoke_slot', slot, timeS });
  }
  if (operation !== UNLOCK) return err({ code: 'bad_field', field: 'operation' });
  if (lockCode >= 10 ** LOCK_CODE_DIGITS) return err({ code: 'bad_field', field: 'lockCode' });
  return ok({
    operation: 'unlock',
    slot,
    timeS,
    lockCode: lockCode.toString().padStart(LOCK_CODE_DIGITS, '0'),
  });
}
