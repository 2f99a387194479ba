import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { finish, type Script } from '../../../testing/scripted-provider.ts'

/** An expression, as `attribute_map` spells it. */
const the = (path: string) => `\${context.${path}}`

describe('SEC-233: email_verified', () => {
  const verified = async (value: unknown, options: Record<string, unknown>) => {
    const profile = await finish((script) => {
      script.claims.email_verified = value
    }, options)
    return profile.emailVerified
  }
  test('counts if the connection answers for addresses, and only as a boolean', async () => {
    const trusted = { trust_email_verified: true }
    assert.equal(await verified(true, trusted), true)
    for (const value of [false, 'true', 'false', 1, [true], {}, undefined, null])
      assert.equal(await verified(value, trusted), false, JSON.stringify(value))
  })
  test('counts nothing otherwise', async () => {
    for (const value of [true, 'true', 1]) assert.equal(await verified(value, {}), false)
  })
  test('counts nothing without an address', async () => {
    for (const email of [undefined, 'no address', 'a@b\r\nbcc: c@d', ['ada@example.com']]) {
      const profile = await finish(({ claims }) => void Object.assign(claims, { email }), {
        trust_email_verified: true,
      })
      assert.deepEqual([profile.email, profile.emailVerified], [undefined, false])
    }
  })
})

describe('attribute_map', () => {
  const more = ({ claims }: Script) =>
    Object.assign(claims, { upn: 'ada@corp.example', given_name: 'Ada', family_name: 'King', a: { b: 'deep' } })
  const mapped = (attributes: Record<string, unknown>, mapping_mode?: string) =>
    finish((script) => void more(script), { attribute_map: { mapping_mode, attributes } })

  test('names a claim, plainly or as an expression', async () => {
    const plain = await mapped({ email: 'upn', nickname: 'a.b' })
    assert.deepEqual([plain.email, plain.nickname, plain.name], ['ada@corp.example', 'deep', 'Ada L.'])
    const composed = await mapped({ name: `${the('tokenset.family_name')}, ${the('tokenset.given_name')}` })
    assert.equal(composed.name, 'King, Ada')
    assert.equal((await mapped({ email: the('tokenset.upn') })).email, 'ada@corp.example')
  })
  test('bind_all, which is what is meant without a word, adds to what the map says', async () => {
    for (const mode of ['bind_all', undefined]) {
      const profile = await mapped({ email: the('tokenset.upn') }, mode)
      assert.deepEqual([profile.email, profile.name], ['ada@corp.example', 'Ada L.'])
    }
  })
  test('use_map takes nothing else', async () => {
    const profile = await mapped({ email: the('tokenset.upn') }, 'use_map')
    assert.deepEqual([profile.email, profile.name, profile.subject], ['ada@corp.example', undefined, 'ada'])
  })
  test('basic_profile ignores the map', async () => {
    assert.equal((await mapped({ email: 'upn' }, 'basic_profile')).email, 'ada@example.com')
  })
  test('an expression that finds nothing, or no text, gives nothing', async () => {
    for (const value of ['nothing', '__proto__.name', 'constructor.name', the('tokenset.a'), the('x.y'), 7, null]) {
      const { nickname } = await mapped({ nickname: value })
      assert.ok(nickname === undefined || nickname === the('x.y'), `${String(value)}: ${nickname}`)
    }
  })
  test('takes from the ID token or from userinfo, as the expression says', async () => {
    const both = (script: Script) => {
      script.claims.nickname = 'of the token'
      script.userinfo.nickname = 'of userinfo'
    }
    const named = async (expression: string) =>
      (await finish(both, { attribute_map: { mapping_mode: 'use_map', attributes: { name: expression } } })).name
    assert.equal(await named(the('userinfo.nickname')), 'of userinfo')
    assert.equal(await named(the('tokenset.nickname')), 'of the token')
    assert.equal(await named(`${the('userinfo.nickname')} / ${the('tokenset.nickname')}`), 'of userinfo / of the token')
    assert.equal(await named(` ${the('userinfo.nickname')} `), 'of userinfo')
    assert.equal(await named(`the one ${the('userinfo.nickname')}`), 'the one of userinfo')
    assert.equal(await named(`${the('userinfo.nothing')}${the('tokenset.nothing')}`), undefined)
  })
  test('one expression alone keeps the type of what it finds', async () => {
    const verified = async (expression: string) =>
      (
        await finish(() => {}, {
          trust_email_verified: true,
          attribute_map: { attributes: { email_verified: expression } },
        })
      ).emailVerified
    assert.equal(await verified(the('tokenset.email_verified')), true)
    assert.equal(await verified(`${the('tokenset.email_verified')} `), false)
  })
  test('cannot change who the user is', async () => {
    assert.equal((await mapped({ sub: 'upn', subject: 'upn' })).subject, 'ada')
  })
})

test('every claim has its place', async () => {
  const said = {
    email: 'Ada@Example.com',
    username: 'ada',
    name: ' Ada L. ',
    given_name: 'Ada',
    family_name: 'Lovelace',
    middle_name: 'King',
    nickname: 'countess',
    picture: 'https://idp.example/a.png',
    locale: 'en-GB',
    zoneinfo: 'Europe/London',
    phone_number: '+49301234567',
  }
  const profile = await finish(({ claims }) => void Object.assign(claims, said, { preferred_username: 'other' }))
  assert.deepEqual(
    { ...profile },
    {
      subject: 'ada',
      email: 'ada@example.com',
      emailVerified: false,
      username: 'ada',
      name: 'Ada L.',
      givenName: 'Ada',
      familyName: 'Lovelace',
      middleName: 'King',
      nickname: 'countess',
      picture: 'https://idp.example/a.png',
      locale: 'en-GB',
      zoneinfo: 'Europe/London',
      phoneNumber: '+49301234567',
      signedInAt: undefined,
    },
  )
  const { username } = await finish(({ claims }) => void Object.assign(claims, { preferred_username: 'other' }))
  assert.equal(username, 'other')
})

