// Signs a request anew with Amazon's JavaScript signer.
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { serve } from './lines.mjs';

class Sha256 {
  constructor(secret) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  update(data) {
    this.hash.update(data);
  }

  async digest() {
    return this.hash.digest();
  }
}

await serve({
  async sign({ method, url, headers, body, credentials, region, service, time }) {
    const { hostname, protocol, pathname } = new URL(url);
    const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
    const signed = await signer.sign(
      { method, protocol, hostname, path: pathname, query: {}, headers, body: Buffer.from(body, 'base64') },
      { signingDate: new Date(time) });
    return signed.headers;
  },
});
