/**
 * A double as Redis 7.2 puts it into a reply (util.c:d2string over fpconv_dtoa): whole numbers of 64 bits
 * in full, everything else by its shortest digits that read back the same.
 *
 * The host's own shortest digits are used, which every JavaScript engine computes alike; only the
 * place of the point and the exponent are laid out here.
 */
export function formatDouble(value: number): string {
  if (value !== value) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (value === 0) return 1 / value < 0 ? '-0' : '0';
  // util.c:double2ll keeps clear of the edges of the 64-bit range.
  if (Math.abs(value) < 2 ** 62 && Math.trunc(value) === value) return BigInt(value).toString();
  return (value < 0 ? '-' : '') + layOut(Math.abs(value));
}

/** fpconv.c:emit_digits. `digits` × 10^`exponent` is the value. */
function layOut(value: number): string {
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const scientific = Number(power);
  const exponent = scientific - (digits.length - 1);

  if (exponent >= 0 && scientific < digits.length + 7) return digits + '0'.repeat(exponent);
  if (exponent < 0 && (exponent > -7 || Math.abs(scientific) < 4)) {
    const whole = digits.length + exponent;
    if (whole <= 0) return `0.${'0'.repeat(-whole)}${digits}`;
    return `${digits.slice(0, whole)}.${digits.slice(whole)}`;
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${digits.slice(0, 1)}${fraction}e${scientific < 0 ? '-' : '+'}${Math.abs(scientific)}`;
}
