import type { DescribedRequests } from './described-requests.ts';

/** By the description's file, below `catalogs/`. */
export const MORE_DESCRIBED_REQUESTS: Readonly<Record<string, DescribedRequests>> = {
  'linear/linear.openapi.yaml': {
    valid: [
      { line: 'POST /graphql', json: { query: '{ viewer { id } }' } },
      {
        line: 'POST /graphql',
        json: { query: 'query($k: String!) { team(id: $k) { id } }', variables: { k: 'ENG' } },
      },
      { line: 'POST /graphql', json: { query: '{ teams { nodes { id } } }', variables: null } },
    ],
    invalid: [
      { line: 'POST /graphql', json: { variables: {} }, faults: ['body /query: to be there'] },
      {
        line: 'POST /graphql',
        json: { query: '{ viewer { id } }', variables: '{}' },
        faults: ['body /variables: the type object or null'],
      },
    ],
  },
  'notion/notion.openapi.yaml': {
    valid: [
      { line: 'POST /v1/search', json: { query: 'Tasks', page_size: 10 } },
      {
        line: 'POST /v1/pages',
        json: {
          parent: { type: 'data_source_id', data_source_id: 'd5' },
          properties: { Name: { title: [{ text: { content: 'Report' } }] }, Done: { checkbox: true } },
        },
      },
      {
        line: 'POST /v1/data_sources/d5/query?filter_properties=title&filter_properties=abc',
        json: { filter: { property: 'Done', checkbox: { equals: false } }, sorts: [{ property: 'Due' }] },
      },
      {
        line: 'PATCH /v1/blocks/b7/children',
        json: { children: [{ type: 'quote', quote: { rich_text: [{ text: { content: 'Hello' } }] } }] },
      },
      { line: 'GET /v1/users/me' },
      { line: 'GET /v1/comments?block_id=b7&page_size=100' },
    ],
    invalid: [
      {
        line: 'PATCH /v1/blocks/b7/children',
        json: { blocks: [] },
        faults: ['body /children: to be there'],
      },
      {
        line: 'POST /v1/data_sources/d5/query',
        json: { filter: 'Done', page_size: '10' },
        faults: ['body /filter: the type object', 'body /page_size: the type integer'],
      },
    ],
  },
  'quickbooks/quickbooks.openapi.yaml': {
    valid: [
      {
        line: 'GET /v3/company/9130/query?query=SELECT%20*%20FROM%20Customer%20MAXRESULTS%205&minorversion=75',
      },
      { line: 'POST /v3/company/9130/customer', json: { DisplayName: 'Ada Lovelace' } },
      {
        line: 'POST /v3/company/9130/invoice?minorversion=75',
        json: {
          CustomerRef: { value: '1' },
          Line: [
            {
              Amount: 100,
              DetailType: 'SalesItemLineDetail',
              SalesItemLineDetail: { ItemRef: { value: '1' }, Qty: 2 },
            },
          ],
        },
      },
      {
        line: 'POST /v3/company/9130/invoice?operation=delete',
        json: { Id: '129', SyncToken: '0' },
      },
      { line: 'POST /v3/company/9130/payment', json: { CustomerRef: { value: '1' }, TotalAmt: '100.00' } },
      { line: 'GET /v3/company/9130/reports/ProfitAndLoss?start_date=2025-01-01&end_date=2025-01-31' },
      { line: 'GET /v3/company/9130/companyinfo/9130' },
    ],
    invalid: [
      { line: 'GET /v3/company/9130/query', faults: ['query query: to be there'] },
      {
        line: 'POST /v3/company/9130/bill',
        json: { VendorRef: '56', Line: [] },
        faults: ['body /VendorRef: the type object'],
      },
    ],
  },
  'salesforce/salesforce.openapi.yaml': {
    valid: [
      { line: 'GET /services/data/v59.0/query?q=SELECT+Id,Name+FROM+Account+WHERE+Name+LIKE+%27A%25%27' },
      { line: 'GET /services/data/v59.0/query/01gD0000002HU6KIAW-2000' },
      { line: 'GET /services/data/v61.0/sobjects/Account/describe' },
      { line: 'POST /services/data/v59.0/sobjects/Contact', json: { LastName: 'Lovelace', Score__c: 4 } },
      { line: 'PATCH /services/data/v59.0/sobjects/Contact/003000000000001AAA', json: { Email: null } },
      { line: 'PATCH /services/data/v59.0/sobjects/Order__c/Number__c/17', json: { Total__c: 12.5 } },
      { line: 'GET /services/data/v59.0/sobjects/Account/001000000000001AAA?fields=Id,Name' },
      { line: 'GET /services/data' },
    ],
    invalid: [
      { line: 'GET /services/data/v59.0/query', faults: ['query q: to be there'] },
      {
        line: 'POST /services/data/v59.0/sobjects/Contact',
        json: [{ LastName: 'Lovelace' }],
        faults: ['body : the type object'],
      },
    ],
  },
  'slack/slack.openapi.yaml': {
    valid: [
      {
        line: 'POST /api/chat.postMessage',
        json: { channel: '#general', text: 'Hi', blocks: [{ type: 'divider' }], unfurl_links: false },
      },
      {
        line: 'POST /api/chat.postMessage',
        form: 'channel=C0123456789&blocks=%5B%7B%22type%22%3A%22divider%22%7D%5D&mrkdwn=1&unfurl_links=true',
      },
      {
        line: 'GET /api/conversations.list?types=public_channel,private_channel&limit=200&exclude_archived=1',
      },
      { line: 'GET /api/conversations.replies?channel=C0123456789&ts=1503435956.000247&inclusive=true' },
      { line: 'GET /api/users.lookupByEmail?email=ada%40example.com' },
      { line: 'POST /api/auth.test', form: '' },
    ],
    invalid: [
      { line: 'POST /api/chat.postMessage', json: { text: 'Hi' }, faults: ['body /channel: to be there'] },
      {
        line: 'POST /api/reactions.add',
        form: 'channel=C0123456789&name=thumbsup',
        faults: ['body /timestamp: to be there'],
      },
      { line: 'GET /api/conversations.history?limit=20', faults: ['query channel: to be there'] },
    ],
  },
  'stripe/stripe.openapi.yaml': {
    valid: [
      { line: 'GET /v1/customers?limit=3&created[gte]=1735689600&expand[]=data.default_source' },
      { line: 'GET /v1/charges?created=1735689600&expand[0]=data.customer' },
      {
        line: 'POST /v1/payment_intents',
        form: 'amount=1099&currency=usd&automatic_payment_methods[enabled]=true&metadata[order]=17',
      },
      {
        line: 'POST /v1/subscriptions',
        form: 'customer=cus_1&items[0][price]=price_1&items[0][quantity]=2&expand[]=latest_invoice&trial_end=now',
      },
      { line: 'POST /v1/customers', form: 'email=ada%40example.com&address[city]=London&metadata=' },
      { line: 'POST /v1/invoices/in_1/finalize' },
      { line: 'DELETE /v1/subscriptions/sub_1' },
      { line: 'GET /v1/customers/search?query=email:%27ada@example.com%27' },
    ],
    invalid: [
      {
        line: 'POST /v1/payment_intents',
        form: 'amount=10.99&metadata[order]=17',
        faults: ['body /currency: to be there', 'body /amount: the type integer'],
      },
      {
        line: 'POST /v1/customers',
        json: { email: 'ada@example.com' },
        faults: ['header Content-Type: one of application/x-www-form-urlencoded'],
      },
    ],
  },
  'telegram/telegram.openapi.yaml': {
    valid: [
      { line: 'GET /:token/getMe' },
      { line: 'GET /:token/getUpdates?offset=7&timeout=30&allowed_updates=%5B%22message%22%5D' },
      {
        line: 'POST /:token/sendMessage',
        json: { chat_id: -1001234567890, text: 'Hi', reply_markup: { inline_keyboard: [[{ text: 'Yes' }]] } },
      },
      { line: 'POST /:token/sendMessage', json: { chat_id: '@example_channel', text: 'Hi' } },
      { line: 'POST /:token/sendMessage', form: 'chat_id=123456789&text=Hi' },
      {
        line: 'POST /:token/sendPhoto',
        json: { chat_id: 123456789, photo: 'https://example.com/chart.png', caption: 'January' },
      },
    ],
    invalid: [
      { line: 'POST /:token/sendMessage', json: { chat_id: 1 }, faults: ['body /text: to be there'] },
      { line: 'GET /:token/getUpdates?offset=last', faults: ['query offset: the type integer'] },
    ],
  },
};
