import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const FOLDER = new URL('../../provisioning/', import.meta.url);
const text = readFileSync(new URL('udev/60-chiavetta.rules', FOLDER), 'utf8');
/** `KEY operator "value"`, as udev(7) has it. */
const TERM = /^([A-Z_]+(?:\{[A-Za-z_]+\})?)(==|!=|\+=|=)"([^"]*)"$/;
const rules = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));

/** The terms of a rule; one that udev could not read is shown as it is. */
function termsOf(rule: string): readonly string[] {
  return rule.split(', ').map((term) => (TERM.test(term) ? term : `not a term: ${term}`));
}

describe('the udev rule', () => {
  test('gives the port to dialout and to whoever sits there, keeps ModemManager off and names it', () => {
    expect(rules).toHaveLength(1);
    for (const rule of rules) {
      expect(termsOf(rule)).toEqual([
        'ACTION!="remove"',
        'SUBSYSTEM=="tty"',
        'ATTRS{product}=="Chiavetta*"',
        'ATTRS{serial}=="?*"',
        'GROUP="dialout"',
        'MODE="0660"',
        'TAG+="uaccess"',
        'ENV{ID_MM_DEVICE_IGNORE}="1"',
        'SYMLINK+="chiavetta/$attr{serial}"',
      ]);
    }
  });

  test('has a second form for common chips, which says the same of the port', () => {
    const [form = ''] = text.split('\n').filter((line) => line.startsWith('# ACTION'));
    const terms = termsOf(form.slice(2));
    expect(terms).toEqual(
      expect.arrayContaining(['GROUP="dialout"', 'TAG+="uaccess"', 'ENV{ID_MM_DEVICE_IGNORE}="1"']),
    );
    expect(terms.filter((term) => term.startsWith('not a term'))).toEqual([]);
  });

  test('comes before those that grant the seat and those of ModemManager, and is in the package', () => {
    const manifest: { readonly files: readonly string[] } = JSON.parse(
      readFileSync(new URL('package.json', FOLDER), 'utf8'),
    );
    expect(manifest.files).toContain('udev');
  });
});
