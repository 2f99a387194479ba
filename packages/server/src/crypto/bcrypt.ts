import { Worker } from 'node:worker_threads'
import type { BcryptAnswer, BcryptQuestion } from './bcrypt.worker.ts'

const idle: Worker[] = []

/**
 * Bcrypt in JavaScript holds a thread for 80 ms and more, so it gets one of its own. Threads start when they are needed and
 * are used again; there are as many as callers at a time, whom the queue before us limits.
 */
export async function compareBcrypt(password: string, encoded: string): Promise<boolean> {
  const worker = idle.pop() ?? new Worker(new URL('./bcrypt.worker.ts', import.meta.url))
  worker.ref() // the process waits for an answer, but not for an idle thread
  const answer = await ask(worker, { password, encoded })
  worker.unref()
  idle.push(worker)
  return answer
}

function ask(worker: Worker, question: BcryptQuestion): Promise<BcryptAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      act()
    }
    const onMessage = (answer: BcryptAnswer) => settle(() => resolve(answer))
    const onError = (error: unknown) => settle(() => reject(error))
    const onExit = (code: number) => settle(() => reject(new Error(`the bcrypt thread ended with ${code}`)))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage(question)
  })
}
