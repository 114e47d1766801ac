import { readFile } from 'node:fs/promises';
import { check, checkEqual } from '../check.ts';
import type { DemoStep } from '../demo-step.ts';
import { signInAs } from '../stage/branch.ts';
import type { DemoCustomer } from '../stage/people.ts';
import { chooseAccountPin, masked, pinInMail } from '../stage/people.ts';
import type { Stage } from '../stage/stage.ts';
import { REFERENTE } from '../stage/told.ts';

/** What has to stand before anything can happen. */
export const openingSteps: readonly DemoStep[] = [
  { id: 'start', sentences: [], needs: [], run: start },
  { id: 'tokens', sentences: [], needs: ['start'], run: tokens },
  { id: 'staff', sentences: [], needs: ['start'], run: staff },
  { id: 'contract', sentences: ['S1.1'], needs: ['staff'], run: contract },
];

async function start(stage: Stage): Promise<void> {
  const validator = await stage.startValidator();
  stage.props.put('validator', validator);
  checkEqual(await validator.client.get('/health'), { status: 'ok' }, 'the health of the validator');
  stage.say('start.listening', { url: validator.url, pid: validator.child.pid });
  // Bytes 18 and 19 of an SQLite file are 2 where it keeps a write-ahead log.
  const head = await readFile(validator.files.store);
  checkEqual([head[18], head[19]], [2, 2], 'the journal of the store');
  stage.say('start.durable');
}

async function tokens(stage: Stage): Promise<void> {
  for (const [name, kind] of [
    ['fob', 'fob'],
    ['otc', 'otc'],
  ] as const) {
    const token = await stage.startToken(name, kind);
    stage.props.put(name, token);
    stage.say('tokens.running', { name, serial: token.serial, pid: token.pid, path: token.linkPath });
  }
}

async function staff(stage: Stage): Promise<void> {
  const { client, operators } = stage.props.get('validator');
  for (const role of ['clerk', 'supervisor'] as const) {
    const operator = operators.find((one) => one.role === role);
    check(operator !== undefined, `the first start adds a ${role}`);
    stage.props.put(role, await signInAs(client, operator));
  }
  const password = `${chooseAccountPin()}-${chooseAccountPin()}`;
  await stage.props.get('supervisor').addOperator({ name: REFERENTE, role: 'referente', password });
  stage.props.put('referente', await signInAs(client, { name: REFERENTE, password }));
  stage.say('staff.signed-in', {
    names: operators.map(({ name }) => name).join(' and '),
    referente: REFERENTE,
  });
}

async function contract(stage: Stage): Promise<void> {
  stage.props.put('anna', await sign(stage, { name: 'Anna Rossi', email: 'anna.rossi@company.example' }));
  const bruno = { name: 'Bruno Bianchi', email: 'bruno.bianchi@company.example', birthDate: '1971-03-09' };
  stage.props.put('bruno', await sign(stage, bruno));
}

async function sign(
  stage: Stage,
  person: Pick<DemoCustomer, 'name' | 'email' | 'birthDate'>,
): Promise<DemoCustomer> {
  const { name, email } = person;
  const { mails } = stage.props.get('validator');
  const added = await stage.props.get('clerk').addCustomer({ ...person, label: name, referente: REFERENTE });
  check(/^\d{8}$/u.test(added.userCode), 'a User Code has 8 digits');
  const pin = pinInMail((await mails.next({ to: email, kind: 'initial-pin' })).text);
  check(pin !== undefined, 'the mail brings a first PIN');
  stage.say('contract.signed', { name, email, pin: masked(pin) });
  return { ...person, ...added, pin };
}
