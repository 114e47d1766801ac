import { check, checkEqual } from '../check.ts';
import type { DemoStep } from '../demo-step.ts';
import { operateToken, pressOk, twoPeople } from '../stage/branch-acts.ts';
import {
  changePin,
  chooseOwnPin,
  fobLogin,
  inOneLine,
  otcLogin,
  pairOtc,
  portal,
  send,
  tryFob,
} from '../stage/customer-acts.ts';
import { restart } from '../stage/demo-token.ts';
import type { DemoCustomer } from '../stage/people.ts';
import { chooseDevicePin, masked, pinInMail, wrongPin } from '../stage/people.ts';
import { refusalOf, refused } from '../stage/portal.ts';
import type { Stage } from '../stage/stage.ts';
import { blockIsTold } from '../stage/told.ts';

const WRONG_PINS = 5;

/** S3, as far as the customer keeps the device. */
export const recoverySteps: readonly DemoStep[] = [
  { id: 'self-block', sentences: ['S3.1', 'S3.3', 'S3.11'], needs: ['fob-later-login'], run: selfBlock },
  { id: 'lift-same-codes', sentences: ['S3.4'], needs: ['self-block'], run: liftSameCodes },
  { id: 'self-block-birth-date', sentences: ['S3.2'], needs: ['otc-first-pin'], run: birthDate },
  { id: 'lift-new-pin', sentences: ['S3.5'], needs: ['self-block-birth-date'], run: liftNewPin },
  { id: 'forgotten-user-code', sentences: ['S3.7'], needs: ['contract'], run: forgottenUserCode },
  { id: 'forgotten-pin', sentences: ['S3.8'], needs: ['fob-later-login'], run: forgottenPin },
  { id: 'change-pin', sentences: ['S3.12'], needs: ['fob-later-login'], run: changeOwnPin },
  { id: 'forgotten-device-pin', sentences: ['S3.9'], needs: ['otc-first-pin'], run: forgottenDevicePin },
  { id: 'customer-block', sentences: ['S3.10'], needs: ['fob-later-login'], run: customerBlock },
  { id: 'referente-block', sentences: ['S3.10'], needs: ['fob-later-login'], run: referenteBlock },
];

async function selfBlock(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  const fob = stage.props.get('fob');
  const wrong = { ...anna, pin: wrongPin(anna.pin) };
  const usual = refused((await tryFob(stage, wrong, fob)).answer);
  checkEqual((await account(stage, anna)).account, 'OPEN', 'the account after one wrong PIN');
  for (let count = 1; count < WRONG_PINS; count += 1) await send(stage, wrong);
  stage.say('block.wrong-pins', { name: anna.name });
  const blocked = refused((await tryFob(stage, anna, fob)).answer);
  checkEqual(blocked, usual, 'the refusal of a blocked account');
  stage.say('block.same-words');
  const { account: state } = await account(stage, anna);
  checkEqual(state, 'SELF_BLOCKED', 'the account after five wrong PINs');
  stage.say('block.staff-sees', { state });
  await blockIsTold(stage, anna, 'account-blocked');
}

async function liftSameCodes(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  const reason = 'Anna called and was recognised';
  await stage.props.get('referente').reinstate(anna.customerId, { newPin: false, reason });
  const session = await fobLogin(stage, anna, stage.props.get('fob'));
  check(!session.mustChangePin, 'the PIN stays the same');
  stage.say('lift.same');
}

async function birthDate(stage: Stage): Promise<void> {
  const bruno = stage.props.get('bruno');
  const pin = wrongPin(bruno.pin);
  for (let count = 0; count < WRONG_PINS; count += 1) {
    await send(stage, bruno, { pin, birthDate: '1980-01-01' });
  }
  const before = await account(stage, bruno);
  checkEqual(before.account, 'OPEN', 'the account after five wrong PINs with a wrong birth date');
  stage.say('birth-date.wrong', { state: before.account });
  for (let count = 0; count < WRONG_PINS; count += 1) await send(stage, bruno, { pin });
  const after = await account(stage, bruno);
  checkEqual(after.account, 'SELF_BLOCKED', 'the account after five wrong PINs with the right birth date');
  stage.say('birth-date.right', { state: after.account });
}

async function liftNewPin(stage: Stage): Promise<void> {
  const bruno = stage.props.get('bruno');
  const otc = stage.props.get('otc');
  const reason = 'came to the branch';
  await stage.props.get('clerk').reinstate(bruno.customerId, { newPin: true, reason });
  const pin = await mailedPin(stage, bruno);
  const challenge = await send(stage, bruno);
  refused(await portal(stage).code(challenge, { code: '123456' }));
  stage.say('lift.new-pin', { pin: masked(pin) });
  const mailed = { ...bruno, pin };
  const job = { otc, order: 'pin-first', picture: 'bruno-new-pin' } as const;
  const session = await otcLogin(stage, mailed, job);
  stage.props.put('bruno', await chooseOwnPin(stage, mailed, session));
  stage.say('lift.changed');
}

