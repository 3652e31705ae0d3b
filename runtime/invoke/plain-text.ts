/** What can be written as text without a form of its own. */
export type Scalar = string | number | boolean;

/** Tells whether a value is text, a finite number or a truth value. */
export function isScalar(value: unknown): value is Scalar {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

/** Gives a scalar as text, a number in digits alone: `1e21` is `1000000000000000000000`. */
export function plainText(value: Scalar): string {
  return typeof value === 'number' ? plainNumber(value) : String(value);
}

function plainNumber(value: number): string {
  const text = String(value);
  const parts = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  // A number with an exponent above zero has more places before its point than digits.
  return sign + digits.padEnd(point, '0');
}
