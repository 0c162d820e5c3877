// jsforce, unmodified, against the local org: login, rows, queries, Bulk 2.0, errors.
import jsforce from '@jsforce/jsforce-node';
import { check, close, expect, expectThat, given, refusal } from './tally.mjs';

const version = given('SANDBOX_API_VERSION');
const url = given('SANDBOX_ORG');
const client = { clientId: given('SANDBOX_CLIENT_ID'), clientSecret: given('SANDBOX_CLIENT_SECRET') };
const conn = new jsforce.Connection({ oauth2: { ...client, loginUrl: url }, version });
const stamp = { StageName: 'Prospecting', CloseDate: '2031-01-31' };

// --- login
await check('client credentials log in', async () => {
  const info = await conn.authorize({ grant_type: 'client_credentials' });
  expect(info.organizationId.length, 18);
  expect(conn.instanceUrl, url);
});
await check('a wrong secret is refused as invalid_client', async () => {
  const wrong = new jsforce.Connection({ oauth2: { ...client, clientSecret: 'no', loginUrl: url }, version });
  const problem = await refusal(wrong.authorize({ grant_type: 'client_credentials' }));
  expect(problem.name, 'invalid_client');
});
await check('an access token alone is enough', async () => {
  const other = new jsforce.Connection({ instanceUrl: url, accessToken: conn.accessToken, version });
  const found = await other.query('SELECT Id FROM Organization');
  expect(found.totalSize, 1);
});
await check('identity tells who is logged in', async () => {
  const identity = await conn.identity();
  expect(identity.username, given('SANDBOX_USERNAME'));
  expect(identity.user_id, conn.userInfo.id);
});
await check('the versions and resources are listed', async () => {
  const versions = await conn.request('/services/data');
  expectThat(versions.some((one) => one.version === version), `no ${version}`);
  const resources = await conn.request(`/services/data/v${version}`);
  expectThat(resources.sobjects && resources.query && resources.identity, 'too few resources');
});
await check('limits count the calls', async () => {
  const { DailyApiRequests: before } = await conn.limits();
  const { DailyApiRequests: after } = await conn.limits();
  expectThat(after.Remaining < before.Remaining, 'nothing was counted');
  expectThat(conn.limitInfo.apiUsage.used > 0, 'no Sforce-Limit-Info');
});

// --- describe
await check('describe knows fields, labels and relations', async () => {
  const found = await conn.sobject('Opportunity').describe();
  const stage = found.fields.find((field) => field.name === 'StageName');
  expect([stage.type, stage.nillable], ['picklist', false]);
  expectThat(stage.picklistValues.some((one) => one.value === 'Closed Won'), 'no Closed Won');
  expectThat(found.childRelationships.some((one) => one.childSObject === 'Content_Touch__c'), 'no touches');
});
await check('describeGlobal lists objects', async () => {
  const { sobjects } = await conn.describeGlobal();
  expectThat(sobjects.some((one) => one.name === 'Content_Touch__c' && one.custom), 'no Content_Touch__c');
});

// --- rows
const account = await check('a row is created', async () => {
  const made = await conn.sobject('Account').create({ Name: 'Judged Ltd' });
  expect([made.success, made.errors], [true, []]);
  return made.id;
});
const deal = await check('a child row is created', async () => {
  const made = await conn.sobject('Opportunity').create({ Name: "O'Neill – 50% café", AccountId: account, ...stamp });
  expect(made.id.length, 18);
  return made.id;
});
await check('a row is read back as written', async () => {
  const row = await conn.sobject('Opportunity').retrieve(deal);
  expect([row.Name, row.AccountId, row.IsClosed], ["O'Neill – 50% café", account, false]);
  expect(row.attributes.type, 'Opportunity');
});
await check('a row is changed', async () => {
  await conn.sobject('Opportunity').update({ Id: deal, Amount: 1250.5, NextStep: null });
  const row = await conn.sobject('Opportunity').retrieve(deal, { fields: ['Amount', 'NextStep'] });
  expect([row.Amount, row.NextStep], [1250.5, null]);
});
await check('an upsert creates, then changes', async () => {
  const touch = { External_Ref__c: 'jsforce-1', Opportunity__c: deal, Kind__c: 'Shared', Occurred_At__c: '2030-01-02T03:04:05Z' };
  const first = await conn.sobject('Content_Touch__c').upsert(touch, 'External_Ref__c');
  const again = await conn.sobject('Content_Touch__c').upsert({ External_Ref__c: 'jsforce-1', Kind__c: 'Presented' }, 'External_Ref__c');
  expect([first.created, again.created, again.id], [true, false, first.id]);
});
await check('the same upsert goes by collection', async () => {
  const rows = [1, 2].map((n) => ({
    External_Ref__c: `jsforce-${n}`, Opportunity__c: deal, Kind__c: 'Shared', Occurred_At__c: '2030-01-02T03:04:05Z',
  }));
  delete rows[0].Opportunity__c;
  const found = await conn.sobject('Content_Touch__c').upsert(rows, 'External_Ref__c');
  expect(found.map((one) => one.created), [false, true]);
});

