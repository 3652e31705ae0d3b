/** A request behind a connection's name; a value that is no text is sent as JSON. */
export interface DescribedRequest {
  /** `POST /v1/customers`, the target as it goes over the wire. */
  readonly line: string;
  readonly json?: unknown;
  readonly form?: string;
}

/** What a shipped description lets through, and what it refuses, with the faults that are told. */
export interface DescribedRequests {
  readonly valid: readonly DescribedRequest[];
  readonly invalid: readonly (DescribedRequest & { readonly faults: readonly string[] })[];
}

const paragraph = (text: string): object => ({
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});

const JIRA: DescribedRequests = {
  valid: [
    { line: 'GET /rest/api/3/search/jql?jql=project%20%3D%20ENG&fields=summary,status&maxResults=50' },
    {
      line: 'POST /rest/api/3/issue',
      json: { fields: { project: { key: 'ENG' }, issuetype: { name: 'Task' }, summary: 'Search is slow' } },
    },
    { line: 'POST /rest/api/3/issue/ENG-17/transitions', json: { transition: { id: '31' } } },
    { line: 'POST /rest/api/3/issue/ENG-17/comment', json: { body: paragraph('Done') } },
    { line: 'PUT /rest/api/3/issue/ENG-17', json: { update: { labels: [{ add: 'performance' }] } } },
    { line: 'PUT /rest/api/3/issue/ENG-17/assignee', json: { accountId: null } },
  ],
  invalid: [
    {
      line: 'POST /rest/api/3/issue/ENG-17/comment',
      json: { body: 'Done' },
      faults: ['body /body: the type object'],
    },
    { line: 'POST /rest/api/3/issue', json: { summary: 'x' }, faults: ['body /fields: to be there'] },
    {
      line: 'GET /rest/api/3/search/jql?maxResults=many',
      faults: ['query maxResults: the type integer'],
    },
  ],
};

/** The same requests under another path. */
function under(path: string, { valid, invalid }: DescribedRequests): DescribedRequests {
  const moved = <R extends DescribedRequest>(request: R): R => ({
    ...request,
    line: request.line.replace(' ', ` ${path}`),
  });
  return { valid: valid.map(moved), invalid: invalid.map(moved) };
}

