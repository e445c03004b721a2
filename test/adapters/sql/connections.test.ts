// How a server is known, and what is asked of it for every connection.
import { createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import type { ConnectionSettings, Trouble } from '../../../src/adapters/transports/sql/engine.ts'
import { mysql } from '../../../src/adapters/transports/sql/mysql.ts'
import { postgresql as postgresqlEngine } from '../../../src/adapters/transports/sql/postgresql.ts'
import type { Database } from '../../../src/sandbox/servers/database.ts'
import { mariadb } from '../../../src/sandbox/servers/mariadb.ts'
import { postgresql } from '../../../src/sandbox/servers/postgresql.ts'
import { parcelOf } from '../stage.ts'
import { certificate, ground, mariadbOnce, present } from './grounds.ts'
import { good, letterWith, notice, stage } from './stage.ts'

t.setTimeout(600_000)

const settingsOf = (
  { host, port, database, user, password }: Database,
  tls?: ConnectionSettings['tls'],
): ConnectionSettings => ({
  ...{ host, port, database, user, password, plain: false, connect: 60_000, within: 60_000 },
  ...(tls && { tls }),
})

async function refused(
  t: Test,
  asked: Promise<unknown>,
  wanted: { readonly trouble: Trouble; readonly reason?: string | RegExp },
  about = '',
): Promise<void> {
  const error: unknown = await asked.then(
    () => undefined,
    (error: unknown) => error,
  )
  t.match(error, wanted, about)
}

t.test('mariadb: the certificate must be of the host that was asked for', async (t) => {
  const ours = await certificate()
  const server = await mariadb(process.env, { tls: ours })
  if (!present(t, server)) return
  t.teardown(() => server.stop())
  const opened = (host: string, authority = ours.authority) =>
    mysql.open({ ...settingsOf(server, { authority }), host })
  for (const host of ['127.0.0.1', 'localhost']) {
    const connection = await opened(host)
    t.not((await connection.run("SHOW STATUS LIKE 'Ssl_cipher'", [])).rows[0]?.[1]?.length, 0, host)
    connection.close()
  }
  await refused(t, opened('127.0.0.1', (await certificate()).authority), {
    trouble: 'closed',
    reason: /^HANDSHAKE_SSL_ERROR: .*certificate/,
  })

  const others = await certificate(['db.example.go.th'], ['10.99.99.99'])
  const impostor = await mariadb(process.env, { tls: others })
  if (!present(t, impostor)) return
  t.teardown(() => impostor.stop())
  for (const host of ['127.0.0.1', 'localhost'])
    await refused(
      t,
      mysql.open({ ...settingsOf(impostor, { authority: others.authority }), host }),
      { trouble: 'closed', reason: /altnames/ },
      `${host}: of the same authority, and of another host`,
    )
})

t.test('mariadb: a server without TLS, where it is asked for', async (t) => {
  const server = await mariadb(process.env, { more: ['--skip-ssl'] })
  if (!present(t, server)) return
  t.teardown(() => server.stop())
  const { authority } = await certificate()
  await refused(t, mysql.open(settingsOf(server, { authority })), {
    trouble: 'closed',
    reason: 'HANDSHAKE_NO_SSL_SUPPORT',
  })
})

t.test('postgresql: certificates that are not trusted, and a server without TLS', async (t) => {
  const others = await certificate(['db.example.go.th'], ['10.99.99.99'])
  let answer = 'S'
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(answer)
      if (answer !== 'S') return
      const secureContext = createSecureContext({ key: others.key, cert: others.certificate })
      new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => undefined)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const opened = (tls: ConnectionSettings['tls'], host = '127.0.0.1') =>
    postgresqlEngine.open({
      ...{ host, port, database: 'd', user: 'u', password: 'p', plain: false, connect: 60_000 },
      ...{ within: 60_000, ...(tls && { tls }) },
    })
  await refused(t, opened({}), { trouble: 'closed', reason: /^(UNABLE_TO|SELF|DEPTH)/ })
  for (const host of ['127.0.0.1', 'localhost'])
    await refused(t, opened({ authority: others.authority }, host), {
      trouble: 'closed',
      reason: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  answer = 'N'
  await refused(t, opened({}), { trouble: 'closed', reason: 'no TLS' })
})

t.test('a session of ours that is forgotten lets go of its rows', async (t) => {
  const maria = await mariadbOnce()
  if (present(t, maria)) {
    const connection = await mysql.open(settingsOf(maria))
    const { rows } = await connection.run('SELECT CAST(@@SESSION.wait_timeout AS CHAR)', [])
    t.equal(rows[0]?.[0]?.toString(), '3600')
    connection.close()
  }
  const postgres = await postgresql(process.env)
  if (!present(t, postgres)) return
  t.teardown(() => postgres.stop())
  const shown = async (name: string): Promise<string | undefined> => {
    const connection = await postgresqlEngine.open(settingsOf(postgres))
    const { rows } = await connection.run(`SELECT current_setting('${name}')`, [])
    connection.close()
    return rows[0]?.[0]?.toString()
  }
  t.equal(await shown('idle_in_transaction_session_timeout'), '1h')
  t.equal(await shown('tcp_keepalives_idle'), '60')
  await postgres.ask(`ALTER ROLE ${postgres.user} SET idle_in_transaction_session_timeout = '10min'`)
  t.equal(await shown('idle_in_transaction_session_timeout'), '10min', 'what is shorter stays')
})

t.test('mariadb: a log of statements', async (t) => {
  const server = await mariadb(process.env, {
    more: ['--log-bin', '--binlog-format=STATEMENT', '--server-id=1'],
  })
  if (!present(t, server)) return
  t.teardown(() => server.stop())
  const { put, start, sent, deliver, ask, gateway } = await stage(t, ground('mariadb', server))
  await put(good)
  await start()
  t.same([await sent(), gateway.reports], [['T'], []])
  const parcel = parcelOf({ letter: letterWith() }, 'd-1', '64')
  for (let attempt = 0; attempt < 2; attempt += 1) t.match(await deliver(parcel), { kind: 'taken' })
  t.equal((await ask('SELECT id FROM `หนังสือรับ`')).length, 1)
  const said = notice('accept', 'สท 0017.1/1', '77/2551')
  t.match(await deliver(parcelOf({ notice: said }, 'n-1', '64')), { kind: 'taken' })
  t.same([await sent(), await sent('เลขรับ')], [['A'], ['77/2551']])
})

t.test('mariadb: an answer that does not come in time', async (t) => {
  const server = await mariadbOnce()
  if (!present(t, server)) return
  await ground('mariadb', server).tables()
  const settings = { ...settingsOf(server), within: 1000 }
  const slow = await mysql.open(settings)
  await refused(t, slow.run('DO SLEEP(60)', []), { trouble: 'busy' }, 'one row’s trouble')
  slow.close()
  const connection = await mysql.open(settings)
  await connection.run('SET SESSION lock_wait_timeout = 600', [])
  await connection.begin()
  await connection.run('INSERT INTO refs (seq) VALUES (1)', [])
  const other = await server.session()
  await other.ask('FLUSH TABLES WITH READ LOCK')
  await refused(t, connection.commit(), { trouble: 'lost' }, 'nobody knows whether it was done')
  await other.end()
  connection.close()
})
