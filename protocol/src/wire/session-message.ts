import type { Layout, LayoutError, Result } from '../bytes/index.ts';
import { assertNever, concatBytes, err, ok, readUint, u8 } from '../bytes/index.ts';
import type { PrekeyBlock } from './prekey-block.ts';
import { prekeyBlockLayout } from './prekey-block.ts';
import type { Commit } from './session-commit.ts';
import { commitLayout } from './session-commit.ts';
import type { Discard } from './session-discard.ts';
import { discardLayout } from './session-discard.ts';
import type { Discarded } from './session-discarded.ts';
import { discardedLayout } from './session-discarded.ts';
import type { Done } from './session-done.ts';
import { doneLayout } from './session-done.ts';
import type { Ready } from './session-ready.ts';
import { readyLayout } from './session-ready.ts';
import type { Refused } from './session-refused.ts';
import { refusedLayout } from './session-refused.ts';
import type { StatusReply } from './session-status-reply.ts';
import { statusReplyLayout } from './session-status-reply.ts';
import { SESSION_TYPES } from './session-types.ts';

/** Prekeys ride along where an OTC token answers for BIND, RESET or REKEY. */
type WithPrekeys = { readonly prekeys?: PrekeyBlock };

/** What the two ends say inside the session, after its handshake: the plaintext of a transport message. */
export type SessionMessage =
  | ({ readonly tag: 'commit' } & Commit)
  | ({ readonly tag: 'discard' } & Discard)
  | ({ readonly tag: 'ready' } & Ready & WithPrekeys)
  | ({ readonly tag: 'statusReply' } & StatusReply & WithPrekeys)
  | ({ readonly tag: 'done' } & Done)
  | ({ readonly tag: 'discarded' } & Discarded)
  | ({ readonly tag: 'refused' } & Refused);

/** Why a plaintext is not a session message. */
export type SessionMessageError =
  | { readonly code: 'empty' }
  | { readonly code: 'unknown_type'; readonly type: number }
  | LayoutError;

/** The plaintext of a session message: its type byte, then its layout. */
export function encodeSessionMessage(message: SessionMessage): Uint8Array {
  const type = u8(SESSION_TYPES[message.tag]);
  switch (message.tag) {
    case 'commit':
      return concatBytes(type, commitLayout.encode(message));
    case 'discard':
      return concatBytes(type, discardLayout.encode(message));
    case 'ready':
      return concatBytes(type, readyLayout.encode(message), encodePrekeys(message.prekeys));
    case 'statusReply':
      return concatBytes(type, statusReplyLayout.encode(message), encodePrekeys(message.prekeys));
    case 'done':
      return concatBytes(type, doneLayout.encode(message));
    case 'discarded':
      return concatBytes(type, discardedLayout.encode(message));
    case 'refused':
      return concatBytes(type, refusedLayout.encode(message));
    default:
      return assertNever(message);
  }
}

/** Reads the plaintext of a transport message. Total: any input yields a value, never a throw. */
export function decodeSessionMessage(plaintext: Uint8Array): Result<SessionMessage, SessionMessageError> {
  if (plaintext.length === 0) return err({ code: 'empty' });
  const type = readUint(plaintext.subarray(0, 1));
  const body = plaintext.subarray(1);
  switch (type) {
    case SESSION_TYPES.commit:
      return tagged(commitLayout.decode(body), (value) => ({ tag: 'commit', ...value }));
    case SESSION_TYPES.discard:
      return tagged(discardLayout.decode(body), (value) => ({ tag: 'discard', ...value }));
    case SESSION_TYPES.ready:
      return tagged(decodeWithPrekeys(readyLayout, body), (value) => ({ tag: 'ready', ...value }));
    case SESSION_TYPES.statusReply:
      return tagged(decodeWithPrekeys(statusReplyLayout, body), (value) => ({
        tag: 'statusReply',
        ...value,
      }));
    case SESSION_TYPES.done:
      return tagged(doneLayout.decode(body), (value) => ({ tag: 'done', ...value }));
    case SESSION_TYPES.discarded:
      return tagged(discardedLayout.decode(body), (value) => ({ tag: 'discarded', ...value }));
    case SESSION_TYPES.refused:
      return tagged(refusedLayout.decode(body), (value) => ({ tag: 'refused', ...value }));
    default:
      return err({ code: 'unknown_type', type });
  }
}

function tagged<V>(
  decoded: Result<V, LayoutError>,
  tag: (value: V) => SessionMessage,
): Result<SessionMessage, LayoutError> {
  return decoded.ok ? ok(tag(decoded.value)) : decoded;
}

function encodePrekeys(prekeys: PrekeyBlock | undefined): Uint8Array {
  return prekeys === undefined ? new Uint8Array() : prekeyBlockLayout.encode(prekeys);
}

/** The length alone says whether a prekey block follows: nothing else has that length. */
function decodeWithPrekeys<V extends object>(
  layout: Layout<V>,
  body: Uint8Array,
): Result<V & WithPrekeys, LayoutError> {
  if (body.length <= layout.byteCount) return layout.decode(body);
  const value = layout.decode(body.subarray(0, layout.byteCount));
  if (!value.ok) return value;
  const prekeys = prekeyBlockLayout.decode(body.subarray(layout.byteCount));
  return prekeys.ok ? ok({ ...value.value, prekeys: prekeys.value }) : prekeys;
}