/** By the description's file, below `catalogs/`. */
export const DESCRIBED_REQUESTS: Readonly<Record<string, DescribedRequests>> = {
  'airtable/airtable.openapi.yaml': {
    valid: [
      {
        line: 'GET /v0/appA/Orders?fields[]=Name&fields[]=Total&sort[0][field]=Total&sort[0][direction]=desc&pageSize=50',
      },
      {
        line: 'GET /v0/appA/My%20orders?filterByFormula=%7BTotal%7D%20%3E%20100&sort%5B0%5D%5Bfield%5D=Name',
      },
      {
        line: 'POST /v0/appA/Orders',
        json: { records: [{ fields: { Name: 'Ada', Total: 1.5 } }], typecast: true },
      },
      { line: 'POST /v0/appA/Orders', json: { fields: { Name: 'Ada', Links: ['recA'], Note: null } } },
      { line: 'DELETE /v0/appA/Orders?records[]=rec1&records[]=rec2' },
      {
        line: 'PATCH /v0/appA/tblA',
        json: { performUpsert: { fieldsToMergeOn: ['Name'] }, records: [{ fields: { Name: 'Ada' } }] },
      },
      { line: 'GET /v0/meta/bases/appA/tables?include=visibleFieldIds' },
    ],
    invalid: [
      { line: 'PATCH /v0/appA/Orders/recA', json: { Name: 'Ada' }, faults: ['body /fields: to be there'] },
      { line: 'DELETE /v0/appA/Orders', faults: ['query records: to be there'] },
      {
        line: 'GET /v0/appA/Orders?sort[0][direction]=desc',
        faults: ['query sort/0/field: to be there'],
      },
    ],
  },
  'github/github.openapi.yaml': {
    valid: [
      { line: 'GET /repos/octo-org/octo-repo/issues?state=open&labels=bug,ui&per_page=100' },
      { line: 'POST /repos/octo-org/octo-repo/issues', json: { title: 'Search is slow', labels: ['bug'] } },
      // As curl sends JSON where nobody says otherwise.
      { line: 'POST /repos/octo-org/octo-repo/issues', form: '{"title":"Search is slow"}' },
      { line: 'PATCH /repos/octo-org/octo-repo/issues/17', json: { state: 'closed', milestone: null } },
      { line: 'GET /search/issues?q=repo:octo-org/octo-repo+is:issue+is:open' },
      { line: 'PUT /repos/octo-org/octo-repo/pulls/17/merge', json: { merge_method: 'squash' } },
      {
        line: 'PUT /repos/octo-org/octo-repo/contents/README.md',
        json: { message: 'Add a greeting', content: 'SGVsbG8K' },
      },
    ],
    invalid: [
      {
        line: 'POST /repos/octo-org/octo-repo/pulls',
        json: { title: 'Fix', head: 'fix' },
        faults: ['body /base: to be there'],
      },
      {
        line: 'GET /repos/octo-org/octo-repo/issues/latest',
        faults: ['path issue_number: the type integer'],
      },
      { line: 'GET /search/code?per_page=5', faults: ['query q: to be there'] },
    ],
  },
  'google-mail/google-mail.openapi.yaml': {
    valid: [
      { line: 'GET /gmail/v1/users/me/messages?q=is:unread&labelIds=INBOX&labelIds=IMPORTANT&maxResults=50' },
      { line: 'GET /gmail/v1/users/me/messages/18c1?format=metadata&metadataHeaders=Subject' },
      {
        line: 'POST /gmail/v1/users/me/messages/send',
        json: { raw: 'VG86IGFkYUBleGFtcGxlLmNvbQ0KDQrwn5iAPz8_', threadId: '18c1' },
      },
      { line: 'POST /gmail/v1/users/me/messages/18c1/modify', json: { removeLabelIds: ['UNREAD'] } },
      { line: 'POST /gmail/v1/users/me/drafts', json: { message: { raw: 'VG86IGFkYQ==' } } },
    ],
    invalid: [
      {
        line: 'POST /gmail/v1/users/me/messages/send',
        json: { to: 'ada@example.com', body: 'Hi' },
        faults: ['body /raw: to be there'],
      },
      {
        line: 'GET /gmail/v1/users/me/messages?maxResults=all',
        faults: ['query maxResults: the type integer'],
      },
    ],
  },
  'google-sheets/google-sheets.openapi.yaml': {
    valid: [
      { line: "GET /v4/spreadsheets/1abc/values/'My%20sheet'!A1:B2?majorDimension=COLUMNS" },
      {
        line: 'PUT /v4/spreadsheets/1abc/values/Sheet1%21A1%3AB1?valueInputOption=USER_ENTERED',
        json: { values: [['Name', 1, null, true]] },
      },
      {
        line: 'POST /v4/spreadsheets/1abc/values/Sheet1!A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS',
        json: { values: [['Ada', 36]] },
      },
      { line: 'POST /v4/spreadsheets/1abc/values/Sheet1:clear', json: {} },
      { line: 'GET /v4/spreadsheets/1abc/values:batchGet?ranges=Sheet1!A1:B2&ranges=Sheet2' },
      {
        line: 'POST /v4/spreadsheets/1abc:batchUpdate',
        json: { requests: [{ addSheet: { properties: { title: 'March' } } }] },
      },
      { line: 'POST /v4/spreadsheets', json: { properties: { title: 'Budget' } } },
    ],
    invalid: [
      {
        line: 'PUT /v4/spreadsheets/1abc/values/Sheet1!A1:B1',
        json: { values: [['Name', 1]] },
        faults: ['query valueInputOption: to be there'],
      },
      {
        line: 'POST /v4/spreadsheets/1abc/values/Sheet1:append?valueInputOption=RAW',
        json: { values: ['Ada', 36] },
        faults: ['body /values/0: the type array', 'body /values/1: the type array'],
      },
    ],
  },
  'hubspot/hubspot.openapi.yaml': {
    valid: [
      { line: 'GET /crm/v3/objects/contacts?limit=100&properties=email,firstname&archived=false' },
      { line: 'GET /crm/v3/objects/contacts/ada%40example.com?idProperty=email&associations=companies' },
      {
        line: 'POST /crm/v3/objects/contacts',
        json: { properties: { email: 'ada@example.com', visits: 3 } },
      },
      {
        line: 'POST /crm/v3/objects/deals/search',
        json: {
          filterGroups: [{ filters: [{ propertyName: 'amount', operator: 'GTE', value: '1000' }] }],
          sorts: [{ propertyName: 'amount', direction: 'DESCENDING' }],
          limit: 50,
          after: 100,
        },
      },
      { line: 'PATCH /crm/v3/objects/companies/17', json: { properties: { domain: 'example.com' } } },
      {
        line: 'POST /crm/v3/objects/notes',
        json: {
          properties: { hs_note_body: 'Called back' },
          associations: [
            {
              to: { id: '101' },
              types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 202 }],
            },
          ],
        },
      },
    ],
    invalid: [
      {
        line: 'POST /crm/v3/objects/contacts',
        json: { email: 'ada@example.com' },
        faults: ['body /properties: to be there'],
      },
      {
        line: 'POST /crm/v3/objects/contacts/search',
        json: { filterGroups: [{ filters: [{ property: 'email', operator: 'EQ' }] }] },
        faults: ['body /filterGroups/0/filters/0/propertyName: to be there'],
      },
    ],
  },
  'jira/jira.openapi.yaml': under('/ex/jira/11111111-2222-4333-8444-555555555555', JIRA),
  'jira/jira-site.openapi.yaml': JIRA,
};
