// Serves node-oidc-provider at a port of the system's choice (or PORT), which it prints. It lets in whoever the test says, without asking.
// The test speaks to it at /test: POST /test {"account", "acr", "amr", "ts", "error", "alter", "resign"}. `alter` replaces claims of the ID token
// that is given next, signed anew by the provider's own key; `resign` by a key that nobody knows, under that key's name.
import http from 'node:http';
import { readFileSync } from 'node:fs';
import * as jose from 'jose';
import Provider from 'oidc-provider';

const port = Number(process.env.PORT ?? 0);
const name = process.env.KEY ?? 'one';
const alg = process.env.ALG ?? 'RS256';
const made = await jose.generateKeyPair(alg, { extractable: true });
const key = { ...(await jose.exportJWK(made.privateKey)), kid: name, use: 'sig', alg };
const clientKey = process.env.CLIENT_JWK ? [JSON.parse(readFileSync(process.env.CLIENT_JWK, 'utf8'))] : undefined;

const server = http.createServer();
await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const back = process.env.BACK ?? 'https://kinfold.trust.example/sign-in/oidc/back';

const client = (client_id, more) => ({
  client_id,
  redirect_uris: [back],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  id_token_signed_response_alg: alg,
  ...more,
});
const secret = 'a planted secret of thirty-two ch';
const keyed = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: process.env.CLIENT_ALG };
let told = { account: '787807429511', acr: 'AAL3_ANY', amr: ['N3_SMARTCARD'] };

const provider = new Provider(issuer, {
  clients: [
    client('basic', { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }),
    client('post', { client_secret: secret, token_endpoint_auth_method: 'client_secret_post' }),
    client('hmac', { client_secret: secret, id_token_signed_response_alg: 'HS256' }),
    ...(clientKey ? [client('key', { ...keyed, jwks: { keys: clientKey } })] : []),
  ],
  jwks: { keys: [key] },
  acrValues: ['AAL3_ANY', 'AAL2_OR_AAL3_ANY', 'AAL1_USERPASS'],
  claims: { openid: ['sub', 'authentication_assurance_level', 'amr'], acr: null, auth_time: null },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  enabledJWA: {
    clientAuthSigningAlgValues: ['RS256', 'RS512', 'PS256', 'ES256'],
    idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'],
  },
  cookies: { keys: ['a planted cookie key'] },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, authentication_assurance_level: told.level ?? '3', amr: told.amr }),
  }),
  async loadExistingGrant(ctx) {
    const { client, session } = ctx.oidc;
    const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
});

async function altered(token) {
  const claims = { ...jose.decodeJwt(token), ...told.alter };
  for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name];
  const header = { ...jose.decodeProtectedHeader(token), ...told.header };
  const signer = told.resign ? (await jose.generateKeyPair(alg)).privateKey : made.privateKey;
  return new jose.SignJWT(claims).setProtectedHeader(header).sign(signer);
}

provider.use(async (ctx, next) => {
  if (ctx.path === '/test') {
    let body = '';
    for await (const part of ctx.req) body += part;
    told = JSON.parse(body);
    ctx.status = 204;
    return;
  }
  if (ctx.path.startsWith('/interaction/')) {
    const now = Math.floor(Date.now() / 1000);
    const login = { accountId: told.account, acr: told.acr, amr: told.amr, ts: now - (told.ago ?? 0), remember: true };
    const result = told.error ? { error: told.error, error_description: 'Planted description' } : { login };
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
    ctx.respond = false;
    return;
  }
  await next();
  if (ctx.path === '/token' && ctx.body?.id_token && (told.alter || told.resign || told.header)) {
    ctx.body = { ...ctx.body, id_token: await altered(ctx.body.id_token) };
  }
});

server.on('request', provider.callback());
process.stdin.on('end', () => process.exit(0)).resume();
console.log(server.address().port);
// Nobody listens any more; what the library has to say would end the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
