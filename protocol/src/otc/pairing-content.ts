import type { Layout, Result } from '../bytes/index.ts';
import { err, fieldBytes, fieldText, fieldU8, fieldU32, isLayoutText, layout, ok } from '../bytes/index.ts';
import { isGeneration, NO_GENERATION, sameGenerationBits } from './generation.ts';
import { SLOT_MAX } from './header.ts';
import type { OpenError } from './open-error.ts';
import type { PinPolicy } from './pin-policy.ts';
import { decodePinPolicy, encodePinPolicy } from './pin-policy.ts';

/** What a PAIR1 says under its seal. */
export type Pair1Content = {
  /** The generation that the server holds active, 0 for none: the token keeps that one and no other. */
  readonly activeGeneration: number;
  /** 1 to 255, never equal to the active one mod 32. */
  readonly newGeneration: number;
  readonly policy: PinPolicy;
  /** Unix seconds, for showing only: the token has no clock. */
  readonly timeS: number;
  /** 8 bytes: the portal session that asked. */
  readonly session: Uint8Array;
  /** The bank's name, at most 16 printable ASCII characters. */
  readonly label: string;
};

/** What a PAIR2 says under its seal. */
export type Pair2Content = {
  readonly slot: number;
  readonly generation: number;
  readonly timeS: number;
  readonly session: Uint8Array;
  readonly label: string;
};

/** The columns of a PAIR1 content: the policy is two bytes. */
export type Pair1Fields = Omit<Pair1Content, 'policy'> & {
  readonly pinDigits: number;
  readonly pinFlags: number;
};

/** Characters of a bank label. */
export const LABEL_BYTES_MAX = 16;

/** The sealed part of a PAIR1, 33 bytes. */
export const pair1Layout: Layout<Pair1Fields> = layout('PAIR1 content', {
  activeGeneration: fieldU8,
  newGeneration: fieldU8,
  pinDigits: fieldU8,
  pinFlags: fieldU8,
  timeS: fieldU32,
  session: fieldBytes(8),
  label: fieldText(LABEL_BYTES_MAX),
});

/** The sealed part of a PAIR2, 31 bytes. */
export const pair2Layout: Layout<Pair2Content> = layout('PAIR2 content', {
  slot: fieldU8,
  generation: fieldU8,
  timeS: fieldU32,
  session: fieldBytes(8),
  label: fieldText(LABEL_BYTES_MAX),
});

/** The sealed part of a PAIR1, or the field that cannot be sent. Its size needs no pad. docs/spec/otc.md §4. */
export function encodePair1Content(content: Pair1Content): Result<Uint8Array, OpenError> {
  const { policy, ...fields } = content;
  const fault = pair1Fault({ ...fields, policy }) ?? textFault('label', content.label);
  if (fault !== undefined) return err(fault);
  return ok(pair1Layout.encode({ ...fields, ...encodePinPolicy(policy) }));
}

/** Reads the sealed part of a PAIR1. Total. */
export function decodePair1Content(plaintext: Uint8Array): Result<Pair1Content, OpenError> {
  const fields = pair1Layout.decode(plaintext);
  if (!fields.ok) return err(layoutFault(fields.error));
  const { pinDigits, pinFlags, ...rest } = fields.value;
  const policy = decodePinPolicy({ pinDigits, pinFlags });
  if (!policy.ok) return policy;
  const content = { ...rest, policy: policy.value };
  const fault = pair1Fault(content);
  return fault === undefined ? ok(content) : err(fault);
}

/** The sealed part of a PAIR2, or the field that cannot be sent. Its size needs no pad. */
export function encodePair2Content(content: Pair2Content): Result<Uint8Array, OpenError> {
  const fault = pair2Fault(content) ?? textFault('label', content.label);
  return fault === undefined ? ok(pair2Layout.encode(content)) : err(fault);
}

/** Reads the sealed part of a PAIR2. Total. */
export function decodePair2Content(plaintext: Uint8Array): Result<Pair2Content, OpenError> {
  const fields = pair2Layout.decode(plaintext);
  if (!fields.ok) return err(layoutFault(fields.error));
  const fault = pair2Fault(fields.value);
  return fault === undefined ? ok(fields.value) : err(fault);
}

/** A layout error as a row of the reject order. */
function layoutFault(error: { readonly code: string; readonly field?: string }): OpenError {
  return { code: 'bad_field', field: error.field ?? 'length' };
}

function textFault(field: string, text: string): OpenError | undefined {
  return isLayoutText(text, LABEL_BYTES_MAX) ? undefined : { code: 'bad_field', field };
}

function pair1Fault(content: Pair1Content): OpenError | undefined {
  const { activeGeneration, newGeneration, policy } = content;
  if (!isGeneration(newGeneration)) return { code: 'bad_field', field: 'newGeneration' };
  if (activeGeneration !== NO_GENERATION) {
    if (!isGeneration(activeGeneration)) return { code: 'bad_field', field: 'activeGeneration' };
    if (sameGenerationBits(activeGeneration, newGeneration)) {
      return { code: 'bad_field', field: 'newGeneration' };
    }
  }
  const decoded = decodePinPolicy(encodePinPolicy(policy));
  return decoded.ok ? undefined : decoded.error;
}

function pair2Fault(content: Pair2Content): OpenError | undefined {
  if (content.slot > SLOT_MAX) return { code: 'bad_field', field: 'slot' };
  if (!isGeneration(content.generation)) return { code: 'bad_field', field: 'generation' };
  return undefined;
}
