import { readFile } from 'node:fs/promises';
import { check, checkEqual } from '../check.ts';
import type { DemoStep } from '../demo-step.ts';
import { operateToken, twoPeople } from '../stage/branch-acts.ts';
import {
  chooseOwnPin,
  codeOn,
  expectScreen,
  inOneLine,
  otcCode,
  otcLogin,
  portal,
  send,
} from '../stage/customer-acts.ts';
import { restart, switchOn } from '../stage/demo-token.ts';
import { chooseDevicePin, masked } from '../stage/people.ts';
import type { PortalSession } from '../stage/portal.ts';
import { continued, opened, refused } from '../stage/portal.ts';
import type { Stage } from '../stage/stage.ts';

/** S2, the OTC token. */
export const otcSteps: readonly DemoStep[] = [
  { id: 'otc-bind', sentences: ['S2.2'], needs: ['tokens', 'contract'], run: bind },
  { id: 'otc-first-matrix', sentences: ['S2.1', 'S2.3'], needs: ['otc-bind'], run: firstMatrix },
  { id: 'otc-first-on', sentences: ['S2.4'], needs: ['otc-first-matrix'], run: firstOn },
  { id: 'otc-device-pin', sentences: ['S2.5'], needs: ['otc-first-on'], run: devicePin },
  { id: 'otc-ten-digits', sentences: ['S2.6'], needs: ['otc-device-pin'], run: tenDigits },
  { id: 'otc-six-digits', sentences: ['S2.7'], needs: ['otc-ten-digits'], run: sixDigits },
  { id: 'otc-first-pin', sentences: ['S2.8'], needs: ['otc-six-digits'], run: firstPin },
  { id: 'otc-scan-first', sentences: ['S2.9'], needs: ['otc-first-pin'], run: scanFirst },
  { id: 'otc-pin-first', sentences: ['S2.10'], needs: ['otc-first-pin'], run: pinFirst },
  { id: 'otc-own-session', sentences: ['S2.11'], needs: ['otc-first-pin'], run: ownSession },
  { id: 'otc-wrong-picture', sentences: ['S2.12'], needs: ['otc-scan-first'], run: wrongPicture },
];

async function bind(stage: Stage): Promise<void> {
  const [bruno, otc] = [stage.props.get('bruno'), stage.props.get('otc')];
  // Whatever SEND shows now is dead: its form comes from the User Code, so that nobody learns who has which device.
  const before = await send(stage, bruno);
  refused(await portal(stage).code(before, { code: '1234567890' }));
  const { lastRefusal } = await stage.props.get('clerk').customer(bruno.customerId);
  check(lastRefusal !== undefined, 'staff see why nothing opens');
  stage.say('otc-first-matrix.closed', { reason: lastRefusal });
  const { customerId, name } = bruno;
  const request = { operation: 'bind', serial: otc.serial, customerId, reason: 'new contract' } as const;
  const { requestId, requester, approver = '' } = await twoPeople(stage, request);
  stage.say('bind.approved', { requester, approver, serial: otc.serial, customer: name });
  await otc.press('power', 2_500);
  const result = await operateToken(stage, {
    ...{ token: otc, operation: 'bind', requestId },
    person: async (asked) => {
      const { serial, operation, customer } = asked.fields;
      checkEqual([serial, operation, customer], [otc.serial, 'bind', name], 'what the token asks about');
      stage.say('otc.display', { display: inOneLine(asked) });
      await otc.press('ok');
    },
  });
  await otc.switchOff();
  checkEqual(result.outcome, 'done', 'the outcome of the binding');
  const [binding] = (await stage.props.get('clerk').token(otc.serial)).bindings ?? [];
  checkEqual(binding?.state, 'AWAITING_PAIRING', 'the state of the binding');
  stage.say('otc.bound', { serial: otc.serial, prekeys: result.prekeysLeft ?? 0 });
}

async function firstMatrix(stage: Stage): Promise<void> {
  const bruno = stage.props.get('bruno');
  stage.say('portal.sent', { name: bruno.name, pin: masked(bruno.pin) });
  const challenge = await send(stage, bruno);
  checkEqual(challenge.kind, 'pair1', 'the kind of the first matrix');
  const picture = stage.savePicture('bruno-pair-1', challenge.matrixPng);
  const { client } = stage.props.get('validator');
  const again = await client.get<typeof challenge>(`/v1/portal/challenges/${challenge.challengeId}`, {
    headers: { 'x-portal-session': challenge.portalSession },
  });
  check(again.matrixPng === challenge.matrixPng, 'a reloaded page shows the same matrix');
  const bytes = (await readFile(picture)).length;
  stage.say('otc-first-matrix.shown', { bytes, seconds: challenge.expiresInS });
  stage.props.put('pairPicture', picture);
  stage.props.put('pairing', challenge);
}

async function firstOn(stage: Stage): Promise<void> {
  const otc = stage.props.get('otc');
  const language = await expectScreen(otc.press('power', 2_500), 'otc.language');
  stage.say('otc.display', { display: inOneLine(language) });
  const shown = await switchOn(otc);
  checkEqual(shown.id, 'otc.ready', 'the screen of a token that is on and not paired');
  const intro = await expectScreen(otc.scan(stage.props.get('pairPicture')), 'otc.pair.intro');
  checkEqual(intro.fields['serial'], otc.serial, 'the serial that the token shows');
  stage.say('otc-first-on.read');
  stage.say('otc.display', { display: inOneLine(intro) });
}