// --- collections
const ids = await check('2,300 rows go in by collections of 200', async () => {
  const rows = Array.from({ length: 2300 }, (_, n) => ({ Name: `Crowd ${n}`, ...stamp }));
  const made = await conn.sobject('Opportunity').create(rows, { allowRecursive: true });
  expectThat(made.every((one) => one.success), 'some failed');
  return made.map((one) => one.id);
});
await check('a collection says which row failed', async () => {
  const found = await conn.sobject('Opportunity').create([{ Name: 'good', ...stamp }, { Name: 'no stage' }]);
  expect(found.map((one) => one.success), [true, false]);
  expect(found[1].errors[0].statusCode, 'REQUIRED_FIELD_MISSING');
  await conn.sobject('Opportunity').delete(found[0].id);
});
await check('allOrNone takes all back', async () => {
  const rows = [{ Name: 'half', ...stamp }, { Name: 'no stage' }];
  const found = await conn.sobject('Opportunity').create(rows, { allOrNone: true });
  expect(found.map((one) => one.success), [false, false]);
  expect((await conn.query("SELECT Id FROM Opportunity WHERE Name = 'half'")).totalSize, 0);
});
await check('rows are retrieved by collection', async () => {
  const found = await conn.sobject('Opportunity').retrieve(ids.slice(0, 3));
  expect(found.map((one) => one.Name), ['Crowd 0', 'Crowd 1', 'Crowd 2']);
});
await check('rows are changed and deleted by collection', async () => {
  const changed = await conn.sobject('Opportunity').update(ids.slice(0, 3).map((Id) => ({ Id, Amount: 7 })));
  const gone = await conn.sobject('Opportunity').delete(ids.slice(0, 3));
  expect([...changed, ...gone].map((one) => one.success), Array(6).fill(true));
});

// --- queries
await check('a query goes on by itself past 2,000 rows', async () => {
  const found = [];
  await new Promise((resolve, reject) => {
    conn.query("SELECT Id, Name FROM Opportunity WHERE Name LIKE 'Crowd %'")
      .on('record', (row) => found.push(row.Id)).on('end', resolve).on('error', reject)
      .run({ autoFetch: true, maxFetch: 10000 });
  });
  expect([found.length, new Set(found).size], [2297, 2297]);
});
await check('queryMore takes the next page', async () => {
  const first = await conn.query("SELECT Id FROM Opportunity WHERE Name LIKE 'Crowd %'");
  expect([first.done, first.records.length, first.totalSize], [false, 2000, 2297]);
  const rest = await conn.queryMore(first.nextRecordsUrl);
  expect([rest.done, rest.records.length], [true, 297]);
});
await check('find builds a query that is understood', async () => {
  const rows = await conn.sobject('Opportunity').find({ Name: { $like: 'Crowd 22%' }, Amount: null }, 'Id, Name').sort('-Name').limit(5);
  expect(rows.map((row) => row.Name).slice(0, 2), ['Crowd 2299', 'Crowd 2298']);
});
await check('a quote in a value is kept inside it', async () => {
  const rows = await conn.sobject('Opportunity').find({ Name: "O'Neill – 50% café" }, 'Id');
  expect(rows.map((row) => row.Id), [deal]);
});
await check('parents, children and aggregates come along', async () => {
  const { records: [row] } = await conn.query(
    `SELECT Account.Name, (SELECT Kind__c FROM Content_Touches__r ORDER BY External_Ref__c) FROM Opportunity WHERE Id = '${deal}'`);
  expect([row.Account.Name, row.Content_Touches__r.totalSize], ['Judged Ltd', 2]);
  const { records: [sum] } = await conn.query("SELECT COUNT(Id) howMany FROM Opportunity WHERE Name LIKE 'Crowd %'");
  expect(sum.howMany, 2297);
});
await check('deleted rows are found by queryAll and by deleted()', async () => {
  const found = await conn.query(`SELECT Id FROM Opportunity WHERE IsDeleted = true AND Id = '${ids[0]}'`, { scanAll: true });
  expect(found.totalSize, 1);
  const end = new Date(Date.now() + 120_000);
  const { deletedRecords } = await conn.sobject('Opportunity').deleted(new Date(Date.now() - 3_600_000), end);
  expectThat(Array.isArray(deletedRecords), 'no deletedRecords');
});

