import { assertNever } from '@chiavetta/protocol/bytes';
import type {
  Ceremony,
  CeremonyEffect,
  CeremonyEvent,
  CeremonyOutcome,
  CeremonyProgress,
} from '../core/ceremony.ts';
import { ceremonyStart, ceremonyStep } from '../core/ceremony.ts';
import type { OperatorError } from '../core/operator-error.ts';
import { ProvisioningFailure } from '../core/operator-error.ts';
import type { ProvisioningServer, SerialOperation } from '../ports/provisioning-server.ts';
import type { SerialLink, SerialPorts } from '../ports/serial-link.ts';
import type { Timer } from '../ports/timer.ts';
import type { Conversation } from './conversation.ts';
import { converse } from './conversation.ts';

/** What happens, for a progress line or a JSON event; never a secret. */
export type DeviceEvent = {
  readonly step: CeremonyProgress | 'waiting_for_person' | 'waiting_for_device';
  readonly percent: number;
  readonly serial?: string;
};

export type ProvisionOptions = {
  readonly ports: SerialPorts;
  readonly server: ProvisioningServer;
  readonly timer: Timer;
  /** Any byte, a fresh one a run. */
  readonly firstSeq: number;
  readonly path: string;
  readonly operation: SerialOperation;
  readonly requestId?: string;
  /** Twelve digits: any other token on the port ends the run before anything is written. */
  readonly expectedSerial?: string;
  /** How long an unplugged token may stay away before the run ends, in milliseconds. */
  readonly reconnectMs?: number;
  /** Longest frame that this host announces, in decoded bytes; the wire's own limit if absent. */
  readonly frameLimitBytes?: number;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: DeviceEvent) => void;
};

/** How long an unplugged token is waited for, in milliseconds. */
export const RECONNECT_MS = 60_000;

/**
 * Carries out one operation on the token at a port, over cable pulls, until it is done or cannot go on.
 * Never throws for what the world does: the outcome says it. Spec: docs/spec/provisioning.md, "The ceremony".
 */
export async function provisionDevice(options: ProvisionOptions): Promise<CeremonyOutcome> {
  const run = new CeremonyRun(options);
  try {
    return await run.toTheEnd();
  } finally {
    await run.closePort();
  }
}

/** One run: feeds events into the ceremony and carries its effects out, one at a time. */
class CeremonyRun {
  readonly #options: ProvisionOptions;
  #ceremony: Ceremony;
  #link: SerialLink | undefined;
  #conversation: Conversation | undefined;
  #percent = 0;
  #seq: number;

  constructor(options: ProvisionOptions) {
    this.#options = options;
    this.#seq = options.firstSeq;
    const { path, expectedSerial } = options;
    this.#ceremony = ceremonyStart({ path, ...(expectedSerial === undefined ? {} : { expectedSerial }) });
  }

  async toTheEnd(): Promise<CeremonyOutcome> {
    const failure = await this.#openPort();
    if (failure !== undefined) return { tag: 'failed', error: failure };
    let event: CeremonyEvent | undefined = { tag: 'start' };
    while (event !== undefined) {
      if (this.#options.signal.aborted) return this.#stopped();
      const step = ceremonyStep(this.#ceremony, event);
      this.#ceremony = step.state;
      event = undefined;
      for (const effect of step.effects) {
        if (effect.tag === 'end') return effect.outcome;
        event = (await this.#carryOut(effect)) ?? event;
      }
    }
    return this.#stopped();
  }

  async closePort(): Promise<void> {
    await this.#link?.close();
    this.#link = undefined;
  }

  /** Ctrl-C is a pulled cable that the clerk knows of. */
  #stopped(): CeremonyOutcome {
    const { inDoubt, serial } = this.#ceremony;
    const fields = { path: this.#options.path, serial: serial ?? '' };
    return { tag: 'failed', error: { id: inDoubt ? 'IN_DOUBT' : 'INTERRUPTED', fields } };
  }

  async #carryOut(effect: Exclude<CeremonyEffect, { tag: 'end' }>): Promise<CeremonyEvent | undefined> {
    const { server, operation, requestId, expectedSerial } = this.#options;
    switch (effect.tag) {
      case 'progress':
        this.#percent = Math.max(this.#percent, effect.percent);
        this.#tell(effect.step);
        return undefined;
      case 'ask_token':
        return this.#conversation === undefined ? { tag: 'gone' } : this.#conversation.ask(effect.request);
      case 'open_session':
        return this.#serve(() =>
          server.open({
            operation,
            ...(requestId === undefined ? {} : { requestId }),
            ...(expectedSerial === undefined ? {} : { expectedSerial }),
            hello: effect.hello,
            helloReply: effect.helloReply,
          }),
        );
      case 'pass_frame':
        return this.#serve(() => server.frame(effect.sessionId, effect.frame));
      case 'await_port':
        return this.#awaitPort();
      default:
        return assertNever(effect);
    }
  }

  async #serve(call: () => ReturnType<ProvisioningServer['open']>): Promise<CeremonyEvent> {
    try {
      return { tag: 'answer', answer: await call() };
    } catch (error) {
      if (error instanceof ProvisioningFailure) return { tag: 'server_failed', error: error.error };
      throw error;
    }
  }

  /** Tries the path until the device is there again: whatever the port says meanwhile may pass. */
  async #awaitPort(): Promise<CeremonyEvent> {
    const { timer, signal, reconnectMs = RECONNECT_MS } = this.#options;
    await this.closePort();
    this.#tell('waiting_for_device');
    const deadlineMs = timer.nowMs() + reconnectMs;
    while (timer.nowMs() < deadlineMs && !signal.aborted) {
      await pause(timer, REOPEN_PAUSE_MS);
      if ((await this.#openPort()) === undefined) return { tag: 'back' };
    }
    return { tag: 'stayed_away' };
  }

  async #openPort(): Promise<OperatorError | undefined> {
    const { ports, path, timer, frameLimitBytes, signal } = this.#options;
    try {
      const link = await ports.open(path);
      this.#link = link;
      this.#seq = (this.#seq + FIRST_SEQ_STRIDE) & 0xff;
      this.#conversation = converse({
        link,
        timer,
        firstSeq: this.#seq,
        signal,
        ...(frameLimitBytes === undefined ? {} : { frameLimitBytes }),
        onWaiting: () => this.#tell('waiting_for_person'),
      });
      return undefined;
    } catch (error) {
      if (error instanceof ProvisioningFailure) return error.error;
      throw error;
    }
  }

  #tell(step: DeviceEvent['step']): void {
    const { serial } = this.#ceremony;
    this.#options.onEvent?.({ step, percent: this.#percent, ...(serial === undefined ? {} : { serial }) });
  }
}

const REOPEN_PAUSE_MS = 200;

function pause(timer: Timer, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    timer.after(delayMs, resolve);
  });
}

/** Far enough that a reply queued for the last opening of the port never fits the next one. */
const FIRST_SEQ_STRIDE = 101;