async function devicePin(stage: Stage): Promise<void> {
  const otc = stage.props.get('otc');
  await expectScreen(otc.press('ok'), 'otc.pin.choose');
  const weak = await expectScreen(otc.type('12345'), 'otc.pin.weak');
  stage.say('otc-device-pin.weak', { display: inOneLine(weak) });
  const pin = chooseDevicePin();
  await expectScreen(otc.press('ok'), 'otc.pin.choose');
  await expectScreen(otc.type(pin), 'otc.pin.confirm');
  const mismatch = await expectScreen(otc.type(chooseDevicePin([pin])), 'otc.pin.mismatch');
  stage.say('otc-device-pin.mismatch', { display: inOneLine(mismatch) });
  await expectScreen(otc.press('ok'), 'otc.pin.choose');
  await expectScreen(otc.type(pin), 'otc.pin.confirm');
  const ten = codeOn(await expectScreen(otc.type(pin), 'otc.pair.code'));
  check(/^\d{10}$/u.test(ten), 'the pairing code has ten digits');
  stage.say('otc-device-pin.chosen', { pin: masked(pin), code: masked(ten) });
  stage.props.put('bruno', { ...stage.props.get('bruno'), devicePin: pin });
}

async function tenDigits(stage: Stage): Promise<void> {
  const otc = stage.props.get('otc');
  const ten = codeOn(await expectScreen(otc.look(), 'otc.pair.code'));
  const typed = `${ten.slice(0, 3)} ${ten.slice(3, 6)} ${ten.slice(6)}`;
  const second = continued(await portal(stage).code(stage.props.get('pairing'), { code: typed }));
  checkEqual(second.kind, 'pair2', 'the kind of the second matrix');
  stage.props.put('secondPicture', stage.savePicture('bruno-pair-2', second.matrixPng));
  stage.props.put('pairing', second);
  stage.say('otc-ten-digits.second');
}

async function sixDigits(stage: Stage): Promise<void> {
  const otc = stage.props.get('otc');
  const six = await expectScreen(otc.scan(stage.props.get('secondPicture')), 'otc.pair.finish');
  const code = codeOn(six);
  const session = opened(await portal(stage).code(stage.props.get('pairing'), { code }));
  const [binding] = (await stage.props.get('clerk').token(otc.serial)).bindings ?? [];
  checkEqual(binding?.state, 'PAIRED', 'the state of the binding');
  stage.say('otc-six-digits.paired', { code });
  stage.props.put('brunoSession', session);
}

async function firstPin(stage: Stage): Promise<void> {
  const bruno = stage.props.get('bruno');
  const after = await chooseOwnPin(stage, bruno, stage.props.get('brunoSession'));
  stage.props.put('bruno', after);
  stage.say('portal.pin-changed', { name: bruno.name, pin: masked(after.pin) });
}

async function scanFirst(stage: Stage): Promise<void> {
  await login(stage, 'scan-first', 'scan, then device PIN');
}

async function pinFirst(stage: Stage): Promise<void> {
  await login(stage, 'pin-first', 'device PIN, then scan');
}

async function login(stage: Stage, order: 'scan-first' | 'pin-first', words: string): Promise<void> {
  const job = { otc: stage.props.get('otc'), order, picture: `bruno-${order}` };
  const session: PortalSession & { code: string; picture: string } = await otcLogin(
    stage,
    stage.props.get('bruno'),
    job,
  );
  check(!session.mustChangePin, 'a later session is a full one');
  stage.props.put('loginPicture', session.picture);
  stage.say('otc.login', { order: words, code: session.code });
}

async function ownSession(stage: Stage): Promise<void> {
  const bruno = stage.props.get('bruno');
  const job = { otc: stage.props.get('otc'), order: 'scan-first', picture: 'bruno-own' } as const;
  const { challenge, code } = await otcCode(stage, bruno, job);
  const { challengeId } = challenge;
  const other = { challengeId, portalSession: 'another-window-of-somebody' };
  refused(await portal(stage).code(other, { code }));
  stage.say('otc-own-session.other');
  opened(await portal(stage).code(challenge, { code }));
  refused(await portal(stage).code(challenge, { code }));
  stage.say('otc-own-session.once');
}

async function wrongPicture(stage: Stage): Promise<void> {
  const [bruno, otc] = [stage.props.get('bruno'), stage.props.get('otc')];
  await restart(otc);
  await otc.type(bruno.devicePin ?? '');
  const dead = await send(stage, bruno, { pin: '00000' });
  const pictures = [
    ['A login picture that was used', stage.props.get('loginPicture'), 'otc.picture.used'],
    ['The first matrix of the old pairing', stage.props.get('pairPicture'), 'otc.picture.old-pairing'],
    ['A picture for a wrong PIN', stage.savePicture('dead', dead.matrixPng), 'otc.picture.another'],
  ] as const;
  for (const [what, picture, screen] of pictures) {
    const shown = await expectScreen(otc.scan(picture), screen);
    stage.say('otc-wrong-picture.shown', { what, display: inOneLine(shown) });
    await otc.press('ok');
  }
  await otcLogin(stage, bruno, { otc, order: 'pin-first', picture: 'bruno-after-wrong' });
  stage.say('otc-wrong-picture.unchanged');
}
