import type { Challenge, ChallengeTask } from './challenge-record.ts';
import type { DeviceTransaction, FobToken, OtcBinding, OtcToken, Token } from './token-record.ts';

/** The kind byte of each sealed secret: docs/spec/validation.md, "Secrets at rest". */
export const SECRET_KINDS = {
  seed: 1,
  transactionSeed: 2,
  readyKey: 3,
  prepareBody: 4,
  hintKey: 5,
  generation: 6,
  pairing: 7,
  challenge: 8,
  mail: 9,
} as const;

/** Where a secret lies: everything of its associated data but the row's version. */
export type SecretPlace = {
  readonly kind: number;
  readonly serial: string;
  readonly user: string;
  readonly slot: number;
  readonly generation: number;
  readonly seedEpoch: number;
  readonly storeEpoch: number;
};

type Turn<From, To> = (secret: From, place: SecretPlace) => To;

/** The same token with every secret turned by `turn`, in a fixed order. The one list of all secrets in a token's row. */
export function mapTokenSecrets<From, To>(token: Token<From>, turn: Turn<From, To>): Token<To> {
  return token.kind === 'fob' ? mapFob(token, turn) : mapOtc(token, turn);
}

/** The same challenge with its secret turned by `turn`. */
export function mapChallengeSecret<From, To>(
  challenge: Challenge<From>,
  turn: Turn<From, To>,
): Challenge<To> {
  return { ...challenge, task: mapTask(challenge, turn) };
}

function mapTask<From, To>(challenge: Challenge<From>, turn: Turn<From, To>): ChallengeTask<To> {
  const { task, target } = challenge;
  if (task.tag === 'otp') return task;
  const place: SecretPlace = {
    kind: SECRET_KINDS.challenge,
    serial: target.tag === 'live' ? target.serial : '0',
    user: target.tag === 'live' ? target.customerId : '',
    slot: target.tag === 'live' ? target.slot : 0,
    generation: task.generation,
    seedEpoch: 0,
    storeEpoch: challenge.storeEpoch,
  };
  return { ...task, secret: turn(task.secret, place) };
}

function mapFob<From, To>(token: FobToken<From>, turn: Turn<From, To>): FobToken<To> {
  const { otp, transaction, ...rest } = token;
  const place = tokenPlace(token, { kind: SECRET_KINDS.seed, user: token.bindings[0]?.customerId ?? '' });
  return {
    ...rest,
    ...(otp === undefined ? {} : { otp: { ...otp, seed: turn(otp.seed, place) } }),
    ...(transaction === undefined ? {} : { transaction: mapTransaction(token, transaction, turn) }),
  };
}

function mapOtc<From, To>(token: OtcToken<From>, turn: Turn<From, To>): OtcToken<To> {
  const { transaction, ...rest } = token;
  return {
    ...rest,
    ...(transaction === undefined ? {} : { transaction: mapTransaction(token, transaction, turn) }),
    bindings: token.bindings.map((binding) => mapBinding(token, binding, turn)),
  };
}

function mapBinding<From, To>(
  token: OtcToken<From>,
  binding: OtcBinding<From>,
  turn: Turn<From, To>,
): OtcBinding<To> {
  const { active, pairing, ...rest } = binding;
  const at = { user: binding.customerId, slot: binding.slot };
  const hintKey = turn(binding.hintKey, tokenPlace(token, { ...at, kind: SECRET_KINDS.hintKey }));
  const activePlace = { ...at, kind: SECRET_KINDS.generation, generation: active?.generation ?? 0 };
  const pairingPlace = { ...at, kind: SECRET_KINDS.pairing, generation: pairing?.generation ?? 0 };
  return {
    ...rest,
    hintKey,
    ...(active === undefined
      ? {}
      : { active: { ...active, keys: turn(active.keys, tokenPlace(token, activePlace)) } }),
    ...(pairing === undefined
      ? {}
      : { pairing: { ...pairing, keys: turn(pairing.keys, tokenPlace(token, pairingPlace)) } }),
  };
}

function mapTransaction<From, To>(
  token: Token<From>,
  transaction: DeviceTransaction<From>,
  turn: Turn<From, To>,
): DeviceTransaction<To> {
  const { seed, readyKey, prepareBody, ...rest } = transaction;
  const place = (kind: number): SecretPlace =>
    tokenPlace({ ...token, seedEpoch: transaction.seedEpoch }, { kind, user: '' });
  return {
    ...rest,
    ...(seed === undefined ? {} : { seed: turn(seed, place(SECRET_KINDS.transactionSeed)) }),
    ...(readyKey === undefined ? {} : { readyKey: turn(readyKey, place(SECRET_KINDS.readyKey)) }),
    ...(prepareBody === undefined ? {} : { prepareBody: turn(prepareBody, place(SECRET_KINDS.prepareBody)) }),
  };
}

function tokenPlace(
  token: { readonly serial: string; readonly seedEpoch: number; readonly storeEpoch: number },
  at: {
    readonly kind: number;
    readonly user: string;
    readonly slot?: number;
    readonly generation?: number;
  },
): SecretPlace {
  return {
    kind: at.kind,
    serial: token.serial,
    user: at.user,
    slot: at.slot ?? 0,
    generation: at.generation ?? 0,
    seedEpoch: token.seedEpoch,
    storeEpoch: token.storeEpoch,
  };
}
