// The secrets of a section of the settings that names a server, looked up where it says that they are.
import { resolveReferences } from '../../adapters/references.ts'
import { tlsFindings } from '../../adapters/transports/tls.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'

/** The values, or the first that is not there; an authority that is no certificate is found here, and not at a connection. */
export function secretsOf<Secrets extends { readonly authority?: string }>(
  section: string,
  said: object,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Secrets> {
  const { value, findings } = resolveReferences(said, environment, (path) => path)
  const [finding] = findings
  if (finding !== undefined) {
    const path = [section, ...finding.at].join('.')
    return bad(problem('adapter.profile.reference-unresolved', path, finding.value, finding.details))
  }
  const secrets = value as Secrets
  const { authority } = secrets
  const [wrong] = authority === undefined ? [] : tlsFindings({ authority })
  if (wrong === undefined) return good(secrets)
  return bad(problem(wrong.code, `${section}.authority`, undefined, wrong.details))
}
