import { describe, expect, test } from 'vitest';
import { GET, said, startClientTokens } from '../support/client-tokens.ts';
import { headAs, startGranted } from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';

// Where an authorization server's words go: into the history of the grant, cut and stripped. The log and whoever asked
// get words of ours; of the server's the log has those error codes that are registered, or that are known here.

const HOUR = 3_600_000;
const WORDS = 'Zonk the operator at once';
const SAID = { error_description: WORDS };

/** What a server answers; what the log has as its error code, null is nothing; and the detail in the history. */
const ANSWERS: [title: string, status: string, content: object, logged: string | null, kept: string][] = [
  [
    'a code of RFC 6749',
    '400',
    { error: 'invalid_scope', ...SAID },
    'invalid_scope',
    `invalid_scope: ${WORDS}`,
  ],
  [
    'of an extension',
    '400',
    { error: 'invalid_target', ...SAID },
    'invalid_target',
    `invalid_target: ${WORDS}`,
  ],
  ['of OpenID Connect', '400', { error: 'login_required' }, 'login_required', 'login_required'],
  ['a terminal one', '400', { error: 'invalid_grant', ...SAID }, 'invalid_grant', `invalid_grant: ${WORDS}`],
  [
    "a vendor's word that is known",
    '200',
    { error: 'bad_refresh_token' },
    'bad_refresh_token',
    'bad_refresh_token',
  ],
  [
    'in an object',
    '403',
    { error: { code: 'access_denied', message: WORDS } },
    'access_denied',
    `access_denied: ${WORDS}`,
  ],
  ['beside a 401', '401', { error: 'invalid_client', ...SAID }, 'invalid_client', `invalid_client: ${WORDS}`],
  ['a code that nobody registered', '400', { error: 'zonk_error', ...SAID }, null, `zonk_error: ${WORDS}`],
  ['a code in capitals', '400', { error: 'INVALID_SCOPE' }, null, 'INVALID_SCOPE'],
  ['a sentence for a code', '400', { error: `invalid_scope ${WORDS}` }, null, `invalid_scope ${WORDS}`],
  [
    'a code with a line end',
    '400',
    { error: 'invalid_scope\nlevel=50 zonk' },
    null,
    'invalid_scope level=50 zonk',
  ],
  ['a member of every object', '400', { error: 'constructor', ...SAID }, null, `constructor: ${WORDS}`],
];

describe.each(ANSWERS)('%s', (_title, status, content, ...[logged, kept]) => {
  const answer = said(JSON.stringify(content), `HTTP/1.1 ${status} Zonk\r\nX-Zonk: Zonk`);

  test('while a grant is refreshed', async () => {
    const { gateway, grant, clock, store } = await startGranted({ idp: answer });
    const { id } = await grant();
    clock.now += HOUR;
    const { bytes } = await sendRaw(gateway.port, headAs('acme', '/vendor/a'));
    expect(bytes).toMatch(/^HTTP\/1\.1 (?:424|503) /);
    const line = await gateway.logged((one) => one['grant'] === id && 'outcome' in one);
    expect(line['idp_error'] ?? null).toBe(logged);
    expect(bytes + JSON.stringify(gateway.log)).not.toMatch(/[Zz]onk|constructor|INVALID/);
    // It is not lost: admins read it where it belongs.
    const [event] = await store.events({ grant_id: id }, 1);
    expect(event?.detail?.replace(/^[a-z_]+: /, '')).toBe(kept);
  });

  test('while a connection asks for a token of its own', async () => {
    const { gateway } = await startClientTokens({ idp: answer });
    const { bytes } = await sendRaw(gateway.port, GET);
    expect(bytes).toMatch(/^HTTP\/1\.1 (?:424|503) /);
    const line = await gateway.logged(({ msg }) => msg === 'no access token');
    expect(line['idp_error'] ?? null).toBe(logged);
    expect(bytes + JSON.stringify(gateway.log)).not.toMatch(/[Zz]onk|constructor|INVALID/);
  });
});