async function forgottenUserCode(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  for (const who of ['referente', 'clerk'] as const) {
    const { userCode } = await stage.props.get(who).customer(anna.customerId);
    check(userCode === anna.userCode, `the ${who} sees the User Code`);
    stage.say('user-code.told', { who: `The ${who}`, masked: masked(userCode) });
  }
  const unknown = wrongPin(anna.userCode);
  const real = await send(stage, anna, { pin: wrongPin(anna.pin) });
  const madeUp = await portal(stage).send({ userCode: unknown, pin: anna.pin });
  checkEqual(Object.keys(madeUp).filter(isNoPicture), Object.keys(real).filter(isNoPicture), 'the form');
  const answers = JSON.stringify([real, madeUp]);
  check(!answers.includes(anna.userCode), 'no answer of the portal holds a User Code');
  stage.say('user-code.portal');
}

async function forgottenPin(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  await stage.props.get('referente').newPin(anna.customerId, 'Anna forgot her PIN');
  const pin = await mailedPin(stage, anna);
  const mailed = { ...anna, pin };
  const session = await fobLogin(stage, mailed, stage.props.get('fob'));
  stage.props.put('anna', await chooseOwnPin(stage, mailed, session));
  stage.say('forgotten-pin.ordered', { pin: masked(pin) });
}

async function changeOwnPin(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  const session = await fobLogin(stage, anna, stage.props.get('fob'));
  const after = await changePin(stage, anna, session);
  const back = { oldPin: after.pin, newPin: anna.pin };
  await refusalOf(portal(stage).changePin(session.sessionToken, back), 'a PIN that was used before');
  stage.props.put('anna', after);
  stage.say('portal.pin-changed', { name: anna.name, pin: masked(after.pin) });
  stage.say('change-pin.old-refused');
}

async function forgottenDevicePin(stage: Stage): Promise<void> {
  const bruno = stage.props.get('bruno');
  const otc = stage.props.get('otc');
  await restart(otc);
  const wrong = wrongPin(bruno.devicePin ?? '');
  let shown = await otc.type(wrong);
  for (let count = 1; count < WRONG_PINS; count += 1) shown = await otc.type(wrong);
  checkEqual(shown.id, 'otc.blocked', 'the screen after five wrong device PINs');
  stage.say('device-pin.wrong', { display: inOneLine(shown).replace(/\d/gu, '\u2022') });
  const request = { operation: 'reset', serial: otc.serial, reason: 'device PIN forgotten' } as const;
  const referente = await refusalOf(stage.props.get('referente').request(request), 'a referente who resets');
  stage.say('device-pin.referente', { reason: String(referente.fields['reason'] ?? referente.id) });
  const { requestId } = await twoPeople(stage, request);
  await operateToken(stage, {
    ...{ token: otc, operation: 'reset', requestId },
    person: async (asked) => {
      stage.say('device-pin.reset', { display: inOneLine(asked) });
      await pressOk(otc)(asked);
    },
  });
  const devicePin = chooseDevicePin([bruno.devicePin ?? '']);
  await pairOtc(stage, bruno, { otc, devicePin, picture: 'bruno-reset' });
  const after = { ...bruno, devicePin };
  await otcLogin(stage, after, { otc, order: 'pin-first', picture: 'bruno-reset-login' });
  stage.props.put('bruno', after);
  stage.say('device-pin.paired');
}

async function customerBlock(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  const fob = stage.props.get('fob');
  const { sessionToken } = await fobLogin(stage, anna, fob);
  await portal(stage).block(sessionToken, 'all');
  await refusalOf(portal(stage).session(sessionToken), 'the session of a blocked account');
  const { account: state } = await account(stage, anna);
  checkEqual(state, 'SELF_BLOCKED', 'the account after its owner blocked it');
  refused((await tryFob(stage, anna, fob)).answer);
  stage.say('customer-block.done', { state });
  await blockIsTold(stage, anna, 'account-blocked');
  const how = { newPin: false, reason: 'came to the branch' };
  await stage.props.get('clerk').reinstate(anna.customerId, how);
  await fobLogin(stage, anna, fob);
  stage.say('customer-block.lifted');
}

async function referenteBlock(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  const fob = stage.props.get('fob');
  const referente = stage.props.get('referente');
  await referente.blockCustomer(anna.customerId, { reason: 'fob not found', what: [fob.serial] });
  checkEqual((await account(stage, anna)).account, 'OPEN', 'the account when only a device is blocked');
  refused((await tryFob(stage, anna, fob)).answer);
  stage.say('referente-block.done');
  await blockIsTold(stage, anna, 'device-blocked');
  await referente.reinstate(anna.customerId, { newPin: false, reason: 'fob found again' });
  await fobLogin(stage, anna, fob);
  stage.say('referente-block.lifted');
}

function account(stage: Stage, customer: DemoCustomer): Promise<{ readonly account: string }> {
  return stage.props.get('clerk').customer(customer.customerId);
}

async function mailedPin(stage: Stage, customer: DemoCustomer): Promise<string> {
  const { text } = await stage.props.get('validator').mails.next({ to: customer.email, kind: 'new-pin' });
  const pin = pinInMail(text);
  check(pin !== undefined, 'the mail brings a new PIN');
  return pin;
}

function isNoPicture(field: string): boolean {
  return field !== 'matrixPng';
}
