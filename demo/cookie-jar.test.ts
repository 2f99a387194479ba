import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CookieJar } from './cookie-jar.ts'

const answer = (...cookies: string[]) => new Response('', { headers: cookies.map((cookie) => ['set-cookie', cookie]) })

test('sends cookies back to their host and path, and nowhere else', () => {
  const jar = new CookieJar()
  jar.store('http://localhost:3000/x', answer('a=1=2; Path=/; HttpOnly; Secure', 'b=2; Path=/u', '__Host-c=3; path=/'))
  assert.equal(jar.header('http://localhost:3000/u/login'), 'a=1=2; b=2; __Host-c=3')
  assert.equal(jar.header('http://localhost:3000/us'), 'a=1=2; __Host-c=3')
  assert.equal(jar.header('http://127.0.0.1:3000/u'), '')
})

test('replaces a cookie of the same name, and drops one that has expired', () => {
  const jar = new CookieJar()
  jar.store('http://localhost/', answer('a=1', 'b=1', 'c=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT'))
  jar.store('http://localhost/', answer('a=2', 'b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'))
  assert.equal(jar.header('http://localhost/'), 'a=2; c=1')
  jar.store('http://localhost/', answer('a=; Max-Age=0'))
  assert.equal(jar.header('http://localhost/'), 'c=1')
})
