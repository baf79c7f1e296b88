/** How a language writes numbers inside its sentences. Offsets and bytes are never localised: see `bytes` and `offset`. */
export interface NumberStyle {
  readonly group: string;
  readonly decimal: string;
  readonly second: string;
}

/** 24237 → `24,237` or `24.237`. */
export function count(value: number, style: NumberStyle): string {
  return grouped(Math.round(value), style.group);
}

/** A duration in milliseconds → `0.70 s`, `0,70 detik`: two decimals. */
export function duration(ms: number, style: NumberStyle): string {
  return `${fixed(ms, 2, style)} ${style.second}`;
}

/** A point of lab time in milliseconds → seconds with three decimals, `12.720`: the millisecond that the clock shows. */
export function instant(ms: number, style: NumberStyle): string {
  return fixed(Math.round(ms), 3, style);
}

/** A plain number with so many decimals: `1,234.5` or `1.234,5`. */
export function decimal(value: number, decimals: number, style: NumberStyle): string {
  return fixed(value * 1000, decimals, style);
}

/** A share of 0 to 1 → `91 %`. Never rounded up to 100 before the end. */
export function percent(share: number): string {
  return `${share >= 1 ? 100 : Math.floor(share * 100)} %`;
}

/** A place in the log: grouped by commas in every language, as redis tools are English. */
export function offset(value: number): string {
  return grouped(value, ',');
}

/** A size: exact below a megabyte (`22,711 B`), else `60.1 MB`. */
export function bytes(value: number): string {
  if (value < 1_000_000) return `${grouped(value, ',')} B`;
  if (value < 1_000_000_000) return `${(value / 1_000_000).toFixed(1)} MB`;
  return `${(value / 1_000_000_000).toFixed(2)} GB`;
}

/** The clock of the lab: `mm:ss.mmm`, with hours in front only when there are any. */
export function clockTime(ms: number): string {
  const whole = Math.round(ms);
  const hours = Math.floor(whole / 3_600_000);
  const minutes = padded(Math.floor(whole / 60_000) % 60, 2);
  const seconds = padded(Math.floor(whole / 1000) % 60, 2);
  const rest = `${minutes}:${seconds}.${padded(whole % 1000, 3)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

function fixed(ms: number, decimals: number, style: NumberStyle): string {
  const [whole = '0', part = ''] = (ms / 1000).toFixed(decimals).split('.');
  return `${grouped(Number(whole), style.group)}${style.decimal}${part}`;
}

function grouped(value: number, separator: string): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, separator);
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
