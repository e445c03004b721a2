// What a profile says of a system's REST interface: addresses with places, where in an answer something stands, and words.
import { duration, type JsonSchema, object, secret, size, textOrReference } from '../../schema.ts'
import { publicOrOwn, tlsOption } from '../tls.ts'
import type { SignInOptions } from './sign-in.ts'

type Texts = Readonly<Record<string, string>>

/** How documents are found, and how the system is told that one was taken. */
export interface PollOptions {
  /** Pages of what waits. */
  readonly list?: {
    readonly path: string
    readonly items: string
    readonly key: string
    readonly first: number
    readonly next?: string
    readonly pages: number
  }
  /** The first document that waits, until it is acknowledged. */
  readonly head?: { readonly path: string; readonly key: { readonly header?: string; readonly at?: string } }
  /** Where the document stands in the item; '' is the item itself. */
  readonly at: string
  /** The address of the whole document, where the item is only its key. */
  readonly document?: string
  readonly files?: {
    readonly path?: string
    readonly at?: string
    readonly name: string
    readonly url: string
    readonly size?: string
    readonly sha256?: string
  }
  readonly done: {
    readonly method: 'DELETE' | 'POST' | 'PUT' | 'PATCH'
    readonly path: string
    readonly body?: Texts
    readonly as: 'json' | 'form'
    readonly words: { readonly taken: string; readonly quarantined: string }
  }
  /** Where one queue holds letters and notices: an item whose text there is one of these is a notice. */
  readonly notices?: { readonly at: string; readonly is: readonly string[] }
  readonly every: string
  readonly wait: string
}

/** How a parcel is brought. */
export interface PushOptions {
  readonly method: 'POST' | 'PUT' | 'PATCH'
  readonly path: string
  readonly headers: Texts
  readonly parts: { readonly document: string; readonly file: string }
  /** Files go ahead of the document, each by itself. */
  readonly upload?: {
    readonly method: 'POST' | 'PUT'
    readonly path: string
    readonly headers: Texts
  }
  readonly answer?: {
    readonly at?: string
    readonly taken: readonly string[]
    readonly refused: readonly string[]
  }
}

export interface Options {
  readonly url: string
  readonly plain: boolean
  readonly tls?: { readonly key?: string; readonly certificate?: string; readonly authority?: string }
  readonly signIn?: SignInOptions
  readonly hosts: readonly string[]
  readonly connect: string
  readonly within: string
  readonly transfer: string
  readonly connections: number
  readonly limit: string
  readonly attachmentLimit: string
  readonly send?: PollOptions
  readonly sendNotices?: PollOptions
  readonly receive?: PushOptions
  readonly notices?: PushOptions
}

const path: JsonSchema = {
  type: 'string',
  pattern: '^/[^\\s#\\\\]{0,500}$',
  description: 'a path from the root of the server, with places in braces: /api/letters/{key}',
}
const at: JsonSchema = {
  type: 'string',
  maxLength: 200,
  description:
    'where it stands in the JSON: keys and indexes with dots between them, data.items.0; empty is the whole',
}
const header: JsonSchema = {
  type: 'string',
  pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,60}$",
  description: 'the name of a header',
}
const texts: JsonSchema = { type: 'object', additionalProperties: textOrReference, maxProperties: 20 }
const words: JsonSchema = { type: 'array', items: { type: 'string', maxLength: 200 }, maxItems: 20 }
const headers: JsonSchema = {
  type: 'object',
  propertyNames: header,
  additionalProperties: textOrReference,
  maxProperties: 20,
  default: {},
  description: 'headers by name; their texts may have the places of the path',
}
const methods = (...names: readonly string[]): JsonSchema => ({
  enum: names,
  default: names[0],
  description: 'of the request',
})

const poll: JsonSchema = object(
  {
    list: {
      description: 'pages of what waits',
      ...object(
        {
          path: { ...path, description: 'of a page of what waits; {page} is its number' },
          items: { ...at, description: 'where the list of items stands in the answer' },
          key: { ...at, description: 'where the key stands in an item' },
          first: {
            type: 'integer',
            minimum: 0,
            maximum: 1,
            default: 1,
            description: 'the number of the first page, 0 or 1',
          },
          next: { ...at, description: 'where the address of the next page stands, instead of {page}' },
          pages: {
            type: 'integer',
            minimum: 1,
            maximum: 1000,
            default: 50,
            description: 'pages of one look, at most',
          },
        },
        ['path', 'items', 'key'],
      ),
    },
    head: {
      description: 'the first document that waits, instead of a list',
      ...object(
        {
          path: {
            ...path,
            description: 'of the first document that waits; 204, 404 and an empty body say that none does',
          },
          key: {
            ...object({ header, at }),
            minProperties: 1,
            maxProperties: 1,
            description: 'where its key stands: in a header, or in the JSON',
          },
        },
        ['path', 'key'],
      ),
    },
    at: {
      ...at,
      default: '',
      description: 'where the document stands in the item; empty: the item is the document',
    },
    document: { ...path, description: 'of the whole document, by {key}' },
    files: {
      description: 'where its files are; the document names them',
      ...object({
        path: { ...path, description: 'of a file, by {key} and {file}' },
        at: { ...at, description: 'where the item has its list of files, instead of path' },
        name: { ...at, default: 'name', description: 'where a file’s name stands in its entry' },
        url: {
          ...at,
          default: 'url',
          description: 'where its address stands, absolute or relative to the document’s',
        },
        size: { ...at, description: 'where its bytes are counted' },
        sha256: { ...at, description: 'where its SHA-256 stands' },
      }),
    },
    done: {
      description: 'how the system is told, after the commit',
      ...object(
        {
          method: methods('DELETE', 'POST', 'PUT', 'PATCH'),
          path: { ...path, description: 'told after the commit, by {key}' },
          body: { ...texts, description: 'its fields; places: {key} {messageId} {result}' },
          as: { enum: ['json', 'form'], default: 'json', description: 'how the fields are written' },
          words: {
            ...object({
              taken: { type: 'string', default: 'taken', description: '{result} of what was taken' },
              quarantined: {
                type: 'string',
                default: 'quarantined',
                description: '{result} of what a person decides',
              },
            }),
            default: {},
            description: 'what {result} is',
          },
        },
        ['path'],
      ),
    },
    notices: {
      ...object(
        { at, is: { ...words, minItems: 1, description: 'a list of what says there that it is a notice' } },
        ['at', 'is'],
      ),
      description: 'where one queue holds letters and notices',
    },
    every: { ...duration, default: '30s', description: 'between two looks' },
    wait: {
      ...duration,
      default: '10m',
      description: 'for a file that is not there; then the letter is a fault',
    },
  },
  ['done'],
)

