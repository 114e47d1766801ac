import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { check, checkEqual } from '../check.ts';
import type { DemoStep } from '../demo-step.ts';
import { operateToken, pressButton, refusalWords, tryToOperate } from '../stage/branch-acts.ts';
import { chooseOwnPin, fobLogin, inOneLine, portal, send, tryFob } from '../stage/customer-acts.ts';
import type { DemoToken } from '../stage/demo-token.ts';
import { nextFobCode, pressIdly } from '../stage/demo-token.ts';
import { masked } from '../stage/people.ts';
import { opened, refusalOf, refused } from '../stage/portal.ts';
import type { Stage } from '../stage/stage.ts';

/** S1, the key fob, but for the fob that is lost to its bank by 200 presses: that one stands with the lost devices. */
export const fobSteps: readonly DemoStep[] = [
  { id: 'fob-provision', sentences: ['S1.2'], needs: ['tokens', 'staff'], run: provision },
  { id: 'fob-bind', sentences: ['S1.3'], needs: ['fob-provision', 'contract'], run: bind },
  { id: 'fob-first-login', sentences: ['S1.4', 'S1.12'], needs: ['fob-bind'], run: firstLogin },
  { id: 'fob-first-pin', sentences: ['S1.6', 'S1.7'], needs: ['fob-first-login'], run: firstPin },
  { id: 'fob-used-code', sentences: ['S1.5'], needs: ['fob-first-pin'], run: usedCode },
  { id: 'fob-later-login', sentences: ['S1.8'], needs: ['fob-first-pin'], run: laterLogin },
  { id: 'fob-ahead-2', sentences: ['S1.9'], needs: ['fob-later-login'], run: twoAhead },
  { id: 'fob-ahead-50', sentences: ['S1.10'], needs: ['fob-later-login'], run: fiftyAhead },
];

async function provision(stage: Stage): Promise<void> {
  const token = stage.props.get('fob');
  checkEqual((await token.press()).id, 'fob.no-seed', 'the screen of a fob without a seed');
  await token.press();
  await withoutManifest(stage, token);
  const result = await operateToken(stage, {
    token,
    operation: 'provision',
    person: async (asked) => {
      checkEqual(String(asked.fields['serialEnd']), token.serial.slice(-6), 'what the fob asks about');
      stage.say('provision.asked', { display: inOneLine(asked) });
      stage.say('provision.pressed');
      await token.press();
    },
  });
  checkEqual(result.outcome, 'done', 'the outcome of provisioning');
  const { device } = await stage.props.get('clerk').token(token.serial);
  checkEqual(device, 'PROVISIONED', 'the state of the fob at the bank');
  stage.say('provision.done', { serial: token.serial, state: device });
}

/** A fob that no signed manifest announced is refused before anything happens to it. */
async function withoutManifest(stage: Stage, token: DemoToken): Promise<void> {
  const manifest = join(stage.props.get('validator').files.manifests, `${token.serial}.bin`);
  await rename(manifest, `${manifest}.away`);
  const outcome = await tryToOperate(stage, { token, operation: 'provision', person: pressButton(token) });
  await rename(`${manifest}.away`, manifest);
  check(outcome.tag === 'failed', 'a fob that no manifest announced is refused');
  stage.say('provision.no-manifest', { words: refusalWords(outcome) });
}

async function bind(stage: Stage): Promise<void> {
  const { serial } = stage.props.get('fob');
  const [clerk, supervisor] = [stage.props.get('clerk'), stage.props.get('supervisor')];
  const { customerId, name } = stage.props.get('anna');
  const request = { operation: 'bind', serial, customerId, reason: 'new contract' } as const;
  const { requestId } = await clerk.request(request);
  const alone = await refusalOf(clerk.approve(requestId), 'a clerk who approves the own request');
  stage.say('bind.alone', { reason: String(alone.fields['reason'] ?? alone.id) });
  const own = await supervisor.request(request).catch(() => undefined);
  if (own !== undefined) {
    await refusalOf(supervisor.approve(own.requestId), 'a supervisor who approves the own request');
  }
  const approved = await supervisor.approve(requestId);
  checkEqual(approved.state, 'used', 'the state of an approved binding of a fob');
  const [binding] = (await clerk.token(serial)).bindings ?? [];
  checkEqual(binding?.customerId, customerId, 'whom the fob belongs to');
  stage.say('bind.approved', { requester: clerk.name, approver: supervisor.name, serial, customer: name });
}

