import { AUTH_MODES } from '../../table/rules/auth-modes.ts';
import type { AuthMode } from '../../table/types.ts';
import type { Fields, Named } from './field.ts';
import {
  anyText,
  durationOrSeconds,
  duration,
  flag,
  integer,
  list,
  longDuration,
  map,
  record,
  secret,
  size,
  sizeOrBytes,
  text,
  value,
  word,
  words,
} from './shape.ts';
import type { Element, FieldSpec, Shape } from './shape.ts';
import type { Written } from './written.ts';

/** auth_mode as it may be written: the modes, and `oauth`, which `oauth_grant` completes. */
export type WrittenAuthMode = AuthMode | 'oauth';

export interface LimitKeys {
  body_max: number;
  validate_body_max: number;
  upstream_idle_timeout: number;
  upstream_headers_max: number;
  upstream_sockets_max: number;
  upstream_queue_max: number;
}

export interface ConnectionKeys {
  description: string;
  catalog: string;
  base_url: string;
  auth_mode: WrittenAuthMode;
  credential: Written;
  api_key_placement: 'header' | 'query';
  api_key_header: string;
  api_key_param: string;
  username: Written;
  password: Written;
  oauth1_client_id: Written;
  oauth1_client_secret: Written;
  oauth_grant: 'client_credentials' | 'authorization_code';
  oauth2_token_url: string;
  oauth2_authorization_url: string;
  oauth2_client_id: Written;
  oauth2_client_secret: Written;
  oauth2_scopes: readonly string[];
  oauth2_prompt: string;
  oauth2_endpoint_auth_style: 'header' | 'params';
  oauth2_refresh_max_lifetime: number;
  static_headers: Named<Written>;
  variables: Named<Written>;
  grants: boolean;
  validate: 'off' | 'warn' | 'enforce';
  expose: 'all' | 'operations';
  cookies: 'drop' | 'forward';
  forwarded: boolean;
  allow_encoded_slash: boolean;
  allow_private: readonly Element<string>[];
  rewrite_links: boolean;
  connect_timeout: number;
  call_timeout: number;
  max_response_bytes: number;
  limits: Fields<LimitKeys>;
  tls_ca_bundle_pem: Written;
  mtls_client_cert_pem: Written;
  mtls_client_key_pem: Written;
}

export type ConnectionFields = Fields<ConnectionKeys>;

const LIMITS: Shape<Fields<LimitKeys>> = record<LimitKeys>({
  body_max: { shape: size, doc: 'Largest request body. Larger ones are answered 413.', default: 'unlimited' },
  validate_body_max: {
    shape: size,
    doc: 'Largest request body that is buffered to be validated. Larger ones are sent unchecked under `validate: warn`, and answered 413 under `enforce`.',
    default: '1MiB',
  },
  upstream_idle_timeout: {
    shape: duration,
    doc: 'Longest pause between two chunks of a response.',
    default: '120s',
  },
  upstream_headers_max: { shape: size, doc: 'Largest response head.', default: '64KiB' },
  upstream_sockets_max: { shape: integer(1), doc: 'Most sockets to this upstream.', default: '128' },
  upstream_queue_max: { shape: integer(1), doc: 'Most requests that wait for a socket.', default: '1000' },
});

const OAUTH2 = {
  oauth_grant: {
    shape: word(['client_credentials', 'authorization_code']),
    doc: 'Which OAuth 2 grant `auth_mode: oauth` means.',
    default: 'client_credentials',
  } as FieldSpec<'client_credentials' | 'authorization_code'>,
  oauth2_token_url: {
    shape: text,
    doc: 'Token endpoint. The catalog may have it.',
    aliases: ['oauth_token_url'],
  } as FieldSpec<string>,
  oauth2_authorization_url: {
    shape: text,
    doc: 'Authorization endpoint, for `oauth2_authorization_code`. The catalog may have it.',
    aliases: ['oauth_authorization_url'],
  } as FieldSpec<string>,
  oauth2_client_id: {
    shape: value,
    doc: 'OAuth 2 client id.',
    aliases: ['oauth_client_id'],
  } as FieldSpec<Written>,
  oauth2_client_secret: {
    shape: secret,
    doc: 'OAuth 2 client secret: a reference or sealed text.',
    aliases: ['oauth_client_secret'],
  } as FieldSpec<Written>,
  oauth2_scopes: {
    shape: words,
    doc: 'Scopes to ask for, sent as written.',
    aliases: ['oauth_scopes', 'oauth_scope'],
  } as FieldSpec<readonly string[]>,
  oauth2_prompt: {
    shape: text,
    doc: 'The `prompt` parameter of the authorization request; not sent where absent.',
    aliases: ['oauth_prompt'],
  } as FieldSpec<string>,
  oauth2_endpoint_auth_style: {
    shape: word(['header', 'params']),
    doc: 'How the client proves itself to the token endpoint: HTTP Basic, or parameters in the body.',
    default: 'header',
    aliases: ['oauth_endpoint_auth_style'],
  } as FieldSpec<'header' | 'params'>,
  oauth2_refresh_max_lifetime: {
    shape: longDuration,
    doc: 'How long a refresh token lives where the vendor does not say.',
    aliases: ['oauth_refresh_max_lifetime'],
  } as FieldSpec<number>,
};

