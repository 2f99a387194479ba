import { parentPort } from 'node:worker_threads'
import bcrypt from 'bcryptjs'

export type BcryptQuestion = { password: string; encoded: string }
export type BcryptAnswer = boolean

parentPort?.on('message', ({ password, encoded }: BcryptQuestion) => {
  const answer: BcryptAnswer = bcrypt.compareSync(password, encoded)
  parentPort?.postMessage(answer)
})
