// Evaluates IAM policies. Reads {cases: [{policies, action, resource, context}]} from standard input, and prints for
// each case Allowed, ImplicitlyDenied or ExplicitlyDenied, or what is wrong with it.
import {runSimulation} from '@cloud-copilot/iam-simulate';
import {readFileSync} from 'node:fs';

const account = '123456789012';
const {cases} = JSON.parse(readFileSync(0, 'utf8'));
const results = [];
for (const {policies, action, resource, context} of cases) {
  const result = await runSimulation({
    request: {
      principal: `arn:aws:sts::${account}:assumed-role/function/function`,
      action,
      resource: {resource, accountId: account},
      contextVariables: context,
    },
    identityPolicies: policies.map((policy, i) => ({name: `policy${i}`, policy})),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  results.push(result.overallResult ?? JSON.stringify(result));
}
console.log(JSON.stringify(results));
