import { check } from '../check.ts';
import type { DemoToken, Shown } from './demo-token.ts';
import { loginCode, nextFobCode, restart, switchOn } from './demo-token.ts';
import type { DemoCustomer } from './people.ts';
import { chooseAccountPin } from './people.ts';
import type { Challenge, CodeAnswer, Portal, PortalSession } from './portal.ts';
import { continued, opened } from './portal.ts';
import type { Stage } from './stage.ts';

/** In which order a later access goes. */
export type LoginOrder = 'scan-first' | 'pin-first';

/** The customer types User Code and PIN, and the birth date where the page asks for one, and presses SEND. */
export function send(
  stage: Stage,
  customer: DemoCustomer,
  typed: { readonly pin?: string; readonly birthDate?: string } = {},
): Promise<Challenge> {
  const { userCode, pin, birthDate } = { ...customer, ...typed };
  return portal(stage).send({ userCode, pin, ...(birthDate === undefined ? {} : { birthDate }) });
}

/** A whole try with a fob: SEND, press, type. Whether it is accepted is the portal's word. */
export async function tryFob(
  stage: Stage,
  customer: DemoCustomer,
  fob: DemoToken,
): Promise<{ readonly code: string; readonly answer: CodeAnswer }> {
  const challenge = await send(stage, customer);
  const code = await nextFobCode(fob);
  return { code, answer: await portal(stage).code(challenge, { code }) };
}

/** A whole login with a fob. */
export async function fobLogin(stage: Stage, customer: DemoCustomer, fob: DemoToken): Promise<PortalSession> {
  return opened((await tryFob(stage, customer, fob)).answer);
}

/** A whole try with an OTC token that was switched off before, in either order; gives the code and its challenge. */
export async function otcCode(
  stage: Stage,
  customer: DemoCustomer,
  job: { readonly otc: DemoToken; readonly order: LoginOrder; readonly picture: string },
): Promise<{ readonly challenge: Challenge; readonly code: string; readonly picture: string }> {
  const { otc, order } = job;
  const { devicePin } = customer;
  check(devicePin !== undefined, 'a paired token has a device PIN');
  const challenge = await send(stage, customer);
  check(challenge.kind === 'login', `SEND brings a login picture, not ${challenge.kind}`);
  const picture = stage.savePicture(job.picture, challenge.matrixPng);
  await restart(otc);
  if (order === 'pin-first') await expectScreen(otc.type(devicePin), 'otc.scanning');
  const scanned = await otc.scan(picture);
  if (order === 'scan-first') {
    check(
      scanned.id === 'otc.pin',
      `a locked token holds the picture and asks for the PIN, not ${scanned.id}`,
    );
    await otc.type(devicePin);
  }
  return { challenge, code: await loginCode(otc), picture };
}

/** A whole login with an OTC token. */
export async function otcLogin(
  stage: Stage,
  customer: DemoCustomer,
  job: { readonly otc: DemoToken; readonly order: LoginOrder; readonly picture: string },
): Promise<PortalSession & { readonly code: string; readonly picture: string }> {
  const { challenge, code, picture } = await otcCode(stage, customer, job);
  return { ...opened(await portal(stage).code(challenge, { code })), code, picture };
}

/** A whole pairing: first matrix, device PIN, ten digits, second matrix, six digits. */
export async function pairOtc(
  stage: Stage,
  customer: DemoCustomer,
  job: { readonly otc: DemoToken; readonly devicePin: string; readonly picture: string },
): Promise<PortalSession> {
  const { otc, devicePin, picture } = job;
  const first = await send(stage, customer);
  check(first.kind === 'pair1', `the first access pairs, it brings no ${first.kind}`);
  await otc.switchOff();
  await switchOn(otc);
  await expectScreen(otc.scan(stage.savePicture(`${picture}-1`, first.matrixPng)), 'otc.pair.intro');
  await expectScreen(otc.press('ok'), 'otc.pin.choose');
  await expectScreen(otc.type(devicePin), 'otc.pin.confirm');
  const ten = await expectScreen(otc.type(devicePin), 'otc.pair.code');
  const second = continued(await portal(stage).code(first, { code: codeOn(ten) }));
  const read = otc.scan(stage.savePicture(`${picture}-2`, second.matrixPng));
  const six = await expectScreen(read, 'otc.pair.finish');
  return opened(await portal(stage).code(second, { code: codeOn(six) }));
}

/** The forced change: the customer takes a PIN of their own in the session that can do nothing else. */
export async function chooseOwnPin(
  stage: Stage,
  customer: DemoCustomer,
  session: PortalSession,
): Promise<DemoCustomer> {
  check(session.mustChangePin, 'a session opened with a mailed PIN can do nothing but change it');
  return changePin(stage, customer, session);
}

/** The customer changes the PIN inside the service. */
export async function changePin(
  stage: Stage,
  customer: DemoCustomer,
  session: PortalSession,
): Promise<DemoCustomer> {
  const newPin = chooseAccountPin();
  const { sessionToken } = session;
  await portal(stage).changePin(sessionToken, { oldPin: customer.pin, newPin });
  const { mustChangePin } = await portal(stage).session(sessionToken);
  check(!mustChangePin, 'after the change the session is a full one');
  return { ...customer, pin: newPin };
}

/** What a display shows, if it is the screen that is expected. */
export async function expectScreen(showing: Promise<Shown>, id: string): Promise<Shown> {
  const shown = await showing;
  check(shown.id === id, `the display shows ${id}, not ${shown.id}`);
  return shown;
}

/** The code on a display. */
export function codeOn({ id, fields }: Shown): string {
  const { code } = { code: undefined, ...fields };
  check(code !== undefined, `the screen ${id} shows a code`);
  return String(code);
}

/** A display in one line. */
export function inOneLine({ lines }: Shown): string {
  return lines.join(' / ');
}

/** The portal of the running validator. */
export function portal(stage: Stage): Portal {
  return stage.props.get('validator').portal;
}
