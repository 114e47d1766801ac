/** Why a message is refused. The session is then dead: there is no retry. */
export type NoiseError =
  | { readonly code: 'truncated'; readonly neededBytes: number; readonly foundBytes: number }
  | { readonly code: 'too_long'; readonly foundBytes: number; readonly messageBytesMax: number }
  | { readonly code: 'bad_tag' }
  | { readonly code: 'bad_point' }
  | { readonly code: 'out_of_turn' }
  | { readonly code: 'nonces_spent' };

/** Longest message, handshake or transport (Noise specification, section 3). */
export const NOISE_MESSAGE_BYTES_MAX = 65_535;