async function firstLogin(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  stage.say('portal.sent', { name: anna.name, pin: masked(anna.pin) });
  const challenge = await send(stage, anna);
  checkEqual([challenge.kind, challenge.matrixPng], ['otp', undefined], 'what SEND shows for a fob');
  const code = await nextFobCode(stage.props.get('fob'));
  stage.say('fob.code', { code });
  const typed = ` ${code.slice(0, 3)} - ${code.slice(3)} `;
  const session = opened(await portal(stage).code(challenge, { code: typed }));
  stage.say('portal.typed-apart', { typed: typed.trim() });
  stage.say('portal.session', { name: anna.name });
  stage.props.put('usedFobCode', code);
  stage.props.put('annaSession', session.sessionToken);
}

async function firstPin(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  const sessionToken = stage.props.get('annaSession');
  const { mustChangePin } = await portal(stage).session(sessionToken);
  check(mustChangePin, 'a session opened with a mailed PIN can do nothing but change it');
  await refusalOf(
    portal(stage).block(sessionToken, 'all'),
    'blocking in a session that may only change the PIN',
  );
  stage.say('portal.only-pin', { tried: 'blocking' });
  const { portalSession } = await send(stage, anna);
  const pins = { oldPin: anna.pin, newPin: '83914' };
  await refusalOf(portal(stage).changePin(portalSession, pins), 'a PIN change before the code');
  stage.say('portal.pin-first');
  const after = await chooseOwnPin(stage, anna, { sessionToken, mustChangePin });
  stage.say('portal.pin-changed', { name: anna.name, pin: masked(after.pin) });
  stage.props.put('anna', after);
}

async function usedCode(stage: Stage): Promise<void> {
  const code = stage.props.get('usedFobCode');
  const challenge = await send(stage, stage.props.get('anna'));
  stage.say('fob-used-code.typed', { code });
  const words = refused(await portal(stage).code(challenge, { code }));
  stage.say('portal.refused', { words });
}

async function laterLogin(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  const fob = stage.props.get('fob');
  const session = await fobLogin(stage, anna, fob);
  check(!session.mustChangePin, 'a later session is a full one');
  stage.say('portal.session', { name: anna.name });
  const [first] = (await stage.props.get('validator').mails.all()).filter(
    (mail) => mail.kind === 'initial-pin' && mail.to === anna.email,
  );
  const mailedPin = /PIN is (\d+)\./u.exec(first?.text ?? '')?.[1] ?? '';
  const { answer } = await tryFob(stage, { ...anna, pin: mailedPin }, fob);
  refused(answer);
  stage.say('fob-later-login.old-pin');
  // The refused code was a good one, so the fob is one ahead: the next login catches up.
  await fobLogin(stage, anna, fob);
}

async function twoAhead(stage: Stage): Promise<void> {
  const fob = stage.props.get('fob');
  await pressIdly(fob, 2);
  stage.say('fob-ahead.pressed', { times: 2 });
  await fobLogin(stage, stage.props.get('anna'), fob);
  stage.say('fob-ahead.accepted', { staff: await lastAccepted(stage) });
}

async function fiftyAhead(stage: Stage): Promise<void> {
  const [anna, fob] = [stage.props.get('anna'), stage.props.get('fob')];
  await pressIdly(fob, 50);
  stage.say('fob-ahead.pressed', { times: 50 });
  refused((await tryFob(stage, anna, fob)).answer);
  stage.say('fob-ahead.one-refused');
  const challenge = await send(stage, anna);
  const code = await nextFobCode(fob);
  const nextCode = await nextFobCode(fob);
  opened(await portal(stage).code(challenge, { code, nextCode }));
  stage.say('fob-ahead.two-accepted', { staff: await lastAccepted(stage) });
}

async function lastAccepted(stage: Stage): Promise<string> {
  const { bindings } = await stage.props.get('clerk').token(stage.props.get('fob').serial);
  const words = bindings?.[0]?.lastAccepted;
  check(words !== undefined, 'staff see how the last code was accepted');
  return words.replace(/ on .*$/u, '');
}
