import { GATEWAY_KEY, startFromYaml } from './yaml-gateway.ts';
import type { YamlGateway } from './yaml-gateway.ts';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { callTool, mcpClient } from './mcp-client.ts';
import type { ToolOutcome } from './mcp-client.ts';

/** The key of the caller `reader`, whose persona reads the shop alone, but for its accounts, and calls nothing. */
const READER_KEY = 'gw_reader_0123456789abcdefghijklmnopqrstuvwx';
/** The key of the caller `toolless`, whose persona gives connections and no tool. */
const TOOLLESS_KEY = 'gw_toolless_0123456789abcdefghijklmnopqrstuv';
/** The key of the caller `payer`, whose persona gives the cards of `pay` alone. */
const PAYER_KEY = 'gw_payer_0123456789abcdefghijklmnopqrstuvwx';

const SHOP = `openapi: 3.1.0
info: { title: Shop, summary: Sells things, version: "1" }
servers: [{ url: https://api.shop.example/v2 }]
paths:
  /orders/{order}:
    parameters:
      - { name: order, in: path, required: true, schema: { type: string, pattern: "^o_", maxLength: 20 } }
      - { name: X-Trace, in: header, schema: { type: string } }
    get:
      operationId: getOrder
      summary: Get an order
      tags: [orders]
      parameters:
        - { name: expand, in: query, style: pipeDelimited, explode: false, schema: { type: array, items: { type: string } } }
        - { name: Shop-Version, in: header, schema: { type: string } }
      responses: { "200": { description: The order, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } } }
    delete: { operationId: deleteOrder, summary: Delete an order, responses: { "204": { description: Gone } } }
  /orders:
    get: { operationId: listOrders, summary: List orders, deprecated: true, responses: { "200": { description: Orders } } }
    post:
      operationId: addOrder
      summary: Add an order
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Order" }, example: { id: o_1, total: 3 } } }
      responses: { "201": { description: Added } }
  /accounts/{account}:
    get: { operationId: getAccount, summary: Get an account, responses: { "200": { description: It, content: { application/json: { schema: { $ref: "#/components/schemas/Account" } } } } } }
components:
  schemas:
    Order:
      type: object
      required: [id]
      properties:
        id: { type: string }
        total: { type: [integer, "null"], minimum: 0, maximum: 1000000 }
        placed: { type: string, format: date-time }
        parent: { $ref: "#/components/schemas/Order" }
      additionalProperties: false
    Account: { type: object, properties: { secret_name: { type: string } } }
`;

const PAY = (title: string): string => `openapi: 3.0.3
info: { title: ${title}, version: "1" }
paths:
  /charges: { get: { operationId: listCharges, summary: List charges of ${title}, responses: { "200": { description: ok } } } }
  /${title.toLowerCase()}: { post: { operationId: add${title}, responses: { "200": { description: ok } } } }
  /${title.toLowerCase()}/{id}: { get: { operationId: getOne, parameters: [{ name: id, in: path, required: true, schema: { type: string } }], responses: { "200": { description: ok } } } }
`;

const PERSONAS = `callers:
  reader: { key: "\${env:READER}", personas: [reader] }
  toolless: { key: "\${env:TOOLLESS}", personas: [toolless] }
  payer: { key: "\${env:PAYER}", personas: [payer] }
personas:
  reader:
    connections: { allow: [shop] }
    tools: { allow: ["*"], deny: [api_invoke_endpoint] }
    read_only: true
    routes: [{ connection: shop, paths: ["/v2/accounts/**"], action: deny }, { connection: shop, action: allow }]
  toolless: { connections: { allow: ["*"] } }
  payer:
    connections: { allow: [pay] }
    tools: { allow: ["*"] }
    routes: [{ connection: pay, paths: [/cards/**], action: allow }]
`;

/** Starts a gateway with `shop` (one description), `pay` (two) and `bare` (none), to one upstream. */
export async function startMcpGateway(origin = 'http://127.0.0.1:9'): Promise<YamlGateway> {
  return startFromYaml(
    `connections:
  shop: { catalog: shop, auth_mode: bearer, credential: "\${env:SHOP}", static_headers: { Shop-Version: "3" }, description: The shop, base_url: ${origin} }
  pay: { catalog: pay, auth_mode: none, base_url: ${origin} }
  bare: { base_url: ${origin}, auth_mode: none }
`,
    { READER: READER_KEY, TOOLLESS: TOOLLESS_KEY, PAYER: PAYER_KEY, SHOP: 'shop-secret' },
    {
      publicUrl: 'https://gateway.example',
      files: {
        'gateway.d/30-callers.yaml': PERSONAS,
        'catalogs/shop/catalog.yaml':
          'catalog: shop\nbase_url: https://api.shop.example\nauth: { api_key: { in: header, name: Authorization, value: "Bearer {credential}" } }\ndescriptions: { main: { document: shop.yaml } }\n',
        'catalogs/shop/shop.yaml': SHOP,
        'catalogs/pay/catalog.yaml':
          'catalog: pay\nbase_url: https://api.pay.example\ndescriptions: { cards: { document: cards.yaml }, banks: { document: banks.yaml } }\n',
        'catalogs/pay/cards.yaml': PAY('Cards'),
        'catalogs/pay/banks.yaml': PAY('Banks'),
      },
    },
  );
}

const KEYS = { tester: GATEWAY_KEY, reader: READER_KEY, toolless: TOOLLESS_KEY, payer: PAYER_KEY };

export type CallerName = keyof typeof KEYS;

/** A client of one caller, and its gateway. */
export interface Asker {
  readonly gateway: YamlGateway;
  readonly client: Client;
  readonly ask: (tool: string, given: Record<string, unknown>) => Promise<ToolOutcome>;
}

/** Connects a client of this caller to a gateway, to a new one where none is given. */
export async function startAsking(caller: CallerName, started?: YamlGateway): Promise<Asker> {
  const gateway = started ?? (await startMcpGateway());
  const client = await mcpClient(gateway.base, KEYS[caller]);
  // From here on the client checks structured answers against the output schemas.
  await client.listTools();
  return { gateway, client, ask: (tool, given) => callTool(client, tool, given) };
}
