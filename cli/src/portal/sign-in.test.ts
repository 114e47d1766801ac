// Longer than 300 lines because each way through the dialogue is told with every line that is typed and shown.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBase64 } from '@chiavetta/protocol/bytes';
import { encodeMatrix, renderPng } from '@chiavetta/protocol/matrix';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandContext } from '../command.ts';
import { homeFrom } from '../home.ts';
import { en } from '../i18n/en.ts';
import { Failure } from '../output/failure.ts';
import { failureFrom } from '../output/failure-from.ts';
import { createOutput, failureSentences } from '../output/output.ts';
import { chooseFirstPin, chooseNewPin } from './new-pin.ts';
import type { PictureFile } from './picture.ts';
import { pictureFile } from './picture.ts';
import type { CodeAnswer, PortalApi, PortalChallenge } from './portal-api.ts';
import type { SignInOptions } from './sign-in.ts';
import { signIn } from './sign-in.ts';

const OPTIONS: SignInOptions = {
  asksBirthDate: false,
  twoCodes: false,
  pairingOnly: false,
  withoutPairing: false,
};
const SESSION: CodeAnswer = {
  outcome: 'session',
  sessionToken: 'opaque',
  mustChangePin: true,
  expiresInS: 300,
};
const PAYLOAD = Uint8Array.from({ length: 96 }, (_, index) => (index === 0 ? 0xc1 : index === 1 ? 3 : index));

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chiavetta-portal-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A person who answers from a list, and what the command prints for them. */
function person(answers: readonly string[], own: Partial<CommandContext> = {}) {
  const asked: string[] = [];
  const printed: string[] = [];
  const left = [...answers];
  const answer = async (question: string): Promise<string> => {
    asked.push(question);
    return left.shift() ?? expect.unreachable(`nobody answers "${question}"`);
  };
  const streams = {
    data: { write: (text: string) => printed.push(text) },
    words: { write: (text: string) => printed.push(text) },
  };
  const context: CommandContext = {
    output: createOutput({ json: true, quiet: false, catalogue: en, streams }),
    input: {
      interactive: false,
      hasLines: true,
      secret: answer,
      text: answer,
      confirm: async () => true,
      nextLine: async () => undefined,
      close: () => undefined,
    },
    home: homeFrom({ CHIAVETTA_HOME: root }),
    signal: new AbortController().signal,
    env: {},
    yes: false,
    terminal: undefined,
    settings: { file: { path: '', exists: false }, values: {} },
    ...own,
  };
  return { context, asked, printed };
}

function challenge(kind: PortalChallenge['kind']): PortalChallenge {
  const matrixPng = toBase64(renderPng(encodeMatrix(PAYLOAD), { modulePx: 4 }));
  return {
    challengeId: `id-${kind}`,
    kind,
    portalSession: 'visit',
    expiresInS: 600,
    ...(kind === 'otp' ? {} : { matrixPng }),
  };
}

/** A portal that answers from a list and notes what it was sent. */
function portalWith(first: PortalChallenge, answers: readonly CodeAnswer[]) {
  const sent: unknown[] = [];
  const left = [...answers];
  const api: PortalApi = {
    send: async (request) => {
      sent.push(request);
      return first;
    },
    code: async ({ challengeId }, typed) => {
      sent.push({ challengeId, ...typed });
      return left.shift() ?? expect.unreachable('no code is due');
    },
    show: async () => expect.unreachable(),
    changePin: async (_token, pins) => {
      sent.push(pins);
    },
    block: async () => expect.unreachable(),
    close: async () => undefined,
  };
  return { api, sent };
}

function pictureOf(context: CommandContext): PictureFile {
  return pictureFile(context, undefined);
}

test('a fob: User Code, PIN, code, and no picture', async () => {
  const { context, printed } = person(['1234-5678', '13131', '287082']);
  const { api, sent } = portalWith(challenge('otp'), [SESSION]);
  const picture = pictureOf(context);
  await expect(signIn(context, { api, picture }, OPTIONS)).resolves.toMatchObject({ paired: false });
  expect(sent).toEqual([
    { userCode: '12345678', pin: '13131' },
    { challengeId: 'id-otp', code: '287082' },
  ]);
  expect(existsSync(picture.path)).toBe(false);
  expect(printed.join('')).not.toMatch(/13131|287082|opaque|12345678/u);
});