test('auth_time, in seconds, is when the user signed in there', async () => {
  const { signedInAt } = await finish(({ claims }) => void Object.assign(claims, { auth_time: 1_780_000_000 }))
  assert.equal(signedInAt, 1_780_000_000_000)
})

test('a text may have 512 characters, a picture’s address 2048', async () => {
  const picture = (length: number) => `https://idp.example/${'a'.repeat(length - 20)}`
  const fits = { nickname: 'x'.repeat(512), picture: picture(2048) }
  const kept = await finish(({ claims }) => void Object.assign(claims, fits))
  assert.deepEqual([kept.nickname, kept.picture], [fits.nickname, fits.picture])
  const long = await finish(({ claims }) => void Object.assign(claims, { picture: picture(2049) }))
  assert.equal(long.picture, undefined)
})

test('values of the wrong form are left out', async () => {
  const wrong = {
    name: 'a\u0000b',
    given_name: 7,
    nickname: 'x'.repeat(513),
    locale: '  ',
    zoneinfo: ['Europe/Berlin'],
  }
  for (const picture of ['javascript:alert(1)', 'http://idp.example/a.png', 'data:image/png;base64,AA==', 7]) {
    const profile = await finish(({ claims }) => void Object.assign(claims, wrong, { picture }))
    const said = Object.entries(profile).filter(([, value]) => value !== undefined)
    assert.deepEqual(
      said.map(([field]) => field),
      ['subject', 'email', 'emailVerified'],
    )
  }
  const { picture } = await finish(({ claims }) => void Object.assign(claims, { picture: 'https://idp.example/a.png' }))
  assert.equal(picture, 'https://idp.example/a.png')
})

describe('unsigned userinfo adds to the ID token, and overrides nothing that is written there', () => {
  /** `profile` and `email` are asked for, so a token with neither name nor address makes us ask. */
  const both = (claims: Record<string, unknown>, userinfo: Record<string, unknown>, options = {}) =>
    finish((script) => {
      Object.assign(script.claims, { name: undefined, email_verified: undefined }, claims)
      Object.assign(script.userinfo, userinfo)
    }, options)
  const map = (attributes: Record<string, string>) => ({ attribute_map: { attributes } })

  test('its word counts for what the ID token leaves out', async () => {
    const profile = await both({ email: undefined }, { email: 'ada@corp.example', name: 'Ada', username: 'ada' })
    assert.deepEqual([profile.email, profile.name, profile.username], ['ada@corp.example', 'Ada', 'ada'])
  })
  test('a claim of the same name', async () => {
    const profile = await both({ locale: 'de', sub: 'ada' }, { locale: 'fr', email: 'eve@corp.example' })
    assert.deepEqual([profile.locale, profile.email], ['de', 'ada@example.com'])
  })
  test('a user name that it spells otherwise', async () => {
    const { username } = await both(
      { name: undefined, preferred_username: 'ada' },
      { username: 'admin' },
      {
        scope: 'openid email profile',
        ...map({ nickname: the('userinfo.x') }),
      },
    )
    assert.equal(username, 'ada')
  })
  test('SEC-233: that another address is verified', async () => {
    const trusted = { trust_email_verified: true }
    const other = await both({}, { email: 'eve@corp.example', email_verified: true }, trusted)
    assert.deepEqual([other.email, other.emailVerified], ['ada@example.com', false])
    const same = await both({}, { email: 'ADA@example.com', email_verified: true }, trusted)
    assert.deepEqual([same.email, same.emailVerified], ['ada@example.com', true])
    const none = await both({}, { email_verified: true }, trusted)
    assert.equal(none.emailVerified, false)
    const denied = await both({ email_verified: false }, { email: 'ada@example.com', email_verified: true }, trusted)
    assert.equal(denied.emailVerified, false)
  })
  test('SEC-233: that an address is verified which the map takes from elsewhere, unless the map says so as well', async () => {
    const from = (attributes: Record<string, string>) =>
      both(
        { email_verified: true },
        { mail: 'eve@corp.example', ok: true },
        {
          trust_email_verified: true,
          ...map(attributes),
        },
      )
    const mail = await from({ email: the('userinfo.mail') })
    assert.deepEqual([mail.email, mail.emailVerified], ['eve@corp.example', false])
    assert.equal((await from({ email: the('userinfo.mail'), email_verified: the('userinfo.ok') })).emailVerified, true)
    assert.equal((await from({ email: the('tokenset.email') })).emailVerified, true)
  })
  test('a part of a claim, by its path or by a claim called like the path', async () => {
    const { nickname } = await both({ org: { role: 'guest' } }, { 'org.role': 'admin' }, map({ nickname: 'org.role' }))
    assert.equal(nickname, 'guest')
    const part = await both({ org: { role: 'guest' } }, { org: { team: 'root' } }, map({ nickname: 'org.team' }))
    assert.equal(part.nickname, undefined)
  })
})
