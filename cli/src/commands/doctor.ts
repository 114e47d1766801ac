import { arch, platform, release } from 'node:os';
import { validatorUrlUnasked } from '../api/running-validator.ts';
import type { CommandSpec } from '../command.ts';
import type { Finding } from '../doctor/checks.ts';
import { examine } from '../doctor/checks.ts';
import { fill } from '../i18n/fill.ts';
import { Failure } from '../output/failure.ts';
import { writeNewFile } from '../output/output-file.ts';
import { table } from '../output/table.ts';
import { versionText } from '../version-text.ts';

/** Looks at this machine. */
export const doctorCommand: CommandSpec = {
  path: ['doctor'],
  group: 'try',
  options: [{ flags: '--report <file>' }],
  example: 'chiavetta doctor --report chiavetta-report.json',
  run: async ({ output, home, env, settings, signal }, args) => {
    const { texts } = output.catalogue;
    const findings = await examine({
      home,
      texts,
      nodeVersion: process.version,
      validatorUrl: validatorUrlUnasked({ home, env, settings }),
      signal,
    });
    const rows = findings.map(({ check, ok, found }) => [
      ok ? texts['doctor.ok'] : texts['doctor.attention'],
      check,
      found,
    ]);
    for (const [index, line] of table(rows).entries()) {
      output.line(line);
      const next = findings[index]?.next;
      if (next !== undefined) output.line(`  -> ${next}`);
    }
    const file = args.optional('report');
    if (file !== undefined) {
      await writeNewFile(file, [reportText(findings)]);
      output.note(fill(texts['doctor.report_written'], { path: file }));
    }
    const count = findings.filter(({ ok }) => !ok).length;
    if (count > 0) {
      output.event({ type: 'findings', findings });
      throw new Failure('DOCTOR_FOUND', { count });
    }
    output.line(texts['doctor.fine']);
    output.event({ type: 'result', ok: true, findings });
  },
};

/** Versions, machine and findings: no name of a person, no key, no code. */
function reportText(findings: readonly Finding[]): string {
  const machine = { platform: platform(), release: release(), arch: arch(), node: process.version };
  return JSON.stringify({ v: 1, versions: versionText().split('\n'), machine, findings }, undefined, 1);
}