// --- Bulk 2.0
await check('Bulk 2.0 inserts, and tells good from bad', async () => {
  const rows = [{ Name: 'Bulk, "one"', ...stamp }, { Name: 'Bulk two', ...stamp }, { Name: 'Bulk bad', StageName: '', CloseDate: '2031-01-31' }];
  const result = await conn.bulk2.loadAndWaitForResults({ object: 'Opportunity', operation: 'insert', input: rows, pollInterval: 100, pollTimeout: 20_000 });
  expect([result.successfulResults.length, result.failedResults.length, result.unprocessedRecords.length], [2, 1, 0]);
  expectThat(result.failedResults[0].sf__Error.startsWith('REQUIRED_FIELD_MISSING'), result.failedResults[0].sf__Error);
});
await check('Bulk 2.0 upserts by external id', async () => {
  const rows = [1, 9].map((n) => ({ External_Ref__c: `jsforce-${n}`, Opportunity__c: deal, Kind__c: 'Shared', Occurred_At__c: '2030-01-02T03:04:05Z' }));
  delete rows[0].Opportunity__c;
  const result = await conn.bulk2.loadAndWaitForResults({
    object: 'Content_Touch__c', operation: 'upsert', externalIdFieldName: 'External_Ref__c',
    input: rows.map((row) => ({ Opportunity__c: deal, ...row })), pollInterval: 100, pollTimeout: 20_000,
  });
  expect(result.successfulResults.map((row) => row.sf__Created), ['false', 'true']);
});
await check('Bulk 2.0 reads rows back', async () => {
  const stream = await conn.bulk2.query("SELECT Id, Name FROM Opportunity WHERE Name LIKE 'Bulk%' ORDER BY Name", { pollInterval: 100, pollTimeout: 20_000 });
  const rows = await stream.toArray();
  expect(rows.map((row) => row.Name), ['Bulk two', 'Bulk, "one"']);
});
await check('a Bulk 2.0 job can be aborted and deleted', async () => {
  const job = conn.bulk2.createJob({ object: 'Opportunity', operation: 'insert' });
  await job.open();
  await job.abort();
  expect((await job.check()).state, 'Aborted');
  await job.delete();
});

// --- composite
await check('composite passes results on', async () => {
  const body = {
    allOrNone: true,
    compositeRequest: [
      { method: 'POST', url: `/services/data/v${version}/sobjects/Account`, referenceId: 'made', body: { Name: 'Composite' } },
      { method: 'GET', url: `/services/data/v${version}/sobjects/Account/@{made.id}?fields=Name`, referenceId: 'read' },
    ],
  };
  const found = await conn.requestPost(`/services/data/v${version}/composite`, body);
  expect(found.compositeResponse.map((one) => one.httpStatusCode), [201, 200]);
  expect(found.compositeResponse[1].body.Name, 'Composite');
});

// --- errors
const errors = {
  'an unknown field': [() => conn.query('SELECT Nope__c FROM Opportunity'), 'INVALID_FIELD'],
  'an unknown object': [() => conn.query('SELECT Id FROM Nope__c'), 'INVALID_TYPE'],
  'broken SOQL': [() => conn.query('SELECT FROM'), 'MALFORMED_QUERY'],
  'an unknown row': [() => conn.sobject('Opportunity').retrieve('006000000000000AAA'), 'NOT_FOUND'],
  'a missing field': [() => conn.sobject('Opportunity').create({ Name: 'x' }), 'REQUIRED_FIELD_MISSING'],
  'an unknown field in a row': [() => conn.sobject('Account').create({ Name: 'x', Nope__c: 1 }), 'INVALID_FIELD'],
  'a text that is too long': [() => conn.sobject('Account').create({ Name: 'x'.repeat(256) }), 'STRING_TOO_LONG'],
  'a deleted row': [() => conn.sobject('Opportunity').update({ Id: ids[0], Amount: 1 }), 'ENTITY_IS_DELETED'],
};
for (const [what, [act, name]] of Object.entries(errors)) {
  await check(`${what} is refused as ${name}`, async () => expect((await refusal(act())).name, name));
}
await check('a dead session is refused as INVALID_SESSION_ID', async () => {
  const dead = new jsforce.Connection({ instanceUrl: url, accessToken: 'dead', version });
  expect((await refusal(dead.query('SELECT Id FROM User'))).name, 'INVALID_SESSION_ID');
});
await check('a revoked token is dead', async () => {
  const other = new jsforce.Connection({ oauth2: { ...client, loginUrl: url }, version });
  await other.authorize({ grant_type: 'client_credentials' });
  const token = other.accessToken;
  await other.logout();
  const after = new jsforce.Connection({ instanceUrl: url, accessToken: token, version });
  expect((await refusal(after.query('SELECT Id FROM User'))).name, 'INVALID_SESSION_ID');
});
close();
