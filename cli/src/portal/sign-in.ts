import type { CommandContext } from '../command.ts';
import type { TextKey } from '../i18n/catalogue.ts';
import { fill } from '../i18n/fill.ts';
import { usageFailure } from '../output/failure.ts';
import type { PictureFile } from './picture.ts';
import { showPicture } from './picture.ts';
import type { PortalApi, PortalChallenge } from './portal-api.ts';
import { askCode } from './typed-code.ts';

/** How the customer signs in. */
export type SignInOptions = {
  readonly asksBirthDate: boolean;
  readonly twoCodes: boolean;
  /** Only a pairing will do. */
  readonly pairingOnly: boolean;
  /** Sign in with the old pairing while a new one waits. */
  readonly withoutPairing: boolean;
};

/** A session as a visit keeps it: in memory only. */
export type SignedIn = {
  readonly sessionToken: string;
  readonly mustChangePin: boolean;
  /** Whether a pairing was part of it. */
  readonly paired: boolean;
  /** The PIN as typed, which a change of it has to give again. */
  readonly pin: string;
};

/**
 * User Code, PIN, picture and code, as the bank's page asks for them. The lines of `--stdin`: User Code, PIN, birth
 * date (only with `--birth-date`), code, second code in a row (only with `--two-codes`), and in a pairing the six
 * digits of the second picture.
 *
 * @throws Failure REFUSED, whatever was wrong; USAGE for a line that is no code, which is not sent
 */
export async function signIn(
  context: CommandContext,
  visit: { readonly api: PortalApi; readonly picture: PictureFile },
  options: SignInOptions,
): Promise<SignedIn> {
  const { input, output } = context;
  const { texts } = output.catalogue;
  const { api } = visit;
  const userCode = (await input.text(texts['portal.user_code'])).replace(/[\s-]/gu, '');
  const pin = await input.secret(texts['portal.pin']);
  const birthDate = options.asksBirthDate ? (await input.text(texts['portal.birth_date'])).trim() : undefined;
  let challenge = await api.send({
    userCode,
    pin,
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(options.withoutPairing ? { want: 'login' } : {}),
  });
  if (options.pairingOnly && challenge.kind !== 'pair1') throw usageFailure(texts['portal.no_pairing']);
  let paired = false;
  for (;;) {
    tellChallenge(context, visit.picture, challenge);
    const code = await askCode(context, challenge.kind, CODE_QUESTIONS[challenge.kind]);
    const asksNext = options.twoCodes && challenge.kind === 'otp';
    const nextCode = asksNext ? await askCode(context, challenge.kind, 'portal.next_code') : undefined;
    const answer = await api.code(challenge, { code, ...(nextCode === undefined ? {} : { nextCode }) });
    if (answer.outcome === 'session') {
      const { sessionToken, mustChangePin, expiresInS } = answer;
      output.event({ type: 'signed-in', mustChangePin, paired, expiresInS });
      return { sessionToken, mustChangePin, paired, pin };
    }
    challenge = answer;
    paired = true;
  }
}

const CODE_QUESTIONS: Readonly<Record<PortalChallenge['kind'], TextKey>> = {
  otp: 'portal.code.otp',
  login: 'portal.code.login',
  pair1: 'portal.code.pair1',
  pair2: 'portal.code.pair2',
};

function tellChallenge(context: CommandContext, file: PictureFile, challenge: PortalChallenge): void {
  const { output } = context;
  const { kind, expiresInS } = challenge;
  const picture = showPicture(context, file, challenge);
  const shown = picture === undefined ? {} : { picture };
  output.event({ type: 'challenge', kind, expiresInS, ...shown });
  if (picture !== undefined) output.line(fill(output.catalogue.texts['portal.picture'], { path: picture }));
}
