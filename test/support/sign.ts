// A signer of Standard Webhooks of the tests' own, so that the Worker's code is not its own judge.

export async function signature(
  secret: string,
  id: string,
  timestamp: number,
  body: Uint8Array
): Promise<string> {
  const bytes = Uint8Array.from(atob(secret.replace(/^whsec_/, '')), (c) => c.charCodeAt(0))
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, hmac, false, ['sign'])
  const content = new Blob([`${id}.${timestamp}.`, body])
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, await content.arrayBuffer()))
  return `v1,${btoa(String.fromCharCode(...digest))}`
}
