/**
 * Why a token refuses a picture: one code for each row of the reject order in docs/spec/otc.md §6, in that order.
 * Nothing is stored, and nothing of the picture is shown, for any of them.
 */
export type OpenError =
  | { readonly code: 'bad_length'; readonly foundBytes: number }
  | { readonly code: 'bad_version'; readonly version: number }
  | { readonly code: 'unknown_type'; readonly typeByte: number }
  /** No hint key of this token unmasks four zero bytes: "another token's picture", or a dead challenge. */
  | { readonly code: 'another_token' }
  | { readonly code: 'slot_unbound'; readonly slot: number }
  /** Read by a function for another kind; a shell that dispatches on `readPayloadHeader` never sees it. */
  | { readonly code: 'wrong_kind' }
  | { readonly code: 'generation_unknown'; readonly slot: number; readonly generationBits: number }
  | { readonly code: 'pairing_generation_bits'; readonly generationBits: number }
  | { readonly code: 'server_key_unknown'; readonly serverKeyId: number }
  /** An X25519 result was all zeros: E or a configured key is of low order. */
  | { readonly code: 'weak_key' }
  /** The picture is old: its counter, or pairing counter, was used before. */
  | { readonly code: 'counter_used'; readonly counter: number }
  | { readonly code: 'counter_too_far'; readonly counter: number; readonly counterMax: number }
  /** PAIR2 of another pairing attempt than the staged one. */
  | { readonly code: 'other_pairing'; readonly counter: number }
  | { readonly code: 'prekey_missing'; readonly prekeyId: number }
  /** The AEAD did not open: forged, damaged, dead, or sealed for another key. */
  | { readonly code: 'not_authentic' }
  | { readonly code: 'bad_field'; readonly field: string }
  | { readonly code: 'reserved_bits'; readonly field: string }
  | { readonly code: 'bad_padding' }
  /** KEEP_PIN for a token that has no PIN. */
  | { readonly code: 'pin_missing' }
  /** KEEP_PIN for a token whose PIN is blocked. */
  | { readonly code: 'pin_blocked' };
