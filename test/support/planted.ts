/** Gives the names of the planted values that a text tells, in any form. */
export function told(text: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values)
    .filter(([, value]) => formsOf(value).some((form) => text.includes(form)))
    .map(([name]) => name);
}

/** The forms in which a value could be told: as it is, encoded, and within base64 at any offset. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const inner = [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset, 'x'), bytes]);
    // The first and last groups mix with what stands beside the value.
    return (['base64', 'base64url'] as const).map((code) => shifted.toString(code).slice(4, -4));
  });
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    [...bytes].join(', '),
    ...inner,
    ...(value.includes('\n') ? value.split('\n').filter((line) => line.length > 30) : []),
  ];
}
