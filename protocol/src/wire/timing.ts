/** How long a HELLO waits for its answer, in milliseconds. Spec: docs/spec/wire.md, "Time". */
export const HELLO_TIMEOUT_MS = 300;

/** How often HELLO is sent at most, over the noise of a token that is booting. */
export const HELLO_ATTEMPTS_MAX = 5;

/** Shortest time that any other frame waits for its reply, in milliseconds. */
export const REPLY_TIMEOUT_MIN_MS = 1_000;

/** A reply may take so many times the operation time that the token announced. */
export const REPLY_TIMEOUT_OP_TIMES = 3;

/** How often a frame is sent again at most, with the same sequence number. */
export const RESENDS_MAX = 3;

/** Longest silence inside a frame, in milliseconds; then its start is dropped. */
export const INTER_BYTE_TIMEOUT_MS = 2_000;

/** After a reply that came damaged, the frame is sent again once the line was given this time to empty, in milliseconds. */
export const DAMAGE_PAUSE_MS = 20;

/** All the time a token may take for its replies from HELLO on, in milliseconds; pauses that it asked for do not count. */
export const TOKEN_BUDGET_MS = 30_000;

/** All the time one reply may be put off with WAIT, in milliseconds: as long as an operator ticket lives. */
export const WAIT_TOTAL_MAX_MS = 300_000;

/** Bounds of the pause before a POLL, in milliseconds, whatever the token asks for. */
export const POLL_PAUSE_MIN_MS = 50;
export const POLL_PAUSE_MAX_MS = 5_000;

/** How long the reply to a frame may take, in milliseconds, for a token of this operation time. */
export function replyTimeoutMs(opTimeMs: number): number {
  return Math.max(REPLY_TIMEOUT_MIN_MS, REPLY_TIMEOUT_OP_TIMES * opTimeMs);
}
