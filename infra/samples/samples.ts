// The TypeScript samples of the API reference. A sample is what is between the comments "sample" with an operation's name
// and "end". A test runs them in their order.
const { APPLICATION_ID: applicationId, ARX_ID: arxId } = process.env;

// sample all
const { ARXKEYS_URL, ARXKEYS_MANAGEMENT_KEY } = process.env;

async function arxkeys(method: string, path: string, body?: object) {
  const response = await fetch(`${ARXKEYS_URL}/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${ARXKEYS_MANAGEMENT_KEY}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(5000),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.code}: ${answer.detail}`);
  return answer;
}

// end

// sample keys.create
const created = await arxkeys("POST", "/keys", {
  application_id: applicationId,
  arx_id: arxId,
  name: "nightly export",
  scopes: ["invoices:read"],
});
const accessKey: string = created.access_key; // only this response contains it
// end
const keyId: string = created.key.id;

// sample keys.verify
const verdict = await arxkeys("POST", "/keys/verify", {
  key: accessKey,
  arx_id: arxId,
  scopes: ["invoices:read"],
});
console.log(verdict.valid, verdict.code);
// end

// sample keys.rotate
const rotated = await arxkeys("POST", `/keys/${keyId}/rotate`, { overlap_seconds: 86400 });
const newAccessKey: string = rotated.access_key; // the old one works for another day
// end

// sample keys.disable
const disabled = await arxkeys("POST", `/keys/${keyId}/disable`);
console.log(disabled.status);
// end

// sample keys.enable
const enabled = await arxkeys("POST", `/keys/${keyId}/enable`);
console.log(enabled.status);
// end

// sample keys.delete
const deleted = await arxkeys("DELETE", `/keys/${keyId}`);
console.log(deleted.status);
// end
if (newAccessKey === accessKey) throw new Error("the key was not rotated");
