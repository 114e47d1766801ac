import type { VirtualToken } from '@chiavetta/firmware-sim';
import { createVirtualToken } from '@chiavetta/firmware-sim';
import type { MadeToken } from '@chiavetta/firmware-sim/factory';
import { assert } from '@chiavetta/protocol/bytes';
import type { HelloReply } from '@chiavetta/protocol/wire';
import { hostExchangeStart, hostExchangeStep } from '@chiavetta/protocol/wire';
import { quickCrypto } from './quick-crypto.ts';

/** A token in virtual hardware on the quick primitives, without a trace. */
export function deviceOf(made: MadeToken, seed: string): VirtualToken {
  return createVirtualToken({ made, seed, crypto: quickCrypto, tracing: 'off' });
}

/** What the token would say of itself if it were plugged in now: asked of a twin, so that it does not notice. */
export function lookInto(token: VirtualToken, made: MadeToken): HelloReply {
  const twin = deviceOf({ ...made, image: token.nvm() }, 'twin');
  const heard: Uint8Array[] = [];
  twin.onTransmit((bytes) => heard.push(bytes.slice()));
  let step = hostExchangeStep(hostExchangeStart({ firstSeq: 7 }), {
    tag: 'request',
    request: { tag: 'hello' },
    nowMs: 0,
  });
  for (const effect of step.effects) if (effect.tag === 'send') twin.receive(effect.bytes);
  for (const chunk of heard) step = hostExchangeStep(step.state, { tag: 'bytes', chunk, nowMs: 0 });
  const [answer] = step.effects.flatMap((effect) => (effect.tag === 'deliver' ? [effect.reply] : []));
  assert(answer?.tag === 'hello', 'a token that boots answers HELLO');
  return answer.reply;
}

/** Screens on which a person has to say OK to what the branch wants. */
export function asksForOk(token: VirtualToken): boolean {
  return token.screen().id.endsWith('.ask');
}

/** The OK of a person. */
export function sayOk(token: VirtualToken): void {
  token.press(token.kind === 'fob' ? 'button' : 'ok');
}