test('two codes in a row are asked for only where the person said so', async () => {
  const { context } = person(['1', '2', '287082', '359152']);
  const { api, sent } = portalWith(challenge('otp'), [SESSION]);
  await signIn(context, { api, picture: pictureOf(context) }, { ...OPTIONS, twoCodes: true });
  expect(sent.at(-1)).toEqual({ challengeId: 'id-otp', code: '287082', nextCode: '359152' });
});

test('the date of birth and the old pairing are sent only where the person said so', async () => {
  const { context } = person(['1', '2', ' 1970-01-31 ', '287082']);
  const { api, sent } = portalWith(challenge('login'), [SESSION]);
  const options = { ...OPTIONS, asksBirthDate: true, withoutPairing: true };
  await signIn(context, { api, picture: pictureOf(context) }, options);
  expect(sent[0]).toEqual({ userCode: '1', pin: '2', birthDate: '1970-01-31', want: 'login' });
});

test('a pairing: two pictures, two codes, one after the other', async () => {
  const { context, asked, printed } = person(['1', '2', '0123456789', '012345']);
  const { api, sent } = portalWith(challenge('pair1'), [
    { outcome: 'continue', ...challenge('pair2') },
    SESSION,
  ]);
  const picture = pictureOf(context);
  const session = await signIn(context, { api, picture }, OPTIONS);
  expect(session).toMatchObject({ paired: true, mustChangePin: true });
  expect(sent.slice(1)).toEqual([
    { challengeId: 'id-pair1', code: '0123456789' },
    { challengeId: 'id-pair2', code: '012345' },
  ]);
  expect(asked.slice(2)).toEqual([en.texts['portal.code.pair1'], en.texts['portal.code.pair2']]);
  const events: readonly { readonly kind?: string; readonly picture?: string }[] = printed.map((line) =>
    JSON.parse(line),
  );
  expect(events.filter(({ picture: path }) => path === picture.path).map(({ kind }) => kind)).toEqual([
    'pair1',
    'pair2',
  ]);
  expect(statSync(picture.path).mode & 0o777).toBe(0o600);
  picture.drop();
  expect(existsSync(picture.path)).toBe(false);
});

test('who wants a pairing is told when none is due, before a code is typed', async () => {
  const { context } = person(['1', '2']);
  const { api } = portalWith(challenge('login'), []);
  await expect(
    signIn(context, { api, picture: pictureOf(context) }, { ...OPTIONS, pairingOnly: true }),
  ).rejects.toMatchObject({ id: 'USAGE' });
});

test('a picture is drawn where all of it fits, and only there', async () => {
  for (const [columns, rows, isDrawn] of [
    [80, 24, true],
    [36, 24, false],
    [80, 20, false],
  ] as const) {
    const printed: string[] = [];
    const streams = {
      data: { write: (text: string) => printed.push(text) },
      words: { write: () => undefined },
    };
    const { context } = person(['1', '2', '287082'], {
      output: createOutput({ json: false, quiet: false, catalogue: en, streams }),
      terminal: { columns, rows, palette: 'truecolor' },
    });
    const { api } = portalWith(challenge('login'), [SESSION]);
    await signIn(context, { api, picture: pictureOf(context) }, OPTIONS);
    expect(printed.join('').includes('\u2580')).toBe(isDrawn);
  }
});

test('a new PIN is sent with the old one when both typings agree', async () => {
  const { context } = person(['86420', '86420']);
  const { api, sent } = portalWith(challenge('otp'), []);
  const session = { sessionToken: 'opaque', mustChangePin: true, paired: false, pin: '13131' };
  await chooseNewPin(context, api, session);
  expect(sent).toEqual([{ oldPin: '13131', newPin: '86420' }]);
  const other = person(['86420', '86421']);
  await expect(chooseNewPin(other.context, api, session)).rejects.toMatchObject({ id: 'USAGE' });
  expect(sent).toHaveLength(1);
});

const FIRST_VISIT = { sessionToken: 'opaque', mustChangePin: true, paired: true, pin: '13131' };

function atTerminal(context: CommandContext): CommandContext {
  return { ...context, input: { ...context.input, interactive: true } };
}

