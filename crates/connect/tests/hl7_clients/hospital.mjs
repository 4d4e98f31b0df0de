// A hospital's system on `node-hl7-client`: sends three arrivals over one connection and prints what each
// is answered.
// Usage: node hospital.mjs PORT [CA-FILE CERTIFICATE-FILE KEY-FILE]. Every person is invented.

import fs from "node:fs";
import { Client, Message } from "node-hl7-client";

const [port, ca, cert, key] = process.argv.slice(2);
const read = (file) => fs.readFileSync(file);
const tls = ca && { ca: read(ca), cert: read(cert), key: read(key), servername: "localhost", rejectUnauthorized: true };
const client = new Client({ host: "127.0.0.1", ...(tls ? { tls } : {}) });

const wanted = 3;
let sent = 0;

// The library opens another connection for whatever is sent before an acknowledgement has come.
async function sendNext() {
  sent += 1;
  const message = new Message({
    messageHeader: { msh_9_1: "ADT", msh_9_2: "A04", msh_9_3: "ADT_A01", msh_10: `NODE${sent}`, msh_11_1: "P" },
  });
  message.set("MSH.12", "2.5.1");
  message.set("MSH.3", "PAS");
  message.set("MSH.4", "ASHMOOR");
  const patient = message.addSegment("PID");
  patient.set("3.1", "H0012345");
  patient.set("3.5", "MR");
  patient.set("5.1", "O'Test-Zoë");
  patient.set("5.2", "Ada");
  await connection.sendMessage(message);
}

const connection = client.createConnection({ port: Number(port) }, async (answer) => {
  const message = answer.getMessage();
  console.log(`${message.get("MSA.1").toString()} ${message.get("MSA.2").toString()}`);
  if (sent < wanted) {
    await sendNext();
  } else {
    await connection.close();
  }
});
connection.on("connect", sendNext);
