// A tenant with very many keys. Making them through the API would take minutes, so copies of one are written past it.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { root } from "./laptop.mjs";

const dynoxide = process.env.DYNOXIDE ?? join(root, "infra/node_modules/@dynoxide/linux-x64/dynoxide");
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Starts the engine alone on the data of a laptop that is paused. Returns {ask, stop}: ask calls it as DynamoDB is called. */
async function engine(laptop) {
  const port = new URL(laptop.url).port; // which is free while the laptop is paused
  const child = spawn(dynoxide, ["--host", "127.0.0.1", "--port", port, "--db-path", join(laptop.data, "dynamodb.sqlite")], { stdio: "ignore" });
  const ask = async (action, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: "POST", body: JSON.stringify(body),
      headers: {
        "X-Amz-Target": `DynamoDB_20120810.${action}`, "Content-Type": "application/x-amz-json-1.0", "X-Amz-Date": "20260101T000000Z",
        Authorization: "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0",
      },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${action}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  for (let i = 0; ; i++) {
    if (await ask("ListTables", {}).then(() => true, () => false)) break;
    if (i === 100) throw new Error("the engine does not answer");
    await wait(50);
  }
  return { ask, stop: async () => { child.kill("SIGTERM"); await new Promise((done) => child.once("exit", done)); } };
}

/**
 * Makes so many keys out of the only one that there is: "copy 00001" is the youngest of the copies, each a second older
 * than the one before, and every tenth is disabled.
 */
export async function multiply(laptop, many) {
  await laptop.pause();
  const { ask, stop } = await engine(laptop);
  const { Items: items } = await ask("Scan", { TableName: "arxkeys", ConsistentRead: true });
  const of = (kind, sk) => items.filter((item) => item.pk.S.startsWith(kind) && item.sk.S.startsWith(sk));
  const [row] = of("rec#example#keys", "live#"), [credential] = of("cred#", "-");
  const counts = of("rec#example#counts", "").filter((item) => item.sk.S.includes(row.x.S));
  let batch = [];
  const write = async () => {
    if (batch.length) await ask("BatchWriteItem", { RequestItems: { arxkeys: batch.map((Item) => ({ PutRequest: { Item } })) } });
    batch = [];
  };
  let disabled = 0;
  for (let i = 1; i < many; i++) {
    const tail = [...String(many - i).padStart(15, "0")].map((n) => digits[n]).join("");
    const id = `key_A${tail}`, name = { S: `copy ${String(i).padStart(5, "0")}` }, created = { N: String(Number(row.t.N) - i * 1000) };
    const state = { S: i % 10 ? "active" : "disabled" };
    if (i % 10 === 0) disabled++;
    batch.push({ ...row, sk: { S: `live#${id}` }, n: name, t: created, s: state, c: state });
    batch.push({ ...credential, pk: { S: `cred#${id}` }, id: { S: id }, name, created_at: created, state });
    if (batch.length === 24) await write();
  }
  for (const count of counts) batch.push({ ...count, active: { N: String(many - disabled) }, disabled: { N: String(disabled) } });
  await write();
  await stop();
  await laptop.resume();
}