const push: JsonSchema = object(
  {
    method: methods('POST', 'PUT', 'PATCH'),
    path: {
      ...path,
      description:
        'by {parcel} {messageId} {content} {number} {kind} {receiveNumber} and {field:NAME} of the letter',
    },
    headers,
    parts: {
      ...object({
        document: {
          type: 'string',
          pattern: '^[!-~]{1,60}$',
          default: 'document',
          description: 'the document’s part',
        },
        file: {
          type: 'string',
          pattern: '^[!-~]{1,60}$',
          default: 'attachment',
          description: 'the part of each file',
        },
      }),
      default: {},
      description: 'names of the parts where files come with the document',
    },
    upload: {
      description: 'each file goes ahead of the document, by itself; 409 says that it is there',
      ...object(
        {
          method: methods('PUT', 'POST'),
          path: { ...path, description: 'of one file, by {parcel} and {file}' },
          headers,
        },
        ['path'],
      ),
    },
    answer: {
      description: 'where the system says what became of it; if not said, the table of `http-out`',
      ...object(
        {
          at: {
            ...at,
            description: 'where the system says in JSON what became of it; not said: the whole body',
          },
          taken: { ...words, minItems: 1, description: 'what says that it was taken' },
          refused: {
            ...words,
            default: [],
            description: 'what says that it never will be; all else is “not now”',
          },
        },
        ['taken'],
      ),
    },
  },
  ['path'],
)

export const restOptions: Readonly<Record<keyof Options, JsonSchema>> = {
  url: {
    ...textOrReference,
    description:
      'the server, with the path before all others if there is one: https; http to the gateway’s own machine, or with plain',
  },
  plain: {
    type: 'boolean',
    default: false,
    description: 'true: no TLS; passwords and letters can be read on the way',
  },
  tls: tlsOption(publicOrOwn),
  signIn: {
    ...object({
      token: { ...secret, description: 'sent as Authorization: Bearer' },
      basic: {
        ...object(
          {
            user: { ...textOrReference, description: 'the user' },
            password: { ...secret, description: 'the password' },
          },
          ['user', 'password'],
        ),
        description: 'HTTP Basic',
      },
      header: {
        ...object({ name: header, value: { ...secret, description: 'what it says' } }, ['name', 'value']),
        description: 'an API key in a header',
      },
      request: {
        description:
          'a sign-in of its own: user and password are posted, and the token is found in the answer',
        ...object(
          {
            path: { ...path, description: 'where user and password are posted to' },
            as: { enum: ['json', 'form'], default: 'json', description: 'how user and password are written' },
            user: { ...textOrReference, description: 'the user' },
            password: { ...secret, description: 'the password' },
            names: {
              description: 'the two fields’ names',
              ...object({
                user: {
                  type: 'string',
                  minLength: 1,
                  default: 'username',
                  description: 'the field of the user',
                },
                password: {
                  type: 'string',
                  minLength: 1,
                  default: 'password',
                  description: 'the field of the password',
                },
              }),
              default: {},
            },
            with: { ...texts, default: {}, description: 'further fields' },
            token: { ...at, description: 'where the token stands in the answer' },
            lifetime: { ...at, description: 'where its life stands, in seconds; not said: until a 401' },
            header: {
              ...header,
              default: 'Authorization',
              description: 'the header in which the token is sent',
            },
            prefix: {
              type: 'string',
              maxLength: 40,
              default: 'Bearer ',
              description: 'what stands before the token',
            },
          },
          ['path', 'user', 'password', 'token'],
        ),
      },
    }),
    description: 'one of token, basic, header and request',
  },
  hosts: {
    type: 'array',
    items: textOrReference,
    maxItems: 20,
    default: [],
    description: 'further servers that files are fetched from: https://files.example.go.th',
  },
  connect: { ...duration, default: '10s', description: 'for the connection' },
  within: { ...duration, default: '60s', description: 'for the answer, and between two pieces of it' },
  transfer: { ...duration, default: '1h', description: 'for a request with its answer as a whole' },
  connections: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    default: 8,
    description: 'a count of connections to this system, at most',
  },
  limit: { ...size, default: '16MiB', description: 'bytes of a document or a page' },
  attachmentLimit: { ...size, default: '2GiB', description: 'bytes of a file' },
  send: { ...poll, description: 'how letters are polled' },
  sendNotices: { ...poll, description: 'how notices are polled, with the options of send' },
  receive: { ...push, description: 'how letters are brought' },
  notices: { ...push, description: 'how notices are brought, with the options of receive' },
}
