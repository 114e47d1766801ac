import { FOB_PROFILES, OTC_PROFILE } from '@chiavetta/firmware-sim';
import { TRACE_VERSION } from '@chiavetta/firmware-sim/runtime';
import { PAYLOAD_VERSION } from '@chiavetta/protocol/otc';
import { WIRE_VERSION } from '@chiavetta/protocol/wire';
import { SCHEMA_VERSION } from '@chiavetta/validator/sqlite';
import { expect, test } from 'vitest';
import { firmwareText } from './device/model-text.ts';
import { FORMAT_VERSIONS, versionText } from './version-text.ts';

test('the versions that are shown are those of the packages', () => {
  expect(FORMAT_VERSIONS.wire).toBe(WIRE_VERSION);
  expect(FORMAT_VERSIONS.schema).toBe(SCHEMA_VERSION);
  expect(FORMAT_VERSIONS.trace).toBe(TRACE_VERSION);
  expect(FORMAT_VERSIONS.matrix).toBe(PAYLOAD_VERSION.toString(16).toUpperCase());
  expect(FORMAT_VERSIONS.firmware).toBe(OTC_PROFILE.firmwareText);
  for (const { firmware } of [OTC_PROFILE, ...Object.values(FOB_PROFILES)]) {
    expect(firmwareText(firmware)).toBe(FORMAT_VERSIONS.firmware);
  }
});

test('the version text names package, wire, matrix, schema, trace and firmware', () => {
  expect(
    versionText()
      .split('\n')
      .map((line) => line.replace(/ [^ ]+$/u, '')),
  ).toEqual(['chiavetta', 'wire', 'matrix payload', 'database schema', 'trace', 'firmware']);
});
