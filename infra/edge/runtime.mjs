// Runs CloudFront Functions: for each line of JSON with code and event, writes a line with result or error. A function
// sees nothing of Node.js, and cannot make code from text, as in CloudFront's runtime.
import { createInterface } from "node:readline";
import vm from "node:vm";

const loaded = new Map();

function run(code, event) {
  if (!loaded.has(code)) {
    const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
    vm.runInContext(`"use strict";\n${code}`, context);
    loaded.set(code, context);
  }
  return vm.runInContext(`JSON.stringify(handler(JSON.parse(${JSON.stringify(JSON.stringify(event))})))`, loaded.get(code));
}

for await (const line of createInterface({ input: process.stdin })) {
  const { code, event } = JSON.parse(line);
  let answer;
  try {
    answer = { result: JSON.parse(run(code, event)) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
