import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aCode, minute, noon } from '../../testing/issued.ts'
import { isFresh } from './authorization-code.ts'

const cases: [story: string, now: number, fresh: boolean][] = [
  ['at once', noon, true],
  ['in its last millisecond', noon + minute - 1, true],
  ['when its minute is over', noon + minute, false],
  ['by a clock that is a minute behind', noon - minute, true],
  ['by one that is further behind', noon - minute - 1, false],
]
for (const [story, now, fresh] of cases)
  test(`SEC-051 SEC-331 a code is ${fresh ? '' : 'not '}fresh ${story}`, () =>
    assert.equal(isFresh(aCode({ createdAt: noon, expiresAt: noon + minute }), now), fresh))