const FOREIGN = {
  identity_passthrough:
    "callers' own credentials are never sent to an upstream; the connection's credential or a grant is used",
  handler: 'there are no connections that are served inside the gateway; every one forwards to an upstream',
  trust_level: 'it is without effect; what an upstream answers is always passed on as untrusted content',
  default_headers: 'default headers belong to a catalog; a connection sets headers with `static_headers`',
};

/** The keys of one connection. */
export const CONNECTION: Shape<ConnectionFields> = record<ConnectionKeys>(
  {
    description: { shape: anyText, doc: 'What this connection is, for people and language models.' },
    catalog: {
      shape: text,
      doc: 'The catalog that describes the API: `name` or `name@version`.',
      aliases: ['catalog_id'],
    },
    base_url: {
      shape: text,
      doc: 'Absolute http or https URL that requests go to. The catalog may have it.',
    },
    auth_mode: {
      shape: word([...AUTH_MODES.map((mode) => mode.auth_mode), 'oauth'], {
        mtls: 'a client certificate goes with any mode: write `auth_mode: none` with `mtls_client_cert_pem` and `mtls_client_key_pem`',
        oauth2: 'write `oauth2_authorization_code` or `oauth2_client_credentials`',
      }),
      doc: 'How the gateway authenticates to the upstream. `oauth` is one of the oauth2 modes, chosen by `oauth_grant`. Under `oauth2_authorization_code`, `oauth1` and `mcp` somebody signs in (docs/control-api.md).',
      default:
        'what the catalog offers if that is one mode, or the one that the credential fields can only be meant for; `none` without catalog',
    },
    credential: {
      shape: secret,
      doc: 'Bearer token or API key, or what the catalog makes a Basic pair of: a reference or sealed text.',
    },
    api_key_placement: {
      shape: word(['header', 'query']),
      doc: 'Where the API key goes.',
      default: "the catalog's, else `header`",
    },
    api_key_header: { shape: anyText, doc: 'Header that carries the API key.', default: 'X-API-Key' },
    api_key_param: { shape: anyText, doc: 'Query parameter that carries the API key.' },
    username: { shape: value, doc: 'User name of Basic authentication; holds no colon.' },
    password: {
      shape: secret,
      doc: 'Password of Basic authentication: a reference or sealed text.',
      default: 'empty',
    },
    oauth1_client_id: { shape: value, doc: 'OAuth 1 consumer key.' },
    oauth1_client_secret: { shape: secret, doc: 'OAuth 1 consumer secret: a reference or sealed text.' },
    ...OAUTH2,
    static_headers: {
      shape: map(value),
      doc: "Headers that are set on every request and win over the caller's. Written out they are public; as a reference they are secret.",
    },
    variables: {
      shape: map(value),
      doc: "Values for the catalog's variables. Written out they are public; as a reference they are secret.",
    },
    grants: {
      shape: flag,
      doc: 'Every account signs in by itself (docs/control-api.md). Without it one shared credential serves all.',
      default: 'false',
    },
    validate: {
      shape: word(['off', 'warn', 'enforce']),
      doc: "Check requests against the catalog's description: `warn` sends them, logs and counts what is wrong; `enforce` answers 400 `request_invalid` with every fault.",
      default: 'off',
    },
    expose: {
      shape: word(['all', 'operations']),
      doc: '`operations` answers every request that the description does not list with 404 `operation_unknown`, or 405 where the path has other methods.',
      default: 'all',
    },
    cookies: {
      shape: word(['drop', 'forward']),
      doc: 'What happens to cookies in either direction.',
      default: 'drop',
    },
    forwarded: { shape: flag, doc: 'Add Via and Forwarded to requests.', default: 'false' },
    allow_encoded_slash: {
      shape: flag,
      doc: 'Let %2F and %5C pass where path rules apply.',
      default: 'false',
    },
    allow_private: {
      shape: list(text),
      doc: 'Address blocks (CIDR) that are not public and may be reached all the same where a variable stands in the host.',
    },
    rewrite_links: {
      shape: flag,
      doc: 'Turn Location and Link of the upstream into paths of the gateway.',
      default: 'true',
    },
    connect_timeout: {
      shape: durationOrSeconds,
      doc: 'Longest time to open a socket. A number is seconds.',
      default: '10s',
    },
    call_timeout: {
      shape: durationOrSeconds,
      doc: 'Longest time to response headers; of calls by invoke, MCP and to MCP servers, of the whole call. A number is seconds.',
      default: '60s',
    },
    max_response_bytes: {
      shape: sizeOrBytes,
      doc: 'Longest response that MCP and invoke give back, and that an MCP server may give. A number is bytes.',
      default: '10MiB',
    },
    limits: { shape: LIMITS, doc: 'Limits of this connection.' },
    tls_ca_bundle_pem: {
      shape: value,
      doc: 'Certificates (PEM) that are trusted besides those of the system.',
    },
    mtls_client_cert_pem: { shape: value, doc: 'Client certificate (PEM); needs mtls_client_key_pem.' },
    mtls_client_key_pem: { shape: secret, doc: 'Key of the client certificate: a reference or sealed text.' },
  },
  FOREIGN,
);
