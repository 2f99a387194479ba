import { getDocument } from '../flow.ts'
import type { Question } from './question.ts'

export const jwks: Question<void> = {
  name: 'jwks',
  asks: 'the public keys',
  targets: [{ against: 'floor', most: 1.5 }],
  async prepare() {},
  operation: (visitor) => getDocument(visitor, visitor.dialect.jwks),
}

export const discovery: Question<void> = {
  name: 'discovery',
  asks: 'the discovery document',
  targets: [{ against: 'floor', most: 1.5 }],
  async prepare() {},
  operation: (visitor) => getDocument(visitor, '/.well-known/openid-configuration'),
}
