// Load from a process of its own: `node bench/load.js URL KEY LETTERS CONNECTIONS FIRST` posts distinct JSON letters and
// prints {"seconds": …, "taken": …}. It starts when a line comes in on standard input.
import { once } from 'node:events'
import { Pool } from 'undici'

const [url = '', key = '', letters = '0', connections = '1', first = '0'] = process.argv.slice(2)
const target = new URL(url)
const pool = new Pool(target.origin, { connections: Number(connections), pipelining: 1 })
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }

let sent = 0
let taken = 0

async function send(): Promise<void> {
  while (sent < Number(letters)) {
    const running = Number(first) + ++sent
    const body = JSON.stringify({
      number: `ชร 0017.1/${running}`,
      date: '2026-11-23',
      subject: 'การเชื่อมโยงระบบสารบรรณอิเล็กทรอนิกส์ไปยังกลุ่มจังหวัด',
      to: 'moi',
      description: 'ขอความอนุเคราะห์ตอบแบบสอบถามการใช้ระบบสารบรรณอิเล็กทรอนิกส์ '.repeat(8),
    })
    const answer = await pool.request({ method: 'POST', path: target.pathname, headers, body })
    await answer.body.dump()
    if (answer.statusCode === 201) taken += 1
  }
}

await once(process.stdin, 'data')
const began = performance.now()
await Promise.all(Array.from({ length: Number(connections) }, send))
process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - began) / 1000, taken })}\n`)
process.stdin.destroy()
await pool.close()
