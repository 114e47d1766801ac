import { staffClient } from '../api/operator-session.ts';
import type { CommandSpec } from '../command.ts';
import type { ConnectedDevice } from '../device/connected-devices.ts';
import { askDevice, chosenPath, connectedDevices, serialText } from '../device/connected-devices.ts';
import { carryOut } from '../device/device-session.ts';
import { firmwareText, modelText } from '../device/model-text.ts';
import { fill } from '../i18n/fill.ts';
import { typedSerial } from '../input/typed-serial.ts';
import { Failure } from '../output/failure.ts';
import { nameValueLines, table } from '../output/table.ts';
import { DEVICE_OPTIONS, SERVER_OPTION } from './common-options.ts';

const list: CommandSpec = {
  path: ['device', 'list'],
  group: 'branch',
  options: [{ flags: '--ask' }],
  example: 'chiavetta device list --ask',
  run: async ({ output, home }, args) => {
    const { texts } = output.catalogue;
    const found = await connectedDevices(home);
    const devices = args.flag('ask') ? await Promise.all(found.map(asked)) : found;
    const rows = devices.map(({ path, label, serial = '' }) => [path, serial, label]);
    const heading = [texts['column.port'], texts['column.token'], texts['column.note']];
    for (const line of table([heading, ...rows])) output.line(line);
    if (devices.length === 0) output.note(texts['device.none']);
    output.document({ devices });
  },
};

const info: CommandSpec = {
  path: ['device', 'info'],
  group: 'branch',
  options: DEVICE_OPTIONS,
  example: 'chiavetta device info --port /dev/ttyACM0',
  run: async ({ output, home }, args) => {
    const { texts } = output.catalogue;
    const path = await chosenPath(home, choiceOf(args));
    const hello = await askDevice(path);
    const { serial, model, firmware, seedEpoch, pending, version, maxFrameBytes, opTimeMs } = hello;
    const device = {
      path,
      serial: serialText(serial),
      model: modelText(model),
      firmware: firmwareText(firmware),
      provisionings: seedEpoch,
      unfinished: pending === 1,
      wireVersion: version,
      maxFrameBytes,
      opTimeMs,
    };
    for (const line of nameValueLines([
      [texts['column.port'], path],
      [texts['column.token'], device.serial],
      [texts['column.kind'], device.model],
      [texts['column.firmware'], device.firmware],
      [texts['column.provisionings'], seedEpoch],
      [texts['column.note'], device.unfinished ? texts['device.unfinished'] : undefined],
    ])) {
      output.line(line);
    }
    output.note(texts['device.not_proved']);
    output.document({ device });
  },
};

const provision: CommandSpec = {
  path: ['device', 'provision'],
  group: 'branch',
  options: [...DEVICE_OPTIONS, { flags: '--request <id>' }, SERVER_OPTION],
  example: 'chiavetta device provision --port /dev/ttyACM0',
  run: async (context, args) => {
    const { output, home } = context;
    const choice = choiceOf(args);
    const client = staffClient(context, args);
    const path = await chosenPath(home, choice);
    const request = args.optional('request');
    const result = await carryOut(context, client, {
      path,
      operation: 'provision',
      ...(request === undefined ? {} : { requestId: request }),
      ...(choice.serial === undefined ? {} : { expectedSerial: choice.serial }),
    });
    const { serial, outcome } = result;
    output.line(fill(output.catalogue.texts[`device.outcome.${outcome}`], { serial }));
    output.event({ type: 'result', ok: true, ...result });
  },
};

/** What is on a port. */
export const deviceCommands: readonly CommandSpec[] = [list, info, provision];

function choiceOf(args: Parameters<CommandSpec['run']>[1]): Parameters<typeof chosenPath>[1] {
  const serial = args.optional('serial');
  return {
    port: args.optional('port'),
    token: args.optional('token'),
    serial: serial === undefined ? undefined : typedSerial(serial),
  };
}

/** The device with what it says to a hello; one that says nothing keeps its error id. */
async function asked(device: ConnectedDevice): Promise<ConnectedDevice> {
  try {
    return { ...device, serial: serialText((await askDevice(device.path)).serial) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...device, label: [device.label, error.id].filter((part) => part !== '').join(' ') };
  }
}
