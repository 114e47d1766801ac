import { check, checkEqual } from '../check.ts';
import type { DemoStep } from '../demo-step.ts';
import { operateToken, pressButton, pressOk, twoPeople } from '../stage/branch-acts.ts';
import { fobLogin, otcCode, otcLogin, pairOtc, portal, send, tryFob } from '../stage/customer-acts.ts';
import { nextFobCode, pressIdly, restart } from '../stage/demo-token.ts';
import { chooseDevicePin } from '../stage/people.ts';
import { refusalOf, refused } from '../stage/portal.ts';
import type { Stage } from '../stage/stage.ts';
import { blockIsTold } from '../stage/told.ts';

/** S3, where the device is gone, and the fob that nobody can bring back into step. */
export const lostDeviceSteps: readonly DemoStep[] = [
  { id: 'fob-ahead-200', sentences: ['S1.11'], needs: ['fob-later-login'], run: twoHundredAhead },
  { id: 'lost-fob', sentences: ['S3.10', 'S3.11'], needs: ['fob-later-login'], run: lostFob },
  { id: 'cable-pulled', sentences: ['S1.2'], needs: ['tokens', 'staff'], run: cablePulled },
  { id: 'new-fob', sentences: ['S3.6'], needs: ['lost-fob', 'cable-pulled'], run: newFob },
  { id: 'lost-otc', sentences: ['S2.1', 'S3.6', 'S3.10'], needs: ['otc-first-pin'], run: lostOtc },
];

async function twoHundredAhead(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  const fob = stage.props.get('fob');
  await pressIdly(fob, 200);
  stage.say('fob-ahead.pressed', { times: 200 });
  const challenge = await send(stage, anna);
  const code = await nextFobCode(fob);
  const nextCode = await nextFobCode(fob);
  const words = refused(await portal(stage).code(challenge, { code, nextCode }));
  check(/branch/u.test(words), 'the refusal says where to go');
  stage.say('fob-ahead.two-refused', { words });
}

async function lostFob(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  const fob = stage.props.get('fob');
  await stage.props.get('clerk').blockToken(fob.serial, 'left in a taxi');
  refused((await tryFob(stage, anna, fob)).answer);
  stage.say('lost-fob.blocked', { serial: fob.serial });
  await blockIsTold(stage, anna, 'device-blocked');
}

async function cablePulled(stage: Stage): Promise<void> {
  const token = await stage.startToken('new-fob', 'fob');
  stage.props.put('newFob', token);
  const clerk = stage.props.get('clerk');
  let pulls = 0;
  let plugging: Promise<void> | undefined;
  const pull = async (when: string): Promise<void> => {
    pulls += 1;
    await token.unplug();
    const { device } = await clerk.token(token.serial);
    checkEqual(device, 'IN_DOUBT', 'the state of the fob at the bank while its cable is out');
    stage.say('cable.pulled', { when, state: device });
  };
  const result = await operateToken(stage, {
    ...{ token, operation: 'provision' },
    person: (asked) => (pulls === 0 ? pull('while the fob asks for OK') : pressButton(token)(asked)),
    beforeToken: async (phase) => {
      if (phase === 'commit' && pulls === 1) await pull('before the commit reaches the fob');
    },
    onEvent: ({ step }) => {
      // Only when the branch tool has seen that the line is gone does it come back.
      if (step === 'unplugged') plugging = token.plug();
      plugging?.catch(() => undefined);
    },
  });
  await plugging;
  checkEqual(pulls, 2, 'how often the cable was out');
  stage.say('cable.back');
  const { device } = await clerk.token(token.serial);
  checkEqual([result.serial, device], [token.serial, 'PROVISIONED'], 'the fob after both pulls');
  // A fob that had kept nothing of it would show that it has no seed.
  await nextFobCode(token);
  stage.say('cable.done', { serial: token.serial, state: device });
}

async function newFob(stage: Stage): Promise<void> {
  const anna = stage.props.get('anna');
  const [fob, token] = [stage.props.get('fob'), stage.props.get('newFob')];
  const { customerId } = anna;
  const replace = { operation: 'replace', reason: 'fob lost' } as const;
  const request = { ...replace, serial: token.serial, oldSerial: fob.serial, customerId };
  const referente = await refusalOf(
    stage.props.get('referente').request(request),
    'a referente who hands out a fob',
  );
  stage.say('new-fob.referente', { reason: String(referente.fields['reason'] ?? referente.id) });
  checkEqual((await twoPeople(stage, request)).state, 'used', 'the state of the approved replacement');
  const { device } = await stage.props.get('clerk').token(fob.serial);
  checkEqual(device, 'RETIRED', 'the state of the lost fob');
  stage.say('new-fob.replaced', { new: token.serial, old: fob.serial, state: device });
  await fobLogin(stage, anna, token);
  refused((await tryFob(stage, anna, fob)).answer);
  stage.say('new-fob.works');
}

async function lostOtc(stage: Stage): Promise<void> {
  const bruno = stage.props.get('bruno');
  const [clerk, otc] = [stage.props.get('clerk'), stage.props.get('otc')];
  const job = { otc, order: 'scan-first', picture: 'bruno-stolen' } as const;
  const { challenge, code } = await otcCode(stage, bruno, job);
  await clerk.blockToken(otc.serial, 'stolen');
  refused(await portal(stage).code(challenge, { code }));
  const token = await stage.startToken('new-otc', 'otc');
  stage.props.put('newOtc', token);
  const { customerId } = bruno;
  const { requestId } = await twoPeople(stage, {
    ...{ operation: 'replace', serial: token.serial, oldSerial: otc.serial, customerId },
    reason: 'OTC token stolen',
  });
  await token.press('power', 2_500);
  await operateToken(stage, { ...{ token, operation: 'bind', requestId }, person: pressOk(token) });
  const { device } = await clerk.token(otc.serial);
  checkEqual(device, 'RETIRED', 'the state of the stolen token');
  stage.say('lost-otc.replaced', { state: device });
  const devicePin = chooseDevicePin();
  await restart(token);
  await pairOtc(stage, bruno, { otc: token, devicePin, picture: 'bruno-replaced' });
  const after = { ...bruno, devicePin };
  await otcLogin(stage, after, { otc: token, order: 'scan-first', picture: 'bruno-replaced-login' });
  stage.props.put('bruno', after);
  stage.say('lost-otc.paired');
}
