import type { Screen } from '../device.ts';

/** A fob's screen as its display of 8 characters and a line of icons would show it. The information menu turns its pages by itself; here each is a line. */
export function fobScreenText(screen: Screen): readonly string[] {
  const { fields } = screen;
  const icons = fields['battery'] === 'low' || fields['battery'] === 'brownout' ? ['[battery low]'] : [];
  switch (screen.id) {
    case 'fob.code':
      return [String(fields['code']), ...icons];
    case 'fob.ask':
      return [`${shown(fields['serialEnd'], 6)}?`, '[press = OK, hold = no]'];
    case 'fob.menu':
      return menuLines(fields);
    case 'fob.no-seed':
      return ['NO SEED', ...icons];
    case 'fob.battery-empty':
      return ['BATTERY', '[battery empty]'];
    case 'fob.fault':
      return ['ERROR', '[take it to the bank]'];
    default:
      return [];
  }
}

function menuLines(fields: Screen['fields']): readonly string[] {
  const serial = shown(fields['serial'], 12);
  const moving =
    fields['counter'] === undefined
      ? `T ${clockText(Number(fields['clockS']))}`
      : `C${String(fields['counter']).padStart(6, '0')}`;
  return [
    serial.slice(0, 6),
    serial.slice(6),
    moving,
    `E ${dateText(Number(fields['expiresS']))}`,
    `BAT ${batteryText(fields['battery'])}`,
  ];
}

function batteryText(level: string | number | undefined): string {
  return level === 'good' ? 'OK' : 'LOW';
}

/** Hours and minutes of a time in seconds since 1970, UTC. */
function clockText(unixS: number): string {
  const minutes = Math.floor(unixS / 60);
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

/** Month and year of a time in seconds since 1970, by the civil calendar (a year of 365.2425 days on average). */
function dateText(unixS: number): string {
  const shifted = Math.floor(unixS / 86_400) + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${two(month)}.${two(year % 100)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function shown(value: string | number | undefined, characters: number): string {
  return String(value ?? '').slice(-characters);
}
