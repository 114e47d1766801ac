import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { permissionFailure } from './port-checks.ts';

const PATH = '/dev/ttyUSB0';

test('a port that its group may use names the group and the line that puts this user into it', async () => {
  const { error } = await permissionFailure(PATH, { gid: 5, mode: 0o20660 });
  expect(error).toMatchObject({ id: 'PORT_PERMISSION', fields: { path: PATH } });
  const { group, command } = error.fields;
  expect(String(group)).toMatch(/^(tty|5)$/u);
  expect(command).toBe(`sudo usermod -aG ${group} ${userInfo().username}`);
});

test.each([
  ['that is root’s', { gid: 0, mode: 0o20660 }],
  ['that its group may not use', { gid: 5, mode: 0o20600 }],
])(
  'a port %s gets the line for the udev rules, at the place where they really are',
  async (_what, status) => {
    const { error } = await permissionFailure(PATH, status);
    const [, file = ''] = /^sudo cp "([^"]+)"/u.exec(String(error.fields['command'])) ?? [];
    expect(existsSync(file)).toBe(true);
  },
);