test('a PIN that is not taken is chosen again at a terminal, as often as needed', async () => {
  const differing = ['86420', '86421', '86420', '86422', '86420', '86423', '864', '8642o'];
  const { context, asked, printed } = person([...differing, '11111', '11111', '86420', '86420']);
  const { api, sent } = portalWith(challenge('otp'), []);
  const strict: PortalApi = {
    ...api,
    changePin: async (token, pins) => {
      if (pins.newPin === '11111') throw new Failure('PIN_REFUSED', { reason: 'It is too easy to guess.' });
      await api.changePin(token, pins);
    },
  };
  await chooseNewPin(atTerminal(context), strict, FIRST_VISIT);
  expect(asked).toHaveLength(12);
  expect(sent).toEqual([{ oldPin: '13131', newPin: '86420' }]);
  const said = printed.join('');
  for (const sentence of [en.texts['portal.pins_differ'], en.texts['portal.pin_form'], 'too easy'])
    expect(said).toContain(sentence);
});

test('who leaves the first visit without a PIN of their own hears what was done and that the mailed one stands', async () => {
  const { api } = portalWith(challenge('otp'), []);
  const leaving = async (answers: readonly string[], session = FIRST_VISIT): Promise<unknown> =>
    chooseFirstPin(person(answers).context, api, session).catch((error: unknown) => error);
  const failure = await leaving(['86420', '86421']);
  expect(failure).toMatchObject({ id: 'NO_NEW_PIN' });
  const { what, safe, next } = failureSentences(failureFrom(failure), en);
  expect(what).toBe('The token is paired. No new PIN was chosen: The two PINs are not the same.');
  expect(safe).toContain('still stands');
  expect(next).toContain('portal login');
  expect(await leaving(['864'], { ...FIRST_VISIT, paired: false })).toMatchObject({
    id: 'NO_NEW_PIN',
    fields: { done: 'The code was right.' },
  });
  const { context } = person([]);
  const over = async (): Promise<string> => {
    throw new Failure('NOT_A_TERMINAL', { question: 'PIN?' });
  };
  const ended = { ...context, input: { ...context.input, secret: over } };
  await expect(chooseFirstPin(ended, api, FIRST_VISIT)).rejects.toMatchObject({ id: 'NO_NEW_PIN' });
});

test('a person who stops at the first PIN is told the same before the program ends', async () => {
  const { context, printed } = person([]);
  const stop = async (): Promise<string> => {
    throw new Error('the prompt was stopped');
  };
  const { api } = portalWith(challenge('otp'), []);
  const stopping = { ...context, input: { ...context.input, interactive: true, secret: stop } };
  await expect(chooseFirstPin(stopping, api, FIRST_VISIT)).rejects.toThrow('the prompt was stopped');
  expect(printed.join('')).toMatch(/The token is paired\. No new PIN[\s\S]*still stands/u);
});

test('whether a PIN was taken is not claimed where the answer was lost', async () => {
  const { context } = person(['86420', '86420']);
  const { api } = portalWith(challenge('otp'), []);
  const lost: PortalApi = {
    ...api,
    changePin: async () => {
      throw new Failure('SERVER_DOWN', { url: 'http://127.0.0.1:1' });
    },
  };
  await expect(chooseFirstPin(context, lost, FIRST_VISIT)).rejects.toMatchObject({ id: 'SERVER_DOWN' });
});

test.each([
  ['otp', '28708'],
  ['login', '28708x'],
  ['login', '0123456789'],
  ['pair1', '012345'],
  ['pair2', ''],
] as const)(
  'a %s code typed as "%s" is never sent: a person is asked again, a script is told',
  async (kind, wrong) => {
    const right = kind === 'pair1' ? '01234-56 789' : '287 082';
    const { context, asked } = person(['1', '2', wrong, right]);
    const { api, sent } = portalWith(challenge(kind), [SESSION]);
    await signIn(atTerminal(context), { api, picture: pictureOf(context) }, OPTIONS);
    expect(sent.slice(1)).toEqual([
      { challengeId: `id-${kind}`, code: kind === 'pair1' ? '0123456789' : '287082' },
    ]);
    expect(asked).toHaveLength(4);
    const script = person(['1', '2', wrong, right]);
    const other = portalWith(challenge(kind), [SESSION]);
    const picture = pictureOf(script.context);
    await expect(signIn(script.context, { api: other.api, picture }, OPTIONS)).rejects.toMatchObject({
      id: 'USAGE',
    });
    expect(other.sent).toHaveLength(1);
  },
);
