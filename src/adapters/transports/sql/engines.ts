// The engines that a profile can name: one line each. SQL Server is a line and a file of its own once its driver is there:
// `tedious` is heavy, and few systems need it.
import type { Engine } from './engine.ts'
import { mysql } from './mysql.ts'
import { postgresql } from './postgresql.ts'

export const engines: readonly Engine[] = [mysql, postgresql]

/** Engines that the profile's schema knows and this gateway has no driver for, with the package that they need. */
export const absent: Readonly<Record<string, string>> = { sqlserver: 'tedious' }
