// The organisation ids that an installation states, in every profile that does not state its own.
import type { OrganisationIds } from '../letter/organisations.ts'
import type { FieldDefinition, Profile } from './profile.ts'

type Stated = Readonly<Record<string, readonly string[]>>

/** The profile with the installation's ids behind its own, wherever ids are read or written: e-CMS, the codec `office`. */
export function withOrganisations(profile: Profile, table: OrganisationIds): Profile {
  if (table.size === 0) return profile
  const stated: Stated = Object.fromEntries(table)
  const documents = Object.entries(profile.documents).map(([name, document]) => [
    name,
    {
      ...document,
      format: document.format.kind === 'e-cms' ? merged(document.format, stated) : document.format,
      fields: Object.fromEntries(
        Object.entries(document.fields).map(([field, definition]) => [field, inField(definition, stated)]),
      ),
    },
  ])
  return { ...profile, documents: Object.fromEntries(documents) }
}

const inField = (definition: FieldDefinition, stated: Stated): FieldDefinition =>
  'as' in definition ? { ...definition, as: inCodec(definition.as, stated) } : definition

/** `office` by itself, and as the codec of a list or of joined parts. */
function inCodec(as: unknown, stated: Stated): unknown {
  if (as === 'office') return { office: { organisations: stated } }
  if (typeof as !== 'object' || as === null) return as
  return Object.fromEntries(
    Object.entries(as).map(([name, options]) => {
      if (name === 'office') return [name, merged(options, stated)]
      const nested = typeof options === 'object' && options !== null && 'of' in options
      return [name, nested ? { ...options, of: inCodec(options.of, stated) } : options]
    }),
  )
}

/** What the profile states of an office replaces what the installation does. */
function merged<Options extends object>(options: Options, stated: Stated): Options {
  const own =
    'organisations' in options && typeof options.organisations === 'object' ? options.organisations : {}
  return { ...options, organisations: { ...stated, ...own } }
}
