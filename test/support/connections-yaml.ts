import { controlGateway } from './control-gateway.ts';
import type { ControlGateway, ControlGatewayOptions, ControlReply } from './control-gateway.ts';

/** Connections of every kind: declared, with grants of accounts, and one whose grant all share. */
export const CONNECTIONS = `connections:
  declared: { base_url: "http://127.0.0.1:1", auth_mode: bearer, credential: "\${env:VENDOR_KEY}" }
  keyed: { base_url: "http://127.0.0.1:1", auth_mode: api_key, grants: true }
  paired: { base_url: "http://127.0.0.1:1", auth_mode: basic, grants: true }
  consent:
    base_url: http://127.0.0.1:1
    auth_mode: oauth2_authorization_code
    oauth2_authorization_url: http://127.0.0.1:1/auth
    oauth2_token_url: http://127.0.0.1:1/token
    oauth2_client_id: id
    oauth2_client_secret: "\${env:VENDOR_KEY}"
    grants: true
  common:
    base_url: http://127.0.0.1:1
    auth_mode: oauth2_authorization_code
    oauth2_authorization_url: http://127.0.0.1:1/auth
    oauth2_token_url: http://127.0.0.1:1/token
    oauth2_client_id: id
    oauth2_client_secret: "\${env:VENDOR_KEY}"
`;

/** Starts a gateway with these connections. */
export function connectionsGateway(options: ControlGatewayOptions = {}): Promise<ControlGateway> {
  return controlGateway(() => CONNECTIONS, { environment: { VENDOR_KEY: 'vendor-secret-1' }, ...options });
}

/** Gives the names of the connections in a list. */
export function appsOf({ json }: ControlReply): unknown[] {
  return (json['connections'] as { app: string }[]).map(({ app }) => app);
}
