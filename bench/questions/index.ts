import { clientCredentials } from './client-credentials.ts'
import { discovery, jwks } from './documents.ts'
import { loginPassword } from './login-password.ts'
import { loginSso } from './login-sso.ts'
import type { Question } from './question.ts'
import { refresh } from './refresh.ts'
import { userinfo } from './userinfo.ts'

export type { Question, Target } from './question.ts'

/** What contenders are compared by. To add a question: a file, and a line here. */
export const questions = [loginSso, loginPassword, refresh, clientCredentials, userinfo, jwks, discovery] as Question[]
