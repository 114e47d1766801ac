import {
  asciiBytes,
  concatBytes,
  fromBase64,
  fromHex,
  toBase64,
  toHex,
  u8,
  u16,
  u32,
} from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { Mail, SealedFields } from '../ports/mail.ts';
import type { SealingKeys } from './sealing.ts';
import { openUnder, sealUnder } from './sealing.ts';
import { SECRET_KINDS } from './secret-places.ts';

const MAIL_LABEL = asciiBytes('chiavetta/v1 mail');
const ID_BYTES = 16;

/** How many fresh random bytes `sealMail` takes. */
export const MAIL_RANDOM_BYTES = 48;

/**
 * A message whose `secret` fields nobody reads in the store. `random`: 48 fresh bytes for this one message.
 * docs/spec/validation.md, "Secrets at rest".
 */
export function sealMail(
  parts: { readonly crypto: Crypto; readonly keys: SealingKeys; readonly random: Uint8Array },
  mail: Omit<Mail, 'sealed'> & {
    readonly customerId: string;
    readonly secret: Readonly<Record<string, string>>;
  },
): Mail {
  const { crypto, keys, random } = parts;
  const { to, kind, fields, customerId, secret } = mail;
  const place = { customerId, id: toHex(random.subarray(0, ID_BYTES)) };
  const box = sealUnder({
    ...{ crypto, keys },
    aad: associatedData({ to, kind }, place),
    hedge: concatBytes(random.subarray(ID_BYTES), u32(0)),
    plaintext: new TextEncoder().encode(JSON.stringify(secret)),
  });
  return { to, kind, fields, sealed: { ...place, box: toBase64(box) } };
}

/**
 * The message with its secret fields among the others; `undefined` when they were not sealed for it: for another
 * address, kind or customer, or edited.
 */
export function openMail<Sealed extends Mail>(
  parts: { readonly crypto: Crypto; readonly keys: Pick<SealingKeys, 'kek'> },
  mail: Sealed,
): Omit<Sealed, 'sealed'> | undefined {
  const { sealed, ...rest } = mail;
  if (sealed === undefined) return rest;
  const box = fromBase64(sealed.box);
  if (!box.ok) return undefined;
  const plaintext = openUnder({ ...parts, aad: associatedData(mail, sealed), sealed: box.value });
  if (plaintext === undefined) return undefined;
  const secret: Readonly<Record<string, string>> = JSON.parse(new TextDecoder().decode(plaintext));
  return { ...rest, fields: { ...rest.fields, ...secret } };
}

/** Binds secret fields to whom and what they are for, so that a message made of parts of two does not open. */
function associatedData(
  { to, kind }: Pick<Mail, 'to' | 'kind'>,
  { customerId, id }: Pick<SealedFields, 'customerId' | 'id'>,
): Uint8Array {
  const idBytes = fromHex(id);
  return concatBytes(
    MAIL_LABEL,
    u8(SECRET_KINDS.mail),
    sized(kind),
    sized(customerId),
    sized(to),
    idBytes.ok ? idBytes.value : new Uint8Array(0),
  );
}

function sized(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return concatBytes(u16(bytes.length), bytes);
}
